from odoo import models


class RetentionSop(models.Model):
    """A document that no longer fits "Only Documents" has had its effect: its pass ends."""

    _inherit = "retention.sop"

    def _end_passes(self, enrollments, now):
        result = super()._end_passes(enrollments, now)
        if self.trigger == "date":
            self._end_settled(enrollments.filtered("live"), now)
        return result

    def _end_settled(self, enrollments, now):
        """End passes about a document that was deleted, or no longer counts."""
        model, _contact, domain = self._trigger_documents()
        about = enrollments.filtered(lambda e: e.source_model == model._name and e.source_id)
        if about:
            fits = model.sudo().search([("id", "in", about.mapped("source_id")), *domain])
            about.filtered(lambda e: e.source_id not in fits.ids)._leave("condition", now)
