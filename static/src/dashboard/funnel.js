import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatShare } from "./format";
import { RetentionPanel } from "./panel";

/** What became of the alerts of the period. */
export class RetentionFunnel extends Component {
    static template = "customer_retention.DashboardFunnel";
    static components = { RetentionPanel };
    static props = { funnel: Array, started: Boolean, open: Function };

    get steps() {
        const top = Math.max(...this.props.funnel.map((step) => step.count), 1);
        const first = this.props.funnel[0].count;
        return this.props.funnel.map((step) => ({
            ...step,
            width: ((100 * step.count) / top).toFixed(1),
            text: formatCount(step.count),
            share: first ? formatShare(step.count / first, 0) : "",
        }));
    }

    get empty() {
        return !this.props.funnel.some((step) => step.count);
    }

    describe(step) {
        return _t("%(step)s: %(count)s alerts", { step: step.label, count: step.text });
    }

    open(step) {
        return this.props.open(["funnel", step.code], step.label);
    }
}
