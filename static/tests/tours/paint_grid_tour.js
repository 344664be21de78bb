import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_retention_paint_grid", {
    steps: () => [
        { trigger: ".o_retention_brush:contains('Loyal')", run: "click" },
        { trigger: ".o_retention_brush_on:contains('Loyal')" },
        { trigger: ".o_retention_cell[aria-label='R 5, FM 1: New']", run: "click" },
        { trigger: ".o_retention_cell[aria-label='R 5, FM 1: Loyal']" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
    ],
});
