import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RetentionDashboardBody } from "./dashboard_body";

/** The first page of the app: does retention get better, where does it leak, what is worth it. */
export class RetentionDashboard extends Component {
    static template = "customer_retention.Dashboard";
    static components = { WithSearch, RetentionDashboardBody };
    static props = { ...standardActionServiceProps };

    setup() {
        const { action, globalState } = this.props;
        this.search = {
            resModel: "retention.ledger.report",
            searchViewId: action.params?.search_view_id || false,
            loadIrFilters: true,
            searchMenuTypes: ["filter", "favorite"],
            context: action.context || {},
            ...(globalState && { globalState }),
        };
    }
}

registry.category("actions").add("retention_dashboard", RetentionDashboard);
