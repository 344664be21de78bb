import { registry } from "@web/core/registry";
import { BadgeField, badgeField } from "@web/views/fields/badge/badge_field";

/** A tier's badge with a tooltip that another field holds: option `tip_field`. */
export class RetentionTierBadgeField extends BadgeField {
    static template = "customer_retention.TierBadgeField";
    static props = {
        ...BadgeField.props,
        tipField: { type: String, optional: true },
    };

    get tip() {
        return (this.props.tipField && this.props.record.data[this.props.tipField]) || undefined;
    }
}

export const retentionTierBadgeField = {
    ...badgeField,
    component: RetentionTierBadgeField,
    // Core places badges in cells by this name.
    additionalClasses: ["o_field_badge"],
    extractProps: (info, dynamicInfo) => ({
        ...badgeField.extractProps(info, dynamicInfo),
        tipField: info.options.tip_field,
    }),
};

registry.category("fields").add("retention_tier_badge", retentionTierBadgeField);
