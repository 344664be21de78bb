from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class RetentionAgreement(models.Model):
    """A contract with a customer; its owner decides in time whether to renew it.

    Only what people decide is stored: the state follows from it and the company's today.
    """

    _name = "retention.agreement"
    _description = "Agreement"
    _inherit = ["retention.file.record"]
    _order = "end desc, id desc"
    _rec_names_search = ["number", "name", "partner_id"]
    _allow_sudo_commands = False

    name = fields.Char("Agreement", required=True)
    number = fields.Char("Agreement Number", index="btree_not_null", copy=False)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._owner_domain(),
    )
    signed_on = fields.Date(copy=False, help="Empty: not signed yet, so not in force.")
    start = fields.Date("Begins On", required=True, help="The first day of the agreement.")
    end = fields.Date("Until", help="The last day; empty: until further notice.")
    notice_days = fields.Integer(
        "Notice (days)", default=30, help="Decide on renewal this long before the last day."
    )
    notice_date = fields.Date("Decide By", compute="_compute_notice_date", store=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    amount = fields.Monetary("Value", help="For the whole time, without tax.")
    document_ids = fields.Many2many(
        "ir.attachment",
        "retention_agreement_document_rel",
        "agreement_id",
        "attachment_id",
        "Documents",
        copy=False,
        bypass_search_access=True,
    )
    renewal = fields.Selection(
        [("renew", "To be renewed"), ("end", "Not to be renewed")],
        "Renewal Decision",
        copy=False,
        help="Empty: not decided yet.",
    )
    renewed_by_id = fields.Many2one(
        "retention.agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The agreement that follows this one.",
    )
    note = fields.Text()
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("in_force", "In force"),
            ("ended", "Run out"),
            ("renewed", "Renewed"),
        ],
        compute="_compute_state",
        search="_search_state",
    )
    to_decide = fields.Boolean(
        "Decision Due", compute="_compute_to_decide", search="_search_to_decide"
    )

    _dates_in_order = models.Constraint(
        'CHECK ("end" IS NULL OR "end" >= start)', "An agreement cannot end before it begins."
    )
    _notice_not_negative = models.Constraint(
        "CHECK (notice_days >= 0)", "The notice cannot be negative."
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for agreement in self:
            agreement.currency_id = agreement.currency_id or agreement.company_id.currency_id

    @api.depends("end", "notice_days")
    def _compute_notice_date(self):
        for agreement in self:
            agreement.notice_date = agreement.end and agreement.end - timedelta(
                days=agreement.notice_days
            )

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        self._check_owner_access()

    # ---------------------------------------------------------------- what moves by itself
    @api.depends("signed_on", "start", "end", "renewed_by_id", "company_id")
    def _compute_state(self):
        today = {company: company._retention_today() for company in self.company_id}
        for agreement in self:
            agreement.state = agreement._state_on(today.get(agreement.company_id))

    def _state_on(self, day):
        """Return the state on ``day``."""
        self.ensure_one()
        if not (day and self.signed_on and self.start) or self.start > day:
            return "draft"
        if not self.end or self.end >= day:
            return "in_force"
        return "renewed" if self.renewed_by_id else "ended"

    @api.model
    def _state_domains(self, day):
        begun = Domain("signed_on", "!=", False) & Domain("start", "<=", day)
        running = Domain("end", "=", False) | Domain("end", ">=", day)
        followed = Domain("renewed_by_id", "!=", False)
        return {
            "draft": Domain("signed_on", "=", False) | Domain("start", ">", day),
            "in_force": begun & running,
            "ended": begun & ~running & ~followed,
            "renewed": begun & ~running & followed,
        }

    def _per_company(self, domain_on):
        """Return ``domain_on(today)`` with each company's own today."""
        return Domain.OR(
            Domain("company_id", "=", company.id) & domain_on(company._retention_today())
            for company in self.env["res.company"]._retention_companies()
        )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._per_company(
            lambda day: Domain.OR(
                domain for state, domain in self._state_domains(day).items() if state in value
            )
        )

    @api.depends("state", "notice_date", "renewal", "company_id")
    def _compute_to_decide(self):
        today = {company: company._retention_today() for company in self.company_id}
        for agreement in self:
            agreement.to_decide = bool(
                agreement.state == "in_force"
                and not agreement.renewal
                and agreement.notice_date
                and agreement.notice_date <= today[agreement.company_id]
            )

    def _search_to_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = self._per_company(
            lambda day: (
                self._state_domains(day)["in_force"]
                & Domain("renewal", "=", False)
                & Domain("notice_date", "<=", day)
            )
        )
        return (due if True in value else Domain.FALSE) | (~due if False in value else Domain.FALSE)

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements._claim_files("document_ids")
        agreements._ask_retention_refresh()
        return agreements

    def write(self, vals):
        self._ask_retention_refresh()
        result = super().write(vals)
        if "document_ids" in vals:
            self._claim_files("document_ids")
        self._ask_retention_refresh()
        return result

    def unlink(self):
        self._ask_retention_refresh()
        return super().unlink()

    def _ask_retention_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(agreement.partner_id.id, agreement.company_id.id) for agreement in self}
        )

    # ---------------------------------------------------------------- actions
    def action_renew(self):
        """Prepare the agreement that follows this one, as long as this one, and open it."""
        self.ensure_one()
        self.check_access("write")
        if not self.renewed_by_id:
            start = self.end + timedelta(days=1) if self.end else self.start
            end = self.end and start + (self.end - self.start)
            follower = self.copy({"start": start, "end": end})
            self.write({"renewed_by_id": follower.id, "renewal": "renew"})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.renewed_by_id.id,
            "view_mode": "form",
        }
