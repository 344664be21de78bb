import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_retention_content", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('A good tip')", run: "click" },
        { trigger: ".o_field_widget[name=body]:contains('Read this')" },
        { trigger: ".o_field_widget[name=name] input", run: "edit A better tip" },
        { trigger: ".o_field_widget[name=promotional] input", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved, .o_form_button_create" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: ".o_kanban_record:contains('A better tip'):contains('Promotional')" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_audience", {
    steps: () => [
        { trigger: ".o_searchview_input", run: "edit Goods" },
        {
            trigger: ".o_searchview_autocomplete :contains('Never Bought From Category')",
            run: "click",
        },
        { trigger: ".o_facet_values:contains('Goods')" },
        { trigger: ".o_list_view .o_content" },
    ],
});
