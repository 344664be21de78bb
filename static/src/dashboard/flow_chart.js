import { Component } from "@odoo/owl";

// In percent of the drawing: the gap between two bars, and how wide a bar is.
const GAP = 3;
const BAR = 2;
// Less than this is not labelled, as labels would lie on each other.
const LABELLED = 4;

/** Moves as ribbons between two columns of bars; the table beside it says the same in words. */
export class RetentionFlowChart extends Component {
    static template = "customer_retention.DashboardFlowChart";
    static props = {
        cells: Array,
        // Keys from top to bottom.
        olds: Array,
        news: Array,
        // Which number of a cell makes the ribbon wide.
        measure: String,
        label: Function,
        title: Function,
        open: Function,
    };

    width(cell) {
        return Math.max(cell[this.props.measure], 0);
    }

    /** Percent of the height that one customer, or one unit of revenue, takes. */
    get scale() {
        const { cells, olds, news } = this.props;
        const total = cells.reduce((sum, cell) => sum + this.width(cell), 0) || 1;
        return (100 - GAP * (Math.max(olds.length, news.length) - 1)) / total;
    }

    /** Return [{key, label, top, height}] of a column. */
    column(keys, end) {
        let top = 0;
        return keys.map((key) => {
            const mine = this.props.cells.filter((cell) => cell[end] === key);
            const height = mine.reduce((sum, cell) => sum + this.width(cell), 0) * this.scale;
            const bar = { key, label: this.props.label(key), top, height };
            top += height + GAP;
            return { ...bar, labelled: height >= LABELLED };
        });
    }

    get bars() {
        const { olds, news } = this.props;
        const at = (x) => (bar) => ({ ...bar, x, width: BAR });
        return {
            olds: this.column(olds, "old").map(at(0)),
            news: this.column(news, "new").map(at(100 - BAR)),
        };
    }

    get ribbons() {
        const { cells, olds, news } = this.props;
        const { bars } = this;
        const free = {
            old: new Map(bars.olds.map((bar) => [bar.key, bar.top])),
            new: new Map(bars.news.map((bar) => [bar.key, bar.top])),
        };
        const take = (end, cell, height) => {
            const top = free[end].get(cell[end]);
            free[end].set(cell[end], top + height);
            return top;
        };
        const order = (cell) => olds.indexOf(cell.old) * news.length + news.indexOf(cell.new);
        return [...cells]
            .sort((a, b) => order(a) - order(b))
            .map((cell) => {
                const height = this.width(cell) * this.scale;
                const [from, to] = [take("old", cell, height), take("new", cell, height)];
                return { cell, path: ribbon(from, to, height), kind: kindOf(cell) };
            });
    }
}

function kindOf({ old, new: now }) {
    if (now === "left") {
        return "lost";
    }
    if (old === "joined") {
        return "won";
    }
    return old === now ? "same" : "moved";
}

function ribbon(from, to, height) {
    const [left, right, middle] = [BAR, 100 - BAR, 50];
    const point = (x, y) => `${x} ${y.toFixed(2)}`;
    return [
        `M${point(left, from)}`,
        `C${point(middle, from)} ${point(middle, to)} ${point(right, to)}`,
        `V${(to + height).toFixed(2)}`,
        `C${point(middle, to + height)} ${point(middle, from + height)} ${point(left, from + height)}`,
        "Z",
    ].join("");
}
