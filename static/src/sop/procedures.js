import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Above the procedures: says when their messages may not leave yet. */
export class RetentionSendBar extends Component {
    static template = "customer_retention.SendBar";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ status: null });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.status = await this.orm.silent.call("retention.sop", "action_send_status", [], {
            context: user.context,
        });
    }

    open() {
        return this.action.doAction("customer_retention.action_send_switch", {
            onClose: () => this.load(),
        });
    }
}

export class RetentionSopListController extends ListController {
    static template = "customer_retention.SopListView";
    static components = { ...ListController.components, RetentionSendBar };
}

export class RetentionSopKanbanController extends KanbanController {
    static template = "customer_retention.SopKanbanView";
    static components = { ...KanbanController.components, RetentionSendBar };
}

registry.category("views").add("retention_sop_list", {
    ...listView,
    Controller: RetentionSopListController,
});
registry.category("views").add("retention_sop_kanban", {
    ...kanbanView,
    Controller: RetentionSopKanbanController,
});
