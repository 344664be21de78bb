import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { clickable, useChart } from "./chart";
import { formatCount } from "./format";
import { RetentionPanel } from "./panel";

// Below this share of the highest bar nothing happens; the scale may begin there.
const FOOT = 0.6;

/** From the customers at the start to those at the end, as a waterfall. */
export class RetentionBridge extends Component {
    static template = "customer_retention.DashboardBridge";
    static components = { RetentionPanel };
    static props = { bridge: Object, open: Function };

    setup() {
        this.labels = {
            start: _t("At the start"),
            lost: _t("Lost"),
            new: _t("New customers"),
            back: _t("Came back"),
            end: _t("At the end"),
        };
        useChart((colors) => this.config(colors));
    }

    get steps() {
        const { start, lost, new: fresh, back, end } = this.props.bridge;
        const kept = start - lost;
        const bars = {
            start: [0, start],
            lost: [kept, start],
            new: [kept, kept + fresh],
            back: [kept + fresh, end],
            end: [0, end],
        };
        const counts = { start, lost: -lost, new: fresh, back, end };
        return Object.keys(bars).map((code) => ({
            code,
            bar: bars[code],
            label: this.labels[code],
            text: this.signed(code, counts[code]),
        }));
    }

    signed(code, count) {
        if (code === "start" || code === "end" || !count) {
            return formatCount(Math.abs(count));
        }
        return count > 0 ? `+${formatCount(count)}` : `−${formatCount(-count)}`;
    }

    get empty() {
        const { start, end, lost } = this.props.bridge;
        return !start && !end && !lost;
    }

    /** Where the scale begins: not at 0 where all of the bars would look alike. */
    get foot() {
        const { start, lost, end } = this.props.bridge;
        const [low, high] = [start - lost, Math.max(start, end)];
        return low < high && low > FOOT * high ? Math.floor(low - (high - low)) : 0;
    }

    get cut() {
        return this.foot > 0;
    }

    get summary() {
        return this.steps.map((step) => `${step.label}: ${step.text}`).join(", ");
    }

    config(colors) {
        const foot = Math.max(this.foot, 0);
        const fill = {
            start: colors.neutral,
            lost: colors.bad,
            new: colors.good,
            back: colors.good,
            end: colors.neutral,
        };
        const { steps } = this;
        return {
            type: "bar",
            data: {
                labels: steps.map((step) => step.label),
                datasets: [
                    {
                        data: steps.map(({ bar }) => [Math.max(bar[0], foot), bar[1]]),
                        backgroundColor: steps.map((step) => fill[step.code]),
                        borderSkipped: false,
                        borderRadius: 2,
                        minBarLength: 2,
                        barPercentage: 1,
                        categoryPercentage: 0.8,
                    },
                ],
            },
            options: {
                ...clickable((index) => this.open(steps[index])),
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: { label: (item) => steps[item.dataIndex].text },
                    },
                },
                scales: {
                    x: { display: false },
                    y: { display: false, min: foot },
                },
            },
        };
    }

    open(step) {
        return this.props.open(["bridge", step.code], step.label);
    }
}
