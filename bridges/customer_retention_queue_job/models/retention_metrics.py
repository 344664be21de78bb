from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _try_lock_shared(self, company_id):
        """Like ``_try_lock``, but several may hold it at once, and nobody holds the other then.

        For parts of one phase: they may meet each other, never a step of the run, the fresh
        path or the runner of procedures.
        """
        [[locked]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock_shared(hashtext('customer_retention'), %s)",
                company_id,
            )
        )
        return locked
