import { Component, onWillStart, onWillUpdateProps, useEffect, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useBlocks } from "./blocks";
import { PAGE_SHOWN } from "./headline";
import { RhythmStrip } from "./rhythm_strip";

const LEVEL_TONES = {
    low: "text-bg-success",
    watch: "text-bg-warning",
    high: "text-bg-danger",
    critical: "text-bg-danger",
};

/** What is computed of a customer: what to do next, what was, how it stands. One call. */
export class RetentionCustomerPage extends Component {
    static template = "customer_retention.CustomerPage";
    static components = { RhythmStrip };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        Object.assign(this, useBlocks());
        this.keepLast = new KeepLast();
        this.levelTones = LEVEL_TONES;
        this.state = useState({ page: null });
        // Not waited for: the form is there at once.
        onWillStart(() => {
            this.load(this.props.record.resId);
        });
        onWillUpdateProps((next) => {
            if (next.record !== this.props.record) {
                this.load(next.record.resId);
            }
        });
        useEffect(
            (page) => {
                if (page) {
                    this.props.record.model.bus.trigger(PAGE_SHOWN);
                }
            },
            () => [this.state.page]
        );
    }

    async load(resId) {
        if (resId) {
            this.state.page = await this.keepLast.add(
                this.orm.call("res.partner", "retention_page", [[resId]])
            );
        }
    }

    get resId() {
        return this.props.record.resId;
    }

    async call(method) {
        if (!(await this.props.record.save())) {
            return;
        }
        const action = await this.orm.call("res.partner", method, [[this.resId]]);
        // The whole form: figures in its headline may have changed as well.
        return this.action.doAction(action, { onClose: () => this.props.record.model.load() });
    }

    print() {
        return this.action.doAction("customer_retention.action_customer_brief", {
            additionalContext: { active_ids: [this.resId], active_id: this.resId },
        });
    }

    showRecords(reasonId) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_records",
            resModel: "retention.reason",
            resId: reasonId,
            resIds: [reasonId],
        });
    }

    open(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry
    .category("view_widgets")
    .add("retention_customer_page", { component: RetentionCustomerPage });
