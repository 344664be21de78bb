import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const SIZE = 100;

/**
 * What a card said against what happened, in percent: points on the diagonal were right, the
 * larger one the more customers. The value is a list of {card, group, customers, predicted,
 * observed}.
 */
export class RetentionCalibrationField extends Component {
    static template = "customer_retention.CalibrationField";
    static props = { ...standardFieldProps };

    setup() {
        this.ticks = [0, 25, 50, 75, 100];
    }

    get points() {
        const points = this.props.record.data[this.props.name] || [];
        const most = Math.max(1, ...points.map((point) => point.customers));
        return points.map((point) => ({
            key: `${point.card} ${point.group}`,
            fitted: point.card === "fitted",
            x: point.predicted,
            y: SIZE - point.observed,
            radius: 1 + 2.5 * Math.sqrt(point.customers / most),
            title: _t("%(customers)s customers: said %(said)s %, happened %(happened)s %", {
                customers: point.customers,
                said: point.predicted.toFixed(1),
                happened: point.observed.toFixed(1),
            }),
        }));
    }
}

export const retentionCalibrationField = {
    component: RetentionCalibrationField,
    displayName: _t("Calibration Plot"),
    supportedTypes: ["json"],
};

registry.category("fields").add("retention_calibration", retentionCalibrationField);
