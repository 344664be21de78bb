import { Component, onMounted, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Triggered on the form's model once the customer page shows its data. */
export const PAGE_SHOWN = "RETENTION_PAGE_SHOWN";

/**
 * A button that leads from the headline to the page "Retention" further down, which on a phone
 * is out of sight. Lists and alerts open it at once with `retention_page` in the context.
 */
export class RetentionHeadline extends Component {
    static template = "customer_retention.Headline";
    static props = { ...standardWidgetProps };

    setup() {
        this.root = useRef("root");
        this.waiting = false;
        // Before its data is there the page is too short to be scrolled to the top.
        useBus(this.props.record.model.bus, PAGE_SHOWN, () => {
            if (this.waiting) {
                this.waiting = false;
                this.scroll();
            }
        });
        onMounted(() => {
            if (this.props.record.context.retention_page) {
                this.openPage();
            }
        });
    }

    get tab() {
        const form = this.root.el?.closest(".o_form_renderer");
        return form?.querySelector(".o_notebook_headers a[name='retention']");
    }

    openPage() {
        this.waiting = !this.tab?.classList.contains("active");
        this.tab?.click();
        this.scroll();
    }

    scroll() {
        this.tab?.scrollIntoView({ block: "start" });
    }
}

registry.category("view_widgets").add("retention_headline", { component: RetentionHeadline });
