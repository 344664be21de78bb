import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { changeOf, formatCount, formatMoney, formatPeriod, formatShare } from "./format";

/** The period in two sentences: did retention get better, and whom to look after first. */
export class RetentionHeadline extends Component {
    static template = "customer_retention.DashboardHeadline";
    static props = { data: Object, open: Function };

    setup() {
        this.action = useService("action");
    }

    get period() {
        const { first, last } = this.props.data.period;
        return formatPeriod(first, last);
    }

    get retention() {
        return this.props.data.cards.find((card) => card.code === "retention");
    }

    get better() {
        return this.retention ? changeOf(this.retention).better : null;
    }

    get sentence() {
        const card = this.retention;
        if (!card || card.value === null) {
            return "";
        }
        const { move } = changeOf(card);
        const words = { rate: formatShare(card.value), move };
        if (this.better === true) {
            return _t("Retention got better by %(move)s: %(rate)s of the customers stayed.", words);
        }
        if (this.better === false) {
            return _t("Retention got worse by %(move)s: %(rate)s of the customers stayed.", words);
        }
        return card.before === null
            ? _t("%s of the customers stayed.", words.rate)
            : _t("%s of the customers stayed, as before.", words.rate);
    }

    get changes() {
        const { lost, new: fresh, back } = this.props.data.bridge;
        return _t("%(lost)s lost, %(fresh)s new, %(back)s came back.", {
            lost: formatCount(lost),
            fresh: formatCount(fresh),
            back: formatCount(back),
        });
    }

    /** One after the other; Chinese puts no space behind a full stop. */
    get sentences() {
        const { sentence, changes } = this;
        return sentence ? _t("%(one)s %(other)s", { one: sentence, other: changes }) : changes;
    }

    /** High-value customers at the highest risk there is. */
    get urgent() {
        const { risk } = this.props.data;
        return ["critical", "high"]
            .map((level) => risk.find((cell) => cell.core && cell.level === level))
            .find((cell) => cell?.customers);
    }

    get urgentText() {
        const { customers, amount } = this.urgent;
        return _t("Most urgent: high-value customers close to leaving (%(count)s), %(amount)s at stake", {
            count: formatCount(customers),
            amount: formatMoney(amount, this.props.data.company.currency_id),
        });
    }

    openToday() {
        return this.action.doAction("customer_retention.action_alert_today");
    }

    openUrgent() {
        const label = _t("High-value customers close to leaving");
        return this.props.open(["risk", true, this.urgent.level], label);
    }
}
