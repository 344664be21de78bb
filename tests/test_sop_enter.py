"""Who enters a procedure when, exactly once."""

from datetime import date, timedelta

from odoo.tests import tagged

from .sop_common import START, SopCase


@tagged("post_install", "-at_install")
class TestSopEnter(SopCase):
    def days_after_start(self, sop, partner=None):
        return [(e.anchor_date - START).days for e in self.of(sop, partner)]

    # ------------------------------------------------------------ occasions
    def test_first_purchase_by_event_and_by_night(self):
        """Both meet the same key; the contact is who ordered."""
        sop = self.make_sop(self.task(), trigger="first_purchase")
        ann = self.buyer("Ann")
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": ann.id})
        self.order(eve, START + timedelta(days=2))
        self.fresh(ann, 2)
        self.fresh(ann, 2)
        self.night(3)
        self.night(3)
        [mine] = self.of(sop)
        self.assertEqual((mine.partner_id, mine.contact_id), (ann, eve))
        self.assertEqual((mine.anchor_date, mine.cause), (date(2026, 6, 3), "event"))
        self.assertEqual(mine.source_model, "sale.order")

    def test_occasions_before_switching_on_do_not_count(self):
        sop = self.make_sop(self.task(), trigger="first_purchase")
        self.buyer("Old", START - timedelta(days=1))
        new = self.buyer("New", START)
        self.night(1)
        self.assertEqual(self.of(sop).partner_id, new)

    def test_unless_asked_for(self):
        sop = self.make_sop(
            self.task(), trigger="no_purchase", trigger_days=90, include_existing=True
        )
        old = self.buyer("Old", START - timedelta(days=300))
        self.buyer("New", START - timedelta(days=89))
        self.night(0)
        self.assertEqual(self.of(sop).partner_id, old)

    def test_days_since_purchase_at_the_boundary(self):
        sop = self.make_sop(self.task(), trigger="no_purchase", trigger_days=90)
        ann = self.buyer("Ann", START - timedelta(days=85))
        self.night(4)
        self.assertFalse(self.of(sop))
        self.night(5)
        self.assertEqual(self.days_after_start(sop, ann), [5])
        self.night(6)
        self.assertEqual(self.days_after_start(sop, ann), [5])

    def test_a_second_lapse_is_another_occasion(self):
        sop = self.make_sop(
            self.task(delay_count=3),
            trigger="no_purchase",
            trigger_days=90,
            goal="purchase",
            purpose="care",
        )
        ann = self.buyer("Ann", START - timedelta(days=88))
        self.night(2)
        self.order(ann, START + timedelta(days=4))
        self.fresh(ann, 4)
        [first] = self.of(sop)
        self.assertEqual((first.state, first.exit_reason), ("left", "purchase"))
        self.assertEqual(first.goal_on, START + timedelta(days=4))
        for day in (93, 94, 95):
            self.night(day)
        self.assertEqual(self.days_after_start(sop, ann), [2, 94])

    def test_missed_nights_are_made_up(self):
        sop = self.make_sop(self.task(), trigger="no_purchase", trigger_days=90)
        ann = self.buyer("Ann", START - timedelta(days=85))
        self.night(0)
        self.night(10)
        self.assertEqual(self.days_after_start(sop, ann), [5])

    def test_every_purchase_of_a_category(self):
        drinks = self.env["product.category"].create({"name": "Drinks"})
        tea = self.env["product.category"].create({"name": "Tea", "parent_id": drinks.id})
        sop = self.make_sop(
            self.task(), trigger="purchase", trigger_category_ids=[(6, 0, drinks.ids)]
        )
        ann = self.buyer("Ann", START)
        self.night(1)
        self.assertFalse(self.of(sop))
        self.product.categ_id = tea
        self.order(ann, START + timedelta(days=1))
        self.order(ann, START + timedelta(days=1))
        self.order(ann, START + timedelta(days=2))
        self.night(2)
        self.assertEqual(sorted(self.days_after_start(sop)), [0, 1, 2])

    def test_segment_and_stage(self):
        stage = self.make_sop(self.task(), trigger="stage", trigger_stage="silent")
        general = self.env.ref("customer_retention.scheme_four").segment_ids
        segment = self.make_sop(
            self.task(), trigger="segment", trigger_segment_ids=[(6, 0, general.ids)]
        )
        ann = self.buyer("Ann", START - timedelta(days=80))
        self.night(0)
        before = len(self.of(segment, ann))
        self.night(11)
        self.assertEqual(self.days_after_start(stage, ann), [11])
        self.assertGreaterEqual(len(self.of(segment, ann)), before)

    def test_key_dates_of_two_contacts_in_one_week(self):
        """Two days before, both get theirs; a lunar day falls where it falls."""
        sop = self.make_sop(
            self.task(delay_from="anchor", at_hour=True, hour=9),
            trigger="key_date",
            trigger_days=-2,
            trigger_key_date="birthday",
            purpose="greeting",
        )
        firm = self.buyer("Firm", START)
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": firm.id} for name in ("Eve", "Kim")]
        )
        dates = self.env["retention.key.date"].create(
            [
                {"partner_id": people[0].id, "month": 6, "day": 10, "company_id": self.company.id},
                {
                    "partner_id": people[1].id,
                    "calendar": "lunar",
                    "month": 4,
                    "day": 28,  # 13 June 2026
                    "company_id": self.company.id,
                },
            ]
        )
        self.assertEqual(dates[1]._next_from(START), date(2026, 6, 13))
        for day in range(14):
            self.night(day)
        found = {e.contact_id.name: (e.anchor_date, e.entered_on) for e in self.of(sop)}
        self.assertEqual(
            found,
            {
                "Eve": (date(2026, 6, 10), date(2026, 6, 8)),
                "Kim": (date(2026, 6, 13), date(2026, 6, 11)),
            },
        )
        dues = self.of(sop).run_ids.sorted("due_at").mapped("due_at")
        self.assertEqual(dues, [self.moment(9, 9), self.moment(12, 9)])

    def test_renewal_of_agreements(self):
        field = self.env["ir.model.fields"]._get("retention.agreement", "end")
        sop = self.make_sop(
            self.task(delay_from="anchor", delay_count=-90, name="Ninety"),
            self.task(delay_from="anchor", delay_count=-60, name="Sixty"),
            trigger="date",
            trigger_field_id=field.id,
            trigger_days=-90,
            trigger_domain="[('signed_on', '!=', False)]",
        )
        ann = self.buyer("Ann", START)
        values = {
            "partner_id": ann.id,
            "company_id": self.company.id,
            "start": START,
            "user_id": self.owner.id,
        }
        end = START + timedelta(days=95)
        self.env["retention.agreement"].create(
            [
                {**values, "name": "Signed", "signed_on": START, "end": end},
                {**values, "name": "Unsigned", "end": end},
            ]
        )
        for day in (4, 5, 6):
            self.night(day)
        [mine] = self.of(sop)
        self.assertEqual((mine.anchor_date, mine.entered_on), (end, START + timedelta(days=5)))
        self.assertEqual(mine.source_model, "retention.agreement")
        self.tick(5, 9)
        self.tick(35, 8.9)
        self.assertEqual(
            self.log(mine), [("Ninety", 5, 9.0, "open"), ("Sixty", 35, 9.0, "waiting")]
        )

    def test_festival_for_everybody(self):
        festival = self.env["retention.festival"].create(
            {"name": "Day", "code": "own", "rule": "yearly", "month": 6, "day": 5}
        )
        sop = self.make_sop(
            self.task(delay_from="anchor"),
            trigger="festival",
            trigger_festival_id=festival.id,
            purpose="greeting",
        )
        self.buyer("Ann", START), self.buyer("Bob", START)
        for day in (3, 4, 5):
            self.night(day)
        self.assertEqual(self.days_after_start(sop), [4, 4])

    def test_first_talk_with_a_prospect(self):
        sop = self.make_sop(self.task(), trigger="prospect", purpose="care")
        pat, ann = self.buyer("Pat"), self.buyer("Ann", START)
        for partner in (pat, ann):
            self.env["retention.interaction"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind": "call",
                    "date": self.moment(1),
                    "user_id": self.owner.id,
                }
            )
        self.night(2)
        self.night(3)
        self.assertEqual(self.of(sop).partner_id, pat)
        self.assertEqual(self.of(sop).user_id, self.owner)

    def test_words_of_a_talk(self):
        tag = self.env["retention.intent.tag"].create({"name": "Leaves now"})
        leaving = self.make_sop(
            self.task(), trigger="talk", trigger_tag_ids=[(6, 0, tag.ids)], purpose="rescue"
        )
        angry = self.make_sop(self.task(), trigger="talk", trigger_sentiment="detractor")
        ann, bob = self.buyer("Ann", START), self.buyer("Bob", START)
        talk = {"company_id": self.company.id, "kind": "call", "date": self.moment(1)}
        self.env["retention.interaction"].create(
            [
                {**talk, "partner_id": ann.id, "tag_ids": [(6, 0, tag.ids)]},
                {**talk, "partner_id": bob.id, "sentiment": "negative"},
            ]
        )
        self.night(1)
        self.assertEqual(self.of(leaving).partner_id, ann)
        self.assertEqual(self.of(angry).partner_id, bob)

    # ------------------------------------------------------------ who is suitable
    def test_audience_company_and_archived(self):
        other = self.make_company("Other")
        sop = self.make_sop(
            self.task(),
            trigger="first_purchase",
            audience_domain="[('revenue_total', '>=', 100)]",
        )
        ann, _small = self.buyer("Ann", START), self.buyer("Small", START, amount=99.99)
        gone = self.buyer("Gone", START)
        gone.active = False
        theirs = self.buyer("Theirs", START)
        theirs.company_id = other
        self.night(1)
        self.assertEqual(self.of(sop).partner_id, ann)

    def test_so_many_a_day(self):
        sop = self.make_sop(self.task(), trigger="first_purchase", per_day=2)
        for name in "ABCDE":
            self.buyer(name, START)
        counts = []
        for day in (1, 1, 2, 3):
            self.night(day)
            counts.append(len(self.of(sop)))
        self.assertEqual(counts, [2, 2, 4, 5])

    def test_rest_before_taking_part_again(self):
        sop = self.make_sop(
            self.task(), trigger="purchase", reentry="gap", reentry_days=10, purpose="care"
        )
        ann = self.buyer("Ann", START)
        self.night(0)
        self.tick(0)
        with self.at(1):
            self.tasks(self.of(sop)).action_feedback("x")
        for day in (2, 11, 12):
            self.order(ann, START + timedelta(days=day))
            self.night(day)
        self.assertEqual(self.days_after_start(sop), [0, 11])
        once = self.make_sop(self.task(), trigger="purchase", reentry="once")
        self.night(12)
        self.night(13)
        self.assertEqual(len(self.of(once)), 1)

    def test_a_procedure_that_cannot_is_paused(self):
        """The others go on, and its manager reads why."""
        broken = self.make_sop(self.task(), trigger="first_purchase", priority=1)
        sop = self.make_sop(self.task(), trigger="first_purchase", priority=5)
        broken.with_context(retention_sop_engine=True).write({"trigger": "manual"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retention_sop SET trigger = 'ghost' WHERE id = %s", (broken.id,)
        )
        broken.invalidate_recordset()
        ann = self.buyer("Ann", START)
        self.night(1)
        self.assertEqual(self.of(sop).partner_id, ann)
        self.assertEqual(broken.state, "paused")
        self.assertIn("ghost", broken.error)

    # ------------------------------------------------------------ control group
    def test_control_group_is_watched_only(self):
        sop = self.make_sop(
            self.task(), trigger="first_purchase", purpose="care", holdout=50, goal_days=10
        )
        partners = [self.buyer(f"C{n}", START) for n in range(12)]
        self.night(0)
        arms = {e.partner_id: e.arm for e in self.of(sop)}
        self.assertEqual(arms, {p: sop._arm(p.id) for p in partners})
        watched = self.of(sop).filtered(lambda e: e.arm == "control")
        self.assertTrue(0 < len(watched) < 12)
        self.assertFalse(watched.run_ids)
        self.night(10)
        self.assertEqual(set(watched.mapped("state")), {"running"})
        self.night(11)
        self.assertEqual(set(watched.mapped("state")), {"done"})
