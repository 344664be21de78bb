from odoo import api, fields, models


class RetentionSopStepRun(models.Model):
    """One step of one enrollment: waits until it is due, then tells what came of it."""

    _name = "retention.sop.step.run"
    _description = "Step Run"
    _order = "due_at, id"
    _rec_name = "step_id"
    _allow_sudo_commands = False

    enrollment_id = fields.Many2one(
        "retention.enrollment", required=True, index=True, readonly=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "retention.sop.step", required=True, index=True, readonly=True, ondelete="restrict"
    )
    number = fields.Integer(default=1, required=True, readonly=True, aggregator=None)
    type = fields.Selection(related="step_id.type", string="Kind of Step")
    sop_id = fields.Many2one(
        related="enrollment_id.sop_id", store=True, index=True, string="Procedure"
    )
    partner_id = fields.Many2one(related="enrollment_id.partner_id", store=True, index=True)
    contact_id = fields.Many2one(related="enrollment_id.contact_id")
    company_id = fields.Many2one(related="enrollment_id.company_id", store=True, index=True)
    state = fields.Selection(
        [
            ("waiting", "Planned"),
            ("open", "In somebody's hands"),
            ("done", "Carried out"),
            ("skipped", "Passed over"),
            ("failed", "Did not work"),
            ("cancelled", "Called off"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        index=True,
        group_expand=True,
    )
    due_at = fields.Datetime(required=True, readonly=True, help="When it is tried next.")
    first_due_at = fields.Datetime(
        required=True, readonly=True, help="When it was due at first; later means held back."
    )
    done_at = fields.Datetime(readonly=True)
    tries = fields.Integer("Failed Tries", readonly=True, aggregator=None)
    result = fields.Char(readonly=True, help="What was done, or why it was not.")
    error = fields.Text(readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True, index="btree_not_null")
    channel = fields.Char("Contacted By", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, index="btree_not_null", ondelete="set null"
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference("Made", model_field="res_model", readonly=True)
    late_hours = fields.Float(
        "Hours Late",
        compute="_compute_late_hours",
        store=True,
        aggregator="avg",
        help="Between when it was due at first and when it was done.",
    )

    _step_uniq = models.Constraint(
        "UNIQUE (enrollment_id, step_id, number)", "A step is run once for each number."
    )
    _due_idx = models.Index("(company_id, due_at) WHERE state = 'waiting'")

    @api.depends("first_due_at", "done_at", "state")
    def _compute_late_hours(self):
        for run in self:
            done = run.state == "done" and run.done_at and run.first_due_at
            late = (run.done_at - run.first_due_at).total_seconds() / 3600 if done else 0
            run.late_hours = max(late, 0)

    @api.depends("step_id", "partner_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.partner_id.display_name}: {run.step_id.name}"
