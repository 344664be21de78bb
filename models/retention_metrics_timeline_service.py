from odoo import api, models


class RetentionTimeline(models.AbstractModel):
    """Compensations in the timeline."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "compensation": (self.env._("Compensations"), "fa-gift"),
        }

    @api.model
    def _file_columns(self):
        columns = {"retention.compensation": ("compensation", "given_on", True)}
        return super()._file_columns() | columns

    @api.model
    def _tell_retention_compensation(self, compensation):
        return {
            "title": self._label(compensation, "kind"),
            "text": self._short(compensation.reason or ""),
            "who": self._shown(compensation.user_id),
            "amount": compensation.currency_id.format(compensation.amount),
        }
