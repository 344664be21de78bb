from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_alert_sms = fields.Boolean(
        "SMS to owners of critical alerts",
        help="Besides the message in Odoo; to the phone number of the colleague's own contact.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_alert_sms = fields.Boolean(related="company_id.retention_alert_sms", readonly=False)
