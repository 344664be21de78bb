from odoo import api, fields, models


class RetentionPlan(models.Model):
    """A plan made together with a customer; its owner reviews the goals with them."""

    _name = "retention.plan"
    _description = "Joint Plan"
    _inherit = ["retention.file.reminder"]
    _order = "date_start desc, id desc"
    _rec_names_search = ["name", "partner_id"]
    _allow_sudo_commands = False
    _reminder_type = "customer_retention.activity_type_plan_review"
    _reminder_fields = frozenset({"name", "review_date", "user_id", "active"})

    name = fields.Char("Plan", required=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._owner_domain(),
    )
    date_start = fields.Date(
        "Begins On",
        required=True,
        default=fields.Date.context_today,
        help="The first day of the plan.",
    )
    date_end = fields.Date("Until", help="The day until which the goals are to be reached.")
    review_date = fields.Date("Next Review", help="Becomes an activity, here on the plan.")
    goal_ids = fields.One2many("retention.plan.goal", "plan_id", "Goals", copy=True)
    note = fields.Text()

    _dates_in_order = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)", "A plan cannot end before it begins."
    )

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        self._check_owner_access()

    def _reminder_values(self):
        self.ensure_one()
        if not (self.active and self.review_date):
            return None
        return {
            "summary": self.name,
            "date_deadline": self.review_date,
            "user_id": self.user_id.id,
        }

    def _reminder_done(self, feedback, attachment_ids):
        # The next review is for a person to plan.
        self.with_context(mail_notrack=True).write({"review_date": False})


class RetentionPlanGoal(models.Model):
    """One goal of a joint plan, with what it is measured by."""

    _name = "retention.plan.goal"
    _description = "Goal of a Joint Plan"
    _order = "sequence, id"
    _allow_sudo_commands = False

    plan_id = fields.Many2one("retention.plan", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char("Goal", required=True)
    measure = fields.Char(help="What the numbers count, e.g. orders a month.")
    target = fields.Float(aggregator=None, help="The number that is to be reached.")
    actual = fields.Float(aggregator=None, help="How far you are, in the unit of the goal.")
    state = fields.Selection(
        [
            ("open", "In progress"),
            ("reached", "Goal reached"),
            ("missed", "Goal missed"),
            ("dropped", "Given up"),
        ],
        required=True,
        default="open",
        copy=False,
    )
