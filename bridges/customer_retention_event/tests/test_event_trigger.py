"""Who enters because of an event, and what is known of who came."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START

from .event_common import EVENT_DAY, EventCase


@tagged("post_install", "-at_install")
class TestEventTrigger(EventCase):
    def sop(self, state, **values):
        return self.make_sop(self.task(), trigger="event", trigger_event_state=state, **values)

    def upcoming(self, **values):
        return self.sop("upcoming", trigger_event_ids=self.event.ids, trigger_days=-21, **values)

    # ------------------------------------------------------------ an event is near
    def test_customers_enter_once_from_three_weeks_before(self):
        sop = self.upcoming()
        ann = self.buyer("Ann", START - timedelta(days=9))
        self.env["res.partner"].create({"name": "Prospect"})
        self.night(EVENT_DAY - 22)
        self.assertFalse(self.of(sop))
        for day in (EVENT_DAY - 21, EVENT_DAY - 21, EVENT_DAY - 20):
            self.night(day)
        [mine] = self.of(sop)
        self.assertEqual((mine.partner_id, mine.event_id), (ann, self.event))
        self.assertEqual(mine.anchor_date, START + timedelta(days=EVENT_DAY))
        self.assertEqual(mine.entered_on, START + timedelta(days=EVENT_DAY - 21))

    def test_who_becomes_suitable_later_is_invited_until_the_day(self):
        sop = self.upcoming(audience_domain="[('order_count', '>', 1)]")
        ann = self.buyer("Ann", START)
        self.night(EVENT_DAY - 10)
        self.assertFalse(self.of(sop))
        self.order(ann, START + timedelta(days=EVENT_DAY - 9))
        self.fresh(ann, EVENT_DAY - 9)
        self.assertEqual(self.of(sop).partner_id, ann)

    def test_neither_after_it_nor_for_events_that_are_off(self):
        sop = self.upcoming()
        self.buyer("Ann", START)
        self.night(EVENT_DAY + 1)
        self.assertFalse(self.of(sop))
        self.event.kanban_state = "cancel"
        self.assertFalse(self.candidates(sop, EVENT_DAY - 1))
        self.event.write({"kanban_state": "normal", "active": False})
        self.assertFalse(self.candidates(sop, EVENT_DAY - 1))
        self.event.active = True
        self.assertTrue(self.candidates(sop, EVENT_DAY - 1))

    def test_an_event_that_is_moved_is_the_same_occasion(self):
        sop = self.upcoming()
        self.buyer("Ann", START)
        self.night(EVENT_DAY - 21)
        self.assertEqual(len(self.of(sop)), 1)
        self.event.write({"date_begin": self.moment(50, 14), "date_end": self.moment(50, 17)})
        for day in (EVENT_DAY - 20, 30):
            self.night(day)
        self.assertEqual(len(self.of(sop)), 1)

    def test_what_is_missing_is_said(self):
        sop = self.make_sop(
            {"type": "event_invite", "template_id": self.template.id},
            start=None,
            trigger="event",
            trigger_event_state="upcoming",
        )
        self.assertEqual(sop._problems(), ["Choose the events to which customers are invited."])
        sop.write({"trigger_event_ids": self.event.ids, "trigger_days": 3})
        self.assertEqual(
            sop._problems(), ["Say how many days before the event: a negative number."]
        )
        sop.write({"trigger": "manual"})
        self.assertEqual(sop._problems(), ["Step 1: Choose the event."])
        sop.step_ids.event_id = self.event
        self.assertEqual(sop._problems(), [])

    def test_in_short(self):
        sop = self.make_sop(
            {"type": "event_invite", "delay_from": "anchor", "delay_count": -21},
            self.task(delay_from="anchor", delay_count=2),
            start=None,
            trigger="event",
            trigger_event_state="upcoming",
            trigger_event_ids=self.event.ids,
            trigger_days=-21,
        )
        self.assertIn("21 days before Open house", sop.summary_text)
        self.assertIn("within about 23 days", sop.summary_text)
        self.assertEqual(sop.step_ids.mapped("day_text"), ["21 days before", "2 days after"])
        sop.write({"trigger_event_state": "missed", "trigger_event_ids": False})
        self.assertIn("registered and stayed away: an event", sop.summary_text)
        views = self.sops.with_user(self.manager).get_views([(False, "form")])
        self.assertIn("trigger_event_ids", views["views"]["form"]["arch"])

    # ------------------------------------------------------------ registrations
    def test_registered_as_it_happens_and_by_night(self):
        sop = self.sop("registered")
        ann = self.buyer("Ann", START)
        eve = self.colleague(ann)
        self.night(19)
        early = self.register(eve, day=20)
        self.commit_requests()
        with self.at(20, 13):
            self.answer_requests()
        self.night(21)
        self.night(22)
        [mine] = self.of(sop)
        self.assertEqual((mine.partner_id, mine.contact_id), (ann, eve))
        self.assertEqual((mine.cause, mine.source_id), ("event", early.id))
        self.assertEqual(mine.anchor_date, START + timedelta(days=EVENT_DAY))

    def test_only_registrations_that_stand(self):
        sop = self.sop("registered")
        people = {name: self.buyer(name, START) for name in ("Ann", "Bo", "Cy", "Di", "Old")}
        stands = self.register(people["Ann"])
        self.register(people["Bo"], state="draft")
        self.register(people["Cy"], state="cancel")
        self.register(people["Di"], active=False)
        self.register(people["Old"], day=-1)
        self.register(None, email="nobody@x.test")
        self.assertEqual(self.candidates(sop, 25), [(people["Ann"].id, stands.id)])

    def test_found_by_address(self):
        sop = self.sop("registered")
        ann, shop = self.buyer("Ann"), self.buyer("Shop")
        eve = self.colleague(ann)
        alone = self.register(None, email=" Shop@X.test ")
        booked = self.register(ann, email="eve@x.test")
        # Somebody else's customer, though with the attendee's address: the booker counts.
        other = self.register(
            self.buyer("Cy"), email="eve@x.test", event=self.make_event(EVENT_DAY + 1)
        )
        self.assertEqual(
            sorted(self.candidates(sop, 25)),
            sorted([(shop.id, alone.id), (eve.id, booked.id), (other.partner_id.id, other.id)]),
        )

    def test_attended_and_missed(self):
        attended, missed = self.sop("attended"), self.sop("missed")
        ann, bo = self.buyer("Ann"), self.buyer("Bo")
        came = self.register(ann)
        stayed = self.register(bo)
        self.attend(came)
        self.assertEqual(self.candidates(attended, EVENT_DAY - 1), [])
        self.assertEqual(self.candidates(attended, EVENT_DAY), [(ann.id, came.id)])
        self.assertEqual(self.candidates(missed, EVENT_DAY), [])
        self.assertEqual(self.candidates(missed, EVENT_DAY + 1), [(bo.id, stayed.id)])
        for _night in range(2):
            self.night(EVENT_DAY + 1)
        self.assertEqual(self.of(attended).contact_id, ann)
        self.assertEqual(self.of(missed).contact_id, bo)

    def test_of_chosen_events_and_the_company(self):
        other = self.make_company("Other")
        ann = self.buyer("Ann")
        self.register(ann, event=self.make_event(EVENT_DAY + 1, company_id=other.id))
        theirs = self.make_user("e_other", company=other)
        shared = {"company_id": False, "organizer_id": False, "address_id": False}
        self.register(ann, event=self.make_event(EVENT_DAY + 2, user_id=theirs.id, **shared))
        ours = self.register(
            ann, event=self.make_event(EVENT_DAY + 3, user_id=self.owner.id, **shared)
        )
        chosen = self.register(ann)
        every, one = self.sop("registered"), self.sop("registered")
        one._engine_env().trigger_event_ids = self.event
        self.assertEqual(
            sorted(self.candidates(every, 25)), sorted([(ann.id, ours.id), (ann.id, chosen.id)])
        )
        self.assertEqual(self.candidates(one, 25), [(ann.id, chosen.id)])

    # ------------------------------------------------------------ who came
    def test_attendance_is_noted_on_the_enrollment(self):
        ann = self.buyer("Ann", START)
        eve, bo = self.colleague(ann), self.colleague(ann, "Bo")
        self.night(0)
        sop = self.make_sop(
            {"type": "event_invite", "template_id": self.template.id, "event_id": self.event.id}
        )
        whole, person, other = (self.enter(sop, contact) for contact in (ann, eve, bo))
        self.assertEqual((whole | person).event_id, self.event)
        registration = self.register(eve)
        registration.state = "draft"
        self.assertFalse((whole | person | other).filtered("registered_on"))
        registration.state = "open"
        day = START + timedelta(days=20)
        self.assertEqual([e.registered_on for e in (whole, person, other)], [day, day, False])
        self.attend(registration)
        day = START + timedelta(days=EVENT_DAY)
        self.assertEqual([e.attended_on for e in (whole, person, other)], [day, day, False])
        registration.unlink()
        self.assertFalse(whole.registered_on or whole.attended_on)

    # ------------------------------------------------------------ scale
    def test_queries_do_not_grow(self):
        sop = self.sop("registered")
        people = self.env["res.partner"]
        for number in range(20):
            people |= self.buyer(f"C{number}", START)
        self.night(0)
        few = self.enter(self.make_sop(self.task()), *people[:2])
        many = self.enter(self.make_sop(self.task()), *people)
        (few | many).write({"event_id": self.event.id})

        def queries(call):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def follow(enrollments):
            enrollments.write({"registered_on": False})
            return queries(enrollments._engine()._note_attendance)

        none = queries(lambda: self.candidates(sop, 25))
        for partner in people:
            self.register(partner)
        self.assertEqual(queries(lambda: self.candidates(sop, 25)), none)
        self.assertEqual(follow(many), follow(few))
        self.assertTrue(all(many.mapped("registered_on")))
