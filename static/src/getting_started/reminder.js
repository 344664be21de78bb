import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { MODEL, RetentionProgress } from "./progress";

/** On the dashboard: how far setting up is, and the way on. */
export class RetentionStartReminder extends Component {
    static template = "customer_retention.StartReminder";
    static components = { RetentionProgress };
    static props = { className: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ progress: null });
        // Not waited for: what takes long here leaves the dashboard alone.
        onWillStart(() => {
            this.load();
        });
    }

    async load() {
        this.state.progress = await this.orm.silent.call(MODEL, "get_progress", []);
    }

    open() {
        return this.action.doAction("customer_retention.action_getting_started");
    }
}
