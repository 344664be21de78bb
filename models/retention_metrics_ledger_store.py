"""The ledger's SQL: what is stamped as a month ends, and storing a month."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .retention_metrics_ledger import FACTS, PROFILE, ROWS, Month


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- as a month ends
    @api.model
    def _ledger_stamps(self, month):
        """Return {name: (columns, SELECT partner_id and these columns)} of ``month``.

        :raises ValidationError: when two sources fill the same column
        """
        found = {PROFILE: self._profile_stamp(month), **self._ledger_sources(month)}
        taken = {}
        for name, (columns, _query) in found.items():
            for column in columns:
                if column in taken:
                    raise ValidationError(
                        self.env._(
                            "Both %(one)s and %(other)s fill the column %(column)s of the ledger.",
                            one=taken[column],
                            other=name,
                            column=column,
                        )
                    )
                taken[column] = name
        return found

    @api.model
    def _ledger_sources(self, month):
        """Return {name: (columns of the ledger, SELECT partner_id and these columns)}.

        Hook: a bridge calls super() and adds its own: a name of its own and at most one row per
        commercial partner. Whoever has no row gets zeros. A column that nobody fills stays
        empty: not recorded.

        :param month: :class:`Month`; ``month.holds(column)`` is SQL for moments
        """
        for model in ("retention.touch", "retention.alert", "retention.referral"):
            self.env[model].flush_model()
        sources = {
            "touches": (("touches",), self._month_touches(month)),
            "cost": (("sop_cost",), self._month_costs(month)),
            "alerts": (("alerts_saved", "alerts_gone"), self._month_alerts(month)),
            "referrals": (("referrals",), self._month_referrals(month)),
        }
        if (requests := self._requests(month.company)) is not None:
            sources["requests"] = (
                ("tickets", "tickets_solved", "resolution_hours"),
                self._month_requests(month, requests),
            )
        return sources

    @api.model
    def _profile_stamp(self, month):
        """Return what profiles say now; the team is the account manager's."""
        self.env["crm.team.member"].flush_model()
        query = SQL(
            """SELECT profile.partner_id, profile.tier_id, profile.stage, profile.risk_level,
                      profile.user_id, member.crm_team_id AS team_id
               FROM retention_profile profile LEFT JOIN (
                   SELECT DISTINCT ON (member.user_id) member.user_id, member.crm_team_id
                   FROM crm_team_member member JOIN crm_team team ON team.id = member.crm_team_id
                   WHERE member.active AND team.active
                   AND (team.company_id IS NULL OR team.company_id IN %s)
                   ORDER BY member.user_id, member.id DESC) member
                   ON member.user_id = profile.user_id
               WHERE profile.company_id = %s""",
            month.company._retention_members(),
            month.company.id,
        )
        return ("tier_id", "stage", "risk_level", "user_id", "team_id"), query

    @api.model
    def _month_touches(self, month):
        return SQL(
            """SELECT partner_id, COUNT(*)::int AS touches FROM retention_touch
               WHERE company_id = %s AND state = 'done' AND %s GROUP BY partner_id""",
            month.company.id,
            month.holds(SQL("date")),
        )

    @api.model
    def _month_alerts(self, month):
        return SQL(
            """SELECT partner_id, COUNT(*) FILTER (WHERE outcome = 'saved')::int AS alerts_saved,
                      COUNT(*) FILTER (WHERE outcome = 'gone')::int AS alerts_gone
               FROM retention_alert WHERE company_id = %s AND closed_on BETWEEN %s AND %s
               GROUP BY partner_id""",
            month.company.id,
            month.first,
            month.last,
        )

    @api.model
    def _month_costs(self, month):
        """Return what procedures' steps of the month cost, work included; as effect counts it."""
        for model in ("retention.sop.step.run", "retention.sop.step", "retention.enrollment"):
            self.env[model].flush_model()
        return SQL(
            """SELECT enrollment.partner_id,
                      ROUND(SUM(COALESCE(touch.minutes, step.minutes, 0) / 60.0 * %s
                                + COALESCE(touch.cost, step.cost, 0))::numeric, 2) AS sop_cost
               FROM retention_sop_step_run run
               JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
               JOIN retention_sop_step step ON step.id = run.step_id
               LEFT JOIN retention_touch touch
                    ON touch.id = run.touch_id AND touch.state = 'done'
               WHERE run.state = 'done' AND enrollment.company_id = %s AND %s
               GROUP BY enrollment.partner_id""",
            month.company.sudo().retention_hour_cost,
            month.company.id,
            month.holds(SQL("run.done_at")),
        )

    @api.model
    def _month_referrals(self, month):
        """Return how many of those whom a customer referred bought first in the month."""
        return SQL(
            """SELECT referrer.commercial_partner_id AS partner_id, COUNT(*)::int AS referrals
               FROM retention_referral referral
               JOIN res_partner referrer ON referrer.id = referral.referred_by_id
               JOIN res_partner contact ON contact.id = referral.partner_id
               JOIN retention_profile profile
                   ON profile.partner_id = contact.commercial_partner_id
                   AND profile.company_id = referral.company_id
               WHERE referral.company_id = %s AND profile.first_order_date BETWEEN %s AND %s
               AND referrer.commercial_partner_id != contact.commercial_partner_id
               GROUP BY referrer.commercial_partner_id""",
            month.company.id,
            month.first,
            month.last,
        )

    @api.model
    def _solution_hours(self, company, first, last):
        """Return rows (customer id, hours) of requests solved from ``first`` to ``last``."""
        hours = SQL("EXTRACT(EPOCH FROM closed_at - opened_at)::float8 / 3600.0")
        return self._solved_between(company, first, last, hours)

    @api.model
    def _solution_spans(self, company, first, last):
        """Return rows (customer id, opened, solved) of the same requests, moments in UTC."""
        return self._solved_between(company, first, last, SQL("opened_at, closed_at"))

    @api.model
    def _solved_between(self, company, first, last, columns):
        requests = self._requests(company)
        if requests is None:
            return []
        span = Month(company, first, last)
        return self.env.execute_query(
            SQL(
                """SELECT contact.commercial_partner_id, %s
                   FROM (%s) request JOIN res_partner contact ON contact.id = contact_id
                   WHERE solved AND %s""",
                columns,
                requests,
                span.holds(SQL("closed_at")),
            )
        )

    @api.model
    def _month_requests(self, month, requests):
        """Return requests opened in the month, solved in it, and the hours those took."""
        opened, solved = month.holds(SQL("opened_at")), month.holds(SQL("closed_at"))
        return SQL(
            """SELECT contact.commercial_partner_id AS partner_id,
                      COUNT(*) FILTER (WHERE %(opened)s)::int AS tickets,
                      COUNT(*) FILTER (WHERE solved AND %(solved)s)::int AS tickets_solved,
                      COALESCE(SUM(EXTRACT(EPOCH FROM closed_at - opened_at) / 3600.0)
                          FILTER (WHERE solved AND %(solved)s), 0)::float8 AS resolution_hours
               FROM (%(requests)s) request JOIN res_partner contact ON contact.id = contact_id
               WHERE %(opened)s OR %(solved)s GROUP BY contact.commercial_partner_id""",
            opened=opened,
            solved=solved,
            requests=requests,
        )

    # ---------------------------------------------------------------- storing
    @api.model
    def _store_month(self, month, columns):
        """Make the ledger of ``month`` equal to ROWS; return how many rows it then has.

        Rows that are equal already are left alone.
        """
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        mine, theirs = (
            SQL(", ").join(SQL.identifier(alias, name) for name in columns)
            for alias in ("ledger", "fresh")
        )
        values = {
            "rows": ROWS,
            "names": names,
            "mine": mine,
            "theirs": theirs,
            "company": month.company.id,
            "month": month.first,
            "record": month.now,
        }
        self.env.cr.execute(SQL("ANALYZE %s", ROWS))
        self._forget_erased(month.company.id, month.first)
        self._delete_other_rows(values)
        self._update_rows(values)
        self._insert_rows(values)
        [[count]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", ROWS))
        self.env.cr.execute(SQL("DROP TABLE %s, %s", ROWS, FACTS))
        return count

    @api.model
    def _learn_ledger(self):
        """Tell the planner of new rows: a month unheard of looks empty, and joins take minutes."""
        # What joins and filters look at.
        self.env.cr.execute(
            """ANALYZE retention_ledger (company_id, month, cohort, partner_id, profile_id,
                   active_start, active_end, segment_id, tier_id, team_id, user_id)"""
        )

    @api.model
    def _delete_other_rows(self, values):
        self.env.cr.execute(
            SQL(
                """DELETE FROM retention_ledger ledger
                   WHERE ledger.company_id = %(company)s AND ledger.month = %(month)s
                   AND NOT EXISTS (SELECT FROM %(rows)s fresh
                                   WHERE fresh.partner_id = ledger.partner_id)""",
                **values,
            )
        )

    @api.model
    def _update_rows(self, values):
        self.env.cr.execute(
            SQL(
                """UPDATE retention_ledger ledger
                   SET (%(names)s) = ROW (%(theirs)s)
                   FROM %(rows)s fresh
                   WHERE ledger.company_id = %(company)s AND ledger.month = %(month)s
                   AND ledger.partner_id = fresh.partner_id
                   AND (%(mine)s) IS DISTINCT FROM (%(theirs)s)""",
                **values,
            )
        )

    @api.model
    def _insert_rows(self, values):
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_ledger (partner_id, company_id, month, recorded,
                       revenue_restated, %(names)s)
                   SELECT fresh.partner_id, %(company)s, %(month)s, %(record)s, fresh.revenue,
                          %(theirs)s
                   FROM %(rows)s fresh WHERE NOT EXISTS (
                       SELECT FROM retention_ledger ledger
                       WHERE ledger.company_id = %(company)s AND ledger.month = %(month)s
                       AND ledger.partner_id = fresh.partner_id)
                   ORDER BY fresh.partner_id""",
                **values,
            )
        )
