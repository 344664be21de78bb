import { Component } from "@odoo/owl";

const RADIUS = { 1: 3, 2: 5, 3: 7 };

/** Purchases as dots on a time axis; today marked, the expected window shaded. */
export class RhythmStrip extends Component {
    static template = "customer_retention.RhythmStrip";
    static props = { rhythm: Object };

    percent(fraction) {
        return `${fraction * 100}%`;
    }

    width(span) {
        return this.percent(Math.max(span.to - span.from, 0.004));
    }

    radius(dot) {
        return RADIUS[dot.size];
    }

    get ticks() {
        // What stands too near an end would be cut off.
        return this.props.rhythm.ticks.filter((tick) => tick.at > 0.04 && tick.at < 0.96);
    }
}
