from odoo import api, models


class RetentionTimeline(models.AbstractModel):
    """Cases in the timeline, at the moment they came."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {**super()._kinds(), "case": (self.env._("Cases"), "fa-life-ring")}

    @api.model
    def _file_columns(self):
        return {**super()._file_columns(), "retention.case": ("case", "opened_at", False)}

    @api.model
    def _tell_retention_case(self, case):
        words = [self._label(case, name) for name in ("kind", "severity", "state")]
        return {
            "title": case.display_name,
            "text": self._short(" · ".join([*words, case.resolution or case.description or ""])),
            "who": self._shown(case.user_id),
        }
