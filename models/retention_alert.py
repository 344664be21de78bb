from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .amounts import amount_text
from .joining import sentences_text
from .own_fields import LiveFlag

USER = "customer_retention.group_user"
TASK_TYPES = {
    "senior": "customer_retention.activity_type_senior_interview",
    "call": "customer_retention.activity_type_save_task",
}
# Written by the engine and by the actions only, never by a person's write.
KEPT_FIELDS = {
    "partner_id",
    "company_id",
    "profile_id",
    "live",
    "state",
    "line_ids",
    "task_id",
    "original_user_id",
    "opened_on",
    "first_touch_on",
    "days_to_touch",
    "snoozed_until",
    "snooze_reason",
    "closed_on",
    "closed_by_id",
    "close_reason",
    "escalation",
    "risk_level",
    "risk_score",
    "value_at_stake",
    "yearly_amount",
    "is_high_value",
    "outcome",
    "verification",
    "verification_final",
    "recovered_amount",
    "verified_on",
    "told_on",
}


class RetentionAlert(models.Model):
    """One open case per customer and company; its causes come and go as lines.

    Fields, access and checks. The engine's part is in ``retention_alert_sync.py``, owners and
    capacity in ``retention_alert_owner.py``, the task in ``retention_alert_task.py``, what
    people do in ``retention_alert_close.py``.
    """

    _name = "retention.alert"
    _description = "Churn Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "value_at_stake desc, risk_score desc, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _allow_sudo_commands = False
    # Colleagues who may read an alert may discuss it and see its task.
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        default=lambda self: self.env.company._retention_company(),
    )
    profile_id = fields.Many2one(
        "retention.profile", index="btree_not_null", ondelete="set null", readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    live = LiveFlag(compute="_compute_live", store=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("open", "Open"),
            ("snoozed", "Snoozed"),
            ("missing", "Outcome missing"),
            ("closed", "Closed"),
        ],
        required=True,
        default="queued",
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
        help="Queued: waits until its owner has closed others. Outcome missing: the task was "
        "marked as done without saying what came of it.",
    )
    line_ids = fields.One2many("retention.alert.line", "alert_id", "Causes", readonly=True)
    sentence_summary = fields.Char("Causes in Words", compute="_compute_sentence_summary")
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        tracking=True,
        domain=lambda self: self._user_domain(),
    )
    original_user_id = fields.Many2one(
        "res.users", "First Owner", index="btree_not_null", readonly=True
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        help="Sales team of the owner; its leader takes over what is late.",
    )
    action = fields.Selection(
        [("senior", "Senior interview"), ("call", "Call task")],
        "What To Do",
        required=True,
        default="call",
        help="High-value customers at critical risk: an interview by somebody senior.",
    )
    task_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )

    opened_on = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env.company._retention_company()._retention_today(),
    )
    date_deadline = fields.Date(
        "Contact By",
        tracking=True,
        help="Until this day the owner gets in touch; afterwards the alert is passed on.",
    )
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    first_touch_on = fields.Date(
        "First Contact Attempt", readonly=True, help="The first after the alert was opened."
    )
    days_to_touch = fields.Integer(
        "Days to First Contact",
        compute="_compute_days_to_touch",
        store=True,
        aggregator="avg",
    )
    snoozed_until = fields.Date(readonly=True)
    snooze_reason = fields.Char(readonly=True)
    escalation = fields.Selection(
        [("0", "Owner"), ("1", "Team leader"), ("2", "Manager")],
        "Escalated To",
        required=True,
        default="0",
        readonly=True,
    )
    told_on = fields.Date(readonly=True, help="The day its owner was told of it.")

    risk_level = fields.Selection(
        selection="_selection_risk_level",
        readonly=True,
        help="When the alert was opened, or when it became critical.",
    )
    risk_score = fields.Integer(readonly=True, aggregator="avg")
    value_at_stake = fields.Monetary(readonly=True, help="Kept current while the alert is open.")
    yearly_amount = fields.Monetary(
        readonly=True, help="Net amount of the 12 months up to the last purchase."
    )
    value_formula = fields.Char("How It Is Made Up", compute="_compute_value_formula")
    is_high_value = fields.Boolean("High-Value Customer", readonly=True)
    rank = fields.Integer(
        compute="_compute_rank",
        aggregator=None,
        help="Position in the owner's list, by value at stake.",
    )
    last_interaction_date = fields.Date(related="profile_id.last_interaction_date")

    closed_on = fields.Date(readonly=True)
    closed_by_id = fields.Many2one("res.users", readonly=True)
    close_reason = fields.Selection(
        [
            ("outcome", "Outcome given"),
            ("cause_gone", "All causes gone"),
            ("archived", "Customer archived"),
            ("merged", "Joined with another alert"),
        ],
        "Closed Because",
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ("saved", "Saved"),
            ("gone", "Gone"),
            ("false_alarm", "False alarm"),
            ("unreachable", "Unreachable"),
        ],
        readonly=True,
        tracking=True,
        group_expand=True,
    )
    root_cause = fields.Selection(
        [
            ("price", "Price"),
            ("product", "Product"),
            ("service", "Poor service"),
            ("competitor", "Went to a competitor"),
            ("business_closed", "Business closed"),
            ("contact_left", "Contact left"),
            ("no_need", "No need"),
            ("other", "Another cause"),
        ],
        help="Why the customer left, or wanted to.",
    )
    competitor_id = fields.Many2one(
        "retention.competitor", index="btree_not_null", ondelete="restrict"
    )
    offer = fields.Char("Offer Made", help="What was offered to make the customer stay.")
    attempt = fields.Text(
        "What Was Tried", help="Calls, visits and offers made to keep the customer."
    )
    verification = fields.Selection(
        [
            ("pending", "To be verified"),
            ("verified", "Verified saved"),
            ("not_confirmed", "Not confirmed"),
        ],
        readonly=True,
        help="Whether a customer said to be saved has bought again within 90 days.",
    )
    verification_final = fields.Boolean(readonly=True)
    recovered_amount = fields.Monetary(
        "Recovered",
        readonly=True,
        help="Net purchases, credit notes deducted, within 90 days of closing.",
    )
    verified_on = fields.Date(readonly=True, help="The first purchase after closing.")

    _customer_live_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id, live)", "A customer has one open alert in each company."
    )
    _live_check = models.Constraint(
        "CHECK ((live IS TRUE) = (state != 'closed'))", "An alert is live until it is closed."
    )
    _owner_idx = models.Index("(company_id, user_id, state) WHERE live IS TRUE")

    # ---------------------------------------------------------------- computed values
    @api.model
    def _selection_risk_level(self):
        return self.env["retention.profile"]._fields["risk_level"]._description_selection(self.env)

    @api.model
    def _user_domain(self):
        group = self.env.ref(USER).id
        return (
            f"[('share', '=', False), ('all_group_ids', 'in', [{group}]),"
            " ('company_ids', 'child_of', company_id)]"
        )

    @api.depends("state")
    def _compute_live(self):
        for alert in self:
            alert.live = alert.state != "closed"

    @api.depends("opened_on", "first_touch_on")
    def _compute_days_to_touch(self):
        for alert in self:
            touched = alert.first_touch_on
            alert.days_to_touch = (touched - alert.opened_on).days if touched else 0

    @api.depends("line_ids.sentence", "line_ids.state")
    @api.depends_context("lang")
    def _compute_sentence_summary(self):
        self.line_ids.mapped("sentence")  # all at once: the lines of one alert are few
        for alert in self:
            lines = alert.line_ids.filtered(lambda line: line.state == "active") or alert.line_ids
            if any(line.level == "critical" for line in lines):
                lines = lines.filtered(lambda line: line.level != "high")
            alert.sentence_summary = sentences_text(self.env, lines.mapped("sentence"))

    @api.depends("value_at_stake", "yearly_amount")
    @api.depends_context("lang")
    def _compute_value_formula(self):
        for alert in self:
            if not alert.yearly_amount:
                alert.value_formula = False
                continue
            share = round(100 * alert.value_at_stake / alert.yearly_amount)
            alert.value_formula = self.env._(
                "%(amount)s in the 12 months before the last purchase × %(share)s %%",
                amount=amount_text(self.env, alert.yearly_amount, alert.currency_id),
                share=share,
            )

    @api.depends("state", "date_deadline")
    def _compute_overdue(self):
        today = {company: company._retention_today() for company in self.company_id}
        for alert in self:
            due = alert.date_deadline
            alert.overdue = bool(alert.state == "open" and due and due < today[alert.company_id])

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_deadline", "<", company._retention_today())
            for company in self.env["res.company"]._retention_companies()
        ) & Domain("state", "=", "open")
        return Domain.OR(late if wanted else ~late for wanted in value)

    @api.depends("user_id", "state", "value_at_stake", "risk_score")
    def _compute_rank(self):
        ranks = self.env["retention.metrics"]._alert_ranks(self.user_id.ids, self.company_id.ids)
        for alert in self:
            alert.rank = ranks.get(alert._origin.id, 0)

    def _read_group_select(self, aggregate_spec, query):
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec.startswith("days_to_touch:"):
            # Whom nobody has contacted yet was not contacted on the first day.
            touched = self._field_to_sql(self._table, "first_touch_on", query)
            sql = SQL("%s FILTER (WHERE %s IS NOT NULL)", sql, touched)
        return sql

    # ---------------------------------------------------------------- checks
    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for company, alerts in self.filtered("user_id").grouped("company_id").items():
            for user in alerts.user_id.filtered(lambda u, c=company: not self._may_take(u, c)):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot open this alert. Give it to a user of Retention in "
                        "the same company.",
                        user=user.name,
                    )
                )

    @api.model
    def _may_take(self, user, company):
        """Return whether ``user`` is one of :meth:`_eligible_users`, without a query each."""
        user = user.sudo()
        works = any(c._retention_company() == company for c in user.company_ids)
        return works and user.active and not user.share and user.has_group(USER)

    @api.model
    def _eligible_users(self, company):
        """Return the active internal users of Retention who may see the company's alerts."""
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("all_group_ids", "in", self.env.ref(USER).ids),
                    ("company_ids", "in", company._retention_members()),
                ],
                order="id",
            )
        )

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        # Given, not computed before the insert: a quarter less time when many are opened.
        vals_list = [
            {**vals, "live": vals.get("state", "queued") != "closed"} for vals in vals_list
        ]
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(RetentionAlert, quiet).create(vals_list).with_env(self.env)

    def write(self, vals):
        if not self.env.su and (kept := sorted(KEPT_FIELDS & vals.keys())):
            raise AccessError(
                self.env._("An alert's %s can only be changed by its buttons.", ", ".join(kept))
            )
        return super().write(vals)

    # ---------------------------------------------------------------- mail
    def _mail_get_partner_fields(self, introspect_fields=False):
        # A discussion among colleagues: the customer is never proposed as a recipient.
        return []
