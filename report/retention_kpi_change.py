from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .months import months_asked, span

CODE = "retention_kpi"  # key of the context
DEFAULT = "repeat"
BACK = 2  # from the last month back to the first of the period, unless the context says which


class Made(NamedTuple):
    """``scale`` × sum of ``part`` / sum of ``whole``, columns of a customer's period.

    ``whole`` is None for what is only summed.
    """

    part: SQL
    whole: SQL | None
    scale: int = 1


BOUGHT = SQL("(days > 0)::int")
# By code of retention.kpi, of which each group's figure is the one that the function of the same
# code returns; then totals.
MADE = {
    "repeat": Made(SQL("(days > 1)::int"), BOUGHT, 100),
    "returning": Made(SQL("(days > 1 OR (days > 0 AND known))::int"), BOUGHT, 100),
    "retention": Made(SQL("(at_start AND at_end)::int"), SQL("at_start::int"), 100),
    "churn": Made(SQL("(at_start AND NOT at_end)::int"), SQL("at_start::int"), 100),
    "order_value": Made(SQL("paid"), SQL("order_count")),
    "revenue_per_customer": Made(SQL("paid"), BOUGHT),
    "frequency": Made(SQL("days"), BOUGHT),
    "nps": Made(SQL("promoters - detractors"), SQL("answers"), 100),
    "csat": Made(SQL("satisfied"), SQL("judged"), 100),
    "save_rate": Made(SQL("saved"), SQL("saved + gone"), 100),
    "total_revenue": Made(SQL("paid"), None),
    "total_buyers": Made(BOUGHT, None),
    "total_customers": Made(SQL("at_end::int"), None),
}
SUMS = {
    "days": "purchase_days",
    "order_count": "orders",
    "paid": "revenue",
    "answers": "nps_answers",
    "promoters": "nps_promoters",
    "detractors": "nps_detractors",
    "judged": "csat_answers",
    "satisfied": "csat_satisfied",
    "saved": "alerts_saved",
    "gone": "alerts_gone",
}
PLACES = ("segment_id", "tier_id", "stage", "risk_level", "user_id", "team_id")


class RetentionKpiChange(models.Model):
    """A key figure in a period, in the equally long one before it, and the change, by group.

    One row per customer and period; which figure and months, the context says. In each period a
    customer belongs where it was at the beginning; who was no customer then, where it ended up:
    moving to another segment is neither gain nor loss of the one left.
    """

    _name = "retention.kpi.change"
    _description = "Change of a Key Figure"
    _auto = False
    _order = "is_now desc, part desc, id"
    _rec_name = "partner_id"
    _depends = {
        "retention.ledger": [
            "profile_id",
            "partner_id",
            "company_id",
            "month",
            "cohort",
            "active_start",
            "active_end",
            *SUMS.values(),
            *PLACES,
        ],
        "retention.ledger.month": ["company_id", "month", "closed_at"],
        "res.company": ["currency_id"],
    }

    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    segment_id = fields.Many2one(
        "retention.segment",
        readonly=True,
        help="As the period began; of who was no customer then, as it ended.",
    )
    tier_id = fields.Many2one("retention.tier", readonly=True)
    stage = fields.Selection(lambda self: self._same_selection("stage"), readonly=True)
    risk_level = fields.Selection(lambda self: self._same_selection("risk_level"), readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    is_now = fields.Boolean("In the Period", readonly=True, help="Else in the one before it.")
    first_month = fields.Date("From Month", readonly=True)
    last_month = fields.Date("To Month", readonly=True)

    part = fields.Float(
        "Counted in the Period",
        readonly=True,
        aggregator="sum",
        digits=(16, 2),
        help="What is divided, in the period: for a rate, customers who did it.",
    )
    whole = fields.Float(
        "Divided By",
        readonly=True,
        aggregator="sum",
        digits=(16, 2),
        help="In the period. Small numbers make changes that say little.",
    )
    value = fields.Float("This Period", readonly=True, aggregator="avg", digits=(16, 1))
    value_before = fields.Float("Period Before", readonly=True, aggregator="avg", digits=(16, 1))
    change = fields.Float(
        "Change in Value",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="The period less the one before; of a rate, in percentage points.",
    )
    growth = fields.Float(
        "Change (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="The change as a share of what it was before.",
    )

    def _same_selection(self, name):
        return self.env["retention.ledger"]._fields[name]._description_selection(self.env)

    def _made(self):
        """Return the :class:`Made` of the figure that the context names.

        :raises ValidationError: when there is none of that name
        """
        code = self.env.context.get(CODE) or DEFAULT
        if not isinstance(code, str) or code not in MADE:
            raise ValidationError(self.env._("No changes are shown of a key figure %s.", code))
        return MADE[code]

    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.partition(":")[0]
        if name not in ("part", "whole", "value", "value_before", "change", "growth"):
            return super()._read_group_select(aggregate_spec, query)
        made = self._made()
        is_now = SQL.identifier(self._table, "is_now")

        def total(of, when):
            return SQL("SUM(%s) FILTER (WHERE %s)", SQL.identifier(self._table, of), when)

        def value(when):
            if made.whole is None:
                return total("part", when)
            return SQL(
                "(%s * %s / NULLIF(%s, 0))", made.scale, total("part", when), total("whole", when)
            )

        now, before = value(is_now), value(SQL("NOT %s", is_now))
        match name:
            case "value":
                return now
            case "value_before":
                return before
            case "change":
                return SQL("(%s - %s)", now, before)
            case "growth":
                return SQL("(100 * (%s - %s) / NULLIF(ABS(%s), 0))", now, before, before)
        return total(name, is_now)

    @property
    def _table_query(self):
        made = self._made()
        value = SQL("part")
        if made.whole is not None:
            value = SQL("%s * part / NULLIF(whole, 0)", made.scale)
        return SQL(
            """SELECT line.*, CASE WHEN is_now THEN %(value)s END AS value,
                      CASE WHEN NOT is_now THEN %(value)s END AS value_before,
                      NULL::float8 AS change, NULL::float8 AS growth
               FROM (SELECT customer.latest_id AS id, place.profile_id, customer.partner_id,
                            customer.company_id, customer.is_now, customer.first AS first_month,
                            customer.last AS last_month, %(places)s,
                            (%(part)s)::float8 AS part, (%(whole)s)::float8 AS whole
                     FROM (%(customers)s) customer
                     JOIN retention_ledger place ON place.id = CASE
                         WHEN customer.at_start
                         THEN COALESCE(customer.prior_id, customer.latest_id)
                         ELSE customer.latest_id END) line""",
            value=value,
            places=SQL(", ").join(SQL.identifier("place", name) for name in PLACES),
            part=made.part,
            whole=made.whole or SQL("0"),
            customers=self._customers(),
        )

    def _customers(self):
        """Return SQL of what each customer did in the period and in the one before it."""
        months = BACK + 1
        if asked := months_asked(self.env):
            first, last = asked
            months = 12 * (last.year - first.year) + last.month - first.month + 1
        return SQL(
            """SELECT company_id, partner_id, is_now, first, last,
                      MAX(id) FILTER (WHERE NOT inside) AS prior_id,
                      (MAX(ARRAY[month - first, id]) FILTER (WHERE inside))[2] AS latest_id,
                      BOOL_OR(inside AND active_start AND month = first) AS at_start,
                      BOOL_OR(inside AND active_end AND month = last) AS at_end,
                      COALESCE(BOOL_OR(cohort < first), FALSE) AS known,
                      %(sums)s
               FROM (SELECT ledger.*, period.is_now, period.first, period.last,
                            ledger.month >= period.first AS inside
                     FROM (SELECT company_id, is_now,
                                  (first - CASE WHEN is_now THEN 0 ELSE %(months)s END
                                      * INTERVAL '1 month')::date AS first,
                                  (last - CASE WHEN is_now THEN 0 ELSE %(months)s END
                                      * INTERVAL '1 month')::date AS last
                           FROM (%(span)s) asked
                           CROSS JOIN (VALUES (TRUE), (FALSE)) kind(is_now)) period
                     JOIN retention_ledger ledger ON ledger.company_id = period.company_id
                         AND ledger.month BETWEEN (period.first - INTERVAL '1 month')::date
                         AND period.last) entry
               GROUP BY company_id, partner_id, is_now, first, last
               HAVING BOOL_OR(inside)""",
            sums=SQL(", ").join(
                SQL(
                    "SUM(%s) FILTER (WHERE inside) AS %s",
                    SQL.identifier(column),
                    SQL.identifier(name),
                )
                for name, column in SUMS.items()
            ),
            span=span(self.env, BACK),
            months=months,
        )

    def action_open_customer(self):
        """Open the contact, where everything about it stands."""
        self.ensure_one()
        self.check_access("read")
        return self.env["retention.profile"]._open_partner(self.partner_id)
