import { Component, onWillStart, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatMoney } from "../dashboard/format";
import { RetentionQuadrant, quadrantCells } from "./quadrant";

// Whom there is still something to keep of.
const CUSTOMERS = [
    ["first_order_date", "!=", false],
    ["partner_id.active", "=", true],
    ["stage", "!=", "lost"],
];

/** Everybody there is still something to keep of, or only mine. */
export class RetentionValueRisk extends Component {
    static template = "customer_retention.ValueRisk";
    static components = { Layout, RetentionQuadrant };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ mine: false, groups: null });
        onWillStart(() => this.load());
    }

    get domain() {
        const mine = this.state.mine ? [["owner_id", "=", user.userId]] : [];
        return Domain.and([CUSTOMERS, mine]).toList();
    }

    async load() {
        this.state.groups = await this.orm.formattedReadGroup(
            "retention.profile",
            this.domain,
            ["is_core", "risk_level"],
            ["__count", "value_at_stake:sum_currency"]
        );
    }

    async setMine(mine) {
        this.state.mine = mine;
        await this.load();
    }

    sum(condition) {
        let count = 0;
        let amount = 0;
        for (const group of this.state.groups.filter(condition)) {
            count += group.__count;
            amount += group["value_at_stake:sum_currency"] || 0;
        }
        return { count, amount: this.money(amount) };
    }

    money(amount) {
        return formatMoney(amount, user.activeCompany.currency_id);
    }

    get total() {
        return this.sum(() => true);
    }

    get unjudged() {
        return this.sum((group) => !group.risk_level).count;
    }

    get summary() {
        return _t("%(count)s customers, %(amount)s at stake. Press a field to see who is in it.", {
            count: this.total.count,
            amount: this.total.amount,
        });
    }

    get unjudgedText() {
        return _t("Without a risk level until the next nightly run: %s customers.", this.unjudged);
    }

    get cells() {
        return quadrantCells((core, level) =>
            this.sum((group) => group.is_core === core && group.risk_level === level)
        );
    }

    open(core, level, title) {
        const cell = [
            ["is_core", "=", core],
            ["risk_level", "=", level],
        ];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title,
            res_model: "retention.profile",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain: Domain.and([this.domain, cell]).toList(),
        });
    }
}

registry.category("actions").add("retention_value_risk", RetentionValueRisk);
