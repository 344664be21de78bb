from odoo import api, fields, models
from odoo.exceptions import ValidationError

LEAST_MONTHS = 6  # what signals look back on, and some to spare


class ResCompany(models.Model):
    """What a company does with events of other systems."""

    _inherit = "res.company"

    retention_event_months = fields.Integer(
        "Keep events for (months)",
        default=24,
        help="Older outside events are deleted; of each customer the latest login stays.",
    )
    retention_key_features = fields.Text(
        "Key features",
        help="One name in a line, as the other system sends it. Empty: every feature counts.",
    )

    @api.constrains("retention_event_months")
    def _check_retention_event_months(self):
        for company in self:
            if company.retention_event_months < LEAST_MONTHS:
                raise ValidationError(
                    self.env._(
                        "Keep events for at least %s months: signals look back on them.",
                        LEAST_MONTHS,
                    )
                )

    def _retention_key_features(self):
        """Return the names of the key features in lower case; empty for all."""
        lines = (self.retention_key_features or "").splitlines()
        return tuple(sorted({line.strip().lower() for line in lines if line.strip()}))


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_event_months = fields.Integer(
        related="company_id.retention_event_months", readonly=False
    )
    retention_key_features = fields.Text(
        related="company_id.retention_key_features", readonly=False
    )
