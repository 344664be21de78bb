import logging

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
# Rows that people write themselves: short transactions.
CHUNK = 2_000


class RetentionRun(models.Model):
    """The night notes on new orders what their customers were."""

    _inherit = "retention.run"

    phase = fields.Selection(
        selection_add=[("stamp", "Noting tier and segment on orders"), ("enter",)],
        ondelete={"stamp": "cascade"},
    )

    def _step_alert(self, size):
        result = super()._step_alert(size)
        if self.phase == "enter" and self._stamps_since():
            self.phase = "stamp"
        return result

    def _stamps_since(self):
        """Return the day of the company's first computation, once it is over."""
        first = self.search(
            [("company_id", "=", self.company_id.id), ("state", "=", "done")],
            order="as_of, id",
            limit=1,
        )
        return first.as_of

    def _step_stamp(self, size):
        metrics = self.env["retention.metrics"]
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                written = metrics._stamp_orders(
                    self.company_id, self._stamps_since(), self.as_of, min(size, CHUNK)
                )
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody has just written one of them: the next night finds what is left.
            _logger.info("Orders of company %s are written by others", self.company_id.id)
            written = 0
        if not written:
            self.phase = "enter"
