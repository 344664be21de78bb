from odoo import fields, models
from odoo.fields import Command


class RetentionPromiseClose(models.TransientModel):
    """Closes one promise: asks for the proof, or for explanation and compensation."""

    _name = "retention.promise.close"
    _description = "Close a Promise"

    promise_id = fields.Many2one(
        "retention.promise", required=True, ondelete="cascade", help="The promise that is settled."
    )
    result = fields.Selection([("kept", "It was kept"), ("broken", "It was broken")], required=True)
    proof = fields.Text(help="e.g. delivery note number, date of the visit")
    proof_file_ids = fields.Many2many(
        "ir.attachment",
        string="Proof Files",
        help="A delivery note or a mail: what shows that it was kept.",
    )
    explanation = fields.Text(help="What the customer was told about why.")
    compensation = fields.Text(help="What the customer gets for it.")

    def action_close(self):
        self.ensure_one()
        values = {"state": self.result}
        if self.result == "kept":
            values["proof"] = self.proof
            values["proof_file_ids"] = [Command.link(i) for i in self.proof_file_ids.ids]
        else:
            values["explanation"] = self.explanation
            values["compensation"] = self.compensation
        self.promise_id.write(values)
        return True
