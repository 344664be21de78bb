from odoo import models

MOVE_FIELDS = {"state", "partner_id", "invoice_date", "company_id"}
CUSTOMER_TYPES = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        result = super().write(vals)
        if MOVE_FIELDS & vals.keys():
            moves = self.filtered(lambda move: move.move_type in CUSTOMER_TYPES)
            if moves:
                self.env["retention.refresh.request"]._ask("account.move", moves.ids)
        return result
