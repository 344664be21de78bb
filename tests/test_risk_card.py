"""The fitted card on real purchases: learned, refused, compared, switched on and off again."""

import os
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..analytics import risk, risk_fit
from .common import RetentionCase
from .test_cdnow import import_script

LAST = date(1998, 6, 30)
EARLY = date(1997, 9, 30)


class RiskCardCase(RetentionCase):
    """CDNOW's sample (2,357 customers) in a company of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cdnow = import_script("cdnow")
        rows = cdnow.read(Path(os.environ["RETENTION_CDNOW"]) / "CDNOW_sample.txt")
        import_script("load_orders").load_rows(cls.env, cdnow.as_csv(rows, cls.company.name))
        cls.cards = cls.env["retention.risk.card"]
        cls.card = cls.learn()

    @classmethod
    def learn(cls, as_of=LAST, company=None, **options):
        return cls.cards._learn(company or cls.company, as_of, **options)

    def scores(self):
        self.env.flush_all()
        found = self.profiles.search([*self.own(), ("last_order_date", "!=", False)])
        return {profile.partner_id.id: profile.risk_score for profile in found}


@tagged("post_install", "-at_install")
class TestRiskCard(RiskCardCase):
    def test_learned(self):
        card = self.card
        self.assertEqual(card.state, "draft")
        self.assertEqual((card.horizon_days, card.window_from), (90, LAST - timedelta(days=90)))
        self.assertEqual(card.customer_count, card.lapsed_count + card.bought_count)
        self.assertGreater(card.customer_count, 2300)
        # Ranking by customers a card had not seen; the expert card needs no such care.
        self.assertGreater(card.auc_fitted, card.auc_expert - 0.01)
        self.assertGreater(card.auc_expert, 0.75)
        self.assertLess(card.brier_fitted, 0.12)
        most = 0
        for signal in card.line_ids.signal_id:
            for scale in {line.scale for line in card.line_ids if line.signal_id == signal}:
                lines = card.line_ids.filtered(
                    lambda x, signal=signal, scale=scale: (x.signal_id, x.scale) == (signal, scale)
                ).sorted("band")
                points = lines.mapped("points")
                self.assertEqual(points, sorted(points))
                self.assertEqual(points[0], 0)
                self.assertEqual([line.is_last for line in lines][-2:], [False, True])
                most += points[-1]
        self.assertTrue(97 <= most <= 103, most)
        self.assertTrue(all(card.line_ids.mapped("label")))
        for kind in ("fitted", "expert"):
            tenths = card.decile_ids.filtered(lambda one, kind=kind: one.card == kind)
            self.assertEqual(sum(tenths.mapped("customers")), card.customer_count)
            self.assertEqual(sum(tenths.mapped("lapsed")), card.lapsed_count)
        self.assertEqual(sum(card.move_ids.mapped("customers")), card.customer_count)
        self.assertEqual(len(card.shares), 4)
        self.assertEqual(card.shares, sorted(card.shares))
        for words in ("compare", "points", "calibration", "moves"):
            self.assertTrue(card[f"{words}_sentence"], words)
        self.assertFalse(card.refusal_sentence)
        self.assertEqual(len(card.plot), len(card.decile_ids))

    def test_learning_touches_no_customer(self):
        self.refresh(LAST)
        before = self.scores()
        card = self.learn()
        self.refresh(LAST)
        self.assertEqual(self.scores(), before)
        self.assertFalse(self.company.retention_risk_card_id)
        self.assertEqual(card.state, "draft")

    def test_learning_twice_leaves_one_equal_card(self):
        def all_of(card):
            lines = [(x.signal_id.id, x.scale, x.band, x.points, x.lapsed) for x in card.line_ids]
            bins = [(x.kind, x.card, x.number, x.customers, x.predicted) for x in card.bin_ids]
            moves = [(x.old_level, x.new_level, x.customers, x.amount) for x in card.move_ids]
            return (
                sorted(lines),
                sorted(bins),
                sorted(moves),
                card.intercept,
                card.slope,
                card.shares,
            )

        first = all_of(self.card)
        again = self.learn()
        self.assertEqual(all_of(again), first)
        self.assertEqual(self.cards.search([("company_id", "=", self.company.id)]), again)

    def test_refused_under_a_year(self):
        card = self.learn(EARLY, horizon=91)
        self.assertEqual((card.state, card.refusal), ("refused", "short"))
        self.assertEqual((card.refusal_found, card.refusal_needed), (272, 365))
        self.assertIn("272 days", card.refusal_sentence)
        self.assertFalse(card.line_ids)
        with self.assertRaises(UserError):
            card.action_use()
        later = self.learn()
        self.assertFalse(card.exists())
        self.assertEqual(later.state, "draft")

    def test_refused_with_too_few_outcomes(self):
        small = self.make_company("Small")
        self.env.user.company_ids |= small
        for number in range(3):
            ann = self.customer(f"Ann {number}")
            for days in (500, 300, 20 + 60 * number):
                self.order(ann, LAST - timedelta(days=days), company=small)
        card = self.learn(company=small)
        self.assertEqual((card.state, card.refusal), ("refused", "few"))
        self.assertEqual((card.bought_count, card.lapsed_count), (2, 1))
        self.assertIn("Only 1 customers", card.refusal_sentence)

    def test_refused_without_a_purchase(self):
        card = self.learn(company=self.make_company("Empty"))
        self.assertEqual((card.refusal, card.refusal_found), ("short", 0))

    # ---------------------------------------------------------------- in use
    def test_switch_and_back(self):
        self.refresh(LAST)
        expert = self.scores()
        stakes = {p.id: p.value_at_stake for p in self.profiles.search(self.own())}
        card = self.card
        card.action_use()
        self.assertEqual((card.state, self.company.retention_risk_card_id), ("active", card))
        self.assertIn("from the expert card to", card.message_ids[0].body)
        self.assertEqual(card.message_ids[0].author_id, self.env.user.partner_id)
        self.refresh(LAST)
        fitted = self.scores()
        self.assertNotEqual(fitted, expert)
        self.check_reasons()
        self.check_stakes(card)
        run = self.refresh(LAST)
        self.assertEqual(run.changed_count, 0)
        card.action_back_to_expert()
        self.assertEqual(card.state, "superseded")
        self.assertFalse(self.company.retention_risk_card_id)
        self.refresh(LAST)
        self.assertEqual(self.scores(), expert)
        self.assertEqual({p.id: p.value_at_stake for p in self.profiles.search(self.own())}, stakes)
        card.action_use()
        self.refresh(LAST)
        self.assertEqual(self.scores(), fitted)

    def own(self):
        return [("company_id", "=", self.company.id)]

    def check_reasons(self):
        profiles = self.profiles.search(self.own())
        self.assertEqual(
            [sum(p.reason_ids.mapped("points")) for p in profiles], profiles.mapped("risk_score")
        )

    def check_stakes(self, card):
        for profile in self.profiles.search(self.own(), limit=200):
            share = card.shares[risk.LEVELS.index(profile.risk_level)]
            self.assertAlmostEqual(
                profile.value_at_stake, profile.amount_before_last * share / 100, delta=0.0051
            )

    def test_the_night_equals_the_pure_computation(self):
        card = self.card
        card.action_use()
        self.refresh(LAST)
        standing = self.cards._standing(self.company, LAST)
        points = []
        for number, scale in enumerate(standing.scales):
            signal = standing.signals[scale.signal]
            place = sum(one.signal == scale.signal for one in standing.scales[:number])
            lines = card.line_ids.filtered(
                lambda x, signal=signal, place=place: (x.signal_id, x.scale) == (signal, place)
            )
            points.append(np.array(lines.sorted("band").mapped("points")))
        pure = risk_fit.Card(standing.scales, tuple(points)).score(standing.bands)
        self.assertEqual(self.scores(), dict(zip(standing.customers, pure, strict=True)))
        table = self.as_of(LAST)
        self.assertEqual(self.scores(), table["risk_score"].to_dict())
        found = self.profiles.search([*self.own(), ("last_order_date", "!=", False)])
        after = {one.partner_id.id: one.risk_after_purchase for one in found}
        self.assertEqual(after, table["risk_after_purchase"].to_dict())
        self.assertTrue((table["risk_after_purchase"] <= table["risk_score"]).all())

    def as_of(self, day, **options):
        table = self.profiles._compute_as_of(self.company, day, **options)
        return table[table["last_order_date"].notna()]

    def test_any_card_on_any_day(self):
        card = self.card
        day = date(1998, 3, 31)
        expert = self.as_of(day)["risk_score"]
        tried = self.as_of(day, card=card)["risk_score"]
        self.assertTrue((tried != expert).any())
        card.action_use()
        now = self.as_of(day)["risk_score"]
        self.assertTrue((now == tried).all())
        back = self.as_of(day, card=self.cards)["risk_score"]
        self.assertTrue((back == expert).all())

    def test_changed_thresholds_leave_a_card_as_it_was_learned(self):
        card = self.card
        before = self.as_of(LAST, card=card)["risk_score"]
        signals = self.env["retention.signal"]._of_company(self.company)
        overdue = signals.filtered(lambda signal: signal.type == "overdue")
        self.assertEqual(overdue.points_in_use, overdue.points)
        overdue.write({"threshold_1": 3, "threshold_2": 5, "threshold_3": 9, "points": 1})
        after = self.as_of(LAST, card=card)["risk_score"]
        self.assertTrue((before == after).all())
        card.action_use()
        lines = card.line_ids.filtered(lambda line: line.signal_id == overdue)
        self.assertEqual(overdue.points_in_use, max(lines.mapped("points")))

    def test_few_equals_everybody(self):
        card = self.card
        card.action_use()
        self.refresh(LAST)
        partners = self.profiles.search(self.own(), limit=20).partner_id
        before = self.scores()
        self.refresh(LAST, partners)
        self.assertEqual(self.scores(), before)

    def test_who_would_change_level(self):
        card = self.card
        move = card.move_ids.filtered(lambda one: one.old_level != one.new_level)[:1]
        action = move.action_open_customers()
        self.assertEqual(self.profiles.search_count(action["domain"]), 0)  # no run yet
        self.refresh(LAST)
        found = self.profiles.search(action["domain"])
        self.assertEqual(len(found), move.customers)
        self.assertEqual(set(found.mapped("risk_level")), {move.old_level})

    def test_held_against_what_came_after(self):
        card = self.learn(date(1998, 3, 31))
        with self.assertRaises(UserError):
            card.action_check()
        card.action_use()
        self.refresh(date(1998, 6, 28))
        self.cards._check_due(self.company, date(1998, 6, 28))
        self.assertFalse(card.checked_on)
        self.refresh(LAST)
        self.cards._check_due(self.company, LAST)
        self.assertEqual(card.checked_on, date(1998, 6, 29))
        # Each fact as the learning of the next card counts it.
        next_card = self.learn(date(1998, 6, 29))
        self.assertEqual(card.checked_count, next_card.customer_count)
        self.assertEqual(card.happened_count, next_card.lapsed_count)
        self.assertLess(abs(card.foreseen_count / card.happened_count - 1), 0.1)
        self.assertIn("It held", card.check_sentence)
        self.assertGreater(card.auc_since_fitted, 0.78)
        self.assertAlmostEqual(card.auc_since_expert, next_card.auc_expert, 6)

    # ---------------------------------------------------------------- who, where, when
    def test_another_company_keeps_its_card(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        ann = self.customer("Ann")
        for company in (self.company, other):
            self.order(ann, LAST - timedelta(days=200), company=company)
        self.refresh(LAST)
        self.refresh(LAST, company=other)
        before = self.profile(ann, other).risk_score
        self.card.action_use()
        self.refresh(LAST)
        self.refresh(LAST, company=other)
        self.assertFalse(other.retention_risk_card_id)
        self.assertEqual(self.profile(ann, other).risk_score, before)
        self.assertNotEqual(self.profile(ann).risk_score, before)

    def test_a_newer_card_takes_the_place(self):
        first = self.learn(date(1998, 5, 31))
        first.action_use()
        unused = self.learn(date(1998, 6, 15))
        second = self.learn()
        self.assertEqual((first.state, unused.state), ("active", "superseded"))
        second.action_use()
        self.assertEqual((first.state, second.state), ("superseded", "active"))
        with self.assertRaises(UserError):
            first.action_back_to_expert()

    def test_roles(self):
        card = self.card
        user = self.make_user("user", "customer_retention.group_user")
        manager = self.make_user("manager", "customer_retention.group_manager")
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="base.group_user,customer_retention.group_manager",
            company_id=self.make_company("Far").id,
        )
        for who in (user, stranger):
            for call in ("action_use", "action_back_to_expert"):
                with self.assertRaises(AccessError):
                    getattr(card.with_user(who), call)()
            with self.assertRaises(AccessError):
                card.with_user(who).read(["auc_fitted"])
        with self.assertRaises(AccessError):
            self.cards.with_user(user).action_learn()
        with self.assertRaises(AccessError):
            card.with_user(manager).write({"state": "active"})
        card.with_user(manager).action_use()
        self.assertEqual(card.state, "active")
        self.assertEqual(card.message_ids[0].author_id, manager.partner_id)
        card.with_user(manager).action_back_to_expert()

    def test_scheduled_action_and_button(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.cards._cron_learn()
            self.assertEqual(self.cards.search(self.own()), self.card)  # nothing was computed yet
            self.refresh(LAST)
            self.cards._cron_learn()
        card = self.cards.search(self.own())
        self.assertNotEqual(card, self.card)
        self.assertEqual((card.state, card.learned_on), ("draft", LAST))
        manager = self.make_user("learns", "customer_retention.group_manager")
        with self.asked_by(manager):
            action = self.cards.with_user(manager).with_company(self.company).action_learn()
        card = self.cards.browse(action["res_id"])
        self.assertEqual(card.learned_on, LAST)
        self.assertTrue(card.bin_ids)

    def test_window_of_the_company(self):
        self.company.retention_risk_horizon_days = 120
        card = self.learn()
        self.assertEqual((card.horizon_days, card.window_from), (120, LAST - timedelta(days=120)))
