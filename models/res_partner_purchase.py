from odoo import fields, models

from .own_fields import ProfileFloat, ProfileInteger, ProfileMonetary
from .res_partner import _of_profile


class ResPartner(models.Model):
    """The purchase model's figures of the customer in the current company."""

    _inherit = "res.partner"

    retention_forecast_on = _of_profile(fields.Date, "forecast_on")
    retention_purchase_horizon = _of_profile(ProfileInteger, "purchase_horizon", aggregator=None)
    retention_purchase_chance = _of_profile(ProfileFloat, "purchase_chance", aggregator="avg")
    retention_expected_purchases = _of_profile(ProfileFloat, "expected_purchases", digits=(10, 2))
    retention_clv_expected = _of_profile(
        ProfileMonetary, "clv_expected", currency_field="retention_currency_id"
    )
