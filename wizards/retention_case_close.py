from odoo import api, fields, models


class RetentionCaseClose(models.TransientModel):
    """Closes one case: asks what was done about it, or why nothing was."""

    _name = "retention.case.close"
    _description = "Close a Case"

    case_id = fields.Many2one(
        "retention.case", required=True, ondelete="cascade", help="The case that is closed."
    )
    result = fields.Selection(
        [("solved", "It is solved"), ("cancelled", "It stays unsolved")], required=True
    )
    resolution = fields.Text(
        compute="_compute_resolution",
        store=True,
        readonly=False,
        precompute=True,
        help="What was done; whoever tells the customer reads it.",
    )

    @api.depends("case_id")
    def _compute_resolution(self):
        for wizard in self:
            # With the caller's rights: an unsaved form may name any case.
            case = wizard.case_id._origin.sudo(False)._filtered_access("read")
            wizard.resolution = case.resolution

    def action_close(self):
        self.ensure_one()
        self.case_id.write({"state": self.result, "resolution": self.resolution})
        return True
