from odoo import fields, models


class ResCompany(models.Model):
    """When customers may be contacted: what holds for the whole company."""

    _inherit = "res.company"

    retention_send = fields.Boolean(
        "Send to customers",
        help="Until it is switched on, nothing goes to a customer by itself; requests wait.",
    )
    retention_quiet_from = fields.Float(
        "Quiet from",
        default=21.0,
        help="Nobody is contacted from this hour on, on the customer's own clock.",
    )
    retention_quiet_to = fields.Float("Quiet until", default=8.0)
    retention_touch_max_days = fields.Integer(
        "Give up after (days)",
        default=14,
        help="A touch that has waited longer is skipped: it would come too late.",
    )
    retention_mail_per_hour = fields.Integer(
        "Automatic mails per hour", default=200, help="Further mails go in the hours that follow."
    )

    _retention_quiet_check = models.Constraint(
        "CHECK (retention_quiet_from >= 0 AND retention_quiet_from < 24"
        " AND retention_quiet_to >= 0 AND retention_quiet_to <= 24"
        " AND NOT (retention_quiet_from = 0 AND retention_quiet_to = 24))",
        "Quiet hours are hours of the day, from 0:00 to 24:00, and not the whole day.",
    )
    _retention_touch_max_days_check = models.Constraint(
        "CHECK (retention_touch_max_days >= 1)", "A touch may wait for at least one day."
    )
    _retention_mail_per_hour_check = models.Constraint(
        "CHECK (retention_mail_per_hour >= 1)", "At least one mail an hour must be allowed."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_send = fields.Boolean(related="company_id.retention_send")
    retention_quiet_from = fields.Float(related="company_id.retention_quiet_from", readonly=False)
    retention_quiet_to = fields.Float(related="company_id.retention_quiet_to", readonly=False)
    retention_touch_max_days = fields.Integer(
        related="company_id.retention_touch_max_days", readonly=False
    )
    retention_mail_per_hour = fields.Integer(
        related="company_id.retention_mail_per_hour", readonly=False
    )
