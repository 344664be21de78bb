from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..analytics import review as rules
from .review_part import Numbers

PERIOD = ("company_id", "kind", "first")
FROZEN = {*PERIOD, "state", "figures", "summary", "summary_text", "line_ids", "all_line_ids"}


class RetentionReview(models.Model):
    """What became of retention in a month or quarter, and what was decided.

    Figures are taken from the closed ledger when the review is generated and kept as they were;
    once it is finished nothing of it changes but what becomes of its decisions. Whatever is said
    about them is said in the reader's language, until somebody writes an own text.
    """

    _name = "retention.review"
    _description = "Retention Review"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "first desc, kind, id desc"
    _mail_post_access = "read"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("monthly", "Monthly review"), ("quarterly", "Quarterly review")],
        required=True,
        default="monthly",
        help="A month, or a quarter of three closed months.",
    )
    first = fields.Date(
        "First Month",
        required=True,
        default=lambda self: self._default_next(),
        help="Any day of the month or quarter that is reviewed.",
    )
    last = fields.Date("Last Month", compute="_compute_last", store=True)
    name = fields.Char("Period", compute="_compute_last", store=True)
    state = fields.Selection(
        [("draft", "Review draft"), ("done", "Review finished")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        index=True,
        ondelete="set null",
        # The system itself reviews nothing.
        default=lambda self: self.env.user.filtered("active"),
        domain=lambda self: self.env["retention.file.record"]._owner_domain(),
    )
    generated_at = fields.Datetime("Generated", readonly=True, copy=False)
    figures = fields.Json(readonly=True, copy=False)
    summary = fields.Html(
        "What Changed Most", compute="_compute_summary", inverse="_inverse_summary"
    )
    summary_text = fields.Html("Text Written", copy=False)
    existing_id = fields.Many2one(
        "retention.review", "Review of the Period", compute="_compute_existing_id"
    )
    notice = fields.Char(compute="_compute_shown")
    charts = fields.Html(compute="_compute_shown", sanitize=False)
    details = fields.Html(compute="_compute_shown", sanitize=False)
    line_ids = fields.One2many(
        "retention.review.line", "review_id", "Key Figures", domain=[("simple", "=", True)]
    )
    all_line_ids = fields.One2many("retention.review.line", "review_id", "All Figures")

    _period_uniq = models.Constraint(
        "UNIQUE (company_id, kind, first)", "There is a review of this period already."
    )

    # ---------------------------------------------------------------- period
    @api.model
    def _default_first(self, company=None):
        """Return the last closed month, else the last one that is over."""
        company = company or self.env.company._retention_company()
        return (
            self._closed_until(company) or rules.over("monthly", company._retention_today()).first
        )

    @api.model
    def _default_next(self):
        """Return the latest closed month that has no review, for a form; else the last one."""
        company = self.env.company._retention_company()
        last = self._default_first(company)
        mine = [("company_id", "=", company.id)]
        closed = [*mine, ("state", "=", "closed"), ("month", "<=", last)]
        months = self.env["retention.ledger.month"].sudo().search(closed, order="month desc")
        reviewed = set(self.search([*mine, ("kind", "=", "monthly")]).mapped("first"))
        return next((m for m in months.mapped("month") if m not in reviewed), last)

    @api.depends("company_id", "kind", "first")
    def _compute_existing_id(self):
        """Tell a form that is not saved yet which review of its period there is."""
        for review in self:
            review.existing_id = not review._origin and review.first and review._of_same_period()

    def _of_same_period(self):
        company = self.company_id or self.env.company._retention_company()
        first = self._span().first
        period = [("company_id", "=", company.id), ("kind", "=", self.kind), ("first", "=", first)]
        return self.search(period, limit=1)

    @api.model
    def _closed_until(self, company):
        """Return the last month up to which the company's ledger is closed, or None."""
        months = self.env["retention.ledger.month"].sudo()
        mine = [("company_id", "=", company.id)]
        waiting = months.search([*mine, ("state", "=", "waiting")], order="month", limit=1)
        closed = [*mine, ("state", "=", "closed")]
        if waiting:
            closed.append(("month", "<", waiting.month))
        return months.search(closed, order="month desc", limit=1).month or None

    @api.depends("kind", "first")
    def _compute_last(self):
        for review in self:
            span = review._span() if review.first else None
            review.last = span and span.last
            review.name = span and (
                f"{span.first:%Y-%m}"
                if review.kind == "monthly"
                else f"{span.first:%Y}-Q{span.last.month // 3}"
            )

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._("Review %s", review.name or "")

    def _span(self):
        return rules.span(self.kind, self.first)

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        self._check_people(self.filtered(lambda review: review.state == "draft"))

    @api.model
    def _check_people(self, records):
        """Refuse people who could not open the review."""
        alerts = self.env["retention.alert"]
        for record in records.filtered("user_id"):
            if record.user_id not in alerts._eligible_users(record.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s could not open it. Choose a user of Retention in the same "
                        "company as owner.",
                        user=record.user_id.name,
                    )
                )

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        prepared = []
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
            company = company._retention_company()
            day = fields.Date.to_date(vals.get("first")) or self._default_first(company)
            first = rules.span(vals.get("kind") or "monthly", day).first
            prepared.append({**vals, "company_id": company.id, "first": first})
        reviews = super().create(prepared)
        reviews._generate()
        return reviews

    def write(self, vals):
        if FROZEN & vals.keys() and any(review.state == "done" for review in self):
            raise UserError(self.env._("A finished review stays as it is."))
        if set(PERIOD) & vals.keys():
            raise UserError(self.env._("Make a new review for another period."))
        if {"figures", "generated_at", "state"} & vals.keys() and not self.env.su:
            raise AccessError(self.env._("Figures come from the ledger."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(review.state == "done" for review in self):
            raise UserError(self.env._("A finished review stays as it is."))

    # ---------------------------------------------------------------- generating
    def _generate(self):
        """Take the figures from the ledger; texts that somebody wrote are kept.

        :raises ValidationError: when the period is not over, or not closed yet
        """
        for review in self:
            company, span = review.company_id, review._span()
            review._check_closed()
            kpis = self.env["retention.kpi"].sudo().with_company(company)
            numbers = Numbers(kpis, company.with_env(kpis.env), span)
            # The whole company's, whatever its writer may see; access was checked before.
            mine = review.sudo()
            mine.write({"figures": mine._take(numbers), "generated_at": fields.Datetime.now()})
            mine._take_lines(numbers)
            mine._carry_over()
        self.invalidate_recordset()

    def _check_closed(self):
        self.ensure_one()
        until = self._closed_until(self.company_id)
        if not until:
            raise ValidationError(
                self.env._(
                    "No month has been closed yet. The first review can be made as soon as "
                    "there are purchases of a month that is over, and they were computed in "
                    "the night after it."
                )
            )
        if self.last > until:
            raise ValidationError(
                self.env._(
                    "The months are closed up to %(until)s; a review of %(period)s can be made "
                    "once it is over and closed.",
                    until=self._month_text(until),
                    period=self._period_text(),
                )
            )

    # ---------------------------------------------------------------- actions
    def action_generate(self):
        """Take the figures again; keep what was written."""
        self._check_draft()
        self._generate()
        return True

    def action_generate_text(self):
        """Take the figures again, and write all sentences anew."""
        self._check_draft()
        self.write({"summary_text": False})
        self.all_line_ids.write({"sentence_text": False})
        self._generate()
        return True

    def _check_draft(self):
        self.check_access("write")
        if any(review.state == "done" for review in self):
            raise UserError(self.env._("A finished review stays as it is."))

    def action_done(self):
        """Finish: figures, texts and decisions stay as they are from now on."""
        self._check_draft()
        for review in self:
            figures = {
                **(review.figures or {}),
                "decisions": review._decision_rows(review.decision_ids),
                "carried": review._decision_rows(review.carried_ids),
            }
            review.sudo().write({"figures": figures, "state": "done"})
            review.activity_feedback(["customer_retention.activity_type_review"])
            if review.company_id.sudo().retention_review_send:
                review._send_to_all()
        return True

    def action_print(self):
        """Print it: one page for the boss, then the details."""
        self.ensure_one()
        self.check_access("read")
        return self.env.ref("customer_retention.action_report_review").report_action(self)

    def action_xlsx(self):
        """Download the workbook with all tables."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/retention/review/{self.id}/xlsx",
            "target": "download",
        }
