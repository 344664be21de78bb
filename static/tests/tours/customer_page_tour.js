import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_retention_customer_page", {
    steps: () => [
        { trigger: ".o_widget_retention_headline button", run: "click" },
        { trigger: ".o_retention_page:contains('25 purchases in 24 months')" },
        { trigger: ".o_retention_strip svg[aria-label*='25 purchases']" },
        { trigger: ".o_retention_timeline:has(.o_retention_entry:eq(19)):not(:has(.o_retention_entry:eq(20)))" },
        { trigger: ".o_retention_more", run: "click" },
        { trigger: ".o_retention_timeline .o_retention_entry:eq(25)" },
        { trigger: ".o_retention_timeline:not(:has(.o_retention_more))" },
        { trigger: ".o_retention_timeline select", run: "select talk" },
        { trigger: ".o_retention_timeline:not(:has([data-kind='purchase']))" },
        { trigger: ".o_retention_entry[data-kind='talk']:contains('Price list')" },
        { trigger: "[data-block='need'] a:contains('Add')", run: "click" },
        { trigger: ".modal .o_field_widget[name='name'] input", run: "edit Blue gloves" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "[data-block='need']:contains('Blue gloves')" },
        { trigger: ".o_retention_reason", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Tour Ltd')" },
    ],
});
