from odoo import fields, models


class RetentionNeed(models.Model):
    """Something a customer wants; whoever hears it notes it, sales picks it up."""

    _name = "retention.need"
    _description = "Customer Need"
    _inherit = ["retention.file.record"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "partner_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(ondelete="cascade")
    name = fields.Char("Need", required=True)
    note = fields.Text()
    date = fields.Date("Heard On", required=True, default=fields.Date.context_today)
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [("open", "Need open"), ("met", "Need met"), ("dropped", "No longer needed")],
        required=True,
        default="open",
        index=True,
        copy=False,
        group_expand=True,
    )

    def action_met(self):
        self.check_access("write")
        self.write({"state": "met"})
        return True

    def action_drop(self):
        self.check_access("write")
        self.write({"state": "dropped"})
        return True
