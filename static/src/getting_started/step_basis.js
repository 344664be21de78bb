import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { exact, MODEL, stepProps, useRounds } from "./progress";

/** Confirmed orders or posted invoices, with what each would count. */
export class RetentionStepBasis extends Component {
    static template = "customer_retention.StepBasis";
    static props = stepProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null, basis: null });
        onWillStart(async () => {
            this.sells = await user.hasGroup("sales_team.group_sale_salesman");
        });
        useRounds(() => this.load());
    }

    async load() {
        const data = await this.orm.silent.call(MODEL, "get_basis", []);
        Object.assign(this.state, { data, basis: this.state.basis || data.basis });
    }

    get nothing() {
        return this.state.data.choices.every((choice) => !choice.purchases);
    }

    counted({ purchases, customers }) {
        return _t("Purchases: %(purchases)s, customers: %(customers)s", {
            purchases: exact(purchases),
            customers: exact(customers),
        });
    }

    imported(choice) {
        return _t("%s of them from imported files", exact(choice.imported));
    }

    async save() {
        await this.orm.call(MODEL, "action_save_basis", [this.state.basis]);
        return this.props.decided();
    }
}
