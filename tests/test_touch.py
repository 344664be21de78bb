"""Touches: what is kept of each request, who sees it, and the word of warning."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .gate_common import DAY, NOON, OURS, GateCase


@tagged("post_install", "-at_install")
class TestTouch(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user(
            "t_user", f"{OURS}.group_user", "sales_team.group_sale_salesman", tz="UTC"
        )
        cls.manager = cls.make_user("t_manager", f"{OURS}.group_manager")
        cls.plain = cls.make_user("t_plain", "sales_team.group_sale_salesman")

    def record(self, *asks, now=NOON, values=None):
        return self.touches._record(self.company, asks, self.gate(*asks, now=now), values)

    def as_user(self, record, user=None):
        return record.with_user(user or self.user).with_context(
            allowed_company_ids=self.company.ids
        )

    # ------------------------------------------------------------ what is kept
    def test_a_request_that_goes(self):
        ask = self.ask(moment=NOON - timedelta(hours=2))
        found = self.record(ask, values={ask.key: {"user_id": self.user.id, "minutes": 5}})
        self.assertRecordValues(
            found[ask.key],
            [
                {
                    "partner_id": self.ann.id,
                    "contact_id": self.person.id,
                    "company_id": self.company.id,
                    "channel": "mail",
                    "purpose": "care",
                    "state": "done",
                    "reason": False,
                    "asked_at": NOON - timedelta(hours=2),
                    "date": NOON,
                    "next_try_at": False,
                    "tries": 0,
                    "automatic": True,
                    "user_id": self.user.id,
                    "minutes": 5,
                }
            ],
        )

    def test_deferred_then_done(self):
        first = self.record(self.ask())[self.person.id]
        held = self.record(self.ask(self.ann))[self.ann.id]
        week = NOON + 7 * DAY
        self.assertRecordValues(
            held, [{"state": "deferred", "reason": "cap", "next_try_at": week, "tries": 1}]
        )
        again = self.ask(self.ann, moment=week, first_moment=NOON)
        values = {again.key: {"touch_id": held.id}}
        # Somebody else was quicker: held back once more.
        quicker = self.touched(moment=NOON + DAY)
        self.record(again, now=week, values=values)
        later = NOON + 8 * DAY
        self.assertRecordValues(held, [{"state": "deferred", "next_try_at": later, "tries": 2}])
        again = again._replace(moment=later)
        self.assertEqual(self.record(again, now=later, values=values), {self.ann.id: held})
        self.assertRecordValues(
            held,
            [
                {
                    "state": "done",
                    "reason": False,
                    "date": later,
                    "next_try_at": False,
                    "tries": 2,
                    "asked_at": NOON,
                }
            ],
        )
        everything = self.touches.search([("partner_id", "=", self.ann.id)])
        self.assertEqual(set(everything), {held, first, quicker})
        self.assertEqual(
            self.as_user(held).log_text.replace("\u202f", " "),
            "6/30/26, 12:00 PM: Touched often enough, next try 7/7/26, 12:00 PM\n"
            "7/7/26, 12:00 PM: Touched often enough, next try 7/8/26, 12:00 PM",
        )

    def test_skipped(self):
        self.person.message_bounce = 1
        touch = self.record(self.ask())[self.person.id]
        self.assertRecordValues(touch, [{"state": "skipped", "reason": "bounced", "tries": 0}])
        self.assertIn("given up: Mails come back", touch.log_text)

    def test_failed_does_not_count_and_may_be_tried_again(self):
        touch = self.record(self.ask())[self.person.id]
        self.touches._touch_failed(touch, "The server\nsaid no")
        self.assertRecordValues(touch, [{"state": "failed", "date": False}])
        self.assertIn("not sent: The server said no", touch.log_text)
        ask = self.ask(moment=NOON + DAY)
        self.record(ask, now=NOON + DAY, values={ask.key: {"touch_id": touch.id}})
        self.assertRecordValues(touch, [{"state": "done", "date": NOON + DAY}])

    def test_one_batch_is_one_insert(self):
        people = [self.customer(f"C{number}") for number in range(20)]
        asks = [self.ask(person) for person in people]
        verdicts = self.gate(*asks)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        found = self.touches._record(self.company, asks, verdicts)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - before, 15)
        self.assertEqual({touch.contact_id.id for touch in found.values()}, set(found))

    def test_further_tries_of_a_batch_are_one_update(self):
        people = [self.customer(f"C{number}") for number in range(20)]
        for person in people:
            self.touched(person)
        asks = [self.ask(person) for person in people]

        def queries(asks, values):
            verdicts = self.gate(*asks)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.touches._record(self.company, asks, verdicts, values)
            self.env.flush_all()
            return found, self.env.cr.sql_log_count - before

        found, _count = queries(asks, None)
        values = {key: {"touch_id": touch.id} for key, touch in found.items()}
        again, few = queries(asks[:2], values)
        self.assertEqual(again[asks[0].key], found[asks[0].key])
        _again, many = queries(asks[2:], values)
        self.assertEqual(many, few)
        self.assertEqual({touch.tries for touch in found.values()}, {2})

    def test_name(self):
        self.assertEqual(self.touched().display_name, "Mail · Care · Ann, Pia")

    # ------------------------------------------------------------ who sees it
    def test_nobody_writes_by_hand(self):
        touch = self.touched()
        for user in (self.user, self.manager):
            mine = self.as_user(touch, user)
            self.assertEqual(mine.read(["state"])[0]["state"], "done")
            with self.assertRaises(AccessError):
                mine.note = "x"
            with self.assertRaises(AccessError):
                mine.unlink()

    def test_other_companies(self):
        other = self.make_company("Other")
        self.touched(company_id=other.id)
        self.assertFalse(self.as_user(self.touches).search([]))

    def test_managers_edit_limits(self):
        caps = self.env["retention.touch.cap"]._of_company(self.company)
        self.as_user(caps[0], self.manager).count = 2
        with self.assertRaises(AccessError):
            self.as_user(caps[0]).count = 3
        action = self.as_user(caps, self.manager).action_of_company()
        self.assertEqual(action["res_model"], "retention.touch.cap")

    def test_screens_open(self):
        self.record(self.ask(), self.ask(self.ann))
        for model in ("retention.touch", "retention.touch.cap", "retention.optout"):
            mine = self.as_user(self.env[model], self.manager)
            mine.get_views([(False, kind) for kind in ("list", "search", "form")])
            mine.web_search_read([], {"display_name": {}})

    def test_count_and_list_on_contacts(self):
        self.touched()
        self.touched(self.ann)
        ann, person = (self.as_user(partner) for partner in (self.ann, self.person))
        self.assertEqual((ann.retention_touch_count, person.retention_touch_count), (2, 1))
        for partner, count in ((ann, 2), (person, 1)):
            domain = partner.action_retention_touches()["domain"]
            self.assertEqual(len(self.as_user(self.touches).search(domain)), count)
        with self.assertRaises(AccessError):
            self.as_user(self.ann, self.plain).action_retention_touches()

    def test_timeline(self):
        self.touched(user_id=self.user.id)
        self.record(self.ask(moment=NOON + DAY), now=NOON + DAY)
        with freeze_time("2026-07-02 12:00:00"):
            found = self.as_user(self.env["retention.timeline"]).load(self.ann.id, kind="touch")
        self.assertEqual(
            [(entry["title"], entry["text"], entry["who"]) for entry in found["entries"]],
            [
                ("Mail · Care", "Deferred – Touched often enough", "Pia"),
                ("Mail · Care", "Touched", f"{self.user.name} → Pia"),
            ],
        )

    # ------------------------------------------------------------ merging
    def test_touches_follow_a_merge(self):
        bob = self.customer("Bob")
        mine, theirs = self.touched(bob), self.touched(self.contact(bob, "Cy"))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((bob | self.person).ids, self.person)
        self.env.invalidate_all()
        self.assertRecordValues(mine, [{"partner_id": self.ann.id, "contact_id": self.person.id}])
        self.assertEqual(theirs.partner_id, self.ann)

    # ------------------------------------------------------------ opt-outs by hand
    def test_preferences_note_opt_outs(self):
        preference = self.as_user(self.env["retention.preference"]).create(
            {"partner_id": self.person.id, "no_promotion": True}
        )
        optout = self.env["retention.optout"].search([("partner_id", "=", self.person.id)])
        self.assertRecordValues(optout, [{"purpose": "promotion", "source": "person"}])
        preference.no_care = True
        preference.invalidate_recordset()
        self.assertTrue(preference.no_care and preference.no_promotion)
        preference.no_promotion = False
        self.assertFalse(optout.exists())

    def test_only_managers_undo_what_a_contact_said(self):
        self.env["retention.optout"]._opt_out(self.person, self.company, "care", "unsubscribe")
        preference = self.env["retention.preference"].create({"partner_id": self.person.id})
        mine = self.as_user(preference)
        self.assertTrue(mine.no_care)
        with self.assertRaises(AccessError):
            mine.no_care = False
            self.env.flush_all()
        optout = self.env["retention.optout"].search([("partner_id", "=", self.person.id)])
        with self.assertRaises(AccessError):
            self.as_user(optout).partner_id = self.ann
        self.as_user(preference, self.manager).no_care = False
        self.assertFalse(optout.exists())

    # ------------------------------------------------------------ the word of warning
    def warning(self, records, kind="call", deadline=date(2026, 6, 30), user=None):
        wizard = self.as_user(self.env["mail.activity.schedule"], user).with_context(
            active_model=records._name, active_id=records[0].id, active_ids=records.ids
        )
        with freeze_time(NOON), Form(wizard) as form:
            form.activity_type_id = self.env.ref(f"mail.mail_activity_data_{kind}")
            form.date_deadline = deadline
            form.summary = "Ring"
            found = form.retention_warning
            return found, form.save()

    def test_warning_when_touched_often_enough(self):
        self.touched(moment=NOON - DAY)
        words, wizard = self.warning(self.person)
        self.assertIn("Ann, Pia: Touched often enough; better from 7/6/26", words)
        wizard.action_schedule_activities()
        self.assertEqual(self.person.activity_ids.summary, "Ring")

    def test_warning_speaks_of_the_day_it_is_due(self):
        self.touched(moment=NOON - DAY)
        self.assertFalse(self.warning(self.person, deadline=date(2026, 7, 7))[0])
        self.assertTrue(self.warning(self.person, deadline=date(2026, 7, 3))[0])

    def test_warning_of_an_open_problem_and_quiet_hours(self):
        profile = self.make_profile(self.ann, 400)
        self.env["retention.alert"].create(
            {
                "profile_id": profile.id,
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "risk_level": "critical",
                "state": "queued",
            }
        )
        self.env["retention.preference"].create(
            {"partner_id": self.person.id, "quiet_from": 11, "quiet_to": 14}
        )
        order = self.order(self.person, datetime(2026, 6, 1, 12), user_id=self.user.id)
        words = self.warning(order)[0].splitlines()
        self.assertEqual(words[0], "Ann, Pia: Has an open problem")
        self.assertIn("Quiet hours; better from", words[1])
        self.assertEqual(len(self.warning(order, deadline=date(2026, 7, 1))[0].splitlines()), 1)

    def test_no_warning(self):
        self.assertFalse(self.warning(self.person)[0])
        self.touched(moment=NOON - DAY)
        self.assertFalse(self.warning(self.person, "todo")[0])

    def test_warning_names_few(self):
        people = self.env["res.partner"]
        for number in range(7):
            people |= self.customer(f"C{number}")
        for person in people:
            self.touched(person, NOON - DAY)
        words = self.warning(people)[0].splitlines()
        self.assertEqual((len(words), words[-1]), (6, "… and 2 more"))

    def test_warning_only_for_our_users(self):
        fields = self.as_user(self.env["mail.activity.schedule"], self.plain).fields_get()
        self.assertNotIn("retention_warning", fields)
        self.touched(moment=NOON - DAY)
        wizard = self.as_user(self.env["mail.activity.schedule"], self.plain)
        view = wizard.get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertNotIn("retention_warning", view)
