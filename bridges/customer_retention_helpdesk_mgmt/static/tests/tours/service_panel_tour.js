import { registry } from "@web/core/registry";

const PANEL = ".o_retention_service";
const SAVE = [
    { trigger: ".modal .o_retention_log_save:enabled", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

/** Nothing of the panel sticks out at the side, on whatever screen. */
function fits() {
    const { scrollWidth, clientWidth } = document.querySelector(PANEL);
    if (scrollWidth > clientWidth + 1) {
        throw new Error(`The panel is ${scrollWidth} px wide on ${clientWidth}`);
    }
}

registry.category("web_tour.tours").add("customer_retention_service_panel", {
    steps: () => [
        { trigger: `${PANEL} [data-line=who]:contains('Panel Ltd'):contains('customer since')` },
        { trigger: `${PANEL} [data-line=danger]:contains('In danger')`, run: fits },
        { trigger: `${PANEL} [data-line=promise]:contains('No open promise')` },
        { trigger: `${PANEL} [data-log=promise]`, run: "click" },
        { trigger: ".modal .o_retention_log_save:disabled" },
        { trigger: ".modal #o_retention_log_text", run: "edit A new pump" },
        ...SAVE,
        { trigger: `${PANEL} [data-line=promise]:contains('A new pump'):contains('Uma')` },
        { trigger: `${PANEL} [data-log=compensation]`, run: "click" },
        { trigger: ".modal #o_retention_log_kind", run: "select gift" },
        { trigger: ".modal #o_retention_log_text", run: "edit It came late" },
        { trigger: ".modal #o_retention_log_amount", run: "edit 12.5" },
        ...SAVE,
        { trigger: `${PANEL} [data-log=interaction]`, run: "click" },
        { trigger: ".modal #o_retention_log_text", run: "edit Is angry" },
        ...SAVE,
        { trigger: `${PANEL} .o_retention_service_more`, run: "click" },
        { trigger: `${PANEL} [data-block=told]:contains('A new pump'):contains('Uma')`, run: fits },
    ],
});
