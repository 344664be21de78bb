"""Tier and segment of an order's customer: shown, filtered, grouped; and as of the order."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from lxml import etree
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AS_OF, RetentionCase
from .test_access import our_fields

OURS = "customer_retention"
# What everybody who sells may see: nothing that the addon has found out of a customer.
FOR_ALL = {
    "retention_order_day",
    "retention_problem_grave",
    "retention_problem_text",
    "retention_problem_title",
}
STAMPED = ("retention_order_tier_id", "retention_order_segment_id", "retention_order_stage")


class OrderCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls.customer("Ann"), cls.customer("Bob")
        cls.gold, cls.silver = cls.env["retention.tier"].create(
            [
                {"name": name, "company_id": cls.company.id, "level": level, "min_amount": level}
                for level, name in ((2, "Gold"), (1, "Silver"))
            ]
        )
        cls.high, cls.low = cls.env.ref(f"{OURS}.scheme_four").segment_ids[:2]
        cls.user = cls.make_user("o_user", f"{OURS}.group_user", "sales_team.group_sale_manager")
        cls.plain = cls.make_user("o_plain", "sales_team.group_sale_manager")

    @classmethod
    def give(cls, partner, company=None, **values):
        """Make a profile with these values, as the engine would."""
        return cls.profiles.sudo().create(
            {"partner_id": partner.id, "company_id": (company or cls.company).id, **values}
        )

    def as_user(self, user, model="sale.order"):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )


@tagged("post_install", "-at_install")
class TestOrderBadges(OrderCase):
    def setUp(self):
        super().setUp()
        contact = self.env["res.partner"].create({"name": "Ida", "parent_id": self.ann.id})
        self.give(self.ann, tier_id=self.gold.id, segment_id=self.high.id, risk_level="critical")
        self.give(self.bob, segment_id=self.low.id)
        self.first = self.order(contact, AS_OF)
        self.second = self.order(self.bob, AS_OF)
        self.third = self.order(self.customer("Cid"), AS_OF)
        self.mine = self.as_user(self.user)

    def found(self, *domain):
        return self.mine.search([("company_id", "=", self.company.id), *domain]).sudo()

    def test_values(self):
        orders = self.mine.browse((self.first | self.second | self.third).ids)
        self.assertEqual(
            [(o.retention_tier_id.name, o.retention_segment_id.name) for o in orders],
            [("Gold", self.high.name), (False, self.low.name), (False, False)],
        )
        self.assertEqual(orders.mapped("retention_light"), ["red", False, False])

    def test_filters(self):
        for domain, expected in (
            ([("retention_tier_id", "=", self.gold.id)], self.first),
            ([("retention_tier_id", "!=", False)], self.first),
            ([("retention_tier_id", "=", False)], self.second | self.third),
            ([("retention_segment_id", "ilike", self.low.name)], self.second),
            ([("retention_light", "=", "red")], self.first),
            ([("retention_profile_id", "=", False)], self.third),
            ([("retention_profile_id", "!=", False)], self.first | self.second),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.found(*domain), expected)

    def test_groups(self):
        rows = self.mine._read_group(
            [("company_id", "=", self.company.id)], ["retention_segment_id"], ["__count"]
        )
        self.assertEqual(
            {(segment.id, count) for segment, count in rows},
            {(self.high.id, 1), (self.low.id, 1), (False, 1)},
        )
        first = self.mine.search(
            [("company_id", "=", self.company.id)], order="retention_tier_id desc", limit=3
        )
        self.assertIn(self.first, first)

    def test_an_order_shows_what_its_own_company_keeps(self):
        other = self.make_company("Other")
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.give(self.ann, other, segment_id=self.low.id)
        theirs = self.order(self.ann, AS_OF, company=other)
        below = self.order(self.ann, AS_OF, company=branch)
        self.user.company_ids |= other | branch
        mine = self.as_user(self.user)
        self.assertEqual(mine.browse(theirs.id).retention_segment_id, self.low)
        self.assertEqual(mine.browse(below.id).retention_segment_id, self.high)
        high = mine.search([("retention_segment_id", "=", self.high.id)])
        self.assertEqual(high.sudo(), (self.first | below).sorted("id", reverse=True))
        rows = mine._read_group(
            [("id", "in", (theirs | below).ids)], ["retention_segment_id"], ["__count"]
        )
        self.assertEqual(
            {segment.id: count for segment, count in rows}, {self.low.id: 1, self.high.id: 1}
        )

    def test_it_asks_before_it_confirms(self):
        """The ordinary buttons where nothing is open, one that asks where something is."""
        form = etree.fromstring(self.mine.get_view(view_type="form")["arch"])
        buttons = form.findall(".//header/button[@name='action_confirm']")
        ordinary = [b for b in buttons if not b.get("confirm")]
        [asking] = [b for b in buttons if b.get("confirm")]
        self.assertEqual(len(ordinary), 2)
        for button in ordinary:
            self.assertIn("or (retention_problem_title)", button.get("invisible"))
        self.assertIn("not retention_problem_title", asking.get("invisible"))

    def test_views(self):
        views = self.mine.get_views(
            [(False, "list"), (False, "form"), (False, "search"), (False, "kanban")]
        )["views"]
        for view in views.values():
            self.assertIn("retention_tier_id", view["arch"])
        plain = self.as_user(self.plain).get_views(
            [(False, "list"), (False, "form"), (False, "search"), (False, "kanban")]
        )["views"]
        for view in plain.values():
            self.assertNotIn("retention_tier", view["arch"])
            self.assertNotIn("retention_segment", view["arch"])

    @mute_logger("odoo.models")
    def test_others_reach_none_of_it(self):
        for model in ("sale.order", "sale.report"):
            theirs = self.as_user(self.plain, model)
            visible = theirs.fields_get()
            names = [n for n, f in our_fields(self.env[model]).items() if n not in FOR_ALL]
            self.assertLessEqual({*STAMPED}, {*names})
            for name in names:
                calls = (
                    lambda m=theirs, n=name: m.search_read([], [n], limit=1),
                    lambda m=theirs, n=name: m.search([(n, "!=", False)], limit=1),
                    lambda m=theirs, n=name: m.search([], order=f"{n} desc", limit=1),
                    lambda m=theirs, n=name: m.formatted_read_group([], [n], ["__count"]),
                )
                self.assertNotIn(name, visible)
                for number, call in enumerate(calls):
                    with self.subTest(model=model, field=name, call=number):
                        self.assertUnreachable(call)

    def assertUnreachable(self, call):
        """Access is denied, or the field cannot be asked for in that way at all."""
        try:
            with self.env.cr.savepoint():
                call()
        except (AccessError, ValueError):
            return
        self.fail("the values can be reached")


@tagged("post_install", "-at_install")
class TestOrderStamp(OrderCase):
    SINCE = date(2026, 1, 1)

    def changed(self, profile, what, day, old, new):
        self.env["retention.change"].sudo().create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "date": day,
                "what": what,
                "old_value": old and str(old),
                "new_value": new and str(new),
                "cause": "nightly",
            }
        )

    def stamp(self, as_of=AS_OF, company=None, limit=1000):
        self.env.flush_all()
        return self.env["retention.metrics"]._stamp_orders(
            company or self.company, self.SINCE, as_of, limit
        )

    def stamped(self, order):
        return (
            order.retention_order_tier_id.name,
            order.retention_order_segment_id,
            order.retention_order_stage,
        )

    def test_as_it_stood_when_the_day_began(self):
        """Silver until 10 March, gold from then on; the orders of 10 March were of silver."""
        profile = self.give(
            self.ann,
            first_order_date="2025-05-01",
            tier_id=self.gold.id,
            tier_since="2026-03-10",
            segment_id=self.high.id,
            segment_since="2025-06-01",
            stage="active",
            stage_since="2026-03-10",
        )
        self.changed(profile, "tier", "2026-02-01", False, self.silver.id)
        self.changed(profile, "tier", "2026-03-10", self.silver.id, self.gold.id)
        self.changed(profile, "stage", "2026-03-10", "silent", "active")
        days = ("2026-02-01", "2026-02-02", "2026-03-10", "2026-03-11")
        orders = [self.order(self.ann, day) for day in days]
        self.assertEqual(self.stamp(), 4)
        self.assertEqual(
            [self.stamped(order) for order in orders],
            [
                (False, self.high, "silent"),
                ("Silver", self.high, "silent"),
                ("Silver", self.high, "silent"),
                ("Gold", self.high, "active"),
            ],
        )

    def test_two_changes_of_one_day(self):
        profile = self.give(self.ann, first_order_date="2025-05-01")
        for day, old, new in (("2026-03-10", "silent", "active"), ("2026-03-10", "active", "lost")):
            self.changed(profile, "stage", day, old, new)
        before, after = self.order(self.ann, "2026-03-10"), self.order(self.ann, "2026-03-11")
        self.stamp()
        self.assertEqual(before.retention_order_stage, "silent")
        self.assertEqual(after.retention_order_stage, "lost")

    def test_who_left_a_segment_has_none(self):
        profile = self.give(self.ann, first_order_date="2025-05-01")
        self.changed(profile, "segment", "2026-02-01", self.high.id, False)
        order = self.order(self.ann, "2026-03-01")
        self.stamp()
        self.assertFalse(order.retention_order_segment_id)

    def test_a_first_order_is_that_of_a_prospect(self):
        profile = self.give(
            self.ann,
            first_order_date="2026-03-10",
            stage="new",
            stage_since="2026-03-10",
            segment_id=self.low.id,
            segment_since="2026-03-10",
        )
        self.changed(profile, "segment", "2026-03-10", False, self.low.id)
        order, unknown = self.order(self.ann, "2026-03-10"), self.order(self.bob, "2026-03-10")
        self.stamp()
        none = self.env["retention.segment"]
        self.assertEqual(self.stamped(order), (False, none, "prospect"))
        self.assertEqual(self.stamped(unknown), (False, none, False))

    def test_the_day_is_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        self.give(
            self.ann,
            first_order_date="2025-05-01",
            segment_id=self.high.id,
            segment_since="2026-03-10",
        )
        late = self.order(self.ann, datetime(2026, 3, 10, 15, 59))
        later = self.order(self.ann, datetime(2026, 3, 10, 16))
        self.stamp()
        self.assertEqual(late.retention_order_day, date(2026, 3, 10))
        self.assertFalse(late.retention_order_segment_id)
        self.assertEqual(later.retention_order_day, date(2026, 3, 11))
        self.assertEqual(later.retention_order_segment_id, self.high)

    def test_which_orders(self):
        """Those after the first computation, up to the day of the run, confirmed, ours."""
        other = self.make_company("Other")
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.order(self.ann, datetime(2026, 1, 1, 23, 59, 59))
        self.order(self.ann, AS_OF + timedelta(days=1))
        self.order(self.ann, "2026-03-10", state="draft")
        self.order(self.ann, "2026-03-10", company=other)
        first = self.order(self.ann, datetime(2026, 1, 2))
        last = self.order(self.ann, datetime(2026, 6, 30, 23, 59, 59))
        below = self.order(self.ann, "2026-03-10", company=branch)
        self.assertEqual(self.stamp(), 3)
        self.assertEqual(
            [order.retention_order_day for order in (first, last, below)],
            [date(2026, 1, 2), AS_OF, date(2026, 3, 10)],
        )

    def test_once_and_again_when_the_order_moves(self):
        profile = self.give(
            self.ann,
            first_order_date="2025-05-01",
            segment_id=self.high.id,
            segment_since="2026-02-01",
        )
        order = self.order(self.ann, "2026-03-10")
        written = order.write_date
        self.assertEqual(self.stamp(), 1)
        self.assertEqual(order.write_date, written)
        self.assertEqual(self.stamp(), 0)
        profile.write({"segment_id": self.low.id, "segment_since": "2026-05-01"})
        order.client_order_ref = "X"
        self.assertEqual(self.stamp(), 0)
        order.date_order = "2026-05-02 12:00:00"
        self.assertEqual(self.stamp(), 1)
        self.assertEqual(order.retention_order_segment_id, self.low)
        order.partner_id = self.bob
        self.assertEqual(self.stamp(), 1)
        self.assertFalse(order.retention_order_segment_id)
        self.assertFalse(order.copy().retention_order_day)

    def test_a_plain_salesperson_may_move_it(self):
        order = self.order(self.ann, "2026-03-10")
        self.stamp()
        self.as_user(self.plain).browse(order.id).date_order = "2026-05-02 12:00:00"
        self.assertEqual(self.stamp(), 1)

    def test_a_deleted_tier_leaves_nothing(self):
        profile = self.give(self.ann, first_order_date="2025-05-01")
        self.changed(profile, "tier", "2026-02-01", False, 10**8)
        order = self.order(self.ann, "2026-03-10")
        self.stamp()
        self.assertFalse(order.retention_order_tier_id)

    # ------------------------------------------------------------ by night
    def night(self, as_of):
        run = self.env["retention.run"]._plan(self.company, as_of)
        phases = []
        while run.state != "done":
            phases.append(run.phase)
            run._step()
        return phases

    def test_every_night_but_the_first(self):
        self.order(self.ann, "2026-06-01")
        order = self.order(self.ann, "2026-06-30")
        self.assertNotIn("stamp", self.night(date(2026, 6, 15)))
        phases = self.night(AS_OF)
        self.assertEqual(phases[-3:], ["stamp", "stamp", "enter"])
        self.assertEqual(order.retention_order_day, AS_OF)
        self.assertEqual(order.retention_order_segment_id, self.profile(self.ann).segment_id)
        stamped = self.env["sale.order"].search_count(
            [("company_id", "=", self.company.id), ("retention_order_day", "!=", False)]
        )
        self.assertEqual(stamped, 1)

    def test_written_by_somebody_else(self):
        self.night(date(2026, 6, 15))
        self.order(self.ann, "2026-06-30")
        metrics = type(self.env["retention.metrics"])
        with patch.object(metrics, "_stamp_orders", side_effect=SerializationFailure):
            self.assertEqual(self.night(AS_OF)[-2:], ["stamp", "enter"])
        self.assertEqual(self.night(AS_OF + timedelta(days=1))[-3:], ["stamp", "stamp", "enter"])

    # ------------------------------------------------------------ the report
    def test_the_report(self):
        self.give(
            self.ann,
            first_order_date="2025-05-01",
            tier_id=self.gold.id,
            tier_since="2026-02-01",
            stage="active",
            stage_since="2026-02-01",
        )
        self.order(self.ann, "2026-03-10", 70)
        self.order(self.ann, "2026-03-11", 30)
        self.order(self.bob, "2026-03-11", 5)
        self.stamp()
        report = self.as_user(self.user, "sale.report")
        own = [("company_id", "=", self.company.id)]
        rows = report._read_group(own, ["retention_order_tier_id"], ["price_subtotal:sum"])
        self.assertEqual({tier.name: amount for tier, amount in rows}, {"Gold": 100.0, False: 5.0})
        rows = report._read_group(own, ["retention_order_stage"], ["price_subtotal:sum"])
        self.assertEqual(dict(rows), {"active": 100.0, False: 5.0})
        labels = dict(report.fields_get()["retention_order_stage"]["selection"])
        self.assertEqual(labels["active"], "Active customer")
