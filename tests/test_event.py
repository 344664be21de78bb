"""Recording outside events: who may, whose they are, nothing twice, how long they stay."""

from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .event_common import NOW, EventCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEvent(EventCase):
    # ---------------------------------------------------------------- recording
    def test_a_call_says_of_each_row_what_became_of_it(self):
        found = self.send(
            self.row(1, name="Price list", weight=2, sentiment="positive", note="Fine"),
            self.row(2, partner_id=self.contact.id, kind="review", source="stars"),
            self.row(1),
            self.row(3, kind="logout"),
        )
        self.assertEqual([row["row"] for row in found], [0, 1, 2, 3])
        self.assertEqual([row["outside_id"] for row in found], ["1", "2", "1", "3"])
        statuses = ["accepted", "accepted", "duplicate", "error"]
        self.assertEqual([row["status"] for row in found], statuses)
        self.assertIn("login", found[3]["message"])
        self.assertRecordValues(
            self.events.search([("company_id", "=", self.company.id)], order="id"),
            [
                {
                    "kind": "login",
                    "name": "Price list",
                    "moment": datetime(2026, 6, 30, 8),
                    "partner_id": self.firm.id,
                    "commercial_partner_id": self.firm.id,
                    "weight": 2,
                    "source": "api",
                    "outside_id": "1",
                    "sentiment": "positive",
                    "note": "Fine",
                    "create_uid": self.machine.id,
                },
                {
                    "kind": "review",
                    "name": False,
                    "moment": datetime(2026, 6, 30, 8),
                    "partner_id": self.contact.id,
                    "commercial_partner_id": self.firm.id,
                    "weight": 1,
                    "source": "stars",
                    "outside_id": "2",
                    "sentiment": False,
                    "note": False,
                    "create_uid": self.machine.id,
                },
            ],
        )

    def test_sending_again_changes_nothing(self):
        self.send(self.row(1, note="First"))
        [again] = self.send(self.row(1, note="Second", partner_id=self.contact.id))
        self.assertEqual(again["status"], "duplicate")
        [event] = self.events.search([("company_id", "=", self.company.id)])
        self.assertEqual((event.note, event.partner_id), ("First", self.firm))
        [other] = self.send(self.row(1, source="shop"))
        self.assertEqual(other["status"], "accepted")

    def test_a_second_company_has_its_own_numbers(self):
        other = self.make_company("Other")
        machine = self.make_user("e_other", "customer_retention.group_integration", company=other)
        self.send(self.row(1))
        [found] = self.send(self.row(1), user=machine)
        self.assertEqual(found["status"], "accepted")
        theirs = self.events.search([("company_id", "=", other.id)])
        self.assertEqual(len(theirs), 1)
        self.assertFalse(self.as_user(self.user, self.events).search([("id", "=", theirs.id)]))

    def test_branches_record_for_their_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        machine = self.make_user("e_branch", "customer_retention.group_integration", company=branch)
        self.send(self.row(1), user=machine)
        self.assertEqual(self.events.search([("outside_id", "=", "1")]).company_id, self.company)

    # ---------------------------------------------------------------- whose it is
    def test_the_customer_by_id_reference_tax_number_or_mail(self):
        self.firm.write({"ref": "K-1", "vat": "DE123456788"})
        self.contact.email = "Bo <bo@firm.example>"
        twin = self.customer("Twin", email="twin@x.example")
        self.customer("Other twin", email="twin@x.example")
        foreign = self.customer("Foreign", company_id=self.make_company("Other").id)
        asked = (
            ({"ref": "k-1"}, self.firm, None),
            ({"vat": "de 123 456 788"}, self.firm, None),
            ({"email": "BO@firm.example"}, self.contact, None),
            ({"ref": "unknown", "email": "bo@firm.example"}, self.contact, None),
            ({"email": "twin@x.example"}, None, "Several"),
            ({"email": "twin@x.example", "partner_id": twin.id}, twin, None),
            ({"email": "nobody@x.example"}, None, "no such customer"),
            ({"email": "no address"}, None, "No customer"),
            ({}, None, "No customer"),
            ({"ref": ["K-1"]}, None, "No customer"),
            ({"partner_id": foreign.id}, None, "no such customer"),
            ({"partner_id": 2**40}, None, "no such customer"),
            ({"partner_id": "1"}, None, "no such customer"),
            ({"partner_id": True}, None, "no such customer"),
        )
        rows = [{**self.row(n, partner_id=None), **who} for n, (who, *_rest) in enumerate(asked)]
        count = self.env["res.partner"].with_context(active_test=False).search_count([])
        for number, (result, (who, partner, words)) in enumerate(
            zip(self.send(*rows), asked, strict=True)
        ):
            with self.subTest(who=who):
                event = self.events.search([("outside_id", "=", str(number))])
                if partner:
                    self.assertEqual(event.partner_id, partner)
                else:
                    self.assertFalse(event)
                    self.assertIn(words, result["message"])
        after = self.env["res.partner"].with_context(active_test=False).search_count([])
        self.assertEqual(after, count)

    def test_every_problem_has_words(self):
        for changes, words in (
            ({"kind": None}, "login, feature"),
            ({"moment": "soon"}, "cannot be read"),
            ({"moment": "2026-07-01T12:00:01Z"}, "future"),
            ({"moment": "2024-06-30T11:59:59Z"}, "further back"),
            ({"outside_id": None}, "outside number"),
            ({"weight": -1}, "above zero"),
            ({"sentiment": "cross"}, "positive, neutral or negative"),
            ({"note": {}}, "instead of a text"),
        ):
            with self.subTest(changes=changes):
                [found] = self.send(self.row(1, **changes))
                self.assertEqual(found["status"], "error")
                self.assertIn(words, found["message"])

    # ---------------------------------------------------------------- who may
    def test_only_who_is_let_in(self):
        for user in (self.user, self.plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.send(self.row(1), user=user)
        self.assertEqual(self.send(self.row(1), user=self.manager)[0]["status"], "accepted")

    def test_the_machine_sees_nothing(self):
        self.send(self.row(1))
        mine = self.as_user(self.machine, self.events)
        for operation in ("read", "write", "unlink"):
            self.assertFalse(mine.has_access(operation))
        for model in self.env:
            theirs = self.env[model].with_user(self.machine)
            if model.startswith("retention.") and not theirs._abstract:
                self.assertFalse(theirs.has_access("read"))

    def test_only_a_list_of_objects(self):
        events = self.as_user(self.machine, self.events)
        for wrong in ("x", {}, [1], [[]], None):
            with self.subTest(wrong=wrong):
                self.assertRefused(UserError, "list", lambda w=wrong: events.action_record(w))
        rows = [{}] * 5001
        self.assertRefused(UserError, "5000", lambda: events.action_record(rows))
        self.assertEqual(events.action_record([]), [])

    def test_queries_do_not_grow_with_the_rows(self):
        few = self.queries(lambda: self.send(*(self.row(n, ref="x") for n in range(2))))
        many = self.queries(lambda: self.send(*(self.row(n, ref="x") for n in range(500))))
        self.assertEqual(many, few)

    # ---------------------------------------------------------------- by hand
    def test_by_hand(self):
        event = self.event(outside_id="9", source="hand")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.event(outside_id="9", source="hand")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.event(weight=0)
        self.assertEqual(event.display_name, "Login")
        self.firm.company_id = self.company
        other = self.make_company("Other")
        self.assertRefused(
            ValidationError, "another company", lambda: self.event(company_id=other.id)
        )

    # ---------------------------------------------------------------- how long they stay
    def test_old_events_go_but_the_latest_login_stays(self):
        self.company.retention_event_months = 12
        edge = NOW - timedelta(days=365)  # 30 June 2025, twelve months back
        bob = self.customer("Bob")
        kept = self.event(moment=edge) | self.event(bob, 800) | self.event(kind="review")
        gone = (
            self.event(moment=edge - timedelta(seconds=1))
            | self.event(bob, 801)
            | self.event(bob, 700, kind="feature")
        )
        foreign = self.event(days_ago=500, company_id=self.make_company("Other").id)
        done, _more = self.events._gc_events()
        self.assertEqual(done, 3)
        self.assertEqual((kept | gone | foreign).exists(), kept | foreign)

    def test_signals_need_some_months(self):
        self.company.retention_event_months = 6
        with self.assertRaises(ValidationError):
            self.company.retention_event_months = 5

    # ---------------------------------------------------------------- merging contacts
    def test_merging_moves_events(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        event = self.event(dan)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((cid | dan).ids, cid)
        self.assertEqual((event.partner_id, event.commercial_partner_id), (cid, cid))
