import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatMonth } from "./format";

/** Return the first day of the month `count` months after `month`. */
export function addMonths(month, count) {
    const [year, number] = month.split("-").map(Number);
    return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 10);
}

/** Return the months a choice stands for, {} for what the server takes without being asked.
 *
 * @param {Object} choice {kind, first, last}; the two are only read for months of one's own
 * @param {Object} [known] {known_first, known_last}: the months the ledger has
 */
export function monthsOf(choice, known) {
    const last = known?.known_last;
    if (choice.kind === "own") {
        return { first: choice.first, last: choice.last };
    }
    if (!last || choice.kind === "quarter") {
        return {};
    }
    const firsts = {
        month: last,
        year: addMonths(last, -11),
        to_date: `${last.slice(0, 4)}-01-01`,
    };
    return { first: firsts[choice.kind], last };
}

export class RetentionPeriod extends Component {
    static template = "customer_retention.DashboardPeriod";
    static props = {
        choice: Object,
        // What is shown: {first, last, known_first, known_last}
        period: Object,
        onPick: Function,
    };

    setup() {
        this.kinds = [
            { key: "month", label: _t("Last month") },
            { key: "quarter", label: _t("3 months") },
            { key: "year", label: _t("12 months") },
            { key: "to_date", label: _t("Year to date") },
            { key: "own", label: _t("Custom") },
        ];
    }

    get own() {
        return this.props.choice.kind === "own";
    }

    /** Newest first. */
    get months() {
        const { known_first: first, known_last: last } = this.props.period;
        const found = [];
        for (let month = last; month && month >= first; month = addMonths(month, -1)) {
            found.push({ month, label: formatMonth(month) });
        }
        return found;
    }

    pick(kind) {
        const { first, last } = this.props.period;
        this.props.onPick({ kind, first, last });
    }

    /** Whoever moves one end past the other moves both. */
    move(end, month) {
        const { first, last } = this.props.period;
        const moved = { kind: "own", first, last, [end]: month };
        if (moved.first > moved.last) {
            moved.first = moved.last = month;
        }
        this.props.onPick(moved);
    }
}
