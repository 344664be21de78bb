from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import schedule
from odoo.addons.customer_retention.models.retention_tier_benefit import BenefitType
from odoo.addons.customer_retention.models.retention_tier_follow import Given, Taken

from .retention_sop_step import GIVEN

KINDS = {"coupon": GIVEN, "points": ("loyalty",)}


class RetentionTierBenefit(models.Model):
    _inherit = "retention.tier.benefit"

    program_id = fields.Many2one(
        "loyalty.program",
        "Coupon or Points Program",
        domain="[('program_type', '=', 'loyalty' if type == 'points' else 'coupons')]",
        ondelete="restrict",
        help="The program whose coupon or points are given.",
    )
    coupon_days = fields.Integer(
        "Good For (days)", default=90, help="From the day on which it is given; 0: without end."
    )
    coupon_points = fields.Float(
        "Points or Amount", default=1, help="As the program counts: a gift card's amount."
    )

    _coupon_check = models.Constraint(
        "CHECK (coupon_days >= 0 AND coupon_points >= 0)",
        "The days and points of a benefit cannot be negative.",
    )

    @api.model
    def _benefit_types(self):
        return super()._benefit_types() | {
            "coupon": BenefitType(self.env._("Coupon of their own"), needs=("program_id",)),
            "points": BenefitType(self.env._("Loyalty points"), needs=("program_id",)),
        }

    @api.depends("program_id", "coupon_points")
    def _compute_problem_text(self):
        return super()._compute_problem_text()

    # ---------------------------------------------------------------- what is missing
    def _problems_coupon(self):
        program, company, found = self.program_id, self.company_id, []
        if program and not (program.active and program.program_type in KINDS[self.type]):
            found.append(self.env._("%s cannot be used for this benefit.", program.name))
        if program.company_id and program.company_id not in company.parent_ids:
            found.append(self.env._("%s belongs to another company.", program.name))
        if program and not self.coupon_points:
            found.append(self.env._("Without points it is worth nothing."))
        return found

    def _problems_points(self):
        return self._problems_coupon()

    # ---------------------------------------------------------------- coupons
    def _buyers(self, grants):
        """Return {grant id: contact id}: who orders for each customer, where one can tell."""
        found = self.env["retention.metrics"]._ordering_contacts(
            self.company_id, grants.partner_id.ids
        )
        return {grant.id: found.get(grant.partner_id.id, grant.partner_id.id) for grant in grants}

    def _grant_coupon(self, grants, as_of, now):
        """A coupon each; telling its code is for a message or a procedure."""
        last = self.coupon_days and as_of + timedelta(days=self.coupon_days)
        buyers = self._buyers(grants)
        cards = self.env["loyalty.card"]._retention_give(
            self.program_id,
            [buyers[grant.id] for grant in grants],
            self.coupon_points,
            last,
            self.name,
        )
        return {
            grant.id: Given(text=self.env._("Coupon %s", card.code), values={"coupon_id": card.id})
            for grant, card in zip(grants, cards, strict=True)
        }

    def _take_back_coupon(self, grants, as_of, now):
        """What was redeemed is the customer's; the others are void at once."""
        used = self.env["retention.metrics"]._coupons_used(grants.coupon_id.ids)
        grants.coupon_id._retention_take_back(self.company_id, now)
        text = self.env._("Coupon redeemed")
        return {grant.id: Taken("kept", text) for grant in grants if grant.coupon_id.id in used}

    # ---------------------------------------------------------------- points
    def _grant_points(self, grants, as_of, now):
        """Add points to the card of who orders; one who has none gets one."""
        buyers, cards = self._buyers(grants), self.env["loyalty.card"]
        had = cards.search(
            [("program_id", "=", self.program_id.id), ("partner_id", "in", list(buyers.values()))],
            order="id desc",
        )
        by_buyer = {card.partner_id.id: card for card in had}
        new = [buyer for buyer in buyers.values() if buyer not in by_buyer]
        made = cards._retention_give(self.program_id, new, self.coupon_points, False, self.name)
        had = cards.concat(*(by_buyer[b] for b in buyers.values() if b in by_buyer))
        for card in had:
            card.points += self.coupon_points
        cards._retention_note(had, self.coupon_points, self.name)
        by_buyer |= {card.partner_id.id: card for card in made}
        return {
            grant.id: Given(
                values={
                    "coupon_id": by_buyer[buyers[grant.id]].id,
                    "before": {"points": self.coupon_points},
                }
            )
            for grant in grants
        }

    def _take_back_points(self, grants, as_of, now):
        """Take away what is left of these points; what was spent stays spent."""
        found, left = {}, []
        for grant in grants:
            card, points = grant.coupon_id, grant.before["points"]
            back = max(min(points, card.points), 0)
            if back:
                card.points -= back
                left.append({"card_id": card.id, "description": self.name, "issued": -back})
            if back < points:
                found[grant.id] = Taken("kept" if not back else "taken_back", self._spent_text())
        self.env["loyalty.history"].create(left)
        return found

    def _spent_text(self):
        return self.env._("Some of the points were already spent")


class RetentionTierGrant(models.Model):
    _inherit = "retention.tier.grant"

    coupon_id = fields.Many2one(
        "loyalty.card", readonly=True, index="btree_not_null", ondelete="set null"
    )
    coupon_code = fields.Char(compute="_compute_coupon", compute_sudo=True)
    coupon_expires_on = fields.Date(compute="_compute_coupon", compute_sudo=True)
    coupon_used_on = fields.Date("Coupon Redeemed On", compute="_compute_coupon", compute_sudo=True)

    @api.depends("coupon_id.code", "coupon_id.expiration_date")
    def _compute_coupon(self):
        mine = self.filtered(lambda grant: grant.type == "coupon")
        used = self.env["retention.metrics"]._coupons_used(mine.coupon_id.ids)
        for grant in self:
            card = grant.coupon_id if grant in mine else grant.coupon_id.browse()
            moment, zone = used.get(card.id), grant.company_id._retention_timezone()
            grant.coupon_code = card.code
            grant.coupon_expires_on = card.expiration_date
            grant.coupon_used_on = moment and schedule.local(moment, zone).date()
