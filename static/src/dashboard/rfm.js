import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatMoney } from "./format";
import { RetentionPanel, RetentionToggle } from "./panel";

const SCORES = [1, 2, 3, 4, 5];

/** Customers by how lately and how often they bought. */
export class RetentionRfm extends Component {
    static template = "customer_retention.DashboardRfm";
    static components = { RetentionPanel, RetentionToggle };
    static props = { grid: Array, currencyId: Number, open: Function };

    setup() {
        this.state = useState({ measure: "customers" });
        this.measures = [
            { key: "customers", label: _t("Customers") },
            { key: "revenue", label: _t("Net revenue") },
        ];
        this.columns = SCORES;
        this.rows = [...SCORES].reverse();
    }

    find(r, f) {
        return (
            this.props.grid.find((cell) => cell.r === r && cell.f === f) || {
                r,
                f,
                customers: 0,
                revenue: 0,
            }
        );
    }

    get top() {
        return Math.max(...this.props.grid.map((cell) => cell[this.state.measure]), 1);
    }

    /** Share of the largest field; the side of a square, so that its area tells. */
    side(cell) {
        return Math.sqrt(Math.max(cell[this.state.measure], 0) / this.top).toFixed(3);
    }

    text(cell) {
        return this.state.measure === "revenue"
            ? formatMoney(cell.revenue, this.props.currencyId)
            : formatCount(cell.customers);
    }

    title(cell) {
        return _t("Recency %(r)s, frequency %(f)s", { r: cell.r, f: cell.f });
    }

    describe(cell) {
        return _t("%(title)s: %(count)s customers, %(revenue)s", {
            title: this.title(cell),
            count: formatCount(cell.customers),
            revenue: formatMoney(cell.revenue, this.props.currencyId),
        });
    }

    open(cell) {
        return this.props.open(["grid", cell.r, cell.f], this.title(cell));
    }
}
