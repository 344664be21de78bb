import { Component } from "@odoo/owl";
import { formatDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatMonth } from "./format";

/** How new the figures are, and whether the past is still being computed. */
export class RetentionFresh extends Component {
    static template = "customer_retention.DashboardFresh";
    static props = { fresh: Object };

    get computed() {
        const { computed_at: moment } = this.props.fresh;
        return moment
            ? _t("Computed at %s", formatDateTime(deserializeDateTime(moment), { showSeconds: false }))
            : _t("Not computed yet");
    }

    get closed() {
        const { closed_until: month } = this.props.fresh;
        return month ? _t("Months closed until %s", formatMonth(month)) : _t("No month closed yet");
    }

    get percent() {
        const { months, waiting } = this.props.fresh;
        return Math.round((100 * months) / (months + waiting));
    }

    get progress() {
        const { months, waiting } = this.props.fresh;
        return _t("The past is still being computed: %(done)s of %(all)s months", {
            done: months,
            all: months + waiting,
        });
    }
}
