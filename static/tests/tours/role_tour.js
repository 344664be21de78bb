import { registry } from "@web/core/registry";
import { FILL_OUTCOME } from "./outcome_steps";

const START = ".o_retention_start";
const PANEL = ".o_retention_service";

function step(code, rest = "") {
    return `${START} [data-step=${code}]${rest}`;
}

/** Call by a link as a finger does, but without leaving for a telephone that is not there. */
function call({ anchor }) {
    anchor.addEventListener("click", (ev) => ev.preventDefault(), { once: true });
    anchor.click();
}

// On the phone: whom to call today, the call, what was said, what came of it.
registry.category("web_tour.tours").add("customer_retention_role_account_manager", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Popover Ltd') a.o_retention_call[href='tel:+1 555 0100']", run: call },
        {
            trigger: ".o_kanban_record:contains('Popover Ltd') button[name=action_log_talk]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=kind] .o_selection_badge:contains('Call')", run: "click" },
        { trigger: ".modal .o_field_widget[name=note] textarea", run: "edit Wants a list" },
        { trigger: ".modal .o_form_button_save, .modal button[special=save]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_kanban_record:contains('Popover Ltd'):contains('Wants a list')" },
        {
            trigger: ".o_kanban_record:contains('Popover Ltd') button[name=action_ask_outcome]",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=outcome] .o_selection_badge:contains('Saved')", run: "click" },
        ...FILL_OUTCOME,
        { trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains('Popover Ltd')))" },
    ],
});

// A complaint without a helpdesk: who is it, what is promised, solved.
registry.category("web_tour.tours").add("customer_retention_role_service", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Pump leaks')", run: "click" },
        { trigger: `${PANEL} [data-line=who]:contains('Popover Ltd')` },
        { trigger: `${PANEL} [data-line=danger]:contains('In danger')` },
        { trigger: `${PANEL} [data-line=promise]:contains('No open promise')` },
        { trigger: `${PANEL} [data-log=promise]`, run: "click" },
        { trigger: ".modal #o_retention_log_text", run: "edit A new seal by tomorrow" },
        { trigger: ".modal .o_retention_log_save:enabled", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `${PANEL} [data-line=promise]:contains('A new seal by tomorrow')` },
        { trigger: ".o_form_view button[name=action_answered]", run: "click" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('in progress')" },
        { trigger: ".o_form_view button[name=action_solve]:visible", run: "click" },
        { trigger: ".modal .o_field_widget[name=resolution] textarea", run: "edit Seal exchanged" },
        { trigger: ".modal button[name=action_close]:visible", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_form_view .o_arrow_button_current:contains('Solved')" },
    ],
});

// From installing to the first review. The company of twelve; see tests/pure/kpi_company.py.
registry.category("web_tour.tours").add("customer_retention_role_manager", {
    steps: () => [
        { trigger: ".o_retention_reminder:contains('2 of 5 steps done') button", run: "click" },
        { trigger: step("basis", ":contains('orders'):contains('customers: 12')") },
        { trigger: step("basis", " [name=save_basis]:contains('Keep it')"), run: "click" },
        { trigger: step("basis", "[data-done=yes]") },
        // The company's limits are not the usual ones, so somebody has decided on them.
        { trigger: step("limits", "[data-done=yes] button:first"), run: "click" },
        { trigger: step("limits", " [data-stage=lost]:contains('Customers today')") },
        { trigger: step("limits", " [name=retention_lost_days]"), run: "edit 40" },
        { trigger: step("limits", " [role=alert]:contains('silent before being lost')") },
        { trigger: step("limits", " [name=save_limits]:disabled") },
        { trigger: step("limits", " [name=retention_lost_days]"), run: "edit 5000" },
        { trigger: step("limits", " .o_retention_sentence:contains('0 lost')") },
        { trigger: step("limits", " [name=retention_lost_days]"), run: "edit 90" },
        { trigger: step("limits", " .o_retention_sentence:not(:contains('0 lost'))") },
        { trigger: step("limits", " [name=save_limits]:enabled"), run: "click" },
        { trigger: step("limits", "[data-done=yes]") },
        { trigger: step("sops", " .o_retention_proposed:first:contains('would enter today')") },
        { trigger: step("sops", " .o_retention_proposed:first [name=try_sop]"), run: "click" },
        { trigger: ".modal .o_field_widget[name=line_ids], .modal [name=action_run]" },
        { trigger: ".modal .modal-header .btn-close, .modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: step("sops", " .o_retention_proposed:first [name=start_sop]:enabled"), run: "click" },
        { trigger: step("sops", "[data-done=yes] li:contains('0 under way')") },
        { trigger: step("team", "[data-done=yes] button:first"), run: "click" },
        { trigger: step("team", " li:contains('customers: 12'):contains('User')") },
        { trigger: step("switch", " button:first"), run: "click" },
        { trigger: step("switch", " [name=preview_alerts]"), run: "click" },
        { trigger: ".o_list_view button[name=action_start_alerts]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_kanban_view .o_kanban_record:contains('bought nothing')" },
        { trigger: ".o_menu_sections [data-menu-xmlid='customer_retention.menu_config']", run: "click" },
        { trigger: "[data-menu-xmlid='customer_retention.menu_getting_started']", run: "click" },
        { trigger: step("switch", "[data-done=no] [data-switch=alerts]:contains('Alerts are started')") },
        { trigger: step("switch", " [name=send_switch]"), run: "click" },
        { trigger: ".modal button[name=action_switch_on]", run: "click" },
        { trigger: step("switch", "[data-done=yes]") },
        { trigger: `${START}:contains('All 5 steps are done')` },
        { trigger: ".o_menu_sections > :first-child:contains('Dashboard')", run: "click" },
        { trigger: ".o_retention_board [data-kpi=retention]" },
        { trigger: ".o_retention_board:not(:has(.o_retention_reminder))" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='customer_retention.menu_reporting_root']",
            run: "click",
        },
        { trigger: "[data-menu-xmlid='customer_retention.menu_review']", run: "click" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_form_view .o_form_button_save", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=line_ids] .o_data_row" },
    ],
});
