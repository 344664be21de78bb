import { Component } from "@odoo/owl";
import { RetentionKpiCard } from "./kpi_card";
import { useLate } from "./late";
import { RetentionLoading } from "./panel";

/** The figures that stand behind "Advanced analysis". */
export class RetentionFurther extends Component {
    static template = "customer_retention.DashboardFurther";
    static components = { RetentionKpiCard, RetentionLoading };
    static props = { options: Object, period: Object, currencyId: Number, open: Function };

    setup() {
        const { state } = useLate("get_advanced", (props) => props.options);
        this.state = state;
    }
}
