import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { useService } from "@web/core/utils/hooks";
import { exact, MODEL, stepProps, useRounds } from "./progress";

/** Who works with Retention, who should, and which customers are nobody's. */
export class RetentionStepTeam extends Component {
    static template = "customer_retention.StepTeam";
    static components = { MultiRecordSelector };
    static props = stepProps;

    setup() {
        this.orm = useService("orm");
        this.levels = { user: _t("User"), manager: _t("Manager") };
        this.state = useState({ data: null, picked: [] });
        useRounds(() => this.load());
    }

    async load() {
        const data = await this.orm.silent.call(MODEL, "get_team", []);
        Object.assign(this.state, { data, picked: data.outside });
    }

    get people() {
        const { users, managers } = this.state.data;
        return _t("With access to Retention: users %(users)s, managers %(managers)s.", {
            users: exact(users),
            managers: exact(managers),
        });
    }

    get domain() {
        return [["id", "in", this.state.data.colleagues]];
    }

    get unowned() {
        return _t("Customers without an account manager: %s", exact(this.state.data.unowned));
    }

    looks(person) {
        return _t("customers: %s", exact(person.customers));
    }

    left(person) {
        return _t("%(name)s no longer works here. Customers: %(count)s", {
            name: person.name,
            count: exact(person.customers),
        });
    }

    level(person) {
        return person.level ? this.levels[person.level] : _t("No access");
    }

    pick(ids) {
        this.state.picked = ids;
    }

    async give(manager) {
        await this.orm.call(MODEL, "action_give_access", [this.state.picked, manager]);
        return this.props.decided();
    }

    handOver(person) {
        return this.props.go({
            type: "ir.actions.act_window",
            name: _t("Hand Over Everything"),
            res_model: "retention.handover",
            views: [[false, "form"]],
            target: "new",
            context: { default_everything: true, default_from_user_id: person.id },
        });
    }
}
