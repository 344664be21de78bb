import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const TONES = { green: "text-success", yellow: "text-warning", red: "text-danger" };

/** The health of a customer: a coloured dot and its word. */
export class RetentionLightField extends Component {
    static template = "customer_retention.LightField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get tone() {
        return TONES[this.value];
    }

    get word() {
        const options = this.props.record.fields[this.props.name].selection;
        return options.find(([value]) => value === this.value)?.[1] || "";
    }
}

export const retentionLightField = {
    component: RetentionLightField,
    displayName: _t("Health Light"),
    supportedTypes: ["selection"],
};

registry.category("fields").add("retention_light", retentionLightField);
