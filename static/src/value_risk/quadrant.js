import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const LEVELS = ["critical", "high", "watch", "low"];

/** Return {core: {level: find(core, level)}}, as the quadrant wants it. */
export function quadrantCells(find) {
    const row = (core) => Object.fromEntries(LEVELS.map((level) => [level, find(core, level)]));
    return { true: row(true), false: row(false) };
}

/** Customers by value (core or not) and risk level; each field says what to do there. */
export class RetentionQuadrant extends Component {
    static template = "customer_retention.Quadrant";
    static props = {
        // {core: {level: {count, amount: text}}}
        cells: Object,
        // (core, level, title) => anything
        open: Function,
    };

    setup() {
        const labels = {
            critical: _t("Critical"),
            high: _t("High"),
            watch: _t("Watch"),
            low: _t("Low"),
        };
        this.levels = LEVELS.map((key) => ({ key, label: labels[key] }));
        this.values = [
            { core: true, label: _t("High-value customers") },
            { core: false, label: _t("Other customers") },
        ];
        this.advice = {
            true: {
                critical: _t("Senior interview now: find the root cause, make one offer."),
                high: _t("Call within days and agree on a next step."),
                watch: _t("A personal touch: a visit, a handwritten card."),
                low: _t("Keep in touch as planned; ask for a referral."),
            },
            false: {
                critical: _t("One call; without an answer let them rest."),
                high: _t("A call task with script and checklist."),
                watch: _t("A friendly message; no discount."),
                low: _t("Nothing to do."),
            },
        };
    }

    cell(value, level) {
        return {
            ...this.props.cells[value.core][level.key],
            advice: this.advice[value.core][level.key],
        };
    }

    describe(value, level, cell) {
        return _t("%(value)s, risk %(level)s: %(count)s customers, %(amount)s at stake. %(advice)s", {
            value: value.label,
            level: level.label,
            count: cell.count,
            amount: cell.amount,
            advice: cell.advice,
        });
    }

    open(value, level) {
        const title = _t("%(value)s, risk %(level)s", { value: value.label, level: level.label });
        return this.props.open(value.core, level.key, title);
    }
}
