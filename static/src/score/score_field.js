import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const HIGHEST = 5;

/** A score from 1 to 5 as five small bars; zero (no data) as a dash. */
export class RetentionScoreField extends Component {
    static template = "customer_retention.ScoreField";
    static props = { ...standardFieldProps };

    get score() {
        return Math.round(this.props.record.data[this.props.name] || 0);
    }

    get bars() {
        return Array.from({ length: HIGHEST }, (_, index) => index < this.score);
    }

    get tone() {
        return this.score >= 4 ? "bg-success" : this.score === 3 ? "bg-warning" : "bg-danger";
    }

    get description() {
        const label = this.props.record.fields[this.props.name].string;
        return this.score
            ? _t("%(label)s: %(score)s of 5", { label, score: this.score })
            : _t("%(label)s: no data", { label });
    }
}

export const retentionScoreField = {
    component: RetentionScoreField,
    displayName: _t("Score Bars"),
    supportedTypes: ["integer"],
};

registry.category("fields").add("retention_score", retentionScoreField);
