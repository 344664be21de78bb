import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { changeOf, formatMonth, formatPart, formatPeriod, formatValue } from "./format";

const WIDTH = 120;
const HEIGHT = 32;
const EDGE = 3;

/** What a figure says and how it came about. */
export class RetentionKpiHelp extends Component {
    static template = "customer_retention.DashboardKpiHelp";
    static props = { lines: Array, title: String, close: { type: Function, optional: true } };
}

/** The last months of a figure as a line without scales; months without a value are gaps. */
export class RetentionSparkline extends Component {
    static template = "customer_retention.DashboardSparkline";
    static props = { trend: Array, label: String };

    setup() {
        this.box = `0 0 ${WIDTH} ${HEIGHT}`;
    }

    get points() {
        const { trend } = this.props;
        const values = trend.map((point) => point.value).filter((value) => value !== null);
        const low = Math.min(...values);
        const range = Math.max(...values) - low || 1;
        const step = (WIDTH - 2 * EDGE) / Math.max(trend.length - 1, 1);
        return trend.map(({ value }, index) =>
            value === null
                ? null
                : {
                      x: EDGE + index * step,
                      y: HEIGHT - EDGE - ((value - low) / range) * (HEIGHT - 2 * EDGE),
                  }
        );
    }

    get path() {
        let pen = "M";
        const parts = [];
        for (const point of this.points) {
            if (point) {
                parts.push(`${pen}${point.x.toFixed(1)} ${point.y.toFixed(1)}`);
            }
            pen = point ? "L" : "M";
        }
        return parts.join("");
    }

    get end() {
        return this.points.findLast((point) => point);
    }
}

export class RetentionKpiCard extends Component {
    static template = "customer_retention.DashboardKpiCard";
    static components = { RetentionSparkline };
    static props = {
        card: Object,
        period: Object,
        currencyId: Number,
        open: Function,
    };

    setup() {
        this.help = usePopover(RetentionKpiHelp, { position: "bottom-end" });
    }

    format(value) {
        return formatValue(value, this.props.card.unit, this.props.currencyId);
    }

    get change() {
        return changeOf(this.props.card);
    }

    get trendLabel() {
        const known = this.props.card.trend.filter((point) => point.value !== null);
        if (known.length < 2) {
            return "";
        }
        const [first, last] = [known[0], known.at(-1)];
        return _t("%(first_month)s: %(first)s, %(last_month)s: %(last)s", {
            first_month: formatMonth(first.month),
            first: this.format(first.value),
            last_month: formatMonth(last.month),
            last: this.format(last.value),
        });
    }

    /** The two numbers the figure is divided from; only shares read as "a of b". */
    get parts() {
        const { numerator, denominator, unit } = this.props.card;
        if (!denominator) {
            return null;
        }
        return {
            numerator: formatPart(numerator, unit, this.props.currencyId),
            denominator: formatPart(denominator, "number"),
            between: unit === "share" ? _t("of") : "÷",
        };
    }

    get numeratorLabel() {
        return _t("%s: open the customers counted", this.props.card.label);
    }

    get denominatorLabel() {
        return _t("%s: open the customers it is divided by", this.props.card.label);
    }

    explain(ev) {
        const { card, period } = this.props;
        const lines = [card.sentence];
        if (card.note) {
            lines.push(card.note);
        }
        if (card.before !== null) {
            const before = formatPeriod(period.before_first, period.before_last);
            lines.push(
                _t("Before (%(period)s): %(value)s", {
                    period: before,
                    value: this.format(card.before),
                })
            );
        }
        this.help.open(ev.currentTarget, { title: card.label, lines });
    }

    open(side) {
        const { card } = this.props;
        return this.props.open(["card", card.code, side], card.label);
    }
}
