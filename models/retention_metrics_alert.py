from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What the alerts ask the database, for everybody at once."""

    _inherit = "retention.metrics"

    @api.model
    def _alert_ranks(self, user_ids, company_ids):
        """Return {alert id: position in its owner's list}, waiting and open ones together."""
        self.env["retention.alert"].flush_model(
            ["user_id", "company_id", "state", "value_at_stake", "risk_score"]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT id, ROW_NUMBER() OVER (PARTITION BY company_id, user_id
                                  ORDER BY value_at_stake DESC NULLS LAST,
                                           risk_score DESC NULLS LAST, id)
                       FROM retention_alert
                       WHERE state IN ('queued', 'open') AND user_id = ANY(%s)
                       AND company_id = ANY(%s)""",
                    list(user_ids),
                    list(company_ids),
                )
            )
        )
