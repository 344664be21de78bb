"""Who overruled what stands in the audit trail; too many at once are refused."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_retention.models import batches, res_partner, retention_profile
from odoo.addons.customer_retention.wizards import retention_sop_enroll

from .alert_common import AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestTrail(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trail = cls.env["retention.trail"]
        cls.trail.search([]).sudo().unlink()

    def told(self, *kinds):
        """Return [(who, what, from, to)] of these kinds, the oldest first."""
        found = self.trail.search(
            [("company_id", "=", self.company.id), ("kind", "in", kinds)], order="id"
        )
        return [(t.user_id, t.what, t.old_value, t.new_value) for t in found]

    def by(self, record, user=None):
        mine = record.with_user(user or self.manager)
        return mine.with_context(allowed_company_ids=self.company.ids)

    def test_settings(self):
        self.by(self.company).sudo().write(
            {"retention_lost_days": 400, "retention_send": True, "retention_affinity_date": AS_OF}
        )
        self.by(self.company).sudo().write({"retention_lost_days": 400, "name": "New"})
        self.assertEqual(
            sorted(self.told("setting"), key=str),
            sorted(
                [
                    (self.manager, "Lost after (days)", "365", "400"),
                    (self.manager, "Send to customers", "No", "Yes"),
                ],
                key=str,
            ),
        )

    def test_rules(self):
        signal = self.by(self.signals["leave_intent"])
        before = signal.points
        signal.points = before - 1
        tier = self.by(self.env["retention.tier"]).create(
            {"name": "Gold", "level": 5, "company_id": self.company.id, "min_amount": 7000}
        )
        tier.unlink()
        told = [row[1:] for row in self.told("rule")]
        label = signal._fields["points"]._description_string(signal.env)
        self.assertIn((label, str(before), str(before - 1)), told)
        self.assertIn(("Created", False, False), told)
        self.assertIn(("Deleted", False, False), told)

    def test_many_lines_at_once(self):
        tiers = self.by(self.env["retention.tier"]).create(
            [
                {"name": name, "level": level, "company_id": self.company.id, "min_amount": level}
                for level, name in enumerate(("Gold", "Platinum", "Diamond"), 5)
            ]
        )
        for name in ("Ann", "Bob"):
            self.make_reason(self.make_profile(name))
        alerts = self.sync()
        for alert in alerts:
            self.answer(alert, "gone")
        made = []

        def create(trail, rows):
            made.append(len(rows))
            return original(trail, rows)

        model = type(self.trail)
        original = model.create
        with patch.object(model, "create", create):
            tiers.write({"min_count": 2})
            self.by(self.company).sudo().write({"retention_lost_days": 400, "retention_send": True})
            tiers.unlink()
            self.by(alerts).sudo().write({"outcome": "saved"})
        self.assertEqual(made, [3, 2, 3, 2])

    def test_figures_by_hand(self):
        profile = self.make_profile()
        day = AS_OF + timedelta(days=30)
        self.by(profile)._set_expected(day, AS_OF)
        self.by(profile)._set_pause(day, "On holiday")
        tier = self.env["retention.tier"].create(
            {"name": "Gold", "level": 5, "company_id": self.company.id, "min_amount": 7000}
        )
        self.by(profile)._lock_tier(tier, day, "Old friend")
        self.by(profile).action_unlock_tier()
        told = self.told("override")
        self.assertEqual(len(told), 5)
        self.assertEqual({row[0] for row in told}, {self.manager})
        self.assertIn("Gold", [row[3] for row in told])
        notes = set(self.trail.search([("kind", "=", "override")]).mapped("note"))
        self.assertLessEqual({"On holiday", "Old friend"}, notes)

    def test_a_changed_answer(self):
        profile = self.make_profile()
        self.make_reason(profile)
        alert = self.sync()
        self.answer(alert, "gone")
        self.assertEqual(self.told("outcome"), [])
        self.by(alert).sudo().write({"outcome": "saved"})
        self.assertEqual(self.told("outcome"), [(self.manager, "Outcome", "Gone", "Saved")])

    def test_nobody_writes_it(self):
        self.by(self.company).sudo().write({"retention_lost_days": 400})
        line = self.trail.search([("company_id", "=", self.company.id)], limit=1)
        for call in (
            lambda: self.by(line).write({"note": "x"}),
            lambda: self.by(line).unlink(),
            lambda: self.by(line, self.owner).read(["what"]),
            lambda: self.by(self.trail).create(
                {"what": "x", "kind": "rule", "company_id": self.company.id}
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(self.by(line).what, "Lost after (days)")


@tagged("post_install", "-at_install")
class TestMany(AlertCase):
    def test_too_many_are_refused_with_a_reason(self):
        profiles = self.make_profile("Ann") | self.make_profile("Bob")
        mine = profiles.with_user(self.manager)
        with (
            patch.object(batches.check_many, "__defaults__", (1, "")),
            patch.object(retention_sop_enroll, "AT_ONCE", 1),
        ):
            for call in (
                mine.action_enroll,
                mine.action_handover,
                mine.action_expectation,
                mine.action_lock_tier,
                mine.action_unlock_tier,
            ):
                with self.assertRaises(UserError) as refused:
                    call()
                self.assertIn("2 are chosen; at most 1", str(refused.exception))
            mine[:1].action_handover()
        talk = self.env["retention.interaction"]
        everybody = profiles.partner_id.browse(range(1, 300))
        with self.assertRaises(UserError):
            talk._action_log(everybody)

    def test_many_are_computed_in_the_background(self):
        profiles = self.make_profile("Ann") | self.make_profile("Bob")
        with patch.object(retention_profile, "NOW", 1), patch.object(res_partner, "NOW", 1):
            answer = profiles.with_user(self.manager).action_refresh_now()
            self.assertIn("2 customers", answer["params"]["message"])
            self.commit_requests()
            self.assertEqual(set(profiles.mapped("refresh_pending")), {True})
            answer = profiles.partner_id.action_retention_refresh()
            self.assertIn("2 customers", answer["params"]["message"])
