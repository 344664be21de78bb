import { Activity as ActivityModel } from "@mail/core/common/activity_model";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { assignIn } from "@mail/utils/common/misc";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

/** What came of a customer at risk; each button opens the dialog that closes the alert. */
export class RetentionOutcomeButtons extends Component {
    static template = "customer_retention.OutcomeButtons";
    static props = { activity: Object, onOpen: { type: Function, optional: true }, onClosed: Function };

    setup() {
        this.orm = useService("orm");
        this.outcomes = [
            { value: "saved", label: _t("Saved"), icon: "fa-check", tone: "btn-outline-success" },
            { value: "gone", label: _t("Gone"), icon: "fa-sign-out", tone: "btn-outline-danger" },
            {
                value: "false_alarm",
                label: _t("False alarm"),
                icon: "fa-bell-slash-o",
                tone: "btn-outline-secondary",
            },
            {
                value: "unreachable",
                label: _t("Unreachable"),
                icon: "fa-phone",
                tone: "btn-outline-secondary",
            },
        ];
    }

    async onClick(outcome) {
        const { activity, onClosed } = this.props;
        const action = await this.orm.call("mail.activity", "action_retention_outcome", [
            [activity.id],
            outcome,
        ]);
        // Not useService: the popover goes away first, and this component with it.
        const { action: actionService } = this.env.services;
        this.props.onOpen?.();
        await actionService.doAction(action, { onClose: onClosed });
    }
}

patch(ActivityModel, {
    _insert(data) {
        const activity = super._insert(...arguments);
        assignIn(activity, data, ["is_retention_task"]);
        return activity;
    },
});

patch(ActivityListPopoverItem, {
    components: { ...ActivityListPopoverItem.components, RetentionOutcomeButtons },
});
patch(ActivityListPopoverItem.prototype, {
    get isRetentionTask() {
        const { is_retention_task, can_write, state } = this.props.activity;
        return Boolean(is_retention_task && can_write && state !== "done");
    },
    get hasMarkDoneButton() {
        return super.hasMarkDoneButton && !this.isRetentionTask;
    },
    onRetentionOutcomeGiven() {
        this.props.onActivityChanged?.();
    },
});

patch(Activity, { components: { ...Activity.components, RetentionOutcomeButtons } });
patch(Activity.prototype, {
    get isRetentionTask() {
        return Boolean(this.props.activity.is_retention_task);
    },
    onRetentionOutcomeGiven() {
        this.props.onActivityChanged(this.thread);
        this.props.reloadParentView();
    },
});
