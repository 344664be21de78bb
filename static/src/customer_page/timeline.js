import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Everything that happened with a customer, latest first, a page at a time. */
export class RetentionTimeline extends Component {
    static template = "customer_retention.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ entries: [], kinds: [], kind: "", next: null, loading: true });
        onWillStart(() => {
            this.load(this.props.record.resId);
        });
        onWillUpdateProps((next) => {
            if (next.record !== this.props.record) {
                this.load(next.record.resId);
            }
        });
    }

    async load(resId, after = null) {
        if (!resId) {
            return;
        }
        this.state.loading = true;
        let page, added;
        let entries = after ? this.state.entries : [];
        let place = after;
        do {
            // A page of which the caller may read nothing is no reason to stop.
            page = await this.keepLast.add(
                this.orm.call("retention.timeline", "load", [resId], {
                    kind: this.state.kind || null,
                    after: place,
                })
            );
            added = page.entries.length;
            entries = [...entries, ...page.entries];
            place = page.next;
        } while (!added && place);
        Object.assign(this.state, {
            entries,
            kinds: page.kinds,
            next: page.next,
            loading: false,
        });
    }

    loadMore() {
        return this.load(this.props.record.resId, this.state.next);
    }

    filter(kind) {
        this.state.kind = kind;
        return this.load(this.props.record.resId);
    }

    open(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("retention_timeline", { component: RetentionTimeline });
