from odoo import api, fields, models

from .own_fields import Unknown
from .retention_metrics_voice import VOICE


class ScoreInteger(Unknown, fields.Integer):
    """A score: zero is a value, not the absence of one."""


class RetentionProfile(models.Model):
    """What the customer last said of us."""

    _inherit = "retention.profile"

    nps_score = ScoreInteger(
        "NPS Answer",
        readonly=True,
        aggregator=None,
        help="The latest answer to how likely they recommend us, from 0 to 10.",
    )
    nps_class = fields.Selection(
        lambda self: self.env["retention.feedback"]._selection_nps_class(),
        "NPS Class",
        readonly=True,
    )
    nps_date = fields.Date("NPS Answered On", readonly=True)
    nps_before = ScoreInteger("NPS Answer Before", readonly=True, aggregator=None)
    nps_before_class = fields.Selection(
        lambda self: self.env["retention.feedback"]._selection_nps_class(),
        "NPS Class Before",
        readonly=True,
    )
    csat = fields.Float(
        "Satisfaction",
        readonly=True,
        digits=(3, 2),
        aggregator="avg",
        help="Average of the satisfaction answers of the last 12 months, from 1 to 5.",
    )
    csat_count = fields.Integer("Satisfaction Answers", readonly=True)
    feedback_ids = fields.One2many(
        "retention.feedback", compute="_compute_feedback_ids", string="Answers of the Customer"
    )

    def _compute_feedback_ids(self):
        found = self.env["retention.feedback"].search(
            [
                ("commercial_partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        by_customer = found.grouped(lambda one: (one.commercial_partner_id, one.company_id))
        for profile in self:
            profile.feedback_ids = by_customer.get((profile.partner_id, profile.company_id))

    @api.model
    def _store_voice(self, company, as_of, partner_ids=None):
        """Bring what customers last said up to ``as_of``.

        :param partner_ids: ids of commercial partners to look at; None for everybody
        :return: the number of profiles that changed
        """
        self.flush_model()
        changed = self.env["retention.metrics"]._store_voice(company, as_of, partner_ids)
        if changed:
            self.invalidate_model([*VOICE, "write_date", "write_uid"])
        return changed
