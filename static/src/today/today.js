import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Above the list of today's calls: whether alerts run, and what else there is to do. */
export class RetentionTodayBar extends Component {
    static template = "customer_retention.TodayBar";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ status: null });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.state.status = await this.orm.silent.call("retention.alert", "action_today_status", [], {
            context: user.context,
        });
    }

    count(number) {
        return number >= 1000 ? "1000+" : String(number);
    }

    async preview() {
        return this.action.doAction(await this.orm.call("retention.alert", "action_would_open", []));
    }

    open(name) {
        return this.action.doAction(`customer_retention.${name}`);
    }
}

export class RetentionTodayListController extends ListController {
    static template = "customer_retention.TodayListView";
    static components = { ...ListController.components, RetentionTodayBar };
}

export class RetentionTodayKanbanController extends KanbanController {
    static template = "customer_retention.TodayKanbanView";
    static components = { ...KanbanController.components, RetentionTodayBar };
}

registry.category("views").add("retention_today_list", {
    ...listView,
    Controller: RetentionTodayListController,
});
registry.category("views").add("retention_today_kanban", {
    ...kanbanView,
    Controller: RetentionTodayKanbanController,
});
