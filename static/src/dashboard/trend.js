import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { clickable, useChart } from "./chart";
import { formatMonth, formatValue } from "./format";
import { RetentionPanel } from "./panel";

/** One of the figures month by month. */
export class RetentionTrend extends Component {
    static template = "customer_retention.DashboardTrend";
    static components = { RetentionPanel };
    static props = {
        cards: Array,
        currencyId: Number,
        // (month, part, label) => anything
        openMonth: Function,
    };

    setup() {
        this.state = useState({ code: "retention" });
        useChart((colors) => this.config(colors));
    }

    get cards() {
        return this.props.cards.filter((card) => card.trend.length);
    }

    get card() {
        const { cards } = this;
        return cards.find((card) => card.code === this.state.code) || cards[0];
    }

    get months() {
        const { trend, unit } = this.card;
        return trend.map(({ month, value }) => ({
            month,
            value,
            label: formatMonth(month),
            text: formatValue(value, unit, this.props.currencyId),
        }));
    }

    get empty() {
        return !this.card || this.card.trend.every((point) => point.value === null);
    }

    get summary() {
        return this.months.map(({ label, text }) => `${label}: ${text}`).join(", ");
    }

    config(colors) {
        const { months, card } = this;
        const { currencyId } = this.props;
        const { unit } = card;
        return {
            type: "line",
            data: {
                labels: months.map(({ month }) => formatMonth(month, { month: "short", year: "2-digit" })),
                datasets: [
                    {
                        data: months.map((item) => item.value),
                        borderColor: colors.neutral,
                        backgroundColor: colors.neutral,
                        borderWidth: 2,
                        pointRadius: 3,
                        pointHoverRadius: 5,
                    },
                ],
            },
            options: {
                ...clickable((index) => this.open(months[index])),
                interaction: { mode: "nearest", axis: "x", intersect: false },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => months[item.dataIndex].label,
                            label: (item) => months[item.dataIndex].text,
                        },
                    },
                },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { color: colors.muted, maxRotation: 0, autoSkipPadding: 12 },
                    },
                    y: {
                        grid: { color: colors.line },
                        border: { display: false },
                        ticks: {
                            color: colors.muted,
                            maxTicksLimit: 5,
                            callback: (value) => formatValue(value, unit, currencyId),
                        },
                    },
                },
            },
        };
    }

    describe(item) {
        return _t("%(figure)s in %(month)s: %(value)s", {
            figure: this.card.label,
            month: item.label,
            value: item.text,
        });
    }

    open(item) {
        const { code, label } = this.card;
        return this.props.openMonth(item.month, ["card", code, "numerator"], label);
    }
}
