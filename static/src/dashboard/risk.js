import { Component } from "@odoo/owl";
import { RetentionQuadrant, quadrantCells } from "../value_risk/quadrant";
import { formatCount, formatMoney } from "./format";
import { RetentionPanel } from "./panel";

export class RetentionRisk extends Component {
    static template = "customer_retention.DashboardRisk";
    static components = { RetentionPanel, RetentionQuadrant };
    static props = { risk: Array, currencyId: Number, open: Function };

    get cells() {
        return quadrantCells((core, level) => {
            const found = this.props.risk.find((cell) => cell.core === core && cell.level === level);
            return {
                count: found ? formatCount(found.customers) : 0,
                amount: formatMoney(found?.amount || 0, this.props.currencyId),
            };
        });
    }

    get empty() {
        return !this.props.risk.some((cell) => cell.level && cell.customers);
    }

    open(core, level, title) {
        return this.props.open(["risk", core, level], title);
    }
}
