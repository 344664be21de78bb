"""From an order's confirmation to the coupon, and back, as users and scheduled actions do it."""

from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_retention.tests.benefit_common import START, BenefitCase

FRESH = "customer_retention.cron_fresh"


@tagged("post_install", "-at_install")
class TestTierEndToEnd(BenefitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = cls.env["loyalty.program"]
        cls.program = programs.create(
            {
                "name": "For Gold",
                "program_type": "coupons",
                "company_id": cls.company.id,
                **programs._program_type_default_values()["coupons"],
            }
        )
        cls.tag = cls.env["res.partner.category"].create({"name": "Gold customer"})
        cls.before, cls.prices = cls.pricelist("As agreed"), cls.pricelist("Gold prices")
        cls.benefit(cls.gold, "pricelist", pricelist_id=cls.prices.id)
        cls.benefit(cls.gold, "tag", tag_id=cls.tag.id)
        cls.benefit(cls.gold, "coupon", program_id=cls.program.id)
        cls.benefit(cls.gold, "activity")
        cls.ann = cls.buyer("Ann", START - timedelta(days=30))
        cls.ann.with_company(cls.company).specific_property_product_pricelist = cls.before
        cls.contact = cls.env["res.partner"].create({"name": "Buyer", "parent_id": cls.ann.id})
        cls.company.retention_tiers_started = True
        cls.refresh(START)

    def act(self, days, what):
        """Do ``what`` as a user, commit, and let the scheduled action it wakes run once."""
        cron = self.env.ref(FRESH)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        progress = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        with self.at(days):
            what()
            self.commit_requests()
            woken = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
            self.assertEqual(woken.mapped("call_at"), [self.moment(days)])
            with progress:
                self.env["retention.refresh.request"]._cron_fresh()
        self.env.flush_all()
        self.env.invalidate_all()

    def sell(self, amount, days):
        """Have a salesperson confirm an order of a contact of Ann's."""
        order = self.order(self.contact, self.moment(days), amount, state="draft")
        self.act(days, order.with_user(self.owner).action_confirm)
        return order

    def everything(self):
        """Return all that tiers have done, down to when each record was last written."""
        profile = self.profile(self.ann)
        cards = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        tasks = self.env["mail.activity"].with_context(active_test=False)
        found = (
            profile,
            profile.change_ids,
            self.grants.search([("profile_id", "=", profile.id)]),
            cards,
            self.ann,
            tasks.search([("res_model", "=", "retention.tier.grant")]),
        )
        return [[(record, record.write_date) for record in records] for records in found]

    def state(self):
        partner = self.contact.with_company(self.company)
        return (
            self.contact.retention_tier_id,
            partner.commercial_partner_id.specific_property_product_pricelist,
            self.tag in self.ann.category_id,
        )

    def cards(self):
        return self.env["loyalty.card"].search([("program_id", "=", self.program.id)])

    def again(self, days):
        """Do everything twice; nothing may differ from the first time."""
        before = self.everything()
        cron = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        for _twice in range(2):
            with self.at(days), cron:
                self.env["retention.refresh.request"]._cron_fresh()
            self.fresh(self.ann, days)
            self.night(days, hour=20)
            self.tidy(days)
        self.env.invalidate_all()
        self.assertEqual(self.everything(), before)

    def test_up_within_one_tick_and_back(self):
        self.assertEqual(self.state(), (self.base, self.before, False))
        order = self.sell(1899.99, 1)
        self.assertEqual(self.state(), (self.silver, self.before, False), "1,999.99 with the first")
        more = self.sell(0.01, 1)
        self.assertEqual(self.state(), (self.gold, self.prices, True))
        card = self.cards()
        self.assertEqual(card.partner_id, self.contact)
        ledger = [(kind, "given") for kind in ("Gold pricelist", "Gold tag", "Gold coupon")]
        profile = self.profile(self.ann)
        self.assertEqual(self.ledger(profile)[:3], ledger)
        self.again(1)
        self.assertEqual(self.cards(), card)

        self.act(2, more.with_user(self.owner)._action_cancel)
        self.assertEqual(self.state(), (self.silver, self.before, False))
        self.assertEqual(self.cards(), card)
        self.assertLess(card.expiration_date, self.moment(2).date())
        quotation = self.order(self.contact, self.moment(2), state="draft")
        with self.at(2):
            self.assertIn("error", quotation._try_apply_code(card.code))
        self.assertEqual({state for _name, state in self.ledger(profile)}, {"taken_back"})
        self.again(2)

        self.act(3, order.with_user(self.owner)._action_cancel)
        self.assertEqual(self.state(), (self.base, self.before, False))
        moves = profile.change_ids.filtered(lambda change: change.what == "tier")
        why = [change.evidence["why"] for change in moves.sorted("id")]
        self.assertEqual(why, ["up", "up", "reversed", "reversed"])

    def test_earned_again_is_a_second_stay(self):
        first = self.sell(1900, 1)
        self.act(2, first.with_user(self.owner)._action_cancel)
        self.sell(1900, 3)
        self.assertEqual(self.state(), (self.gold, self.prices, True))
        void, good = self.cards().sorted("id")
        self.assertLess(void.expiration_date, self.moment(2).date())
        self.assertGreater(good.expiration_date, self.moment(3).date())

    def test_a_person_changed_the_pricelist_meanwhile(self):
        other = self.pricelist("By hand")
        order = self.sell(1900, 1)
        self.ann.write({"category_id": [Command.unlink(self.tag.id)]})
        self.ann.with_company(self.company).specific_property_product_pricelist = other
        self.act(2, order.with_user(self.owner)._action_cancel)
        self.assertEqual(self.state(), (self.base, other, False))
