from odoo import fields, models

from .retention_sop_words import CHANNELS


class ResCompany(models.Model):
    """What procedures cost, and how customers are contacted who did not say."""

    _inherit = "res.company"

    retention_channel = fields.Selection(
        CHANNELS,
        "Usual Way of Contact",
        default="mail",
        help="For contacts who have no preferred way; where it is not possible, a WeChat task.",
    )
    retention_hour_cost = fields.Float(
        "Cost of an Hour of Work", help="For the cost of procedures, in the company's currency."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_channel = fields.Selection(related="company_id.retention_channel", readonly=False)
    retention_hour_cost = fields.Float(related="company_id.retention_hour_cost", readonly=False)
