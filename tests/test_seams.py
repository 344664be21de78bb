"""A bridge in miniature proves each seam."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_metrics import PurchaseSource
from odoo.addons.customer_retention.models.retention_signal import SignalType

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestSeams(RetentionCase):
    def test_another_source_of_purchases(self):
        """A till: its sales count as purchases beside the orders."""
        ann = self.customer("Ann")
        self.orders(ann, 100, amount=10)
        metrics = type(self.env["retention.metrics"])
        original = metrics._purchase_queries
        day = AS_OF - timedelta(days=3)

        def with_till(model, scope):
            till = SQL("SELECT %s AS partner_id, %s::date AS day, 5.5 AS amount", ann.id, day)
            return [*original(model, scope), PurchaseSource(till, till)]

        with patch.object(metrics, "_purchase_queries", with_till):
            self.refresh()
        profile = self.profile(ann)
        self.assertEqual((profile.order_count, profile.last_order_date), (2, day))
        self.assertEqual(profile.rfm_monetary, 15.5)

    def test_asking_for_its_customers(self):
        """Its records ask for their customers in the same two statements."""
        requests = self.env["retention.refresh.request"]
        ann = self.customer("Ann")
        self.commit_requests()
        original = type(requests)._asked_rows

        def with_till(model, asked):
            rows = original(model, asked)
            if asked.get("till"):
                rows.append(
                    SQL("SELECT %s AS partner_id, %s AS company_id", ann.id, self.company.id)
                )
            return rows

        with patch.object(type(requests), "_asked_rows", with_till):
            requests._ask("till", [1, 2, 3])
            with self.assertQueryCount(2):
                self.env.cr.precommit.run()
        self.assertEqual(requests._pending_partner_ids(ann.ids), {ann.id})

    def test_children_of_its_own_follow_a_merge(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.orders(ann, 5)
        self.orders(bob, 5)
        self.refresh()
        kept, other = self.profile(ann), self.profile(bob)
        self.env.cr.execute("CREATE TEMPORARY TABLE till_card (profile_id int) ON COMMIT DROP")
        self.env.cr.execute("INSERT INTO till_card VALUES (%s)", (other.id,))
        children = type(self.profiles)._profile_children
        with patch.object(
            type(self.profiles),
            "_profile_children",
            lambda model: [*children(model), ("till_card", "profile_id")],
        ):
            self.profiles._merge_profiles(bob, ann)
        self.assertFalse(other.exists())
        self.env.cr.execute("SELECT profile_id FROM till_card")
        self.assertEqual(self.env.cr.fetchall(), [(kept.id,)])

    def test_label_of_another_kind_of_change(self):
        changes = type(self.env["retention.change"])
        original = changes._label
        with (
            patch.object(changes, "_label", lambda change, value: f"<{original(change, value)}>"),
            freeze_time(f"{AS_OF} 12:00:00"),
        ):
            ann = self.customer("Ann")
            self.orders(ann, 5)
            self.refresh()
            self.refresh(AS_OF + timedelta(days=100))
            self.assertIn("<General>", self.profile(ann).change_ids.mapped("new_label"))

    def test_another_signal(self):
        """It measures, weighs, speaks and opens an alert like those of the addon."""
        signals = type(self.env["retention.signal"])
        original = signals._signal_types
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.orders(ann, 5)
        self.orders(bob, 5)
        # The group's points are all given: the company makes room for it.
        cards = self.env["retention.signal"]._of_company(self.company)
        cards.filtered(lambda signal: signal.group == "service").points = 0

        def with_till(model):
            return original(model) | {
                "till": SignalType(
                    "Till says no", "service", "count", 6, (1, 2), opens_alert=True, alert_from=2
                )
            }

        self.patch(signals, "_signal_types", with_till)
        collects = patch.object(
            signals, "_collect_till", lambda signal, chunk: {ann.id: 3}, create=True
        )
        self.startPatcher(collects)
        self.refresh()
        reason = self.profile(ann).reason_ids.filtered(lambda r: r.signal_id.type == "till")
        self.assertEqual((reason.earned, reason.fires), (6, True))
        self.assertEqual(reason.sentence, "Till says no: 3 cases")
        self.assertFalse(self.profile(bob).reason_ids.filtered("fires"))
        # Bob is not measured: less coverage, and no better score for it.
        self.assertLess(self.profile(bob).risk_coverage, self.profile(ann).risk_coverage)

    def test_a_signal_nobody_measures_is_named(self):
        signals = type(self.env["retention.signal"])
        original = signals._signal_types
        self.patch(
            signals,
            "_signal_types",
            lambda model: original(model) | {"ghost": SignalType("Ghost", "voice", "yes", 1)},
        )
        self.orders(self.customer("Ann"), 5)
        self.assertRefused(ValidationError, "ghost", self.refresh)
