from odoo import fields, models


class ResCompany(models.Model):
    """How often retention is reviewed, by whom, and who gets the review."""

    _inherit = "res.company"

    retention_review_kind = fields.Selection(
        [
            ("off", "No review by itself"),
            ("monthly", "Monthly review"),
            ("quarterly", "Quarterly review"),
        ],
        "Review of Retention",
        default="monthly",
        required=True,
        help="A draft is prepared once the last month is closed.",
    )
    retention_review_day = fields.Integer(
        "Prepared on Day", default=2, help="Of the month after the month or quarter."
    )
    retention_review_user_id = fields.Many2one(
        "res.users",
        "Who Reviews",
        ondelete="set null",
        help="Gets an activity when the draft is there. Empty: a manager of Retention.",
    )
    retention_review_partner_ids = fields.Many2many(
        "res.partner",
        "res_company_retention_review_rel",
        "company_id",
        "partner_id",
        "Who Gets the Review",
        help="By mail, each in the own language, with PDF and workbook.",
    )
    retention_review_send = fields.Boolean(
        "Send a review when it is finished", help="Else by its button."
    )
    retention_review_until = fields.Date(
        "Reviews Prepared Until",
        readonly=True,
        help="The last period for which a draft was prepared.",
    )

    _retention_review_day_check = models.Constraint(
        "CHECK (retention_review_day BETWEEN 1 AND 28)",
        "Every month has the days 1 to 28.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_review_kind = fields.Selection(
        related="company_id.retention_review_kind", readonly=False
    )
    retention_review_day = fields.Integer(related="company_id.retention_review_day", readonly=False)
    retention_review_user_id = fields.Many2one(
        related="company_id.retention_review_user_id", readonly=False
    )
    retention_review_partner_ids = fields.Many2many(
        related="company_id.retention_review_partner_ids", readonly=False
    )
    retention_review_send = fields.Boolean(
        related="company_id.retention_review_send", readonly=False
    )
