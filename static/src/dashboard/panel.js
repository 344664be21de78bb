import { Component } from "@odoo/owl";

let count = 0;

/** A box of the dashboard: a heading, what it shows in a sentence, its own switches, the rest. */
export class RetentionPanel extends Component {
    static template = "customer_retention.DashboardPanel";
    static props = {
        title: String,
        hint: { type: String, optional: true },
        className: { type: String, optional: true },
        slots: Object,
    };

    setup() {
        this.id = `o_retention_panel_${++count}`;
    }
}

/** Stands where something will be that is still being computed. */
export class RetentionLoading extends Component {
    static template = "customer_retention.DashboardLoading";
    static props = {};
}

/** A choice of a few, shown as buttons. */
export class RetentionToggle extends Component {
    static template = "customer_retention.DashboardToggle";
    static props = {
        label: String,
        // [{key, label}]
        choices: Array,
        value: String,
        onPick: Function,
    };
}
