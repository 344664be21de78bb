"""Agreements: their state, the decision on renewal, and who had one on a day."""

from psycopg2 import IntegrityError

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import AS_OF
from .file_common import NOON, CustomerFileCase, days


@tagged("post_install", "-at_install")
class TestAgreement(CustomerFileCase):
    def agreement(self, start=-100, end=100, partner=None, **values):
        return self.env["retention.agreement"].create(
            {
                "name": "Maintenance",
                "partner_id": (partner or self.ann).id,
                "start": days(start),
                "end": days(end) if end is not None else False,
                "signed_on": days(-200),
                "user_id": self.user.id,
                **values,
            }
        )

    @freeze_time(NOON)
    def test_state_follows_from_the_dates(self):
        after = self.agreement(50, 100)
        expected = {
            self.agreement(-9, -1): "ended",
            self.agreement(-9, 0): "in_force",
            self.agreement(-9, 1): "in_force",
            self.agreement(-9, None): "in_force",
            self.agreement(0, 9): "in_force",
            self.agreement(1, 9): "draft",
            self.agreement(-9, 9, signed_on=False): "draft",
            self.agreement(-9, -1, renewed_by_id=after.id): "renewed",
            self.agreement(-9, 0, renewed_by_id=after.id): "in_force",
        }
        for agreement, state in expected.items():
            with self.subTest(start=agreement.start, end=agreement.end):
                self.assertEqual(agreement.state, state)
        mine = [("partner_id", "=", self.ann.id), ("id", "!=", after.id)]
        for state in ("draft", "in_force", "ended", "renewed"):
            found = self.env["retention.agreement"].search([*mine, ("state", "=", state)])
            self.assertEqual(set(found), {a for a, s in expected.items() if s == state})
            found = self.env["retention.agreement"].search([*mine, ("state", "!=", state)])
            self.assertEqual(set(found), {a for a, s in expected.items() if s != state})

    @freeze_time(NOON)
    def test_decision_is_due_from_the_notice_on(self):
        expected = {
            self.agreement(end=31): False,
            self.agreement(end=30): True,
            self.agreement(end=29): True,
            self.agreement(end=0): True,
            self.agreement(end=-1): False,
            self.agreement(end=None): False,
            self.agreement(end=30, renewal="end"): False,
            self.agreement(end=30, signed_on=False): False,
            self.agreement(end=30, notice_days=29): False,
        }
        for agreement, due in expected.items():
            with self.subTest(end=agreement.end, renewal=agreement.renewal):
                self.assertEqual(agreement.to_decide, due)
        mine = ("partner_id", "=", self.ann.id)
        for due in (True, False):
            found = self.env["retention.agreement"].search([mine, ("to_decide", "=", due)])
            self.assertEqual(set(found), {a for a, d in expected.items() if d == due})

    def test_cannot_end_before_it_begins(self):
        self.agreement(0, 0)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.agreement(0, -1)

    def test_the_next_one_follows_and_is_as_long(self):
        old = self.agreement(amount=500, number="A-1")
        old = self.as_user(old._name).browse(old.id)
        action = old.action_renew()
        new = old.browse(action["res_id"])
        self.assertRecordValues(
            new,
            [
                {
                    "start": days(101),
                    "end": days(301),
                    "amount": 500,
                    "number": False,
                    "signed_on": False,
                    "renewal": False,
                    "partner_id": self.ann.id,
                }
            ],
        )
        self.assertEqual((old.renewed_by_id, old.renewal), (new, "renew"))
        self.assertEqual(old.action_renew()["res_id"], new.id)

    def test_changes_ask_for_fresh_figures(self):
        requests = self.env["retention.refresh.request"]
        agreement = self.agreement()
        self.commit_requests()
        self.assertIn(self.ann.id, requests.search([]).mapped("partner_id"))
        requests.search([]).unlink()
        agreement.end = days(3)
        self.commit_requests()
        self.assertIn(self.ann.id, requests.search([]).mapped("partner_id"))

    def test_files_are_for_everybody_who_may_read_it(self):
        file = self.env["ir.attachment"].with_user(self.user).create({"name": "a", "raw": b"a"})
        agreement = self.agreement(document_ids=[Command.set(file.ids)])
        manager = self.as_user(agreement._name, self.manager).browse(agreement.id)
        self.assertEqual(manager.document_ids.raw, b"a")

    # ------------------------------------------------------------ as of a day
    def rows(self, as_of, partners=None, company=None):
        metrics = self.env["retention.metrics"]
        few = None
        if partners is not None:
            few = SQL("(SELECT unnest(%s::int[]) AS partner_id) few", partners.ids)
        scope = metrics._scope(company or self.company, as_of, few)
        found = self.env.execute_query(metrics._agreement_query(scope))
        return {row[0]: row[1:] for row in found}

    def test_in_force_at_both_ends(self):
        self.agreement(-10, 10)
        self.assertEqual(self.rows(days(-11)), {})
        for day, in_force in ((-10, True), (10, True), (11, False)):
            with self.subTest(day=day):
                self.assertEqual(self.rows(days(day)), {self.ann.id: (in_force, days(10))})

    def test_one_row_per_customer(self):
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        self.agreement(-300, -200)
        self.agreement(-100, -50, partner=person)
        self.agreement(-100, None, partner=self.bob)
        self.agreement(-300, -200, partner=self.bob)
        self.assertEqual(
            self.rows(AS_OF), {self.ann.id: (False, days(-50)), self.bob.id: (True, None)}
        )
        self.assertEqual(self.rows(AS_OF, self.bob), {self.bob.id: (True, None)})

    def test_only_what_was_signed_by_then(self):
        self.agreement(signed_on=False)
        self.assertEqual(self.rows(AS_OF), {})
        self.agreement(signed_on=days(-5))
        self.assertEqual(self.rows(days(-6)), {})
        self.assertTrue(self.rows(days(-5)))

    def test_a_signed_renewal_bridges_the_time_until_it_begins(self):
        old = self.agreement(-100, -1)
        new = self.agreement(20, 100, signed_on=days(-3))
        self.assertFalse(self.rows(AS_OF)[self.ann.id][0])  # two agreements, no renewal
        old.renewed_by_id = new
        for day, in_force in ((-4, True), (-1, True), (0, True), (19, True), (101, False)):
            with self.subTest(day=day):
                self.assertEqual(self.rows(days(day))[self.ann.id][0], in_force)
        new.signed_on = days(5)
        for day, in_force in ((-1, True), (0, False), (4, False), (5, True)):
            with self.subTest(day=day, signed=5):
                self.assertEqual(self.rows(days(day))[self.ann.id][0], in_force)

    def test_of_one_company(self):
        self.agreement(company_id=self.other.id, user_id=self.stranger.id)
        self.assertEqual(self.rows(AS_OF), {})
        self.assertEqual(list(self.rows(AS_OF, company=self.other)), [self.ann.id])
