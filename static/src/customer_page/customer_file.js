import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useBlocks } from "./blocks";

/** What people noted of a customer, a compact block each; an empty one is its "Add" only. */
export class RetentionCustomerFile extends Component {
    static template = "customer_retention.CustomerFile";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ blocks: [] });
        Object.assign(this, useBlocks());
        onWillStart(() => {
            this.load(this.props.record.resId);
        });
        onWillUpdateProps((next) => {
            if (next.record !== this.props.record) {
                this.load(next.record.resId);
            }
        });
    }

    async load(resId) {
        if (resId) {
            this.state.blocks = await this.keepLast.add(
                this.orm.call("res.partner", "retention_file", [[resId]])
            );
        }
    }
}

registry
    .category("view_widgets")
    .add("retention_customer_file", { component: RetentionCustomerFile });
