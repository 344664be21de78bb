import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatMoney } from "./format";
import { RetentionPanel } from "./panel";

// As many as stand beside the other parts; the others on request.
const FIRST = 5;
// By the codes of analytics.uplift.
const LOOKS = {
    works: { icon: "fa-check", badge: "text-bg-success" },
    harms: { icon: "fa-times", badge: "text-bg-danger" },
    inconclusive: { icon: "fa-question", badge: "text-bg-secondary" },
    too_early: { icon: "fa-clock-o", badge: "text-bg-info" },
    no_control: { icon: "fa-eye-slash", badge: "text-bg-light" },
};

/** Which procedures are worth what they cost, the best first. */
export class RetentionSops extends Component {
    static template = "customer_retention.DashboardSops";
    static components = { RetentionPanel };
    static props = {
        sops: Array,
        currencyId: Number,
        openSop: Function,
        openEntered: Function,
    };

    setup() {
        this.state = useState({ all: false });
        this.verdicts = {
            works: _t("Works"),
            harms: _t("Does harm"),
            inconclusive: _t("Not proven"),
            too_early: _t("Too early to say"),
            no_control: _t("Nothing to compare with"),
        };
    }

    get shown() {
        return this.state.all ? this.props.sops : this.props.sops.slice(0, FIRST);
    }

    get hidden() {
        return this.props.sops.length - this.shown.length;
    }

    get moreText() {
        return _t("Show %s more", this.hidden);
    }

    /** How the verdict looks; null where only the sentence says it. */
    look(sop) {
        return LOOKS[sop.verdict] || null;
    }

    counts(sop) {
        return _t("%(entered)s took part, %(judged)s judged", {
            entered: formatCount(sop.entered),
            judged: formatCount(sop.judged),
        });
    }

    money(amount) {
        return formatMoney(amount, this.props.currencyId);
    }
}
