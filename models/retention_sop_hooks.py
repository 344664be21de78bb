"""What happens elsewhere in Odoo and ends enrollments at once."""

from datetime import timedelta

from odoo import api, fields, models

from ..analytics.gate import Verdict
from ..analytics.gate_rules import RANKS

GREETING_LASTS = timedelta(days=1)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            live = self.env["retention.enrollment"]._live_of(self)
            live._leave("gone", fields.Datetime.now())
        return result


class RetentionOptout(models.Model):
    _inherit = "retention.optout"

    @api.model_create_multi
    def create(self, vals_list):
        optouts = super().create(vals_list)
        enrollments = self.env["retention.enrollment"]._engine()
        for (company, purpose), mine in optouts.grouped(
            lambda optout: (optout.company_id, optout.purpose)
        ).items():
            enrollments.search(
                [
                    ("live", "=", True),
                    ("company_id", "=", company.id),
                    ("purpose", "=", purpose),
                    ("contact_id", "in", mine.partner_id.ids),
                ]
            )._leave("opted_out", fields.Datetime.now())
        return optouts


class RetentionTouch(models.Model):
    _inherit = "retention.touch"

    @api.model
    def _gate_rules(self):
        added = {"late_greeting": self.env._("Too late for a greeting")}
        return self._rules_after(super()._gate_rules(), "too_late", added)

    @api.model
    def _gate_late_greeting(self, company, asks, facts):
        """Nobody is congratulated days after the day, whatever the reason."""
        return {
            ask.key: Verdict("skip", "late_greeting")
            for ask in asks
            if ask.purpose == "greeting" and ask.moment - ask.first_moment > GREETING_LASTS
        }

    @api.model
    def _waiting_ranks(self, company, partner_ids, now):
        """Step runs that are due soon: what is more urgent goes first."""
        found = super()._waiting_ranks(company, partner_ids, now)
        for partner_id, moment, rank in self.env["retention.metrics"]._soon_due(
            company, partner_ids, now, RANKS
        ):
            found.setdefault(partner_id, []).append((moment, rank))
        return found
