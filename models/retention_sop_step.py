from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .joining import paragraph_text
from .retention_sop_words import CHANNELS, PURPOSES

ENROLLMENT = "retention.enrollment"


def check_texts(records, name):
    """Refuse texts in the field ``name`` that belong to another model.

    They would be filled in from whatever record there has the number of the enrollment.
    """
    for record in records.filtered(name):
        if record[name].model != ENROLLMENT:
            raise ValidationError(
                record.env._("%s: choose a text that is made for procedures.", record.name)
            )


class RetentionSopStep(models.Model):
    """One step of a procedure: what happens, when, by whom.

    Fields and checks. What the types do is in ``retention_sop_step_types.py`` and the files
    beside it.
    """

    _name = "retention.sop.step"
    _description = "Step of a Procedure"
    _order = "sop_id, sequence, id"
    _allow_sudo_commands = False

    sop_id = fields.Many2one(
        "retention.sop", "Procedure", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="sop_id.company_id", store=True, index=True)
    sop_state = fields.Selection(related="sop_id.state", string="State of the Procedure")
    sequence = fields.Integer(default=10)
    name = fields.Char("Step", required=True, translate=True)
    type = fields.Selection(
        "_selection_type", required=True, default="activity", help="What is done."
    )

    # ---------------------------------------------------------------- when
    delay_count = fields.Integer(
        "Wait", help="Before the day itself: negative, counted from the date it is about."
    )
    delay_unit = fields.Selection(
        [("hours", "hours"), ("days", "calendar days"), ("workdays", "working days")],
        "Unit",
        required=True,
        default="days",
        help="Hours, days or working days.",
    )
    delay_from = fields.Selection(
        [
            ("previous", "after the step before"),
            ("enrollment", "after the beginning"),
            ("anchor", "from the date it is about"),
        ],
        "Counted",
        required=True,
        default="previous",
        help="From when the delay is counted.",
    )
    at_hour = fields.Boolean("At an Hour", help="At this hour where the contact lives.")
    hour = fields.Float("Local Hour", default=9, help="At this hour where the contact lives.")
    due_days = fields.Integer(
        "Due In (working days)", default=1, help="Working days the person has for the task."
    )
    when_text = fields.Char("When", compute="_compute_when_text")

    # ---------------------------------------------------------------- who
    responsible = fields.Selection(
        selection="_selection_responsible",
        required=True,
        default="owner",
        help="Who does the step; somebody who is away is replaced.",
    )
    user_id = fields.Many2one("res.users", "Person", domain="[('share', '=', False)]")

    # ---------------------------------------------------------------- what
    purpose = fields.Selection(
        PURPOSES, "Purpose of This Step", help="Empty: that of the procedure."
    )
    channel = fields.Selection(
        CHANNELS,
        "Way",
        help="How the customer is contacted in this task; empty: not at all.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'retention.enrollment'))]",
        help="The kind of activity that is planned.",
    )
    plan_id = fields.Many2one(
        "mail.activity.plan",
        "Activity Plan",
        domain="[('res_model', '=', 'res.partner')]",
        help="All activities of the plan are made.",
    )
    note = fields.Html("Script or Checklist", translate=True)
    template_id = fields.Many2one(
        "mail.template",
        "Text",
        domain=[("model", "=", ENROLLMENT)],
        ondelete="set null",
        help="The text in the customer's language.",
    )
    wait_done = fields.Boolean("Wait Until It Is Done", help="The next step waits for it.")
    proof_required = fields.Boolean(
        "Asks for a Result", help="It cannot be marked as done without saying what came of it."
    )
    tag_id = fields.Many2one(
        "res.partner.category", ondelete="set null", help="Put on the contact, or taken off."
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="cascade",
        domain="[('model', '=', 'res.partner'), ('store', '=', True), ('readonly', '=', False),"
        " ('ttype', 'in', ('char', 'text', 'boolean', 'integer', 'date', 'selection'))]",
        help="The field of the contact that is set.",
    )
    field_value = fields.Char("Value", help="For a yes-or-no field: 1 or 0.")
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain=[("model_id.model", "=", ENROLLMENT)],
        ondelete="set null",
        groups="base.group_system",
        copy=False,
        help="Runs on the contact.",
    )
    condition = fields.Char(
        default="[]", help="Who fulfils it goes on here, on the customer's figures."
    )
    if_goal = fields.Boolean("Goal Reached", help="Also part of the condition.")
    else_step_id = fields.Many2one(
        "retention.sop.step",
        "Otherwise Go To",
        domain="[('sop_id', '=', sop_id), ('sequence', '>', sequence)]",
        copy=False,
        help="A later step; empty: the procedure ends.",
        ondelete="set null",
        index="btree_not_null",
    )
    until_goal = fields.Boolean(
        "Sooner When the Goal Is Reached",
        default=True,
        help="A customer who reaches the goal does not wait any longer.",
    )
    minutes = fields.Integer("Minutes of Work", help="For the cost of the procedure.")
    cost = fields.Float("Other Cost", help="Per customer, in the company's currency.")
    on_failure = fields.Selection(
        [("stop", "Stop and ask for help"), ("skip", "Go on with the next step")],
        "When It Fails",
        required=True,
        default="stop",
        help="What becomes of the customer when the step cannot be done.",
    )

    # ---------------------------------------------------------------- numbers
    run_ids = fields.One2many("retention.sop.step.run", "step_id")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    done_count = fields.Integer("Done", compute="_compute_counts")
    skipped_count = fields.Integer("Skipped", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    problem_text = fields.Char("To Be Mended", compute="_compute_problem_text")

    _hour_range = models.Constraint(
        "CHECK (hour >= 0 AND hour < 24)", "Hours run from 0:00 to 24:00."
    )
    _not_negative = models.Constraint(
        "CHECK (due_days >= 0 AND minutes >= 0 AND cost >= 0)",
        "Days, minutes and cost cannot be negative.",
    )

    # ---------------------------------------------------------------- computed values
    @api.model
    def _selection_type(self):
        return [(code, kind.label) for code, kind in self._step_types().items()]

    @api.model
    def _selection_responsible(self):
        return list(self._responsible_rules().items())

    @api.depends("delay_count", "delay_unit", "delay_from", "at_hour", "hour")
    @api.depends_context("lang")
    def _compute_when_text(self):
        units = dict(self._fields["delay_unit"]._description_selection(self.env))
        origins = dict(self._fields["delay_from"]._description_selection(self.env))
        for step in self:
            if not step.delay_count and step.delay_from != "anchor":
                when = self.env._("at once")
            else:
                when = self.env._(
                    "%(count)s %(unit)s %(from)s",
                    **{
                        "count": f"{step.delay_count:+d}",
                        "unit": units[step.delay_unit],
                        "from": origins[step.delay_from],
                    },
                )
            if step.at_hour:
                hour = f"{int(step.hour):02d}:{round(step.hour % 1 * 60):02d}"
                when = self.env._("%(when)s, %(hour)s local time", when=when, hour=hour)
            step.when_text = when

    def _compute_counts(self):
        found = self.env["retention.sop.step.run"]._read_group(
            [("step_id", "in", self.ids)], ["step_id", "state"], ["__count"]
        )
        counts = {(step.id, state): count for step, state, count in found}
        for step in self:
            step.waiting_count = sum(counts.get((step.id, s), 0) for s in ("waiting", "open"))
            step.done_count = counts.get((step.id, "done"), 0)
            step.skipped_count = counts.get((step.id, "skipped"), 0)
            step.failed_count = counts.get((step.id, "failed"), 0)

    @api.depends(
        "type",
        "template_id",
        "responsible",
        "user_id",
        "tag_id",
        "field_id",
        "condition",
        "delay_count",
        "delay_from",
        "plan_id",
        "sequence",
        "else_step_id",
    )
    @api.depends_context("lang")
    def _compute_problem_text(self):
        for step in self:
            step.problem_text = paragraph_text(self.env, step._problems()) or False

    # ---------------------------------------------------------------- checks
    @api.constrains("condition")
    def _check_condition(self):
        for step in self:
            if domain := step._condition_domain():
                step.sop_id._check_own_rights(domain, "retention.profile")

    @api.constrains("template_id")
    def _check_template(self):
        check_texts(self, "template_id")

    @api.constrains("delay_count", "delay_from")
    def _check_delay(self):
        for step in self:
            if step.delay_count < 0 and step.delay_from != "anchor":
                raise ValidationError(
                    self.env._("Only a date can be counted from backwards: %s", step.name)
                )

    @api.constrains("else_step_id", "sequence")
    def _check_else_step(self):
        for step in self:
            if step.else_step_id and (
                step.else_step_id.sop_id != step.sop_id
                or step.else_step_id._place() <= step._place()
            ):
                raise ValidationError(self.env._("%s can only go on with a later step.", step.name))

    def _place(self):
        return self.sequence, self.id

    def _condition_domain(self):
        """Return the condition on ``retention.profile`` as a list, checked."""
        self.ensure_one()
        return self.env["retention.sop"]._parse_domain(self.condition, "retention.profile")

    def _touch_purpose(self):
        self.ensure_one()
        return self.purpose or self.sop_id.purpose

    def _local_hour(self):
        self.ensure_one()
        return self.hour if self.at_hour else None

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        if not self.env.context.get("retention_sop_engine"):
            steps.sop_id._check_changeable()
        return steps

    def write(self, vals):
        if not self.env.context.get("retention_sop_engine"):
            self.sop_id._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        self.sop_id._check_changeable()

    # ---------------------------------------------------------------- order
    def _next(self):
        """Return the step that follows in the procedure, if any."""
        self.ensure_one()
        later = self.sop_id.step_ids.filtered(lambda step: step._place() > self._place())
        return later.sorted(lambda step: step._place())[:1]
