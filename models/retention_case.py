from odoo import api, fields, models
from odoo.exceptions import ValidationError

OPEN = ("new", "in_progress")
REFRESHED = {"company_id", "kind", "partner_id", "severity", "state"}


class RetentionCase(models.Model):
    """What a customer complained about or asked for, where no helpdesk keeps it."""

    _name = "retention.case"
    _description = "Case"
    _inherit = ["retention.file.reminder"]
    _order = "severity desc, opened_at desc, id desc"
    _rec_names_search = ["number", "name", "partner_id"]
    _allow_sudo_commands = False
    _reminder_type = "customer_retention.activity_type_case"
    _reminder_fields = frozenset({"name", "user_id", "state", "first_reply_at", "reply_due_at"})

    number = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("Subject", required=True)
    # Who writes by the public form may be nobody we know.
    partner_id = fields.Many2one(required=False)
    contact_name = fields.Char("Name Given")
    email = fields.Char("Email Given")
    phone = fields.Char("Phone Given")
    kind = fields.Selection(
        [
            ("complaint", "Complaint"),
            ("request", "Request"),
            ("leave_intent", "Wants to leave"),
            ("suggestion", "Suggestion"),
        ],
        required=True,
        default="complaint",
        index=True,
        help="Wants to leave: warns of losing the customer as soon as it is noted.",
    )
    severity = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very high")],
        required=True,
        default="1",
        help="From high on, nothing is promoted to the customer while the case is open.",
    )
    channel = fields.Selection(
        [
            ("form", "Web form"),
            ("phone", "Phone"),
            ("mail", "Mail"),
            ("wechat", "WeChat"),
            ("visit", "Visit"),
            ("other", "Another way"),
        ],
        "Came By",
        required=True,
        default="phone",
    )
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="set null")
    theme_id = fields.Many2one("retention.theme", index="btree_not_null", ondelete="restrict")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        copy=False,
        tracking=True,
        domain=lambda self: self._owner_domain(),
        help="Empty when it is saved: chosen by the assignment rules.",
    )
    state = fields.Selection(
        [
            ("new", "Not answered yet"),
            ("in_progress", "Answered, in progress"),
            ("solved", "Solved"),
            ("cancelled", "Closed unsolved"),
        ],
        required=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    opened_at = fields.Datetime("Opened", required=True, default=fields.Datetime.now, copy=False)
    first_reply_at = fields.Datetime("First Reply", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    reopened_count = fields.Integer("Times Reopened", readonly=True, copy=False)
    description = fields.Text()
    resolution = fields.Text(copy=False, help="What was done about it: needed to solve a case.")

    _customer_idx = models.Index("(commercial_partner_id, company_id, opened_at)")

    # ---------------------------------------------------------------- names
    @api.depends("number", "name")
    def _compute_display_name(self):
        for case in self:
            case.display_name = " ".join(part for part in (case.number, case.name) if part)

    # ---------------------------------------------------------------- checks
    @api.constrains("partner_id", "channel")
    def _check_partner(self):
        for case in self:
            if not case.partner_id and case.channel != "form":
                raise ValidationError(self.env._("Say whose case it is: choose the contact."))

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        self.filtered(lambda case: case.state in OPEN)._check_owner_access()

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        for company, mine in cases.grouped("company_id").items():
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            for case in mine.filtered(lambda case: not case.number):
                case.number = sequence.next_by_code("retention.case")
        return cases

    # ---------------------------------------------------------------- reminder
    def _reminder_values(self):
        return None
