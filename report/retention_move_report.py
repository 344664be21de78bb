from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .months import span

_lt = LazyTranslate(__name__)
JOINED, LEFT, UNKNOWN = "joined", "left", "unknown"
BACK = 3  # months from the first to the last, unless the context says which
SHOWN = ("segment_id", "tier_id", "stage", "risk_level", "user_id", "team_id")
NOBODY = _lt("Nobody, or no customer then")


class RetentionMoveReport(models.Model):
    """One row per customer of the end of either of two months: from where, to where.

    The months are those of the context (``report/months.py``). Who came or left has no segment
    on one side; so that this, and what was not recorded, can be read in a pivot, each side is a
    selection: of the segments and tiers by their number, and of these three.
    As :func:`analytics.kpi_tables.migration` has it.
    """

    _name = "retention.move.report"
    _description = "Moves between Two Months"
    _auto = False
    _order = "revenue_after desc, id"
    _rec_name = "partner_id"
    _depends = {
        "retention.ledger": [
            "profile_id",
            "partner_id",
            "company_id",
            "month",
            "active_end",
            "revenue",
            *SHOWN,
        ],
        "retention.ledger.month": ["company_id", "month", "closed_at"],
        "res.company": ["currency_id"],
    }

    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    first_month = fields.Date(readonly=True)
    last_month = fields.Date(readonly=True)
    move = fields.Selection(
        lambda self: self._moves(),
        "Customer Then and Now",
        readonly=True,
        help="Joined: a customer at the end of the last month, not of the first. Left: the other "
        "way round. Stayed: at the end of both.",
    )
    old_segment = fields.Selection(
        lambda self: self._options("retention.segment", JOINED), "Segment Before", readonly=True
    )
    new_segment = fields.Selection(
        lambda self: self._options("retention.segment", LEFT), "Segment After", readonly=True
    )
    old_tier = fields.Selection(
        lambda self: self._options("retention.tier", JOINED), "Tier Before", readonly=True
    )
    new_tier = fields.Selection(
        lambda self: self._options("retention.tier", LEFT), "Tier After", readonly=True
    )
    old_stage = fields.Selection(
        lambda self: self._same_selection("stage", JOINED), "Stage Before", readonly=True
    )
    new_stage = fields.Selection(
        lambda self: self._same_selection("stage", LEFT), "Stage After", readonly=True
    )
    old_risk_level = fields.Selection(
        lambda self: self._same_selection("risk_level", JOINED), "Risk Before", readonly=True
    )
    new_risk_level = fields.Selection(
        lambda self: self._same_selection("risk_level", LEFT), "Risk After", readonly=True
    )
    # Too many for a selection: who came or left has none, "Customer Then and Now" says which.
    old_user_id = fields.Many2one(
        "res.users", "Account Manager Before", readonly=True, falsy_value_label=NOBODY
    )
    new_user_id = fields.Many2one(
        "res.users", "Account Manager After", readonly=True, falsy_value_label=NOBODY
    )
    old_team_id = fields.Many2one(
        "crm.team", "Sales Team Before", readonly=True, falsy_value_label=NOBODY
    )
    new_team_id = fields.Many2one(
        "crm.team", "Sales Team After", readonly=True, falsy_value_label=NOBODY
    )
    revenue_before = fields.Monetary(readonly=True, help="Net revenue in the first month.")
    revenue_after = fields.Monetary(readonly=True, help="Net revenue in the last month.")
    revenue_change = fields.Monetary(readonly=True)

    # ---------------------------------------------------------------- what a side can be
    def _moves(self):
        return [
            (JOINED, self.env._("Joined in Between")),
            ("stayed", self.env._("Stayed a Customer")),
            (LEFT, self.env._("Left in Between")),
        ]

    def _without_value(self, code):
        return [(code, dict(self._moves())[code]), (UNKNOWN, self.env._("Not recorded"))]

    def _options(self, model, code):
        # Former ones too: months keep what was true then.
        records = self.env[model].with_context(active_test=False)
        records = records.search([], order="id")  # few.  pylint: disable=no-search-all
        known = [(f"{record.id:010}", record.display_name) for record in records]
        return known + self._without_value(code)

    def _same_selection(self, name, code):
        ledger = self.env["retention.ledger"]
        known = ledger._fields[name]._description_selection(self.env)
        return known + self._without_value(code)

    # ---------------------------------------------------------------- the table
    @property
    def _table_query(self):
        def rows(month):
            return SQL(
                """SELECT ledger.*, span.first, span.last FROM (%s) span
                   JOIN retention_ledger ledger ON ledger.company_id = span.company_id
                       AND ledger.month = %s""",
                span(self.env, BACK),
                SQL.identifier("span", month),
            )

        return SQL(
            """SELECT COALESCE(later.id, earlier.id) AS id,
                      COALESCE(later.profile_id, earlier.profile_id) AS profile_id,
                      COALESCE(later.partner_id, earlier.partner_id) AS partner_id,
                      company.id AS company_id, company.currency_id,
                      COALESCE(later.first, earlier.first) AS first_month,
                      COALESCE(later.last, earlier.last) AS last_month,
                      CASE WHEN earlier.active_end IS NOT TRUE THEN 'joined'
                           WHEN later.active_end IS NOT TRUE THEN 'left'
                           ELSE 'stayed' END AS move,
                      %(sides)s,
                      COALESCE(earlier.revenue, 0) AS revenue_before,
                      COALESCE(later.revenue, 0) AS revenue_after,
                      COALESCE(later.revenue, 0) - COALESCE(earlier.revenue, 0)
                          AS revenue_change
               FROM (%(earlier)s) earlier
               FULL JOIN (%(later)s) later ON later.company_id = earlier.company_id
                   AND later.partner_id = earlier.partner_id
               JOIN res_company company
                   ON company.id = COALESCE(later.company_id, earlier.company_id)
               WHERE earlier.active_end OR later.active_end""",
            earlier=rows("first"),
            later=rows("last"),
            sides=SQL(", ").join(self._sides()),
        )

    def _sides(self):
        """Yield SQL of what the customer was before and after."""
        for row, prefix, nobody in (("earlier", "old", JOINED), ("later", "new", LEFT)):
            active = SQL.identifier(row, "active_end")
            for name in SHOWN:
                value = SQL.identifier(row, name)
                if name in ("user_id", "team_id"):
                    field = f"{prefix}_{name}"
                    value = SQL("CASE WHEN %s THEN %s END", active, value)
                else:
                    field = f"{prefix}_{name.removesuffix('_id')}"
                    if name.endswith("_id"):
                        value = SQL("LPAD(%s::text, 10, '0')", value)
                    value = SQL(
                        "CASE WHEN %s IS NOT TRUE THEN %s ELSE COALESCE(%s, %s) END",
                        active,
                        nobody,
                        value,
                        UNKNOWN,
                    )
                yield SQL("%s AS %s", value, SQL.identifier(field))

    def action_open_customer(self):
        """Open the contact, where everything about it stands."""
        self.ensure_one()
        self.check_access("read")
        return self.env["retention.profile"]._open_partner(self.partner_id)
