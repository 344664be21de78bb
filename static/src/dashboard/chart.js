/* global Chart */
import { onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";

/** Colours the style sheet of the dashboard gives, so that they follow light and dark. */
function colors(element) {
    const style = getComputedStyle(element);
    const names = ["good", "bad", "neutral", "muted", "line"];
    return Object.fromEntries(
        names.map((name) => [name, style.getPropertyValue(`--retention-${name}`).trim()])
    );
}

/** Draw a Chart.js chart on the canvas `t-ref="canvas"`, anew with every rendering.
 *
 * @param {(colors: Object) => Object} makeConfig
 */
export function useChart(makeConfig) {
    const canvas = useRef("canvas");
    let chart = null;
    const drop = () => {
        chart?.destroy();
        chart = null;
    };
    onWillStart(() => loadBundle("web.chartjs_lib"));
    useEffect(() => {
        drop();
        if (canvas.el) {
            const config = makeConfig(colors(canvas.el));
            const still = browser.matchMedia("(prefers-reduced-motion: reduce)").matches;
            config.options = {
                maintainAspectRatio: false,
                animation: still ? false : { duration: 300 },
                locale: user.lang,
                ...config.options,
            };
            chart = new Chart(canvas.el, config);
        }
    });
    onWillUnmount(drop);
}

/** Return what Chart.js wants for opening what was clicked: `open(index of the point)`. */
export function clickable(open) {
    return {
        onClick: (ev, [point]) => point && open(point.index),
        onHover: (ev, points) => {
            ev.native.target.style.cursor = points.length ? "pointer" : "default";
        },
    };
}
