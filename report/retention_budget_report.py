from odoo import fields, models
from odoo.tools import SQL


class RetentionBudgetReport(models.Model):
    """Plan and actual amounts by line; shares of groups are shares of their sums."""

    _name = "retention.budget.report"
    _description = "Plan and Actual"
    _auto = False
    _order = "date_from desc, id"
    _depends = {
        "retention.budget": ["name", "company_id", "date_from", "date_to", "state"],
        "retention.budget.line": [
            "budget_id",
            "name",
            "goal",
            "kind",
            "channel",
            "sop_id",
            "root_id",
            "other_procedures",
            "planned",
            "spent",
        ],
        "retention.enrollment": ["company_id", "root_id", "entered_on", "arm", "cost"],
        "res.company": ["currency_id"],
    }

    name = fields.Char("What For", readonly=True)
    budget_id = fields.Many2one("retention.budget", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date("Plan From", readonly=True)
    date_to = fields.Date("Plan Until", readonly=True)
    state = fields.Selection(lambda self: self._same("retention.budget", "state"), readonly=True)
    goal = fields.Selection(
        lambda self: self._same("retention.budget.line", "goal"), "Aim", readonly=True
    )
    kind = fields.Selection(
        lambda self: self._same("retention.budget.line", "kind"), "Kind of Cost", readonly=True
    )
    channel = fields.Selection(
        lambda self: self._same("retention.budget.line", "channel"), "Way", readonly=True
    )
    sop_id = fields.Many2one("retention.sop", "Procedure", readonly=True)
    planned = fields.Monetary("Planned Amount", readonly=True)
    spent = fields.Monetary("By Hand", readonly=True)
    sop_cost = fields.Monetary("By Procedures", readonly=True)
    actual = fields.Monetary("Actual Amount", readonly=True)
    difference = fields.Monetary("Left of Plan", readonly=True)
    share_used = fields.Float(
        "Share Used (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Actual amounts by planned ones.",
    )
    over = fields.Integer("Over Plan", readonly=True, help="Lines that cost more than planned.")

    def _same(self, model, name):
        return self.env[model]._fields[name]._description_selection(self.env)

    def _read_group_select(self, aggregate_spec, query):
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.partition(":")[0] != "share_used":
            return sql
        return SQL(
            "(100 * SUM(%s)::float8 / NULLIF(SUM(%s), 0))",
            SQL.identifier(self._table, "actual"),
            SQL.identifier(self._table, "planned"),
        )

    @property
    def _table_query(self):
        return SQL(
            """SELECT *, planned - actual AS difference, (actual > planned)::int AS over,
                      100 * actual::float8 / NULLIF(planned, 0) AS share_used
               FROM (SELECT line.id, line.name, line.budget_id, line.goal, line.kind, line.channel,
                            line.sop_id, line.planned, COALESCE(line.spent, 0) AS spent,
                            COALESCE(cost.amount, 0) AS sop_cost,
                            COALESCE(line.spent, 0) + COALESCE(cost.amount, 0) AS actual,
                            budget.company_id, budget.date_from, budget.date_to, budget.state,
                            company.currency_id
                     FROM retention_budget_line line
                     JOIN retention_budget budget ON budget.id = line.budget_id
                     JOIN res_company company ON company.id = budget.company_id
                     LEFT JOIN (%s) cost ON cost.line_id = line.id) line""",
            self.env["retention.metrics"]._budget_costs(),
        )
