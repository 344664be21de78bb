from odoo import fields, models

BASIS_FIELDS = ("retention_basis",)
LIMIT_FIELDS = (
    "retention_silent_days",
    "retention_at_risk_days",
    "retention_lost_days",
    *(f"retention_r_edge_{k}" for k in range(1, 5)),
)


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_basis_checked_on = fields.Date(
        "Basis Decided On",
        readonly=True,
        copy=False,
        help="When a manager decided in Getting Started what counts as a purchase.",
    )
    retention_limits_checked_on = fields.Date(
        "Limits Decided On",
        readonly=True,
        copy=False,
        help="When a manager looked at the limits in Getting Started and kept or changed them.",
    )
    retention_start_hidden = fields.Boolean(
        "Getting Started Is Hidden",
        copy=False,
        help="The dashboard no longer reminds managers of what is left to set up.",
    )

    def _retention_decided(self, names, checked):
        """Return whether somebody has decided on these settings, wherever they did.

        Whoever started alerts has decided, too.

        :param names: fields with a default
        :param checked: the field with the day of the decision
        """
        self.ensure_one()
        company = self.sudo()
        if company[checked] or company.retention_alerts_started:
            return True
        shipped = company.default_get(list(names))
        return any(company[name] != shipped[name] for name in names)
