from datetime import timedelta

from odoo import api, models

from odoo.addons.customer_retention.analytics import schedule


class LoyaltyCard(models.Model):
    """Coupons that this addon gives and takes back."""

    _inherit = "loyalty.card"

    @api.model
    def _retention_give(self, program, partner_ids, points, last, why):
        """Create a card for each of exactly these contacts; nobody is told of it.

        :param last: the last day on which it is good, or False
        :param why: what the cards' history says
        """
        # A card that is created mails its code to the customer, past the gate, unless told not to.
        cards = self.with_context(loyalty_no_mail=True).create(
            [
                {
                    "program_id": program.id,
                    "partner_id": partner_id,
                    "points": points,
                    "expiration_date": last,
                }
                for partner_id in partner_ids
            ]
        )
        self._retention_note(cards, points, why)
        return cards

    @api.model
    def _retention_note(self, cards, points, why):
        self.env["loyalty.history"].create(
            [{"card_id": card.id, "description": why, "issued": points} for card in cards]
        )

    def _retention_take_back(self, company, now):
        """Have those of these that nobody has used expire at once."""
        used = self.env["retention.metrics"]._coupons_used(self.ids)
        today = schedule.local(now, company._retention_timezone()).date()
        # A coupon is good through its last day.
        unused = self.filtered(lambda card: card.id not in used)
        unused.sudo().write({"expiration_date": today - timedelta(days=1)})
