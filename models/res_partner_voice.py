from odoo import fields, models

from .own_fields import FromProfile, ProfileInteger, Unknown
from .res_partner import _of_profile


class ProfileScore(Unknown, ProfileInteger):
    """A score shown from the profile."""


class ProfileFloat(FromProfile, fields.Float):
    """A fraction shown from the profile."""


class ResPartner(models.Model):
    """What the customer last said of us, in the current company."""

    _inherit = "res.partner"

    retention_nps_score = _of_profile(ProfileScore, "nps_score", aggregator=None)
    retention_nps_class = _of_profile(fields.Selection, "nps_class")
    retention_nps_date = _of_profile(fields.Date, "nps_date")
    retention_csat = _of_profile(ProfileFloat, "csat", "Satisfaction Average", aggregator="avg")
