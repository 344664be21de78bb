from odoo import fields, models


class MailingTrace(models.Model):
    """Traces are looked up by whom they reached, whenever the gate is asked."""

    _inherit = "mailing.trace"

    failure_type = fields.Selection(selection_add=[("retention_problem", "Has an open problem")])

    _retention_email_idx = models.Index("(email) WHERE trace_type = 'mail'")
    _retention_partner_idx = models.Index("(res_id) WHERE model = 'res.partner'")
