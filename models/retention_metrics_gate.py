from odoo import api, models
from odoo.tools import SQL

from ..analytics.gate import RANKS


class RetentionMetrics(models.AbstractModel):
    """What the contact gate reads of earlier touches."""

    _inherit = "retention.metrics"

    @api.model
    def _touch_history(self, company, partner_ids, since):
        """Return {customer: [(moment, channel, contact)]} of touches that count for caps.

        Those after ``since``, later ones than now among them.
        """
        self.env["retention.touch"].flush_model(
            ["company_id", "partner_id", "contact_id", "channel", "purpose", "state", "date"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, date, channel, contact_id FROM retention_touch
                   WHERE company_id = %s AND partner_id = ANY(%s) AND state = 'done'
                   AND date > %s AND purpose = ANY(%s)""",
                company.id,
                list(partner_ids),
                since,
                list(RANKS),
            )
        )
        history = {}
        for partner_id, *touch in rows:
            history.setdefault(partner_id, []).append(tuple(touch))
        return history

    @api.model
    def _mails_by_hour(self, company, since):
        """Return ({full hour: automatic mails sent}, {full hour: deferred to it}) from then on."""
        self.env["retention.touch"].flush_model(
            ["company_id", "channel", "automatic", "state", "date", "next_try_at"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT state, date_trunc('hour', COALESCE(date, next_try_at)) AS hour, count(*)
                   FROM retention_touch
                   WHERE company_id = %(company)s AND channel = 'mail' AND automatic
                   AND (state = 'done' AND date >= %(since)s
                        OR state = 'deferred' AND next_try_at >= %(since)s)
                   GROUP BY 1, 2""",
                company=company.id,
                since=since,
            )
        )
        sent = {hour: count for state, hour, count in rows if state == "done"}
        return sent, {hour: count for state, hour, count in rows if state == "deferred"}
