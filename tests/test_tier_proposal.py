"""The first tiers: proposed from own data, changed, accepted or skipped, and nobody told."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RetentionCase
from .test_money import MoneyCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestTierProposal(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("tier_manager", f"{OURS}.group_manager")
        cls.today = cls.company._retention_today()

    @classmethod
    def buyers(cls, *amounts):
        """Make customers who bought for these amounts a month ago; the figures are known."""
        found = cls.env["res.partner"]
        for number, amount in enumerate(amounts, 1):
            partner = cls.customer(f"Customer {number}")
            cls.orders(partner, 30, amount=amount, as_of=cls.today)
            found |= partner
        cls.refresh(cls.today)
        return found

    def proposal(self):
        """Open the dialog as the manager does."""
        mine = self.env["retention.tier.proposal"].with_user(self.manager)
        return mine.browse(mine.action_of_company()["res_id"])

    def figures(self, wizard):
        return [
            (line.name, line.min_amount, line.customer_count, line.share)
            for line in wizard.line_ids.sorted("level")
        ]

    # ------------------------------------------------------------ the proposal
    def test_nobody_yet(self):
        wizard = self.proposal()
        self.assertEqual(wizard.source, "none")
        self.assertEqual(
            self.figures(wizard),
            [("Standard", 0, 0, 0), ("Silver", 1000, 0, 0), ("Gold", 5000, 0, 0)]
            + [("VIP", 20000, 0, 0)],
        )
        self.assertIn("Nobody has bought", wizard.summary)

    def test_few_customers(self):
        """The median of 300, 400 and 9,300 is 400 → 500; the best of three bring 93 %."""
        self.buyers(300, 400, 9300)
        wizard = self.proposal()
        self.assertEqual(wizard.source, "few")
        self.assertEqual(
            self.figures(wizard),
            [("Standard", 0, 2, 7), ("Silver", 500, 0, 0), ("Gold", 1000, 0, 0)]
            + [("VIP", 2000, 1, 93)],
        )
        self.assertIn("Your top 20 % bring 93 %", wizard.summary)

    def test_enough_customers(self):
        """See test_pareto of the pure tests, on a smaller scale: 4 × 200, 8 × 2, 8 × 9.

        880 + 8 = 888; 80 % are 710.4: the four of 200 make 800, so the top is 200. Of the
        sixteen others half have 2 and three quarters 9 → 10. All 20 reach 2, so silver is 5
        (12 of 20); gold is 10.
        """
        self.buyers(*[200] * 4, *[2] * 8, *[9] * 8)
        self.assertEqual(
            self.figures(self.proposal()),
            [("Standard", 0, 8, 2), ("Silver", 5, 8, 8), ("Gold", 10, 0, 0), ("VIP", 200, 4, 90)],
        )

    def test_who_bought_long_ago_is_counted_in_the_lowest(self):
        self.orders(self.customer("Long ago"), 400, amount=7000, as_of=self.today)
        self.buyers(300, 400, 9300)
        self.assertEqual(self.figures(self.proposal())[0], ("Standard", 0, 3, 7))

    # ------------------------------------------------------------ change
    def test_counts_follow_the_figures(self):
        self.buyers(300, 400, 9300)
        form = Form(self.proposal())
        [silver] = [n for n in range(4) if form.line_ids._records[n]["name"] == "Silver"]
        with form.line_ids.edit(silver) as line:
            line.min_amount = 400
        counts = {row["name"]: row["customer_count"] for row in form.line_ids._records}
        self.assertEqual(counts, {"Standard": 1, "Silver": 1, "Gold": 0, "VIP": 1})

    def test_figures_must_rise(self):
        wizard = self.proposal()
        gold = wizard.line_ids.filtered(lambda line: line.name == "Gold")
        for amount in (1000, 20000, 0):
            gold.min_amount = amount
            self.assertRefused(UserError, "asks for more", wizard.action_accept)
        gold.write({"min_amount": 19999.99, "name": " "})
        self.assertRefused(UserError, "a name", wizard.action_accept)

    # ------------------------------------------------------------ accept, skip
    def test_accept(self):
        ann, ben, eve = self.buyers(300, 400, 9300)
        wizard = self.proposal()
        wizard.line_ids.filtered(lambda line: line.name == "Silver").min_amount = 400
        mails = self.env["mail.mail"].search_count([])
        wizard.action_accept()
        self.assertTrue(self.company.retention_tiers_started)
        tiers = self.env["retention.tier"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            tiers,
            [
                {"name": "Standard", "level": 0, "min_amount": 0, "is_high_value": False},
                {"name": "Silver", "level": 1, "min_amount": 400, "is_high_value": False},
                {"name": "Gold", "level": 2, "min_amount": 1000, "is_high_value": True},
                {"name": "VIP", "level": 3, "min_amount": 2000, "is_high_value": True},
            ],
        )
        names = [self.profile(partner).tier_id.name for partner in (ann, ben, eve)]
        self.assertEqual(names, ["Standard", "Silver", "VIP"])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_names_in_every_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        wizard = self.proposal()
        wizard.line_ids.filtered(lambda line: line.name == "Gold").name = "Golden"
        names = {"zh_CN": ("普通", "银卡", "金卡", "VIP")}
        english = ("Standard", "Silver", "Gold", "VIP")
        with patch.object(
            self.registry["retention.tier.proposal"],
            "_tier_names",
            lambda wizard: names.get(wizard.env.lang, english),
        ):
            wizard.action_accept()
        tiers = self.env["retention.tier"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            tiers.with_context(lang="zh_CN").mapped("name"), ["普通", "银卡", "Golden", "VIP"]
        )

    def test_skip_begins_with_one_tier_for_everybody(self):
        [ann] = self.buyers(300)
        self.proposal().action_skip()
        tiers = self.env["retention.tier"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(tiers, [{"name": "Standard", "level": 0}])
        self.assertTrue(self.company.retention_tiers_started)
        self.assertEqual(self.profile(ann).tier_id, tiers)

    def test_only_once(self):
        wizard, late = self.proposal(), self.proposal()
        wizard.action_accept()
        self.assertRefused(UserError, "already", late.action_accept)
        self.assertRefused(UserError, "already", late.action_skip)
        mine = self.env["retention.tier.proposal"].with_user(self.manager)
        self.assertEqual(mine.action_of_company()["res_model"], "retention.tier")

    def test_not_for_users(self):
        user = self.make_user("tier_user", f"{OURS}.group_user")
        with self.assertRaises(AccessError):
            self.env["retention.tier.proposal"].with_user(user).action_of_company()


@tagged("post_install", "-at_install")
class TestTierAmounts(MoneyCase):
    def test_credit_notes_count_and_old_orders_do_not(self):
        """300 less 50 credited, in 12 months up to 30 June; the day before them is too old."""
        self.sell(self.partner_a, date(2025, 6, 30), self.line(1000))
        self.sell(self.partner_b, date(2025, 7, 1), self.line(80))
        order = self.sell(self.partner_a, date(2026, 5, 1), self.line(300))
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = date(2026, 5, 2)
        invoice.action_post()
        credit = invoice._reverse_moves([{"invoice_date": date(2026, 6, 1)}])
        credit.invoice_line_ids.price_unit = 50
        credit.action_post()
        found = self.env["retention.metrics"]._tier_amounts(self.company, date(2026, 6, 30))
        self.assertEqual(found[0], [8_000, 25_000])
