import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_retention_sop_library", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour welcome') button[name=action_take]",
            run: "click",
        },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Draft')" },
        { trigger: ".o_retention_summary:contains('2 steps follow within about 3 days')" },
        {
            trigger:
                ".o_retention_steps article:eq(1):contains('Day 3'):contains('Call back after delivery')",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=channel]" },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit Call and ask" },
        { trigger: ".modal:not(:has(.o_field_widget[name=condition]))" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_retention_steps article:eq(1):contains('Call and ask')" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Switched on')" },
        { trigger: "button[name=action_pause]" },
        { trigger: ".o_retention_steps:not(:has(.o-kanban-button-new))" },
    ],
});

let copied = "";

function rememberCopy() {
    browser.navigator.clipboard.writeText = async (text) => {
        copied = text;
    };
}

function checkCopy() {
    if (!copied.includes("Hello Ann")) {
        throw new Error(`this was copied: ${copied}`);
    }
}

registry.category("web_tour.tours").add("customer_retention_wechat_card", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Ann') .o_retention_copy", run: rememberCopy },
        { trigger: ".o_kanban_record:contains('Ann') .o_retention_copy", run: "click" },
        { trigger: ".o_kanban_record:contains('Ann') .o_retention_copy:contains('Copied')", run: checkCopy },
        { trigger: ".o_kanban_record:contains('Ann') .o_retention_sent", run: "click" },
        { trigger: ".o_notification:contains('Noted as sent')" },
        { trigger: ".o_kanban_view:not(:has(.o_retention_sent))" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_wechat_popover", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Ann') .o-mail-ActivityButton", run: "click" },
        { trigger: ".o-mail-ActivityListPopover .o_retention_copy", run: rememberCopy },
        { trigger: ".o-mail-ActivityListPopover .o_retention_copy", run: "click" },
        { trigger: ".o-mail-ActivityListPopover .o_retention_copy:contains('Copied')", run: checkCopy },
        { trigger: ".o-mail-ActivityListPopover .o_retention_sent", run: "click" },
        { trigger: ".o_notification:contains('Noted as sent')" },
        { trigger: ".o_kanban_view:not(:has(.o_retention_sent))" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_wechat_chatter", {
    steps: () => [
        { trigger: ".o-mail-Activity .o_retention_copy", run: rememberCopy },
        { trigger: ".o-mail-Activity .o_retention_copy", run: "click" },
        { trigger: ".o-mail-Activity .o_retention_copy:contains('Copied')", run: checkCopy },
        { trigger: ".o-mail-Activity .o_retention_sent", run: "click" },
        { trigger: ".o_form_view .o_retention_step[data-state=done]" },
        { trigger: "body:not(:has(.o-mail-Activity))" },
    ],
});

registry.category("web_tour.tours").add("customer_retention_sop_enroll", {
    steps: () => [
        { trigger: ".o_data_row:contains('Ann') .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus button:contains('Actions')", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains('Add to a Procedure')", run: "click" },
        { trigger: ".modal .o_field_widget[name=sop_id] input", run: "edit Tour" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Tour call')", run: "click" },
        { trigger: ".modal .alert-success:contains('Ann')" },
        { trigger: ".modal button[name=action_apply]", run: "click" },
        { trigger: ".o_breadcrumb:contains('Added to Tour call')" },
        { trigger: ".o_data_row:contains('Ann') .o_list_record_selector input", run: "click" },
        { trigger: ".o_list_buttons button[name=action_leave], .o_control_panel button[name=action_leave]", run: "click" },
        { trigger: ".o_data_row:contains('Ann'):contains('Left early')" },
    ],
});
