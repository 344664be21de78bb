import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { parseFloat } from "@web/views/fields/parsers";

const { DateTime } = luxon;

/** What each dialog asks for; `kind` says from which list, `day` in which direction. */
const FORMS = {
    interaction: {
        method: "log_interaction",
        title: _t("Log a Talk"),
        text: _t("What was said"),
        day: "past",
        kind: true,
        done: _t("Talk noted."),
    },
    promise: {
        method: "log_promise",
        title: _t("Note a Promise"),
        text: _t("What was promised"),
        day: "future",
        dayLabel: _t("To be kept by"),
        done: _t("Promise noted; %s keeps it."),
    },
    compensation: {
        method: "log_compensation",
        title: _t("Note a Compensation"),
        text: _t("What it makes good for"),
        day: "past",
        kind: true,
        amount: true,
        done: _t("Compensation noted."),
    },
};

/** Three small dialogs in one: plain values that the server checks and writes. */
export class RetentionLogDialog extends Component {
    static template = "customer_retention.LogDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        form: { validate: (name) => name in FORMS },
        panel: Object,
        resModel: String,
        resId: Number,
        onNoted: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.form = FORMS[this.props.form];
        this.options = this.props.panel.choices[this.props.form] || [];
        this.today = serializeDate(today());
        this.state = useState({
            kind: this.props.form === "interaction" ? "call" : this.options[0]?.[0],
            text: "",
            day: this.form.day === "past" ? this.today : this.tomorrow,
            amount: "",
            mine: false,
            saving: false,
        });
    }

    get tomorrow() {
        return serializeDate(DateTime.local().plus({ days: 1 }));
    }

    get dayWord() {
        return _t("Day");
    }

    get title() {
        return this.form.title.toString();
    }

    /** What was typed, in the user's own way of writing numbers; 0 for what is none. */
    get amount() {
        try {
            return parseFloat(this.state.amount);
        } catch {
            return 0;
        }
    }

    get ready() {
        const { text, day, saving } = this.state;
        return !saving && text.trim() && day && (!this.form.amount || this.amount > 0);
    }

    get values() {
        const { kind, text, day, mine } = this.state;
        return {
            text,
            date: day,
            ...(this.form.kind ? { kind } : {}),
            ...(this.form.amount ? { amount: this.amount } : {}),
            ...(this.props.form === "promise" ? { mine } : {}),
        };
    }

    async save() {
        this.state.saving = true;
        let result;
        try {
            result = await this.orm.call("retention.service", this.form.method, [
                this.props.resModel,
                this.props.resId,
                this.values,
            ]);
        } finally {
            this.state.saving = false;
        }
        const said = this.form.done.toString().replace("%s", result);
        this.notification.add(said, { type: "success" });
        this.props.close();
        this.props.onNoted();
    }
}
