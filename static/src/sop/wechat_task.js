import { Activity as ActivityModel } from "@mail/core/common/activity_model";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { assignIn } from "@mail/utils/common/misc";
import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Puts a text into the clipboard, also where the page was not loaded by HTTPS. */
async function copyText(text) {
    if (browser.navigator.clipboard) {
        return browser.navigator.clipboard.writeText(text);
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = 0;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) {
        throw new Error("copy");
    }
}

/** A message that a person sends: copy its text, then say that it was sent. Two taps. */
export class RetentionMessageButtons extends Component {
    static template = "customer_retention.MessageButtons";
    static props = {
        activityId: Number,
        text: String,
        canSend: Boolean,
        onSent: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ copied: false, sending: false });
    }

    async onCopy() {
        try {
            await copyText(this.props.text);
        } catch {
            this.notification.add(_t("Copying is not allowed here. Mark the text and copy it."), {
                type: "warning",
            });
            return;
        }
        this.state.copied = true;
    }

    async onSent() {
        this.state.sending = true;
        // Not useService: the buttons may go away while it is noted.
        const { onSent } = this.props;
        const { notification } = this.env.services;
        try {
            await this.orm.call("mail.activity", "action_retention_sent", [
                [this.props.activityId],
            ]);
        } finally {
            this.state.sending = false;
        }
        notification.add(_t("Noted as sent, with a follow-up record."), { type: "success" });
        await onSent?.();
    }
}

/** The caller's WeChat message on a card or form of an enrollment. */
export class RetentionWechatTask extends Component {
    static template = "customer_retention.WechatTask";
    static components = { RetentionMessageButtons };
    static props = { ...standardWidgetProps };

    get task() {
        const { wechat_task_id: task, wechat_text: text } = this.props.record.data;
        return task ? { id: task.id, text: text || "" } : null;
    }

    async onSent() {
        const { model } = this.props.record;
        await model.load();
    }
}

/** The same on a card of the activity itself. */
export class RetentionWechatActivity extends RetentionWechatTask {
    get task() {
        const { data, resId } = this.props.record;
        return data.retention_wechat ? { id: resId, text: data.retention_text || "" } : null;
    }
}

registry.category("view_widgets").add("retention_wechat_activity", {
    component: RetentionWechatActivity,
    fieldDependencies: [
        { name: "retention_wechat", type: "boolean" },
        { name: "retention_text", type: "text" },
    ],
});

registry.category("view_widgets").add("retention_wechat_task", {
    component: RetentionWechatTask,
    fieldDependencies: [
        { name: "wechat_task_id", type: "many2one", relation: "mail.activity" },
        { name: "wechat_text", type: "text" },
    ],
});

patch(ActivityModel, {
    _insert(data) {
        const activity = super._insert(...arguments);
        assignIn(activity, data, ["retention_text", "retention_wechat"]);
        return activity;
    },
});

const messageButtons = {
    get retentionMessage() {
        const { id, can_write, state, retention_text, retention_wechat } = this.props.activity;
        if (!can_write || state === "done" || !(retention_text || retention_wechat)) {
            return null;
        }
        return { id, text: retention_text || "", canSend: Boolean(retention_wechat) };
    },
};

patch(ActivityListPopoverItem, {
    components: { ...ActivityListPopoverItem.components, RetentionMessageButtons },
});
patch(ActivityListPopoverItem.prototype, messageButtons);
patch(ActivityListPopoverItem.prototype, {
    onRetentionSent() {
        this.props.onActivityChanged?.();
    },
});

patch(Activity, { components: { ...Activity.components, RetentionMessageButtons } });
patch(Activity.prototype, messageButtons);
patch(Activity.prototype, {
    async onRetentionSent() {
        const { thread } = this;
        this.props.onActivityChanged(thread);
        this.props.reloadParentView();
        await thread.fetchNewMessages();
    },
});
