import { onWillStart, onWillUpdateProps, useComponent, useState } from "@odoo/owl";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";

/** Load what a part shows by itself, and anew when the options of the dashboard change.
 *
 * @param {string} method of `retention.dashboard`, called with the options of the part
 * @param {(props: Object) => Object} makeOptions
 * @returns {Object} state: {data (null at first), options it was asked with, busy}; `reload()` after a switch of the part itself
 */
export function useLate(method, makeOptions) {
    const component = useComponent();
    const orm = useService("orm");
    const keepLast = new KeepLast();
    const state = useState({ data: null, options: null, busy: false });
    let asked = null;

    async function load(props) {
        const options = makeOptions(props);
        const question = JSON.stringify(options);
        if (question === asked) {
            return;
        }
        asked = question;
        state.busy = true;
        try {
            const data = await keepLast.add(orm.call("retention.dashboard", method, [options]));
            Object.assign(state, { data, options });
        } catch (error) {
            asked = null;
            throw error;
        } finally {
            state.busy = false;
        }
    }

    // Not waited for: what fails or takes long here leaves the rest of the dashboard alone.
    onWillStart(() => {
        load(component.props);
    });
    onWillUpdateProps((props) => {
        load(props);
    });
    return { state, reload: () => load(component.props) };
}
