from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_alerts_started = fields.Boolean(
        "Churn alerts started",
        help="Until a manager starts them, no alert is opened: the list of those who would "
        "get one comes first.",
    )
    retention_alert_capacity = fields.Integer(
        "Open alerts per person",
        default=10,
        help="Further alerts wait in the queue, ranked by value at stake.",
    )
    retention_alert_days = fields.Integer(
        "Days to contact the customer", default=3, help="The deadline of an alert's task."
    )
    retention_alert_days_critical = fields.Integer(
        "Days to contact at critical risk",
        default=1,
        help="Working days the owner has to get in touch when the risk is critical.",
    )
    retention_rescue_user_ids = fields.Many2many(
        "res.users",
        "retention_rescue_team_rel",
        "company_id",
        "user_id",
        "Rescue team",
        domain=[("share", "=", False)],
        help="They take high-value customers at critical risk, and customers without an "
        "account manager, in turn.",
    )

    _retention_alert_capacity_check = models.Constraint(
        "CHECK (retention_alert_capacity > 0)", "Each person takes at least one alert."
    )
    _retention_alert_days_check = models.Constraint(
        "CHECK (retention_alert_days >= 0 AND retention_alert_days_critical >= 0)",
        "A deadline is today or later.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_alerts_started = fields.Boolean(related="company_id.retention_alerts_started")
    retention_alert_capacity = fields.Integer(
        related="company_id.retention_alert_capacity", readonly=False
    )
    retention_alert_days = fields.Integer(related="company_id.retention_alert_days", readonly=False)
    retention_alert_days_critical = fields.Integer(
        related="company_id.retention_alert_days_critical", readonly=False
    )
    retention_rescue_user_ids = fields.Many2many(
        related="company_id.retention_rescue_user_ids", readonly=False
    )


class ResUsers(models.Model):
    _inherit = "res.users"

    retention_summary_on = fields.Date(
        "Last Morning Summary", readonly=True, copy=False, groups="base.group_system"
    )
