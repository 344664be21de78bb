import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatMoney } from "./format";
import { RetentionFlowChart } from "./flow_chart";
import { useLate } from "./late";
import { RetentionLoading, RetentionPanel, RetentionToggle } from "./panel";

const LARGEST = 6;

/** Where customers moved over the period: the largest moves, and all of them as a table. */
export class RetentionFlows extends Component {
    static template = "customer_retention.DashboardFlows";
    static components = { RetentionFlowChart, RetentionLoading, RetentionPanel, RetentionToggle };
    static props = { options: Object, currencyId: Number, open: Function };

    setup() {
        this.toggle = useState({ axis: "segment_id", measure: "customers" });
        this.axes = [
            { key: "segment_id", label: _t("Segment") },
            { key: "tier_id", label: _t("Tier") },
            { key: "stage", label: _t("Stage") },
            { key: "risk_level", label: _t("Risk") },
        ];
        this.measures = [
            { key: "customers", label: _t("Customers") },
            { key: "revenue", label: _t("Net revenue") },
        ];
        const { state, reload } = useLate("get_flows", (props) => ({
            ...props.options,
            axis: this.toggle.axis,
        }));
        this.state = state;
        this.reload = reload;
    }

    setAxis(axis) {
        this.toggle.axis = axis;
        return this.reload();
    }

    get labels() {
        return Object.fromEntries(
            this.state.data.values.map(({ key, label }) => [String(key), label])
        );
    }

    label(key) {
        const own = { joined: _t("Not there before"), left: _t("Gone by the end") };
        return own[key] || this.labels[String(key)];
    }

    /** Values that occur, in their own order, with who came or went at the end. */
    side(name, extra) {
        const { cells, values } = this.state.data;
        const seen = new Set(cells.map((cell) => cell[name]));
        return [...values.map((value) => value.key), extra].filter((key) => seen.has(key));
    }

    get olds() {
        return this.side("old", "joined");
    }

    get news() {
        return this.side("new", "left");
    }

    find(from, to) {
        return this.state.data.cells.find((cell) => cell.old === from && cell.new === to);
    }

    get moves() {
        return this.state.data.cells
            .filter((cell) => cell.old !== cell.new && cell.customers)
            .sort((a, b) => b[this.toggle.measure] - a[this.toggle.measure]);
    }

    /** Moves from and to what was recorded. */
    get largest() {
        const known = this.moves.filter((cell) => cell.old !== null && cell.new !== null);
        return known.slice(0, LARGEST);
    }

    width(cell) {
        const top = this.largest[0][this.toggle.measure] || 1;
        return ((100 * Math.max(cell[this.toggle.measure], 0)) / top).toFixed(1);
    }

    heat(cell) {
        const top = Math.max(...this.moves.map((move) => move[this.toggle.measure]), 0) || 1;
        return cell.old === cell.new ? 0 : Math.min(cell[this.toggle.measure] / top, 1).toFixed(3);
    }

    /** With the number, for the chart that has no room to write it. */
    full(cell) {
        return `${this.title(cell)}: ${this.text(cell)}`;
    }

    text(cell) {
        return this.toggle.measure === "revenue"
            ? formatMoney(cell.revenue, this.props.currencyId)
            : formatCount(cell.customers);
    }

    title(cell) {
        return cell.old === cell.new
            ? _t("Stayed in %s", this.label(cell.old))
            : _t("%(old)s → %(new)s", { old: this.label(cell.old), new: this.label(cell.new) });
    }

    /** By the axis of what is shown; the switch may be ahead of it. */
    open(cell) {
        return this.props.open(["flow", this.state.options.axis, cell.old, cell.new], this.title(cell));
    }
}
