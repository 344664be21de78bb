"""Other rules of tiers are shown before they apply, and do then exactly what was shown."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AS_OF
from .tier_common import TierCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestTierPreview(TierCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("preview_manager", f"{OURS}.group_manager")
        amounts = {"ann": 999.99, "ben": 1000, "cid": 4999.99, "dan": 5000, "eve": 12000}
        cls.partners = {}
        for name, amount in amounts.items():
            cls.partners[name] = cls.customer(name)
            cls.orders(cls.partners[name], 30, amount=amount)
        benefits = cls.env["retention.tier.benefit"]
        cls.early, cls.discount = benefits.create(
            [
                {"name": "Early", "tier_id": cls.gold.id, "type": "early"},
                {
                    "name": "Discount",
                    "tier_id": cls.silver.id,
                    "type": "discount",
                    "description": "5 % on renewals",
                    "for_higher": False,
                },
            ]
        )
        cls.start(AS_OF)

    def preview(self, **amounts):
        """Open the dialog as the manager does, change amounts by tier name, and look."""
        mine = self.env["retention.tier.preview"].with_user(self.manager)
        wizard = mine.browse(mine.action_of_company()["res_id"])
        for rule in wizard.rule_ids:
            if rule.name in amounts:
                rule.min_amount = amounts[rule.name]
        wizard.action_preview()
        return wizard

    def tiers(self):
        self.env.invalidate_all()
        return {name: self.tier_of(partner).name for name, partner in self.partners.items()}

    def moves(self, wizard):
        return {
            move.profile_id.partner_id.name: (move.old_rule_id.name, move.new_rule_id.name)
            for move in wizard.move_ids
        }

    def live_grants(self):
        grants = self.env["retention.tier.grant"].search(
            [("company_id", "=", self.company.id), ("live", "=", True)]
        )
        return {(grant.partner_id.name, grant.benefit_id.name) for grant in grants}

    def test_at_first(self):
        self.assertEqual(
            self.tiers(),
            {"ann": "Standard", "ben": "Silver", "cid": "Silver", "dan": "Gold", "eve": "VIP"},
        )
        self.assertEqual(
            self.live_grants(),
            {("ben", "Discount"), ("cid", "Discount"), ("dan", "Early"), ("eve", "Early")},
        )

    def test_nothing_changes_nobody_moves(self):
        wizard = self.preview()
        self.assertRecordValues(
            wizard,
            [{"previewed": True, "up_count": 0, "down_count": 0, "stay_count": 5, "as_of": AS_OF}],
        )
        self.assertFalse(wizard.move_ids | wizard.move_ids.browse())
        self.assertFalse(wizard.benefit_ids)

    def test_preview_shows_who_moves(self):
        """Gold from 4,999.99: Cid goes up, gets Gold's benefit and loses Silver's."""
        wizard = self.preview(Gold=4999.99, VIP=12000.01)
        self.assertEqual(self.moves(wizard), {"cid": ("Silver", "Gold"), "eve": ("VIP", "Gold")})
        self.assertRecordValues(wizard, [{"up_count": 1, "down_count": 1, "stay_count": 3}])
        self.assertEqual(wizard.move_ids.mapped("spend"), [12000, 4999.99])
        found = {b.benefit_id.name: (b.give_count, b.take_count) for b in wizard.benefit_ids}
        self.assertEqual(found, {"Early": (1, 0), "Discount": (0, 1)})

    def test_preview_changes_nothing(self):
        before = self.tiers(), self.live_grants(), self.company.retention_tier_rule_version
        wizard = self.preview(Gold=1, Silver=0.5)
        self.assertEqual(wizard.up_count, 3)
        after = self.tiers(), self.live_grants(), self.company.retention_tier_rule_version
        self.assertEqual(after, before)
        self.assertEqual(self.gold.min_amount, 5000)
        self.assertFalse(self.company.retention_tier_regrade)

    def test_apply_does_what_was_shown(self):
        """Record for record: moves, history and benefits."""
        old, had = self.tiers(), self.live_grants()
        version = self.company.retention_tier_rule_version
        mails = self.env["mail.mail"].search_count([])
        wizard = self.preview(Silver=1000.01, Gold=4999.99, VIP=12000.01)
        shown = self.moves(wizard)
        self.assertEqual(set(shown), {"ben", "cid", "eve"})
        give = {b.benefit_id.name: b.give_count for b in wizard.benefit_ids if b.give_count}
        take = {b.benefit_id.name: b.take_count for b in wizard.benefit_ids if b.take_count}
        wizard.action_apply()
        new = self.tiers()
        moved = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        self.assertEqual(moved, shown)
        notes = self.changes.search(
            [("company_id", "=", self.company.id), ("what", "=", "tier"), ("cause", "=", "rescore")]
        )
        self.assertEqual(
            {n.profile_id.partner_id.name: (n.old_label, n.new_label) for n in notes}, shown
        )
        has = self.live_grants()
        self.assertEqual(give, self.by_benefit(has - had))
        self.assertEqual(take, self.by_benefit(had - has))
        self.assertEqual(self.company.retention_tier_rule_version, version + 1)
        self.assertEqual(set(notes.mapped(lambda n: n.evidence["rule_version"])), {version + 1})
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        again = self.preview()
        self.assertRecordValues(again, [{"up_count": 0, "down_count": 0, "stay_count": 5}])

    def by_benefit(self, pairs):
        names = [benefit for _customer, benefit in pairs]
        return {name: names.count(name) for name in names}

    def test_new_tier(self):
        """A tier between Silver and Gold: the others move aside, and its benefits are known."""
        self.discount.for_higher = True
        mine = self.env["retention.tier.preview"].with_user(self.manager)
        wizard = mine.browse(mine.action_of_company()["res_id"])
        for rule in wizard.rule_ids.filtered(lambda rule: rule.level > 1):
            rule.level += 1
        rule = {"name": "Bronze", "level": 2, "min_amount": 4000, "wizard_id": wizard.id}
        wizard.rule_ids.create(rule)
        wizard.action_preview()
        self.assertEqual(self.moves(wizard), {"cid": ("Silver", "Bronze")})
        self.assertEqual(self.gold.level, 2)
        wizard.action_apply()
        self.assertEqual(self.tiers()["cid"], "Bronze")
        self.assertEqual((self.gold.level, self.vip.level), (3, 4))
        self.assertIn(("cid", "Discount"), self.live_grants())

    def test_settings_of_the_company(self):
        mine = self.env["retention.tier.preview"].with_user(self.manager)
        wizard = mine.browse(mine.action_of_company()["res_id"])
        wizard.retention_tier_window = "calendar"
        wizard.retention_tier_grace_days = 30
        wizard.action_preview()
        self.assertEqual(self.company.retention_tier_window, "rolling")
        wizard.action_apply()
        self.assertRecordValues(
            self.company,
            [{"retention_tier_window": "calendar", "retention_tier_grace_days": 30}],
        )

    def test_changed_after_the_preview(self):
        wizard = self.preview(Gold=4000)
        wizard.rule_ids.filtered(lambda rule: rule.name == "Gold").min_amount = 3000
        wizard.write({"retention_tier_grace_days": 10})
        self.assertFalse(wizard.previewed)
        self.assertRefused(UserError, "Look first", wizard.action_apply)

    def test_senseless_rules(self):
        mine = self.env["retention.tier.preview"].with_user(self.manager)
        wizard = mine.browse(mine.action_of_company()["res_id"])
        gold = wizard.rule_ids.filtered(lambda rule: rule.name == "Gold")
        gold.level = 1
        self.assertRefused(UserError, "Each level", wizard.action_preview)
        gold.write({"level": 2, "min_amount": 0})
        self.assertRefused(UserError, "Say what Gold asks for", wizard.action_preview)
        self.assertEqual(self.gold.min_amount, 5000)

    def test_a_higher_tier_asks_for_more(self):
        """Where amounts alone decide; with other conditions any order has its sense."""
        for amount, words in ((10000, "VIP is above Gold"), (1000, "Gold is above Silver")):
            self.assertRefused(UserError, words, lambda a=amount: self.preview(Gold=a))
        for amount in (9999.99, 1000.01):
            self.assertTrue(self.preview(Gold=amount).previewed)
        mine = self.env["retention.tier.preview"].with_user(self.manager)
        wizard = mine.browse(mine.action_of_company()["res_id"])
        gold = wizard.rule_ids.filtered(lambda rule: rule.name == "Gold")
        gold.write({"min_amount": 20000, "min_count": 12})
        wizard.action_preview()
        self.assertTrue(wizard.previewed)

    # ------------------------------------------------------------ not past the dialog
    def test_rules_change_in_the_dialog_only(self):
        gold = self.gold.with_user(self.manager)
        for values in (
            {"min_amount": 4000},
            {"min_count": 2},
            {"level": 7},
            {"match": "all"},
            {"manual_only": True},
        ):
            with self.subTest(values=values):
                self.assertRefused(
                    UserError, "Change the rules", lambda values=values: gold.write(values)
                )
        new = {"name": "Bronze", "level": 9, "min_amount": 1}
        self.assertRefused(UserError, "Change the rules", lambda: gold.create(new))
        self.assertRefused(UserError, "has customers", gold.unlink)

    def test_what_moves_nobody_is_free(self):
        gold = self.gold.with_user(self.manager)
        gold.write({"name": "Golden", "color": 5, "min_amount": 5000, "level": 2})
        self.assertEqual(gold.name, "Golden")

    def test_before_they_begin_everything_is_free(self):
        self.company.retention_tiers_started = False
        self.gold.with_user(self.manager).min_amount = 4000
        self.assertEqual(self.gold.min_amount, 4000)
