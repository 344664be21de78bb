from datetime import date
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics import purchases, rfm

METHODS = [("edges", "Fixed edges"), ("cuts", "Cut points from own data")]
SCORING_FIELDS = (
    "retention_basis",
    "retention_window_months",
    "retention_core_share",
    "retention_r_method",
    "retention_f_method",
    "retention_m_method",
    *(f"retention_{dim}_edge_{k}" for dim in "rfm" for k in range(1, 5)),
    "retention_scheme_id",
)


class RetentionScoring(models.AbstractModel):
    """How customers are scored: kept on the company, tried out in the scoring wizard."""

    _name = "retention.scoring"
    _description = "Scoring Rules"

    currency_id = fields.Many2one("res.currency")

    retention_basis = fields.Selection(
        [("order", "Confirmed sales orders"), ("invoice", "Posted invoices")],
        "Purchases counted from",
        required=True,
        default="order",
        help="What counts as a purchase: confirmed sales orders, or posted customer invoices "
        "net of credit notes.",
    )
    retention_window_months = fields.Integer(
        "Window (months)",
        required=True,
        default=24,
        help="Frequency and monetary look back this far. It must be longer than the last "
        "recency edge, or nobody who left could ever show as valuable.",
    )
    retention_core_share = fields.Integer(
        "Core customers' share (%)",
        required=True,
        default=80,
        help="Core customers are the smallest set that makes this share of the net revenue "
        "in the window.",
    )
    retention_r_method = fields.Selection(METHODS, "Recency by", required=True, default="edges")
    retention_f_method = fields.Selection(METHODS, "Frequency by", required=True, default="edges")
    retention_m_method = fields.Selection(METHODS, "Monetary by", required=True, default="cuts")
    retention_r_edge_1 = fields.Integer("R5 up to (days)", default=30)
    retention_r_edge_2 = fields.Integer("R4 up to (days)", default=90)
    retention_r_edge_3 = fields.Integer("R3 up to (days)", default=180)
    retention_r_edge_4 = fields.Integer("R2 up to (days)", default=365)
    retention_f_edge_1 = fields.Integer("F1 up to (purchase days)", default=1)
    retention_f_edge_2 = fields.Integer("F2 up to (purchase days)", default=2)
    retention_f_edge_3 = fields.Integer("F3 up to (purchase days)", default=4)
    retention_f_edge_4 = fields.Integer("F4 up to (purchase days)", default=7)
    retention_m_edge_1 = fields.Monetary("M1 up to", default=500)
    retention_m_edge_2 = fields.Monetary("M2 up to", default=2000)
    retention_m_edge_3 = fields.Monetary("M3 up to", default=5000)
    retention_m_edge_4 = fields.Monetary("M4 up to", default=20000)
    retention_scheme_id = fields.Many2one(
        "retention.segment.scheme",
        "Segment scheme",
        ondelete="restrict",
        help="The scheme that names every combination of the three scores.",
    )

    @api.constrains(*(name for name in SCORING_FIELDS if name != "retention_scheme_id"))
    def _check_retention_scoring(self):
        for rules in self:
            if problem := rules._retention_scoring_problem():
                raise ValidationError(problem)

    def _retention_scoring_problem(self):
        """Return a sentence that says what is wrong with these rules, or False."""
        self.ensure_one()
        names = {
            "r": self.env._("recency"),
            "f": self.env._("frequency"),
            "m": self.env._("monetary"),
        }
        for dimension, name in names.items():
            edges = self._retention_edges(dimension)
            if edges[0] <= 0 or any(a >= b for a, b in pairwise(edges)):
                return self.env._(
                    "The four %(dimension)s edges must be above zero and each larger than the "
                    "one before: now %(edges)s.",
                    dimension=name,
                    edges=", ".join(f"{edge:g}" for edge in edges),
                )
        months, last_edge = self.retention_window_months, self.retention_r_edge_4
        if months < 1 or _shortest_days(months) <= last_edge:
            return self.env._(
                "The window (%(months)s months) must be longer than the last recency edge "
                "(%(days)s days): otherwise nobody who left could ever show as valuable.",
                months=months,
                days=last_edge,
            )
        if not 1 <= self.retention_core_share <= 99:
            return self.env._("The core customers' share must lie between 1 and 99 percent.")
        return False

    def _retention_edges(self, dimension):
        return [self[f"retention_{dimension}_edge_{k}"] for k in range(1, 5)]

    def _retention_config(self):
        """Return these rules as :class:`analytics.rfm.Config`."""
        self.ensure_one()
        return rfm.Config(
            window_months=self.retention_window_months,
            r_method=self.retention_r_method,
            f_method=self.retention_f_method,
            m_method=self.retention_m_method,
            r_edges=tuple(self._retention_edges("r")),
            f_edges=tuple(self._retention_edges("f")),
            m_edges=tuple(round(edge * 100) for edge in self._retention_edges("m")),
            core_share=self.retention_core_share,
        )


def _shortest_days(months):
    """Return the least number of days that many months can be, so it holds on every day."""
    ends = (date(2023, month, 1) for month in range(1, 13))
    return min((end - purchases.window_start(end, months)).days for end in ends)
