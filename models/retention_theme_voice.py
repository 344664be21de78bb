from odoo import api, fields, models

COUNTS = ("answer_count", "unhappy_count", "case_count", "customer_count", "customer_value")


class RetentionTheme(models.Model):
    """What is said about a theme, by whom, what it is worth, and what we do about it."""

    _inherit = "retention.theme"

    feedback_ids = fields.Many2many(
        "retention.feedback", "retention_feedback_theme_rel", "theme_id", "feedback_id", "Answers"
    )
    answer_count = fields.Integer("Answers Given", compute="_compute_counts")
    unhappy_count = fields.Integer(
        "Unhappy Answers", compute="_compute_counts", help="Unhappy answers with this theme."
    )
    case_count = fields.Integer(
        "Complaints and Requests",
        compute="_compute_counts",
        help="Requests and complaints with this theme.",
    )
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
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_feedback")
        return {**action, "domain": [("theme_ids", "in", self.ids)], "context": {}}
