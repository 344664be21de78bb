import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { RetentionStartReminder } from "../getting_started/reminder";
import { RetentionBridge } from "./bridge";
import { RetentionCohorts } from "./cohorts";
import { RetentionDashboardEmpty } from "./empty";
import { RetentionFlows } from "./flows";
import { RetentionFresh } from "./fresh";
import { RetentionFunnel } from "./funnel";
import { RetentionFurther } from "./further";
import { RetentionHeadline } from "./headline";
import { RetentionKpiCard } from "./kpi_card";
import { addMonths, monthsOf, RetentionPeriod } from "./period";
import { RetentionRfm } from "./rfm";
import { RetentionRisk } from "./risk";
import { RetentionSops } from "./sops";
import { RetentionTrend } from "./trend";
import { RetentionWhenSeen } from "./when_seen";

const MODEL = "retention.dashboard";
const KEPT = "customer_retention.dashboard";

/** What is shown of the customers a search finds, in a period. */
export class RetentionDashboardBody extends Component {
    static template = "customer_retention.DashboardBody";
    static components = {
        Layout,
        RetentionBridge,
        RetentionCohorts,
        RetentionDashboardEmpty,
        RetentionFlows,
        RetentionFresh,
        RetentionFunnel,
        RetentionFurther,
        RetentionHeadline,
        RetentionKpiCard,
        RetentionPeriod,
        RetentionRfm,
        RetentionRisk,
        RetentionSops,
        RetentionStartReminder,
        RetentionTrend,
        RetentionWhenSeen,
        SearchBar,
    };
    static props = {
        domain: Array,
        // Where it was scrolled to.
        state: { type: Object, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.searchBarToggler = useSearchBarToggler();
        this.keepLast = new KeepLast();
        this.state = useState({
            choice: { kind: "quarter" },
            more: false,
            known: null,
            ...this.recall(),
            data: null,
            options: null,
            busy: false,
        });
        useSetupAction({ rootRef: useRef("root") });
        onWillStart(() => Promise.all([this.loadGroups(), this.load(this.props.domain)]));
        onWillUpdateProps((props) => {
            if (JSON.stringify(props.domain) !== JSON.stringify(this.props.domain)) {
                this.load(props.domain);
            }
        });
    }

    async loadGroups() {
        const [advanced, manager] = await Promise.all([
            user.hasGroup("customer_retention.group_advanced"),
            user.hasGroup("customer_retention.group_manager"),
        ]);
        Object.assign(this, { advanced, manager });
    }

    /** The period stays for as long as the tab, whichever way one comes back. */
    remember() {
        const { choice, known, more } = this.state;
        browser.sessionStorage.setItem(this.kept, JSON.stringify({ choice, known, more }));
    }

    /** Companies close their months on different days. */
    get kept() {
        return `${KEPT}.${user.activeCompany.id}`;
    }

    recall() {
        return JSON.parse(browser.sessionStorage.getItem(this.kept) || "{}");
    }

    toggleMore() {
        this.state.more = !this.state.more;
        this.remember();
    }

    async load(domain) {
        const { choice, known } = this.state;
        const asked = { domain, ...monthsOf(choice, known) };
        this.state.busy = true;
        try {
            const data = await this.keepLast.add(this.orm.call(MODEL, "get_overview", [asked]));
            const { first, last, known_first, known_last } = data.period;
            // Later calls name the months, so that all parts speak of the same ones.
            const options = { domain, ...(first && { first, last }) };
            const knows = { known_first, known_last };
            Object.assign(this.state, { data, options, known: knows });
            this.remember();
        } finally {
            this.state.busy = false;
        }
    }

    pick(choice) {
        this.state.choice = choice;
        return this.load(this.props.domain);
    }

    get currencyId() {
        return this.state.data.company.currency_id;
    }

    /** Show the customers behind a part.
     *
     * @param {Object} [own] options of the part itself
     */
    async open(part, label, own = {}) {
        const options = { ...this.state.options, ...own };
        const action = await this.orm.call(MODEL, "action_customers", [options, part, label]);
        return this.action.doAction(action);
    }

    openMonth(month, part, label) {
        return this.open(part, label, { first: month, last: month });
    }

    openSop(sop) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "retention.sop",
            res_id: sop.id,
            views: [[false, "form"]],
        });
    }

    /** Whoever took part in any version of a procedure up to the end of the period. */
    openEntered(sop) {
        const { company, period } = this.state.data;
        const { domain, first, last } = this.state.options;
        const found = [
            ["root_id", "=", sop.id],
            ["company_id", "=", company.id],
            ["entered_on", "<", addMonths(period.last, 1)],
        ];
        if (domain.length) {
            const meant = { first, last, company_id: company.id, domain, part: ["all"] };
            found.push(["partner_id.retention_figure", "=", JSON.stringify(meant)]);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: sop.name,
            res_model: "retention.enrollment",
            domain: found,
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            context: { active_test: false },
        });
    }
}
