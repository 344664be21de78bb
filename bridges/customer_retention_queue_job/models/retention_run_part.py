from odoo import fields, models


class RetentionRunPart(models.Model):
    """A range of customers that one job of a run's phase looks after.

    The run's own row belongs to its steps: jobs beside each other would meet there.
    """

    _name = "retention.run.part"
    _description = "Part of a Retention Run"
    _order = "run_id, after"
    _allow_sudo_commands = False

    run_id = fields.Many2one(
        "retention.run", "Computation", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    phase = fields.Char(required=True, readonly=True)
    after = fields.Integer(
        "After Customer", readonly=True, help="The last customer of the part before."
    )
    upto = fields.Integer("Up to Customer", readonly=True, help="The last customer of this part.")
    row_count = fields.Integer("Customers", readonly=True)
    done = fields.Boolean(readonly=True)
    written = fields.Integer("Profiles Written", readonly=True)

    _place_uniq = models.Constraint(
        "UNIQUE (run_id, phase, after)", "This part of the run is there already."
    )

    def _job_part(self, company_id):
        """Do this part, unless the run has gone on without it."""
        if not self.env["retention.metrics"]._try_lock_shared(company_id):
            raise self.env["retention.run"]._busy()
        part = self.exists()
        run = part.run_id.with_company(company_id)
        if not run.live or part.done or run.phase != part.phase or run.cursor > part.after:
            return
        if run._part_rows_exist():
            written = run._do_range(part.after, part.upto)
            part.write({"done": True, "written": written})

    def _job_failed(self, **values):
        self.exists().company_id._retention_job_failed(**values)
