from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .retention_metrics_ledger import Month

YEAR = relativedelta(months=12)


def period_of(company, first, last):
    """Return the months ``first`` to ``last`` (first days) as one :class:`Month`."""
    return Month(company, first, last + relativedelta(months=1, days=-1))


class RetentionMetrics(models.AbstractModel):
    """What is compared between people and teams: their customers, alerts, and what they did."""

    _inherit = "retention.metrics"

    @api.model
    def _placed(self, company, first, last):
        """Return SQL of customers at the start, as the month before it says.

        Columns partner_id, user_id, team_id, risk_level, amount (of twelve months before),
        kept (still a customer at the end), bought (in the period).
        """
        self.env["retention.ledger"].flush_model()
        before = first - relativedelta(months=1)
        return SQL(
            """SELECT placed.partner_id, placed.user_id, placed.team_id, placed.risk_level,
                      SUM(line.revenue) FILTER (WHERE line.month < %(first)s) AS amount,
                      COALESCE(BOOL_OR(line.active_end) FILTER (WHERE line.month = %(last)s),
                               FALSE) AS kept,
                      COALESCE(BOOL_OR(line.purchase_days > 0)
                               FILTER (WHERE line.month >= %(first)s), FALSE) AS bought
               FROM retention_ledger placed
               JOIN retention_ledger line ON line.partner_id = placed.partner_id
                    AND line.company_id = placed.company_id
                    AND line.month BETWEEN %(year)s AND %(last)s
               WHERE placed.company_id = %(company)s AND placed.month = %(before)s
               AND placed.active_end
               GROUP BY placed.id""",
            first=first,
            last=last,
            year=first - YEAR,
            before=before,
            company=company.id,
        )

    @api.model
    def _placed_customers(self, company, first, last):
        """Return rows (user id, team id, risk level, amount, kept, bought) of each customer."""
        return self.env.execute_query(
            SQL(
                """SELECT user_id, team_id, risk_level, COALESCE(amount, 0)::float8, kept, bought
                   FROM (%s) placed ORDER BY partner_id""",
                self._placed(company, first, last),
            )
        )

    @api.model
    def _ended_alerts(self, company, first, last):
        """Return rows (user id, team id, risk level, high value, saved) of alerts that ended."""
        self.env["retention.alert"].flush_model()
        period = period_of(company, first, last)
        return self.env.execute_query(
            SQL(
                """SELECT user_id, team_id, risk_level, is_high_value, outcome = 'saved'
                   FROM retention_alert
                   WHERE company_id = %s AND outcome IN ('saved', 'gone')
                   AND closed_on BETWEEN %s AND %s ORDER BY id""",
                company.id,
                period.first,
                period.last,
            )
        )

    @api.model
    def _habits(self, company, first, last, axis):
        """Return rows of what was done for each one's customers in the period.

        (id, customers, follow-ups, days until the first contact of alerts, alerts with a
        contact, passes through procedures, different procedures)

        :param axis: "user_id" or "team_id", of the customers at the start
        """
        for model in ("retention.interaction", "retention.alert", "retention.enrollment"):
            self.env[model].flush_model()
        period, name = period_of(company, first, last), SQL.identifier(axis)
        return self.env.execute_query(
            SQL(
                """WITH placed AS (SELECT partner_id, %(name)s AS name FROM (%(placed)s) at_start
                                   WHERE %(name)s IS NOT NULL)
                   SELECT placed.name, COUNT(*), COALESCE(SUM(talk.count), 0)::int,
                          COALESCE(SUM(alert.days), 0)::int, COALESCE(SUM(alert.count), 0)::int,
                          COALESCE(SUM(pass.count), 0)::int, MAX(used.count)::int
                   FROM placed
                   LEFT JOIN (SELECT commercial_partner_id AS partner_id, COUNT(*)
                              FROM retention_interaction talk
                              WHERE company_id IN %(members)s AND %(talked)s
                              GROUP BY commercial_partner_id) talk USING (partner_id)
                   LEFT JOIN (SELECT partner_id, COUNT(*),
                                     SUM(first_touch_on - opened_on) AS days
                              FROM retention_alert
                              WHERE company_id = %(company)s AND first_touch_on >= opened_on
                              AND opened_on BETWEEN %(first)s AND %(last)s
                              GROUP BY partner_id) alert USING (partner_id)
                   LEFT JOIN (SELECT partner_id, COUNT(*) FROM retention_enrollment
                              WHERE company_id = %(company)s AND arm = 'treated'
                              AND entered_on BETWEEN %(first)s AND %(last)s
                              GROUP BY partner_id) pass USING (partner_id)
                   LEFT JOIN (SELECT placed.name, COUNT(DISTINCT root_id)
                              FROM placed JOIN retention_enrollment USING (partner_id)
                              WHERE company_id = %(company)s AND arm = 'treated'
                              AND entered_on BETWEEN %(first)s AND %(last)s
                              GROUP BY placed.name) used ON used.name = placed.name
                   GROUP BY placed.name ORDER BY placed.name""",
                name=name,
                placed=self._placed(company, first, last),
                members=company._retention_members(),
                talked=period.holds(SQL("talk.date")),
                company=company.id,
                first=period.first,
                last=period.last,
            )
        )

    # ---------------------------------------------------------------- how long it takes
    @api.model
    def _months_as_customer(self, company, last: date):
        """Return rows (first month, last month or that of the first loss, lost) of customers.

        As the ledger says up to the month ``last``.
        """
        self.env["retention.ledger"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT MIN(cohort), COALESCE(MIN(month) FILTER (WHERE is_lost), %(last)s::date),
                          COUNT(*) FILTER (WHERE is_lost) > 0
                   FROM retention_ledger
                   WHERE company_id = %(company)s AND month <= %(last)s AND cohort IS NOT NULL
                   GROUP BY partner_id ORDER BY partner_id""",
                company=company.id,
                last=last,
            )
        )

    @api.model
    def _days_to_second(self, company, as_of: date):
        """Return rows (first purchase day, days to the second or until ``as_of``, came)."""
        return [
            (day, ((second or as_of) - day).days, bool(second))
            for _partner_id, day, second in self.env.execute_query(
                self._first_two_purchases(company, as_of)
            )
            if day <= as_of
        ]
