import { registry } from "@web/core/registry";
import { FILL_OUTCOME } from "./outcome_steps";

registry.category("web_tour.tours").add("customer_retention_outcome_popover", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Popover Ltd') .o-mail-ActivityButton", run: "click" },
        { trigger: ".o-mail-ActivityListPopover .o_retention_outcomes" },
        {
            trigger:
                ".o-mail-ActivityListPopover:not(:has(.o-mail-ActivityListPopoverItem-markAsDone))",
        },
        { trigger: ".o-mail-ActivityListPopover [data-outcome=saved]", run: "click" },
        ...FILL_OUTCOME,
    ],
});

registry.category("web_tour.tours").add("customer_retention_outcome_chatter", {
    steps: () => [
        { trigger: ".o-mail-Activity .o_retention_outcomes" },
        { trigger: ".o-mail-Activity:not(:has(.o-mail-Activity-markDone))" },
        { trigger: ".o-mail-Activity [data-outcome=saved]", run: "click" },
        ...FILL_OUTCOME,
        { trigger: ".o_form_view .o_arrow_button_current:contains('Closed')" },
        { trigger: "body:not(:has(.o-mail-Activity))" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_today", {
    steps: () => [
        { trigger: ".o_retention_today_bar" },
        { trigger: ".o_data_row:contains('Popover Ltd') a[href^='tel:']" },
        {
            trigger: ".o_data_row:contains('Popover Ltd') button[name=action_log_talk]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=kind] .o_selection_badge:contains('WeChat')", run: "click" },
        { trigger: ".modal .o_field_widget[name=note] textarea", run: "edit Wants a list" },
        { trigger: ".modal .o_form_button_save, .modal button[special=save]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_data_row:contains('Popover Ltd'):contains('Wants a list')" },
        {
            trigger: ".o_data_row:contains('Popover Ltd') button[name=action_ask_outcome]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=outcome] .o_selection_badge:contains('Saved')", run: "click" },
        ...FILL_OUTCOME,
        { trigger: ".o_list_view:not(:has(.o_data_row:contains('Popover Ltd')))" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_value_risk", {
    steps: () => [
        { trigger: ".o_retention_field_critical.o_retention_field_core:contains('1')" },
        { trigger: ".o_retention_mine", run: "click" },
        { trigger: ".o_retention_mine.active" },
        { trigger: ".o_retention_field_critical.o_retention_field_core", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('Popover Ltd')" },
    ],
});
