import { Component, useState } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { exact, MODEL, stepProps, useRounds } from "./progress";

/** The next procedures of the library, with who would enter. */
export class RetentionStepSops extends Component {
    static template = "customer_retention.StepSops";
    static props = stepProps;

    setup() {
        this.orm = useService("orm");
        this.state = useState({ data: null, counts: {}, busy: false });
        useRounds(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.silent.call(MODEL, "get_sops", []);
        for (const { id } of this.state.data.proposed) {
            this.state.counts[id] = await this.orm.silent.call(MODEL, "get_sop_counts", [id]);
        }
    }

    running(sop) {
        const since = sop.since ? formatDate(deserializeDate(sop.since)) : "–";
        return _t("since %(day)s, %(count)s under way", { day: since, count: exact(sop.under_way) });
    }

    counted(sop) {
        const found = this.state.counts[sop.id];
        return found
            ? _t("%(today)s would enter today; %(recent)s had the occasion in the last %(days)s days", {
                  today: exact(found.today),
                  recent: exact(found.recent),
                  days: found.days,
              })
            : _t("Counting…");
    }

    open(sop) {
        return this.props.go({
            type: "ir.actions.act_window",
            res_model: "retention.sop",
            res_id: sop.id,
            views: [[false, "form"]],
        });
    }

    async tryOut(sop) {
        this.state.busy = true;
        try {
            const action = await this.orm.call(MODEL, "action_try_sop", [sop.id]);
            return this.props.go({ views: [[false, "form"]], ...action });
        } finally {
            this.state.busy = false;
        }
    }

    async start(sop) {
        this.state.busy = true;
        try {
            await this.orm.call(MODEL, "action_start_sop", [sop.id]);
            await this.props.refresh();
        } finally {
            this.state.busy = false;
        }
    }
}
