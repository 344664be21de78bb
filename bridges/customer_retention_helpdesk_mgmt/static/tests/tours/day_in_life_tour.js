import { registry } from "@web/core/registry";

const PANEL = ".o_retention_service";
const CUE = ".o-mail-Activity:contains('Solved: a good moment to call')";

registry.category("web_tour.tours").add("customer_retention_day_agent", {
    steps: () => [
        { trigger: `${PANEL} [data-line=who]:contains('Day Ltd'):contains('VIP')` },
        { trigger: `${PANEL} [data-line=danger]:contains('In danger')` },
        { trigger: ".o_statusbar_status button:contains('Mended')", run: "click" },
        { trigger: ".o_form_saved .o_statusbar_status .o_arrow_button_current:contains('Mended')" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_day_sales", {
    steps: () => [
        { trigger: `${CUE} .o-mail-Activity-markDone`, run: "click" },
        { trigger: ".o_retention_done_talk", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=kind] .o_selection_badge:contains('Call')",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=note] textarea", run: "edit Happy again" },
        { trigger: ".modal .o_form_button_save, .modal button[special=save]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `body:not(:has(${CUE}))` },
        { trigger: ".o-mail-Activity [data-outcome=saved]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=root_cause] .o_selection_badge:contains('Poor service')",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=attempt] textarea", run: "edit Mended at once" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Closed')" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_day_order", {
    steps: () => [
        { trigger: ".o_form_view:not(:has(.o_retention_problem)) button[name=action_confirm]:visible", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Sales Order')" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_day_manager", {
    steps: () => [
        { trigger: ".o_form_view .o_arrow_button_current:contains('Closed')" },
        { trigger: ".o_field_widget[name=verification]:contains('Verified saved')" },
        { trigger: ".o_field_widget[name=attempt]:contains('Mended at once')" },
    ],
});
