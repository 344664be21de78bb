import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { RetentionLogDialog } from "./log_dialog";

const LIGHTS = { green: "text-success", yellow: "text-warning", red: "text-danger" };

/**
 * On a ticket or case: who is calling, what is in danger, which promise is open. Its reader needs
 * no right on the customer's figures, so all of it are plain values of one call.
 */
export class RetentionServicePanel extends Component {
    static template = "customer_retention.ServicePanel";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.keepLast = new KeepLast();
        this.keepLastMore = new KeepLast();
        this.lights = LIGHTS;
        this.state = useState({ panel: null, error: "", open: false, more: null });
        this.shown = "";
        // Not waited for: the form is there at once.
        useRecordObserver((record) => {
            const { partner_id: contact, stage_id: stage, state } = record.data;
            const subject = [record.resId, contact?.id, stage?.id, state].join();
            // What is chosen but not saved is not known to the server yet.
            if (!record.dirty && record.resId && subject !== this.shown) {
                this.shown = subject;
                this.load();
            }
        });
    }

    get isNew() {
        return !this.props.record.resId;
    }

    get args() {
        return [this.props.record.resModel, this.props.record.resId];
    }

    /** Call the server; an error is shown in the panel, not in front of the ticket. */
    async ask(method, keepLast) {
        try {
            return await keepLast.add(
                this.orm.silent.call("retention.service", method, this.args)
            );
        } catch (error) {
            this.state.error = error.data?.message || _t("The server cannot be reached.");
            return null;
        }
    }

    async load() {
        this.state.error = "";
        const panel = await this.ask("panel", this.keepLast);
        this.state.panel = panel;
        this.state.more = null;
        if (panel && this.state.open) {
            await this.loadMore();
        }
    }

    async loadMore() {
        this.state.more = await this.ask("panel_more", this.keepLastMore);
    }

    async toggle() {
        this.state.open = !this.state.open;
        if (this.state.open && !this.state.more) {
            await this.loadMore();
        }
    }

    log(form) {
        const [resModel, resId] = this.args;
        this.dialog.add(RetentionLogDialog, {
            form,
            resModel,
            resId,
            panel: this.state.panel,
            onNoted: () => this.load(),
        });
    }

    openEntry(entry) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: entry.res_model,
            res_id: entry.res_id,
            views: [[false, "form"]],
        });
    }
}

registry
    .category("view_widgets")
    .add("retention_service_panel", { component: RetentionServicePanel });
