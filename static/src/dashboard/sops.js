import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCount, formatMoney, formatShare } from "./format";
import { RetentionPanel } from "./panel";

// By the codes of analytics.uplift.
const LOOKS = {
    works: { icon: "fa-check", badge: "text-bg-success" },
    harms: { icon: "fa-times", badge: "text-bg-danger" },
    inconclusive: { icon: "fa-question", badge: "text-bg-secondary" },
    too_early: { icon: "fa-clock-o", badge: "text-bg-info" },
};

/** Which procedures are worth what they cost, the best first. */
export class RetentionSops extends Component {
    static template = "customer_retention.DashboardSops";
    static components = { RetentionPanel };
    static props = { sops: Array, currencyId: Number, openSop: Function, openEntered: Function };

    setup() {
        this.verdicts = {
            works: _t("Works"),
            harms: _t("Does harm"),
            inconclusive: _t("Not proven"),
            too_early: _t("Too early to say"),
        };
    }

    /** How the verdict looks; null where only the sentence says it. */
    look(sop) {
        return LOOKS[sop.verdict] || null;
    }

    rates(sop) {
        if (sop.rate === null) {
            return "";
        }
        const rate = formatShare(sop.rate);
        return sop.control_rate === null
            ? _t("%s bought again", rate)
            : _t("%(rate)s bought again, without it %(control)s", {
                  rate,
                  control: formatShare(sop.control_rate),
              });
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
