/* global Chart */
import { registry } from "@web/core/registry";

let shown = null;
const BOARD = ".o_retention_board:not(.o_retention_busy)";

/** Wait for the list and look whether it has as many rows, or as many as the chart has said. */
function listOf(count) {
    return [
        {
            trigger: ".o_list_view .o_data_row",
            run: () => {
                const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (rows !== (count ?? shown)) {
                    throw new Error(`${rows} customers are listed instead of ${count ?? shown}`);
                }
            },
        },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
    ];
}

/** Look whether `selector` shows `text`, open it and count who is behind it. */
function opens(selector, text, count) {
    return [
        { trigger: `${BOARD} ${selector}:contains('${text}')`, run: "click" },
        ...listOf(count),
    ];
}

/** Open the first field of a kind that has customers, and count whether it said the truth. */
function opensField(selector) {
    return [
        {
            trigger: `${BOARD} ${selector}:not(.opacity-50)`,
            run: async (helper) => {
                shown = Number(helper.anchor.querySelector("span").textContent);
                await helper.click();
            },
        },
        ...listOf(),
    ];
}

/** Scroll to the first or the second of the parts that load when they are seen. */
function scrollDown(index) {
    return [
        {
            trigger: `${BOARD} .o_retention_when_seen`,
            run: () => document.querySelectorAll(".o_retention_when_seen")[index].scrollIntoView(),
        },
    ];
}

/** Click a point of a canvas, where Chart.js has drawn it. */
function clickPoint(selector, index) {
    return {
        trigger: `${BOARD} ${selector} canvas`,
        run: ({ anchor }) => {
            const point = Chart.getChart(anchor).getDatasetMeta(0).data[index];
            const box = anchor.getBoundingClientRect();
            const { x, y } = point.getCenterPoint();
            const where = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
            anchor.dispatchEvent(new MouseEvent("click", where));
        },
    };
}

// The company of twelve, June to August; see tests/pure/kpi_company.py.
registry.category("web_tour.tours").add("customer_retention_dashboard", {
    steps: () => [
        { trigger: `${BOARD} .o_retention_shown:contains('Jun 2025 to Aug 2025')` },
        { trigger: ".o_menu_sections > :first-child:contains('Dashboard')" },
        // Figures, and both numbers they are made of.
        ...opens("[data-kpi=retention] .o_retention_kpi_value", "71.4%", 5),
        ...opens("[data-kpi=churn] .o_retention_kpi_value", "28.6%", 2),
        ...opens("[data-kpi=retention] [data-side=denominator]", "7", 7),
        { trigger: "[data-kpi=retention] .o_retention_kpi_explain", run: "click" },
        { trigger: ".o_popover .o_retention_kpi_help:contains('by list of names')" },
        { trigger: `${BOARD} h2:contains('Customer bridge')`, run: "click" },
        // Charts: by their lists, and on the canvas.
        ...opens(".o_retention_bridge [data-bridge=lost]", "−2", 2),
        ...opens(".o_retention_bridge [data-bridge=back]", "+1", 1),
        clickPoint(".o_retention_bridge", 4),
        ...listOf(8),
        ...opens(".o_retention_trend [data-month='2025-08-01']", "Aug 2025: 100%", 6),
        clickPoint(".o_retention_trend", 7),
        ...listOf(6),
        // What there is to do now.
        ...opens(".o_retention_funnel [data-funnel=saved]", "1", 1),
        ...opens(".o_retention_funnel [data-funnel=opened]", "2", 2),
        ...opensField(".o_retention_risk .o_retention_field"),
        ...opensField(".o_retention_rfm_cell"),
        // What is loaded when it is seen.
        { trigger: `${BOARD}:not(:has(.o_retention_cohorts))` },
        ...scrollDown(0),
        { trigger: ".o_retention_cohorts [data-cohort='2025-02-01/4']:disabled:contains('0%')" },
        ...opens(".o_retention_cohorts [data-cohort='2025-01-01/0']", "100%", 4),
        ...scrollDown(0),
        { trigger: ".o_retention_cohorts [data-choice=customers]", run: "click" },
        ...opens(".o_retention_cohorts [data-cohort='2025-01-01/1']", "1", 1),
        ...scrollDown(1),
        { trigger: ".o_retention_flows [data-choice=segment_id].active" },
        ...opens(".o_retention_flows [data-flow^='joined/']", "2", 2),
        ...scrollDown(1),
        ...opens(".o_retention_flows [data-flow$='/left']", "2", 2),
        ...scrollDown(1),
        ...opens(".o_retention_flow_chart .o_retention_ribbon_lost", "2", 2),
        // A shorter period stays when one comes back.
        { trigger: `${BOARD} [data-period=month]`, run: "click" },
        { trigger: `${BOARD} .o_retention_shown:contains(/^Aug 2025$/)` },
        ...opens("[data-kpi=retention] .o_retention_kpi_value", "100%", 6),
        { trigger: `${BOARD} [data-period=month].active` },
        { trigger: "[data-period=own]", run: "click" },
        { trigger: "select[aria-label='First month']", run: "selectByLabel Mar 2025" },
        { trigger: `${BOARD} .o_retention_shown:contains('Mar 2025 to Aug 2025')` },
        { trigger: "[data-period=quarter]", run: "click" },
        { trigger: `${BOARD} .o_retention_shown:contains('Jun 2025 to Aug 2025')` },
        // Behind "Advanced analysis".
        { trigger: ".o_retention_more", run: "click" },
        ...opens("[data-kpi=reactivation] .o_retention_kpi_value", "33.3%", 1),
        { trigger: `${BOARD} [data-kpi=classic_retention]:contains('85.7%')` },
        // Filters narrow all of it.
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o-dropdown-item:contains('My Customers')", run: "click" },
        { trigger: `${BOARD} .o_retention_bridge p:contains('No customers in this period')` },
        { trigger: ".o_facet_remove", run: "click" },
        { trigger: `${BOARD} .o_retention_bridge [data-bridge=end]:contains('8')` },
    ],
});

registry.category("web_tour.tours").add("customer_retention_dashboard_empty", {
    steps: () => [
        { trigger: "[data-empty=no_run] button:contains('Compute now')", run: "click" },
        { trigger: ".o_notification:contains('in the background')" },
    ],
});
