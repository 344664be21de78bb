import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RetentionStepBasis } from "./step_basis";
import { RetentionStepLimits } from "./step_limits";
import { RetentionStepSops } from "./step_sops";
import { RetentionStepSwitch } from "./step_switch";
import { RetentionStepTeam } from "./step_team";
import { exact, MODEL, RetentionProgress } from "./progress";

const EVERY = 4000;

/** From installing to a company at work: five steps, each done or not by itself. */
export class RetentionGettingStarted extends Component {
    static template = "customer_retention.GettingStarted";
    static components = { Layout, RetentionProgress };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.steps = {
            basis: { title: _t("Choose what counts as a purchase"), Body: RetentionStepBasis },
            limits: { title: _t("Check the limits against your customers"), Body: RetentionStepLimits },
            sops: { title: _t("Choose procedures, one at a time"), Body: RetentionStepSops },
            team: { title: _t("Invite the team"), Body: RetentionStepTeam },
            switch: { title: _t("Switch on, step by step"), Body: RetentionStepSwitch },
        };
        this.state = useState({ allowed: true, data: null, open: null, round: 0 });
        onWillStart(async () => {
            this.state.allowed = await user.hasGroup("customer_retention.group_manager");
            if (this.state.allowed) {
                await this.load();
                this.state.open = this.next;
            }
        });
        onWillDestroy(() => browser.clearTimeout(this.timer));
    }

    async load() {
        this.state.data = await this.orm.silent.call(MODEL, "get_steps", []);
        this.watch();
    }

    /** While figures are on their way, look again: the counts below follow them. */
    watch() {
        browser.clearTimeout(this.timer);
        const { as_of, customers } = this.state.data.run;
        if (!this.computing) {
            return;
        }
        this.timer = browser.setTimeout(async () => {
            await this.load();
            const { run } = this.state.data;
            if (!this.computing || run.as_of !== as_of || run.customers !== customers) {
                this.state.round++;
            }
        }, EVERY);
    }

    get computing() {
        const { asked, phase } = this.state.data.run;
        return asked || Boolean(phase);
    }

    get next() {
        return this.state.data.steps.find((step) => !step.done)?.code || null;
    }

    get done() {
        return this.state.data.steps.filter((step) => step.done).length;
    }

    get ready() {
        const { customers } = this.state.data.run;
        return _t("Figures are ready. Customers: %s.", exact(customers));
    }

    toggle(code) {
        this.state.open = this.state.open === code ? null : code;
    }

    async go(action, options = {}) {
        return this.action.doAction(action, { onClose: () => this.refresh(), ...options });
    }

    /** Something was changed below: look at every step again. */
    async refresh() {
        await this.load();
        this.state.round++;
    }

    /** A step is decided: the next one opens by itself. */
    async decided() {
        await this.refresh();
        this.state.open = this.next || this.state.open;
    }

    async compute() {
        await this.orm.call(MODEL, "action_compute", []);
        return this.load();
    }

    async hide() {
        await this.orm.call(MODEL, "action_hide", [!this.state.data.hidden]);
        return this.load();
    }
}

registry.category("actions").add("retention_getting_started", RetentionGettingStarted);
