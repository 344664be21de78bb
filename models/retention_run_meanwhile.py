from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class RetentionRun(models.Model):
    """Who has just bought, and who is due, need not wait for the end of a long night."""

    _inherit = "retention.run"

    @api.model
    def _answer_meanwhile(self, company):
        """Between two steps of a long run: fresh customers, and procedures that are due."""
        answered = self.env["retention.refresh.request"]._answer(company)
        if answered or answered is None:
            # None: another worker has the lock; this transaction is too old to take it after them.
            return answered or 0
        try:
            return self.env["retention.sop.step.run"]._tick(company, fields.Datetime.now()) or 0
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody wrote the same rows: the runner itself finds what is left.
            self.env.cr.rollback()
            return 0
