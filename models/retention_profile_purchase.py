from odoo import fields, models


class RetentionProfile(models.Model):
    """What the purchase model expects of a customer: fields, and merging contacts."""

    _inherit = "retention.profile"

    forecast_on = fields.Date(
        "Forecast Made On",
        readonly=True,
        help="The day the figures of the purchase model speak of; they are made weekly.",
    )
    purchase_horizon = fields.Integer(
        "Horizon of the Chance (days)",
        readonly=True,
        aggregator=None,
        help="90 days, or one and a half of the customer's own gaps on average if that is longer.",
    )
    purchase_chance = fields.Float(
        "Chance of a Purchase",
        readonly=True,
        aggregator="avg",
        help="How likely at least one purchase is within the horizon, as the purchase model says.",
    )
    expected_purchases = fields.Float(
        "Purchases in 12 Months",
        readonly=True,
        digits=(10, 2),
        help="Purchase days the model expects within the next 12 months.",
    )
    clv_expected = fields.Monetary(
        "Value of 12 Months",
        readonly=True,
        help="What the purchase model expects the next 12 months to bring, without tax, "
        "discounted month by month at the company's rate.",
    )

    def _absorb(self, others):
        """Add up what was expected of each, until the next forecast knows them as one."""
        together = (self | others).filtered("forecast_on")
        values = {}
        if together:
            none = 1.0
            for profile in together:
                none *= 1 - profile.purchase_chance
            values = {
                "forecast_on": min(together.mapped("forecast_on")),
                "purchase_horizon": min(together.mapped("purchase_horizon")),
                "purchase_chance": 1 - none,
                "expected_purchases": sum(together.mapped("expected_purchases")),
                "clv_expected": sum(together.mapped("clv_expected")),
            }
        result = super()._absorb(others)
        if values:
            self.write(values)
        return result
