from odoo import api, models
from odoo.tools import SQL

from ..analytics import voice

COLUMNS = {
    "nps_answers": SQL("kind = 'nps'"),
    "nps_promoters": SQL("kind = 'nps' AND score >= %s", voice.PROMOTER_FROM),
    "nps_detractors": SQL("kind = 'nps' AND score < %s", voice.PASSIVE_FROM),
    "csat_answers": SQL("kind = 'csat'"),
    "csat_satisfied": SQL("kind = 'csat' AND score >= %s", voice.SATISFIED_FROM),
}


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _ledger_sources(self, month):
        """With what customers answered: of each customer and kind, the month's latest."""
        self.env["retention.feedback"].flush_model()
        query = SQL(
            """SELECT partner_id, %s FROM (
                   SELECT DISTINCT ON (commercial_partner_id, kind)
                          commercial_partner_id AS partner_id, kind, score
                   FROM retention_feedback
                   WHERE company_id = %s AND date BETWEEN %s AND %s AND score >= 0
                   AND commercial_partner_id IS NOT NULL
                   ORDER BY commercial_partner_id, kind, date DESC, id DESC) latest
               GROUP BY partner_id""",
            SQL(", ").join(
                SQL("COUNT(*) FILTER (WHERE %s)::int AS %s", condition, SQL.identifier(name))
                for name, condition in COLUMNS.items()
            ),
            month.company.id,
            month.first,
            month.last,
        )
        return super()._ledger_sources(month) | {"voice": (tuple(COLUMNS), query)}
