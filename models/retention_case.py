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
    _reminder_fields = frozenset({"name", "user_id", "state", "severity", "late_told"})

    number = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char("Subject", required=True)
    # Who writes by the public form may be nobody we know.
    partner_id = fields.Many2one(required=False)
    contact_name = fields.Char(
        "Name Given", help="As written in the form; the contact may not be known yet."
    )
    email = fields.Char("Email Given")
    phone = fields.Char("Phone Given")
    kind = fields.Selection(
        [
            ("complaint", "Complaint"),
            ("request", "Request"),
            ("leave_intent", "Leave intent"),
            ("suggestion", "Suggestion"),
        ],
        required=True,
        default="complaint",
        index=True,
        help="Leave intent: warns of losing the customer as soon as it is noted.",
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
    opened_at = fields.Datetime(
        "Opened",
        required=True,
        default=fields.Datetime.now,
        copy=False,
        help="From this moment the time to the first answer is counted.",
    )
    first_reply_at = fields.Datetime("First Reply", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)
    reopened_count = fields.Integer(
        "Times Reopened",
        readonly=True,
        copy=False,
        help="How often it came back after it had been solved.",
    )
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

    @api.constrains("state", "resolution")
    def _check_resolution(self):
        for case in self:
            if case.state == "solved" and not (case.resolution or "").strip():
                raise ValidationError(self.env._("Say what was done before a case is solved."))

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        for company, mine in cases.grouped("company_id").items():
            sequence = self.env["ir.sequence"].sudo().with_company(company)
            for case in mine.filtered(lambda case: not case.number):
                case.number = sequence.next_by_code("retention.case")
        cases._note_transitions({})
        cases._assign()
        cases._ask_retention_refresh()
        return cases

    def write(self, vals):
        refreshed = REFRESHED & vals.keys()
        if refreshed:
            self._ask_retention_refresh()
        before = {case: case.state for case in self}
        result = super().write(vals)
        if "state" in vals:
            self._note_transitions(before)
        if refreshed:
            self._ask_retention_refresh()
        return result

    def unlink(self):
        self._ask_retention_refresh()
        return super().unlink()

    def _ask_retention_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(case.partner_id.id, case.company_id.id) for case in self if case.partner_id}
        )

    def _note_transitions(self, before):
        """Date what happened to the cases since they had the states ``before`` ({case: state})."""
        now = fields.Datetime.now()
        for case in self:
            was_open = before.get(case, "new") in OPEN
            values = {}
            if case.state in ("in_progress", "solved") and not case.first_reply_at:
                values["first_reply_at"] = now
            if case.state not in OPEN and (was_open or not case.closed_at):
                values["closed_at"] = now if case in before else case.closed_at or now
            elif case.state in OPEN and not was_open:
                values.update(closed_at=False, reopened_count=case.reopened_count + 1)
            if values:
                case.write(values)

    # ---------------------------------------------------------------- actions
    def action_answered(self):
        """The customer has heard from us; from now on it is being worked on."""
        self.check_access("write")
        self.filtered(lambda case: case.state == "new").write({"state": "in_progress"})
        return True

    def action_solve(self):
        """Ask for the resolution, then close as solved."""
        return self._action_close("solved")

    def action_cancel(self):
        """Close without a solution: nobody asks the customer afterwards whether all is well."""
        return self._action_close("cancelled")

    def _action_close(self, state):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.case.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id, "default_result": state},
            "name": self.env._("Solve a Case")
            if state == "solved"
            else self.env._("Close a Case Without a Solution"),
        }

    def action_reopen(self):
        self.check_access("write")
        self.filtered(lambda case: case.state not in OPEN).write({"state": "in_progress"})
        return True

    # ---------------------------------------------------------------- hooks
    @api.model
    def _kept_elsewhere(self):
        """Return whether a helpdesk takes requests in, so that nobody needs cases. Hook."""
        return False


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide cases where a helpdesk takes requests in; what there is stays in timelines."""
        hidden = super()._load_menus_blacklist()
        if self.env["retention.case"]._kept_elsewhere():
            names = ("menu_cases_root", "menu_case_config", "menu_themes")
            found = (
                self.env.ref(f"customer_retention.{n}", raise_if_not_found=False) for n in names
            )
            hidden = [*hidden, *(menu.id for menu in found if menu)]
        return hidden
