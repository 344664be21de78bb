"""The ledger's SQL: sums by month, kept with the ledger."""

from odoo import api, models
from odoo.tools import SQL

from .retention_ledger import SUMS

# What a row of the ledger counts as; sums of these make the figures of one month.
COUNTS = {
    "at_start": SQL("line.active_start"),
    "at_end": SQL("line.active_end"),
    "kept": SQL("line.active_start AND line.active_end"),
    "left_count": SQL("line.active_start AND NOT line.active_end"),
    "joined": SQL("line.active_end AND NOT line.active_start"),
    "joined_new": SQL("line.active_end AND NOT line.active_start AND line.is_new"),
    "new_count": SQL("line.is_new"),
    "lost_count": SQL("line.is_lost"),
    "back_count": SQL("line.is_reactivated"),
    "buyers": SQL("line.purchase_days > 0"),
    "repeat_buyers": SQL("line.purchase_days >= 2"),
}
PLACES = ("segment_id", "tier_id", "team_id", "user_id")


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _roll_up(self, company_id, months):
        """Make the sums of these months equal to the ledger."""
        months = sorted(set(months))
        if not months:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM retention_ledger_rollup WHERE company_id = %s AND month = ANY(%s)",
                company_id,
                months,
            )
        )
        places = SQL(", ").join(
            SQL(
                "CASE WHEN prior.id IS NULL THEN %s ELSE %s END AS %s",
                SQL.identifier("line", name),
                SQL.identifier("prior", name),
                SQL.identifier(name),
            )
            for name in PLACES
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_ledger_rollup (company_id, month, %(names)s, %(sums)s)
                   SELECT %(company)s, line.month, %(places)s, %(values)s
                   FROM retention_ledger line %(prior)s
                   WHERE line.company_id = %(company)s AND line.month = ANY(%(months)s)
                   GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6""",
                names=SQL(", ").join(SQL.identifier(name) for name in PLACES),
                sums=SQL(", ").join(SQL.identifier(name) for name in ("row_count", *COUNTS, *SUMS)),
                company=company_id,
                places=places,
                values=self._rolled_sums(),
                prior=self._rolled_prior(),
                months=months,
            )
        )
        self.env["retention.ledger.rollup"].invalidate_model(flush=False)

    @api.model
    def _roll_up_from(self, company_id, months):
        """Like :meth:`_roll_up`, and the months after: customers stand there where they were."""
        self._roll_up(
            company_id,
            [
                month
                for (month,) in self.env.execute_query(
                    SQL(
                        """SELECT DISTINCT (month + delay * INTERVAL '1 month')::date
                           FROM UNNEST(%s::date[]) month, GENERATE_SERIES(0, 1) delay""",
                        list(months),
                    )
                )
            ],
        )

    @api.model
    def _rolled_sums(self):
        """Return SQL of the sums of rows ``line``, in the order row_count, COUNTS, SUMS."""
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s)::int AS %s", condition, SQL.identifier(name))
            for name, condition in COUNTS.items()
        ]
        # Of nothing recorded the sum is not recorded either.
        sums = [
            SQL("SUM(%s) AS %s", SQL.identifier("line", name), SQL.identifier(name))
            for name in SUMS
        ]
        return SQL(", ").join([SQL("COUNT(*)::int AS row_count"), *counts, *sums])

    @api.model
    def _rolled_prior(self):
        """Return SQL that joins to ``line`` the row ``prior`` that says where it stands, if any."""
        return SQL(
            """LEFT JOIN retention_ledger prior ON prior.partner_id = line.partner_id
                   AND prior.company_id = line.company_id AND line.active_start
                   AND prior.month = (line.month - INTERVAL '1 month')::date"""
        )
