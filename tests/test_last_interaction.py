"""What counts as contact with a customer, and the day of the last one."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AS_OF
from .interaction_common import NOON, OURS, InteractionCase


@tagged("post_install", "-at_install")
class TestLastInteraction(InteractionCase):
    def rows(self, partner=None, as_of=AS_OF, company=None, **options):
        """Return (day, kind, model, id) of what counts for a customer."""
        metrics = self.env["retention.metrics"]
        scope = metrics._scope(
            company or self.company,
            as_of,
            SQL("(SELECT %s AS partner_id) few", (partner or self.ann).id),
        )
        query = metrics._union(metrics._interaction_queries(scope, **options))
        return [row[1:] for row in self.env.execute_query(query) if row[1] <= as_of]

    def done_activity(self, record, day, user=None):
        activity = record.activity_schedule(
            "mail.mail_activity_data_call", user_id=(user or self.user).id
        )
        activity.action_feedback()
        self.env.flush_all()
        activity.date_done = day
        return activity

    def mail(self, record, author, day, company=None, **values):
        return self.env["mail.message"].create(
            {
                "model": record._name,
                "res_id": record.id,
                "author_id": author.id,
                "message_type": "email",
                "date": f"{day} 12:00:00",
                "record_company_id": (company or self.company).id,
                **values,
            }
        )

    def meeting(self, day, *partners, **values):
        return self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": f"{day} 09:00:00",
                "stop": f"{day} 10:00:00",
                "user_id": self.user.id,
                "partner_ids": [Command.set([partner.id for partner in partners])],
                **values,
            }
        )

    # ------------------------------------------------------------ each kind
    def test_follow_up_records(self):
        talk = self.talk()
        self.talk(outcome="no_answer", date=NOON + timedelta(days=1))
        self.talk(date=datetime(2026, 7, 1, 0, 30))
        expected = (NOON.date(), "call", "retention.interaction", talk.id)
        self.assertEqual(self.rows(), [expected])
        self.company.retention_tz = "America/New_York"
        self.assertIn(AS_OF, [row[0] for row in self.rows()])

    def test_done_activities(self):
        order, person = self.order(self.ann, AS_OF, state="draft"), self.customer("P")
        person.write({"is_company": False, "parent_id": self.ann.id})
        talk = self.talk(next_step="x", date=datetime(2026, 1, 1))
        days = [date(2026, 5, day) for day in (1, 2, 3, 4)]
        found = [
            self.done_activity(record, day)
            for record, day in zip((self.ann, order, person, talk), days, strict=True)
        ]
        self.ann.activity_schedule("mail.mail_activity_data_call", user_id=self.user.id)
        rows = [row for row in self.rows() if row[1] == "activity"]
        expected = [(a.date_done, "activity", "mail.activity", a.id) for a in found]
        self.assertCountEqual(rows, expected)

    def test_messages_of_the_customer(self):
        person = self.customer("P", is_company=False, parent_id=self.ann.id)
        message = self.mail(self.ann, person, "2026-05-01")
        self.mail(self.ann, self.user.partner_id, "2026-05-02")
        self.mail(self.ann, person, "2026-05-03", message_type="notification")
        self.assertEqual(self.rows(), [(date(2026, 5, 1), "message", "mail.message", message.id)])

    def test_meetings_held(self):
        us = self.user.partner_id
        held = self.meeting("2026-05-01", us, self.ann)
        self.meeting("2026-07-05", us, self.ann)
        self.meeting("2026-05-02", us)
        self.meeting("2026-05-03", us, self.ann, active=False)
        declined = self.meeting("2026-05-04", us, self.ann).attendee_ids
        declined.filtered(lambda a: a.partner_id == self.ann).state = "declined"
        self.assertEqual(self.rows(), [(date(2026, 5, 1), "meeting", "calendar.event", held.id)])

    def test_purchases(self):
        self.orders(self.ann, 3, 9)
        days = {(AS_OF - timedelta(days=n), "purchase", None, None) for n in (3, 9)}
        self.assertEqual(set(self.rows()), days)
        self.assertEqual(self.rows(purchases=False), [])

    # ------------------------------------------------------------ companies
    def test_the_other_companys_contact_does_not_count(self):
        other = self.make_company("Other")
        them = self.make_user("i_them", f"{OURS}.group_user", company=other)
        self.done_activity(self.ann, date(2026, 5, 1), them)
        self.mail(self.ann, self.ann, "2026-05-02", other)
        self.meeting("2026-05-03", them.partner_id, self.ann, user_id=them.id)
        self.order(self.ann, AS_OF, company=other)
        self.assertEqual(self.rows(), [])
        kinds = {row[1] for row in self.rows(company=other)}
        self.assertEqual(kinds, {"activity", "message", "meeting", "purchase"})

    # ------------------------------------------------------------ on the profile
    def test_stored_once(self):
        bob, cid = self.customer("Bob"), self.customer("Cid")
        for partner in (self.ann, bob, cid):
            self.orders(partner, 100)
        self.refresh()
        # The engine's full run has stored the purchases as the last contact of all three.
        self.assertEqual(self.profile(cid).last_interaction_date, date(2026, 3, 22))
        talk, _other = self.talk(), self.talk(bob)
        store = self.profiles._store_interactions
        self.assertEqual(store(self.company, AS_OF, self.ann.ids), 1)
        self.assertEqual(self.profile(self.ann).last_interaction_date, NOON.date())
        self.assertEqual(self.profile(bob).last_interaction_date, date(2026, 3, 22))
        self.assertEqual(store(self.company, AS_OF), 1)
        self.assertEqual(self.profile(bob).last_interaction_date, NOON.date())
        self.assertEqual(store(self.company, AS_OF), 0)
        talk.unlink()
        self.assertEqual(store(self.company, AS_OF), 1)
        self.assertEqual(self.profile(self.ann).last_interaction_date, date(2026, 3, 22))

    def test_engine_stores_it(self):
        """A talk reaches the figure by the fresh path and by a full run alike."""
        self.orders(self.ann, 100)
        self.refresh()
        self.talk()
        self.refresh(partners=self.ann)
        self.assertEqual(self.profile(self.ann).last_interaction_date, NOON.date())
        bob = self.customer("Bob")
        self.orders(bob, 100)
        self.talk(bob)
        self.refresh()
        self.assertEqual(self.profile(bob).last_interaction_date, NOON.date())

    def test_same_with_and_without_purchases_at_hand(self):
        bob = self.customer("Bob")
        self.orders(self.ann, 3)
        self.orders(bob, 50)
        self.talk()
        self.talk(bob)
        self.refresh()
        self.profiles._store_interactions(self.company, AS_OF)
        metrics = self.env["retention.metrics"]
        query = metrics._last_interaction_query(metrics._scope(self.company, AS_OF))
        last = dict(self.env.execute_query(query))
        for partner in (self.ann, bob):
            self.assertEqual(self.profile(partner).last_interaction_date, last[partner.id])

    def test_another_kind_of_contact(self):
        """A bridge in miniature: its tickets are contact too."""
        self.orders(self.ann, 50)
        self.refresh()
        metrics, day = type(self.env["retention.metrics"]), AS_OF - timedelta(days=1)
        original = metrics._interaction_queries

        def with_tickets(model, scope, purchases=True):
            ticket = SQL(
                "SELECT %s AS partner_id, %s::date AS day, 'ticket', 'helpdesk.ticket', 1",
                self.ann.id,
                day,
            )
            return [*original(model, scope, purchases), ticket]

        with patch.object(metrics, "_interaction_queries", with_tickets):
            self.profiles._store_interactions(self.company, AS_OF)
        self.assertEqual(self.profile(self.ann).last_interaction_date, day)
