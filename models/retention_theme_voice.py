from odoo import api, fields, models
from odoo.tools import SQL

COUNTS = ("answer_count", "unhappy_count", "case_count", "customer_count", "customer_value")


class RetentionTheme(models.Model):
    """What is said about a theme, by whom, what it is worth, and what we do about it."""

    _inherit = "retention.theme"

    feedback_ids = fields.Many2many(
        "retention.feedback", "retention_feedback_theme_rel", "theme_id", "feedback_id", "Answers"
    )
    answer_count = fields.Integer("Answers Given", compute="_compute_counts")
    unhappy_count = fields.Integer("Unhappy Answers", compute="_compute_counts")
    case_count = fields.Integer("Complaints and Requests", compute="_compute_counts")
    customer_count = fields.Integer(
        "Customers Concerned",
        compute="_compute_counts",
        help="Different customers who spoke of it in the last 12 months.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_counts")
    customer_value = fields.Monetary(
        "Their Net Amount",
        compute="_compute_counts",
        help="What these customers bought in the window of the scores.",
    )

    user_id = fields.Many2one(
        "res.users", "Who Improves It", index="btree_not_null", domain=[("share", "=", False)]
    )
    improvement = fields.Text("What We Do About It")
    improvement_state = fields.Selection(
        [
            ("idea", "To be looked at"),
            ("doing", "Being improved"),
            ("done", "Improved"),
            ("no", "Stays as it is"),
        ],
        "State of the Improvement",
        default="idea",
        required=True,
        group_expand=True,
    )
    done_on = fields.Date("Improved On", readonly=True, copy=False)

    def write(self, vals):
        if "improvement_state" in vals:
            company = self.env.company._retention_company()
            done = vals["improvement_state"] == "done"
            vals = {"done_on": done and company._retention_today(), **vals}
        return super().write(vals)

    @api.depends_context("company")
    def _compute_counts(self):
        company = self.env.company._retention_company()
        counts = self.env["retention.metrics"]._theme_counts(
            company, company._retention_today(), self.ids
        )
        for theme in self:
            theme.currency_id = company.currency_id
            theme.update(dict(zip(COUNTS, counts.get(theme.id, (0, 0, 0, 0, 0.0)))))

    def action_open_answers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_feedback")
        return {**action, "domain": [("theme_ids", "in", self.ids)], "context": {}}


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _theme_queries(self, company):
        """Return SELECTs of what names themes. Hook for further ones.

        Columns: theme_id, partner_id (customer, may be NULL), day, what (answer or case),
        unhappy (boolean).
        """
        self.env["retention.feedback"].flush_model([*self._feedback_fields(), "theme_ids"])
        return [
            SQL(
                """SELECT link.theme_id, answer.commercial_partner_id AS partner_id,
                          answer.date AS day, 'answer'::varchar AS what,
                          answer.answer_class = 'bad' AS unhappy
                   FROM retention_feedback_theme_rel link
                   JOIN retention_feedback answer ON answer.id = link.feedback_id
                   WHERE answer.company_id = %s""",
                company.id,
            ),
            self._case_themes(company),
        ]

    @api.model
    def _case_themes(self, company):
        self.env["retention.case"].flush_model(self._request_fields()["retention.case"])
        return SQL(
            """SELECT kase.theme_id, kase.commercial_partner_id AS partner_id,
                      kase.opened_at::date AS day, 'case'::varchar AS what, FALSE AS unhappy
               FROM retention_case kase
               WHERE kase.theme_id IS NOT NULL AND kase.company_id = %s""",
            company.id,
        )

    @api.model
    def _theme_counts(self, company, as_of, theme_ids):
        """Return {theme id: values in the order of COUNTS} of the 12 months up to ``as_of``."""
        self.env["retention.profile"].flush_model(["partner_id", "company_id", "rfm_monetary"])
        rows = self.env.execute_query(
            SQL(
                """WITH said AS (
                       SELECT * FROM (%(said)s) source WHERE theme_id = ANY(%(themes)s)
                       AND day <= %(as_of)s AND day > %(as_of)s::date - INTERVAL '12 months'),
                   worth AS (
                       SELECT theme_id, COUNT(*) AS customers,
                              COALESCE(SUM(profile.rfm_monetary), 0) AS value
                       FROM (SELECT DISTINCT theme_id, partner_id FROM said
                             WHERE partner_id IS NOT NULL) customer
                       LEFT JOIN retention_profile profile
                            ON profile.partner_id = customer.partner_id
                            AND profile.company_id = %(company)s
                       GROUP BY theme_id)
                   SELECT said.theme_id, COUNT(*) FILTER (WHERE said.what = 'answer'),
                          COUNT(*) FILTER (WHERE said.what = 'answer' AND said.unhappy),
                          COUNT(*) FILTER (WHERE said.what = 'case'),
                          COALESCE(MAX(worth.customers), 0), COALESCE(MAX(worth.value), 0)
                   FROM said LEFT JOIN worth ON worth.theme_id = said.theme_id
                   GROUP BY said.theme_id""",
                said=self._union(self._theme_queries(company)),
                themes=list(theme_ids),
                as_of=as_of,
                company=company.id,
            )
        )
        return {row[0]: row[1:] for row in rows}
