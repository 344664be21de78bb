from functools import partial

from odoo import api, models

from ..analytics import kpi_service
from .retention_kpi import HOURS, MONEY, NUMBER, POINTS, SHARE, Kpi, Source


class RetentionKpi(models.AbstractModel):
    _inherit = "retention.kpi"

    @api.model
    def _service_kpis(self):
        def of(function):
            return lambda source: function(source.period)

        _ = self.env._
        return {
            "nps": Kpi(
                _("Net Promoter Score"),
                _(
                    "Of a hundred answers, those of 9 or 10 less those of 6 or less. Answers in "
                    "between count as answers."
                ),
                POINTS,
                True,
                of(kpi_service.net_promoter_score),
            ),
            "csat": Kpi(
                _("Customer Satisfaction"),
                _("Satisfied answers divided by all answers."),
                SHARE,
                False,
                of(kpi_service.satisfaction),
            ),
            "resolution": Kpi(
                _("Time to Solution"),
                _("Hours from opening to solving a request, on average of those solved."),
                HOURS,
                True,
                partial(Source.resolution, name="mean"),
            ),
            "resolution_median": Kpi(
                _("Time to Solution, Median"),
                _("Half of the requests solved took no longer."),
                HOURS,
                False,
                partial(Source.resolution, name="median"),
            ),
            "resolution_p90": Kpi(
                _("Time to Solution, Nine in Ten"),
                _("Nine of ten requests solved took no longer."),
                HOURS,
                False,
                partial(Source.resolution, name="p90"),
            ),
            "save_rate": Kpi(
                _("Save Rate"),
                _("Alerts that ended with the customer saved, of those saved or gone."),
                SHARE,
                False,
                of(kpi_service.save_rate),
            ),
            "referral_rate": Kpi(
                _("Referral Rate"),
                _(
                    "Of the customers of the period, how many referred somebody who became a "
                    "customer in it."
                ),
                SHARE,
                False,
                of(kpi_service.referral_rate),
            ),
            "retention_cost": Kpi(
                _("Cost per Customer Kept"),
                _("What procedures cost, divided by the customers kept over the period."),
                MONEY,
                False,
                of(kpi_service.retention_cost),
            ),
            "cost_ratio": Kpi(
                _("Keeping against Winning"),
                _("The cost of keeping one customer divided by the cost of winning a new one."),
                NUMBER,
                False,
                Source.cost_ratio,
            ),
        }
