import { Component, onMounted, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * A button that leads from the headline to the page "Retention" further down, which on a phone
 * is out of sight. Lists and alerts open it at once with `retention_page` in the context.
 */
export class RetentionHeadline extends Component {
    static template = "customer_retention.Headline";
    static props = { ...standardWidgetProps };

    setup() {
        this.root = useRef("root");
        onMounted(() => {
            if (this.props.record.context.retention_page) {
                this.openPage({ scroll: false });
            }
        });
    }

    openPage({ scroll }) {
        const form = this.root.el.closest(".o_form_renderer");
        const tab = form?.querySelector(".o_notebook_headers a[name='retention']");
        tab?.click();
        if (scroll) {
            tab?.scrollIntoView({ behavior: "smooth", block: "start" });
        }
    }
}

registry.category("view_widgets").add("retention_headline", { component: RetentionHeadline });
