import { Component, onWillStart } from "@odoo/owl";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { RetentionStartReminder } from "../getting_started/reminder";
import { RetentionFresh } from "./fresh";

/** Nothing to show yet: what to do so that there will be. */
export class RetentionDashboardEmpty extends Component {
    static template = "customer_retention.DashboardEmpty";
    static components = { RetentionFresh, RetentionStartReminder };
    static props = {
        // no_purchases, no_run or no_month
        reason: String,
        manager: Boolean,
        fresh: Object,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        onWillStart(async () => {
            this.sells = await user.hasGroup("sales_team.group_sale_salesman");
        });
    }

    go(action) {
        return this.action.doAction(action);
    }

    async compute() {
        return this.go(await this.orm.call("retention.run", "action_refresh_all", []));
    }
}
