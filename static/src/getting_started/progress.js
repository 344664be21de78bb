import { Component, onWillStart, onWillUpdateProps, useComponent } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

export const MODEL = "retention.getting.started";

/** Every digit, as these counts follow what is typed. */
export function exact(count) {
    return new Intl.NumberFormat(user.lang).format(count);
}

/** What the steps have in common: the state of the panel, and ways back to it. */
export const stepProps = {
    bought: Boolean,
    // {asked, phase, progress, as_of, customers, error}
    run: Object,
    // Grows when something below may have changed.
    round: Number,
    // Open an action, and look again when a dialog closes.
    go: Function,
    // Something was changed: look again.
    refresh: Function,
    // The step is decided: look again, and go on to the next one.
    decided: Function,
};

/** Load what a step shows, and again in each round; not waited for, as counting takes its time.
 *
 * @param {() => Promise} load
 */
export function useRounds(load) {
    const component = useComponent();
    onWillStart(() => {
        load();
    });
    onWillUpdateProps((props) => {
        if (props.round !== component.props.round) {
            load();
        }
    });
}

/** How many steps are done, in words and as a bar. */
export class RetentionProgress extends Component {
    static template = "customer_retention.StartProgress";
    static props = { done: Number, all: Number };

    get text() {
        const { done, all } = this.props;
        return done === all
            ? _t("All %s steps are done", all)
            : _t("%(done)s of %(all)s steps done", { done, all });
    }

    get percent() {
        return Math.round((100 * this.props.done) / this.props.all);
    }
}
