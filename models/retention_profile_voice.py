from odoo import api, fields, models
from odoo.tools import SQL

from .own_fields import Unknown


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
        """Bring what customers last said up to ``as_of``, in one statement.

        :param partner_ids: ids of commercial partners to look at; None for everybody
        :return: the number of profiles that changed
        """
        answers = self.env["retention.metrics"]._voice_figures(company, as_of, partner_ids)
        names = (
            *("nps_score", "nps_class", "nps_date", "nps_before", "nps_before_class"),
            *("csat", "csat_count"),
        )
        columns = [SQL.identifier(name) for name in names]
        only = SQL("AND known.partner_id = ANY(%s)", list(partner_ids)) if partner_ids else SQL()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile profile
                   SET (%(columns)s) = ROW(%(found)s), write_date = %(now)s, write_uid = %(uid)s
                   FROM (SELECT known.id, voice.* FROM retention_profile known
                         LEFT JOIN (%(answers)s) voice ON voice.partner_id = known.partner_id
                         WHERE known.company_id = %(company)s %(only)s) found
                   WHERE found.id = profile.id
                   AND (%(profile)s) IS DISTINCT FROM (%(found)s)""",
                columns=SQL(", ").join(columns),
                found=SQL(", ").join(SQL("found.%s", column) for column in columns),
                profile=SQL(", ").join(SQL("profile.%s", column) for column in columns),
                now=self.env.cr.now(),
                uid=self.env.uid,
                answers=answers,
                company=company.id,
                only=only,
            )
        )
        changed = self.env.cr.rowcount
        if changed:
            self.invalidate_model([*names, "write_date", "write_uid"])
        return changed
