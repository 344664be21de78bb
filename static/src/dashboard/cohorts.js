import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatMoney, formatMonth, formatShare } from "./format";
import { useLate } from "./late";
import { RetentionLoading, RetentionPanel, RetentionToggle } from "./panel";

// As many rows as fit on a screen; the others on request.
const LATEST = 13;

/** By month of the first purchase: who bought again how many months later. */
export class RetentionCohorts extends Component {
    static template = "customer_retention.DashboardCohorts";
    static components = { RetentionLoading, RetentionPanel, RetentionToggle };
    static props = { options: Object, currencyId: Number, open: Function };

    setup() {
        this.toggle = useState({ measure: "share", cumulative: false, all: false });
        this.measures = [
            { key: "share", label: _t("Share") },
            { key: "customers", label: _t("Customers") },
            { key: "revenue", label: _t("Net revenue") },
        ];
        this.spans = [
            { key: "latest", label: _t("Latest") },
            { key: "all", label: _t("All months") },
        ];
        this.ways = [
            { key: "month", label: _t("In the month") },
            { key: "cumulative", label: _t("Up to then") },
        ];
        const { state, reload } = useLate("get_cohorts", (props) => ({
            ...props.options,
            measure: this.toggle.measure,
            cumulative: this.toggle.cumulative,
        }));
        this.state = state;
        this.reload = reload;
    }

    set(values) {
        Object.assign(this.toggle, values);
        return this.reload();
    }

    get ages() {
        const reach = (cohort) => cohort.cells.filter((value) => value !== null).length;
        return Array.from({ length: Math.max(0, ...this.cohorts.map(reach)) }, (_, age) => age);
    }

    get cohorts() {
        const { cohorts } = this.state.data;
        return this.toggle.all ? cohorts : cohorts.slice(-LATEST);
    }

    get older() {
        return this.state.data?.cohorts.length > LATEST;
    }

    get top() {
        const later = this.cohorts.flatMap((cohort) => cohort.cells.slice(1));
        return Math.max(...later.filter((value) => value !== null), 0) || 1;
    }

    heat(value) {
        return value === null ? 0 : Math.min(Math.max(value, 0) / this.top, 1).toFixed(3);
    }

    get meanLabel() {
        return this.state.options.measure === "revenue"
            ? _t("All together, per customer")
            : _t("All together");
    }

    /** The mean of customers is a share, that of revenue an amount for each customer. */
    mean(age) {
        const value = this.state.data.mean[age];
        return this.state.options.measure === "revenue" || value === null
            ? this.text(value)
            : formatShare(value, 0);
    }

    text(value) {
        if (value === null || value === undefined) {
            return "";
        }
        switch (this.state.options.measure) {
            case "share":
                return formatShare(value, 0);
            case "revenue":
                return formatMoney(value, this.props.currencyId);
            default:
                return formatCount(value);
        }
    }

    count(value) {
        return formatCount(value);
    }

    month(cohort) {
        return formatMonth(cohort.month);
    }

    title(cohort, age) {
        return age
            ? _t("First purchase %(month)s, %(age)s months later", {
                  month: this.month(cohort),
                  age,
              })
            : _t("First purchase %s", this.month(cohort));
    }

    open(cohort, age) {
        const { cumulative } = this.state.options;
        return this.props.open(["cohort", cohort.month, age], this.title(cohort, age), {
            ...(cumulative && { cumulative }),
        });
    }
}
