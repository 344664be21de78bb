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
LENGTH = 3  # months of the periods that are kept added up as well


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _roll_up(self, company_id, months, partner_ids=None, sign=1):
        """Make the sums of these months equal to the ledger.

        :param partner_ids: leave all sums alone and add those of these customers, or with
            ``sign`` −1 take them out. Rows of the same place add up.
        """
        months = sorted(set(months))
        if not months:
            return
        if partner_ids is None:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM retention_ledger_rollup WHERE company_id = %s AND month = ANY(%s)",
                    company_id,
                    months,
                )
            )
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_ledger_rollup (company_id, month, %(names)s, %(sums)s)
                   SELECT %(company)s, line.month, %(places)s, %(values)s
                   FROM retention_ledger line %(prior)s
                   WHERE line.company_id = %(company)s AND line.month = ANY(%(months)s) %(only)s
                   GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6""",
                names=SQL(", ").join(SQL.identifier(name) for name in PLACES),
                sums=SQL(", ").join(SQL.identifier(name) for name in ("row_count", *COUNTS, *SUMS)),
                company=company_id,
                places=self._rolled_places(),
                values=self._rolled_sums(sign),
                prior=self._rolled_prior(),
                months=months,
                only=SQL()
                if partner_ids is None
                else SQL("AND line.partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        self.env["retention.ledger.rollup"].invalidate_model(flush=False)

    @api.model
    def _roll_up_older(self, table, method):
        """Fill a table of sums that is empty while there is a ledger.

        :param method: :meth:`_roll_up` or :meth:`_roll_up_periods`
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, ARRAY_AGG(DISTINCT month) FROM retention_ledger
                   WHERE NOT EXISTS (SELECT FROM %s) GROUP BY company_id""",
                SQL.identifier(table),
            )
        )
        for company_id, months in rows:
            getattr(self, method)(company_id, months)

    @api.model
    def _ledger_leave_out(self, partner_ids):
        """Delete the rows of these customers, and their part of the sums."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT company_id FROM retention_ledger WHERE partner_id = ANY(%s)",
                partner_ids,
            )
        )
        for (company_id,) in rows:
            self._roll_up_customers(company_id, partner_ids, -1)
        self.env.cr.execute(
            SQL("DELETE FROM retention_ledger WHERE partner_id = ANY(%s)", partner_ids)
        )

    @api.model
    def _roll_up_customers(self, company_id, partner_ids, sign):
        """Add all that these customers are part of to the sums, or take it out."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT month FROM retention_ledger
                   WHERE company_id = %s AND partner_id = ANY(%s)""",
                company_id,
                list(partner_ids),
            )
        )
        months = [month for (month,) in rows]
        self._roll_up(company_id, months, partner_ids, sign)
        ends = self._ends_after(company_id, months)
        self._roll_up_periods(company_id, ends, partner_ids, sign)

    @api.model
    def _ends_after(self, company_id, months):
        """Return the months at whose end a period of LENGTH that reads one of ``months`` ends."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT (month + delay * INTERVAL '1 month')::date AS last
                   FROM UNNEST(%s::date[]) month, GENERATE_SERIES(0, %s) delay
                   WHERE month + delay * INTERVAL '1 month' <= (
                       SELECT MAX(month) FROM retention_ledger WHERE company_id = %s)
                   ORDER BY last""",
                list(months),
                LENGTH,
                company_id,
            )
        )
        return [month for (month,) in rows]

    @api.model
    def _rolled_places(self):
        """Return SQL of where ``prior``, else ``line``, stands."""
        return SQL(", ").join(map(self._rolled_place, PLACES))

    @api.model
    def _rolled_place(self, name):
        return SQL(
            "CASE WHEN prior.id IS NULL THEN %s ELSE %s END AS %s",
            SQL.identifier("line", name),
            SQL.identifier("prior", name),
            SQL.identifier(name),
        )

    @api.model
    def _rolled_sums(self, sign=1):
        """Return SQL of the sums of rows ``line``, in the order row_count, COUNTS, SUMS."""
        counts = [
            SQL("%s * COUNT(*) FILTER (WHERE %s)::int AS %s", sign, condition, SQL.identifier(name))
            for name, condition in {"row_count": SQL("TRUE"), **COUNTS}.items()
        ]
        # Of nothing recorded the sum is not recorded either.
        sums = [
            SQL("%s * SUM(%s) AS %s", sign, SQL.identifier("line", name), SQL.identifier(name))
            for name in SUMS
        ]
        return SQL(", ").join([*counts, *sums])

    @api.model
    def _rolled_prior(self):
        """Return SQL that joins to ``line`` the row ``prior`` that says where it stands, if any."""
        return SQL(
            """LEFT JOIN retention_ledger prior ON prior.partner_id = line.partner_id
                   AND prior.company_id = line.company_id AND line.active_start
                   AND prior.month = (line.month - INTERVAL '1 month')::date"""
        )
