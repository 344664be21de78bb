import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { exact, MODEL, stepProps, useRounds } from "./progress";

const PAUSE = 300;
const EDGES = [1, 2, 3, 4].map((number) => `retention_r_edge_${number}`);

/** Days of silent, at risk and lost, and the edges of recency, with whom they concern today. */
export class RetentionStepLimits extends Component {
    static template = "customer_retention.StepLimits";
    static props = stepProps;

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.days = {
            silent: { name: "retention_silent_days", label: _t("Silent after") },
            at_risk: { name: "retention_at_risk_days", label: _t("At risk after") },
            lost: { name: "retention_lost_days", label: _t("Lost after") },
        };
        this.state = useState({ data: null, values: {}, kept: {}, busy: false });
        this.count = useDebounced(() => this.ask(this.state.values), PAUSE);
        useRounds(() => this.load());
    }

    async load() {
        // What is being typed stays.
        await this.ask(this.state.values);
        if (!this.changed) {
            const { values } = this.state.data;
            Object.assign(this.state, { values: { ...values }, kept: { ...values } });
        }
    }

    async ask(values) {
        this.state.busy = true;
        try {
            const call = this.orm.silent.call(MODEL, "get_limits", [values]);
            this.state.data = await this.keepLast.add(call);
        } finally {
            this.state.busy = false;
        }
    }

    type(name, ev) {
        const days = Number.parseInt(ev.target.value, 10);
        this.state.values[name] = Number.isNaN(days) ? 0 : days;
        this.state.busy = true;
        this.count();
    }

    suggest() {
        Object.assign(this.state.values, this.state.data.suggested);
        return this.ask(this.state.values);
    }

    get edges() {
        return this.state.data.by_edges
            ? EDGES.map((name, position) => ({ name, score: 5 - position }))
            : [];
    }

    get changed() {
        const { values, kept } = this.state;
        return Object.keys(values).some((name) => values[name] !== kept[name]);
    }

    customers(code) {
        const found = this.state.data.stages.find((stage) => stage.code === code);
        return found ? _t("Customers today: %s", exact(found.customers)) : "–";
    }

    scored(score) {
        const count = this.state.data.scores[5 - score];
        return count === undefined ? "–" : _t("Customers: %s", exact(count));
    }

    get others() {
        return _t("R1, everybody else: %s", exact(this.state.data.scores[4] || 0));
    }

    get sentence() {
        const { stages, customers } = this.state.data;
        const counts = Object.fromEntries(
            stages.map((stage) => [stage.code, exact(stage.customers)])
        );
        return _t(
            "With these limits, of %(all)s customers %(silent)s are silent today, %(at_risk)s at risk and %(lost)s lost.",
            { ...counts, all: exact(customers) }
        );
    }

    get suggestion() {
        const { gap, suggested } = this.state.data;
        return _t(
            "Your customers usually buy again after %(gap)s days. Days that would fit: silent %(silent)s, at risk %(at_risk)s, lost %(lost)s.",
            {
                gap,
                silent: suggested.retention_silent_days,
                at_risk: suggested.retention_at_risk_days,
                lost: suggested.retention_lost_days,
            }
        );
    }

    async save() {
        await this.orm.call(MODEL, "action_save_limits", [this.state.values]);
        return this.props.decided();
    }
}
