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
            "%(count)s customers would get an alert today. %(people)s people can take them, at most %(most)s each; the others wait in the queue.",
            { count: exact(would_open), people: exact(people), most: exact(capacity) }
        );
    }

    get results() {
        const { open, answered } = this.state.data;
        return _t("%(open)s alerts are open, %(answered)s have an outcome.", {
            open: exact(open),
            answered: exact(answered),
        });
    }

    async preview() {
        const action = await this.orm.call("retention.alert", "action_would_open", []);
        return this.props.go(action);
    }
}
