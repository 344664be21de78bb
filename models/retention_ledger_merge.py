from odoo import api, models
from odoo.tools import SQL

from .retention_ledger import DESCRIPTIONS, SUMS

JOINED = SQL.identifier("retention_ledger_joined")


class RetentionProfile(models.Model):
    """Merging contacts: one customer has one row for each month, with the figures of both."""

    _inherit = "retention.profile"

    def _absorb(self, others):
        self.ensure_one()
        partners = (self | others).partner_id
        self.env["retention.ledger"]._join_rows(self.company_id, self.partner_id, partners, self)
        return super()._absorb(others)


class RetentionLedger(models.Model):
    _inherit = "retention.ledger"

    @api.model
    def _join_rows(self, company, kept, partners, profile=None):
        """Put the rows of ``partners`` together as those of ``kept``, month by month.

        Amounts add up. Whoever was active makes the one customer active; new is the first month
        only, and who did not leave with both did not come back. Of what describes the customer,
        the kept one's is taken where it is known.
        """
        self.env.flush_all()
        metrics = self.env["retention.metrics"].sudo()
        metrics._roll_up_customers(company.id, partners.ids, -1)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", JOINED))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s AS %s",
                JOINED,
                self._joined_rows(company, kept, partners),
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM retention_ledger WHERE company_id = %s AND partner_id = ANY(%s)",
                company.id,
                partners.ids,
            )
        )
        columns = ("month", "cohort", "recorded", *DESCRIPTIONS, *SUMS)
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_ledger (partner_id, company_id, profile_id, %(names)s,
                       active_start, active_end, is_new, is_lost, is_reactivated)
                   SELECT %(partner)s, %(company)s, %(profile)s, %(names)s,
                          active_start, active_end, joined AND number = 1,
                          (active_start OR joined) AND NOT active_end, joined AND number > 1
                   FROM (SELECT *, COUNT(*) FILTER (WHERE joined) OVER (ORDER BY month) AS number
                         FROM %(joined)s) numbered""",
                names=names,
                partner=kept.id,
                company=company.id,
                profile=profile.id if profile else None,
                joined=JOINED,
            )
        )
        self.env.cr.execute(SQL("DROP TABLE %s", JOINED))
        metrics._roll_up_customers(company.id, kept.ids, 1)
        self.env.invalidate_all()

    @api.model
    def _joined_rows(self, company, kept, partners):
        sums = SQL(", ").join(
            SQL("SUM(%s) AS %s", SQL.identifier(name), SQL.identifier(name)) for name in SUMS
        )
        descriptions = SQL(", ").join(
            SQL(
                """(ARRAY_AGG(%(name)s ORDER BY partner_id != %(kept)s, profile_id, id)
                    FILTER (WHERE %(name)s IS NOT NULL))[1] AS %(name)s""",
                name=SQL.identifier(name),
                kept=kept.id,
            )
            for name in DESCRIPTIONS
        )
        return SQL(
            """SELECT month, BOOL_OR(recorded) AS recorded,
                      (SELECT MIN(cohort) FROM retention_ledger
                       WHERE company_id = %(company)s AND partner_id = ANY(%(partners)s))
                          AS cohort,
                      BOOL_OR(active_start) AS active_start, BOOL_OR(active_end) AS active_end,
                      BOOL_OR(is_new OR is_reactivated) AND NOT BOOL_OR(active_start) AS joined,
                      %(sums)s, %(descriptions)s
               FROM retention_ledger
               WHERE company_id = %(company)s AND partner_id = ANY(%(partners)s)
               GROUP BY month""",
            company=company.id,
            partners=partners.ids,
            sums=sums,
            descriptions=descriptions,
        )
