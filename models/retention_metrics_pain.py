from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

MONTHS = 12


class RetentionMetrics(models.AbstractModel):
    """Product pains: whom they hit, and what that is worth."""

    _inherit = "retention.metrics"

    @api.model
    def _pain_hits(self, company, as_of, pain_ids):
        """Return {pain id: (customers, their net amount of 12 months)} of pains of a company.

        A customer counts once, by however many contacts and however often they said it. One
        query.
        """
        links = self.env["retention.pain.link"]
        links.flush_model(["pain_id", "partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        hit = SQL(
            """SELECT DISTINCT link.pain_id, partner.commercial_partner_id AS partner_id
               FROM retention_pain_link link
               JOIN res_partner partner ON partner.id = link.partner_id
               WHERE link.pain_id = ANY(%s)""",
            list(pain_ids),
        )
        scope = self._scope(company, as_of, SQL("(%s) few", hit))
        rows = self.env.execute_query(
            SQL(
                """SELECT hit.pain_id, COUNT(*), COALESCE(SUM(spent.amount), 0)
                   FROM (%s) hit
                   LEFT JOIN (SELECT partner_id, SUM(amount) AS amount FROM (%s) bought
                              WHERE day > %s AND day <= %s GROUP BY partner_id) spent
                        ON spent.partner_id = hit.partner_id
                   GROUP BY hit.pain_id""",
                hit,
                self._purchase_rows(scope),
                as_of - relativedelta(months=MONTHS),
                as_of,
            )
        )
        return {pain: (count, float(amount)) for pain, count, amount in rows}
