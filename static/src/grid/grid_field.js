import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ROWS = [5, 4, 3, 2, 1];
const COLUMNS = [1, 2, 3, 4, 5];

/**
 * The 5 × 5 grid of a segment scheme: choose a segment, then paint cells with it.
 * Works on the one2many of cells (r, fm, segment_id) and saves with the form.
 */
export class RetentionGridField extends Component {
    static template = "customer_retention.GridField";
    static props = { ...standardFieldProps };

    setup() {
        this.rows = ROWS;
        this.columns = COLUMNS;
        this.state = useState({ brush: null, painting: false });
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get segments() {
        return this.props.record.data.segment_ids.records
            .filter((segment) => segment.resId)
            .map((segment) => ({
                id: segment.resId,
                name: segment.data.name,
                color: segment.data.color,
            }));
    }

    get brush() {
        return this.segments.find((segment) => segment.id === this.state.brush) || null;
    }

    cell(r, fm) {
        return this.list.records.find((cell) => cell.data.r === r && cell.data.fm === fm);
    }

    segmentOf(r, fm) {
        const value = this.cell(r, fm)?.data.segment_id;
        return value ? this.segments.find((segment) => segment.id === value.id) : null;
    }

    label(r, fm) {
        const segment = this.segmentOf(r, fm);
        return _t("R %(r)s, FM %(fm)s: %(segment)s", {
            r,
            fm,
            segment: segment ? segment.name : _t("not painted"),
        });
    }

    async paint(r, fm) {
        const brush = this.brush;
        if (this.props.readonly || !brush) {
            return;
        }
        const value = { id: brush.id, display_name: brush.name };
        const cell = this.cell(r, fm);
        if (cell) {
            await cell.update({ segment_id: value });
        } else {
            const added = await this.list.addNewRecord({ position: "bottom" });
            await added.update({ r, fm, segment_id: value });
        }
    }

    async enter(r, fm, ev) {
        if (ev.buttons === 1) {
            await this.paint(r, fm);
        }
    }
}

export const retentionGridField = {
    component: RetentionGridField,
    displayName: _t("Segment Grid"),
    supportedTypes: ["one2many"],
    useSubView: true,
};

registry.category("fields").add("retention_grid", retentionGridField);
