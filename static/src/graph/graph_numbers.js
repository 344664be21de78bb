import { user } from "@web/core/user";
import { patch } from "@web/core/utils/patch";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { short } from "../dashboard/format";

// Odoo's graphs count by thousands in every language; a reader of Chinese counts by 万.
patch(GraphRenderer.prototype, {
    formatValue(value, allIntegers, formatType) {
        const { resModel } = this.model.metaData;
        const ours = resModel.startsWith("retention.") && user.lang.startsWith("zh");
        return ours && !formatType && Math.abs(value) >= 10000
            ? short(value, 2)
            : super.formatValue(...arguments);
    },
});
