import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { exact, MODEL, stepProps, useRounds } from "./progress";

/** First people are warned; only when that works, messages leave by themselves. */
export class RetentionStepSwitch extends Component {
    static template = "customer_retention.StepSwitch";
    static props = stepProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null });
        useRounds(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.silent.call(MODEL, "get_switch", []);
    }

    get would() {
        const { would_open, people, capacity } = this.state.data;
        return _t(
            "Customers who would get an alert today: %(count)s. People who can take them: %(people)s, at most %(most)s alerts each; the others wait in the queue.",
            { count: exact(would_open), people: exact(people), most: exact(capacity) }
        );
    }

    get results() {
        const { open, answered } = this.state.data;
        return _t("Alerts open: %(open)s, with an outcome: %(answered)s.", {
            open: exact(open),
            answered: exact(answered),
        });
    }

    async preview() {
        const action = await this.orm.call("retention.alert", "action_would_open", []);
        return this.props.go(action);
    }
}
