"""Everything known of a person is found, handed out and erased; figures of the company stay."""

import base64
import io
import json
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import RetentionCase
from .ledger_common import LedgerCase
from .walk_common import Rows

OURS = "customer_retention"
# Tables that lead to a person. Whoever adds one decides what erasing does with it.
PERSONAL = {
    f"retention.{name}"
    for name in (
        "agreement",
        "alert",
        "alert.line",
        "backtest.alert",
        "case",
        "change",
        "compensation",
        "competitor.note",
        "content.sent",
        "cue",
        "enrollment",
        "event",
        "feedback",
        "feedback.line",
        "history.import.line",
        "history.purchase",
        "interaction",
        "key.date",
        "ledger",
        "ledger.erased",
        "merged.contact",
        "need",
        "optout",
        "pain.link",
        "plan",
        "plan.goal",
        "preference",
        "profile",
        "promise",
        "reason",
        "referral",
        "sop.step.run",
        "tier.grant",
        "touch",
    )
}


@tagged("post_install", "-at_install")
class TestPrivacyTables(RetentionCase):
    """One row in each table of ours, about one person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.customer("Ann Example", company_id=cls.company.id)
        cls.owner = cls.make_user("y_owner", f"{OURS}.group_user")
        cls.manager = cls.make_user(
            "y_manager", f"{OURS}.group_manager", "base.group_partner_manager"
        )
        cls.privacy = cls.env["retention.privacy"]
        own = [model for name, model in cls.env.items() if name.startswith("retention.")]
        cls.rows = Rows(cls.env, cls.company, cls.owner, cls.ann)
        cls.rows.plant(sorted(own, key=lambda model: model._name))
        # What is open would have to be finished first.
        for table, values in (
            ("retention_case", SQL("state = 'solved'")),
            ("retention_agreement", SQL("start = DATE '2019-01-01', \"end\" = DATE '2020-01-01'")),
        ):
            cls.env.cr.execute(SQL("UPDATE %s SET %s", SQL.identifier(table), values))
        cls.env.invalidate_all()

    def parts(self, partner=None):
        found = self.privacy._found(partner or self.ann, self.company)
        return {part.model: part for part in found}

    def request(self, user=None):
        env = self.env(user=user or self.manager)
        env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        action = self.ann.with_env(env).action_retention_privacy()
        return env["retention.privacy.request"].browse(action["res_id"])

    def test_every_table_is_known(self):
        self.assertEqual(set(self.privacy._tables()), PERSONAL)

    def test_every_table_is_found(self):
        found = {
            name for name, part in self.parts().items() if self.rows.ids[name] in part.records.ids
        }
        self.assertEqual(found, PERSONAL)

    def test_nothing_of_others_is_found(self):
        bob = self.customer("Bob")
        self.assertEqual(self.parts(bob), {})
        found = self.privacy._found(self.ann, self.make_company("Other"))
        # Links in old mails are of no company.
        self.assertEqual([part.model for part in found], ["retention.merged.contact"])

    def test_all_of_it_is_handed_out(self):
        request = self.request()
        request.action_export_json()
        told = json.loads(base64.b64decode(request.file))
        labels = {part.label for part in self.parts().values()}
        self.assertEqual(set(told["parts"]), labels)
        self.assertIn("Ann Example", json.dumps(told))
        request.action_export_xlsx()
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(request.file)))
        self.assertEqual(len(book.worksheets), len(labels))
        logged = self.env["retention.trail"].search([("kind", "=", "privacy")])
        self.assertEqual(set(logged.user_id), {self.manager})
        self.assertEqual(len(logged), 2)

    def test_the_preview_counts_what_erasing_does(self):
        request = self.request()
        lines = {line.label: (line.count, line.fate) for line in request.line_ids}
        self.assertEqual(lines, {p.label: (len(p.records), p.fate) for p in self.parts().values()})
        self.assertEqual(request.total_count, sum(count for count, _fate in lines.values()))
        # What the screen shows: only rows that are kept.
        [shown] = request.web_read({"line_ids": {"fields": {"label": {}}}})
        self.assertEqual({row["label"] for row in shown["line_ids"]}, set(lines))
        request.action_erase()
        left = self.parts()
        self.assertEqual(
            set(left), {"retention.optout", "retention.merged.contact", "retention.ledger.erased"}
        )
        self.assertTrue(self.ann.exists() and self.ann.retention_no_profiling)
        for name, planted in self.rows.ids.items():
            if name in PERSONAL and self.privacy._fate(name) == "delete":
                self.assertFalse(self.env[name].sudo().browse(planted).exists(), name)
        logged = self.env["retention.trail"].search([("kind", "=", "privacy")])
        self.assertEqual((logged.user_id, len(logged)), (self.manager, 1))
        self.assertNotIn("Ann", f"{logged.subject} {logged.new_value} {logged.what}")

    def test_what_is_open_comes_first(self):
        self.env["retention.case"].create(
            {"name": "It broke", "partner_id": self.ann.id, "company_id": self.company.id}
        )
        request = self.request()
        self.assertIn("It broke", request.blocking_text)
        with self.assertRaises(UserError):
            request.action_erase()
        self.assertEqual(set(self.parts()), PERSONAL)

    def test_nobody_but_managers(self):
        with self.assertRaises(AccessError):
            self.request(self.owner)
        request = self.request()
        with self.assertRaises(AccessError):
            request.with_user(self.owner).action_export_json()
        with self.assertRaises(AccessError):
            request.with_user(self.owner).action_erase()
        foreign = self.make_user(
            "y_foreign", f"{OURS}.group_manager", company=self.make_company("Other")
        )
        with self.assertRaises(AccessError):
            request.with_user(foreign).action_erase()
        mine = self.env(user=foreign)["retention.privacy.request"]
        mine = mine.with_context(allowed_company_ids=foreign.company_id.ids)
        for values in ({}, {"company_ids": [(6, 0, self.company.ids)]}):
            with self.assertRaises(AccessError):
                stolen = mine.create({"partner_id": self.ann.id, **values})
                self.assertFalse(stolen.line_ids)
                stolen.action_export_json()

    def test_a_person_of_a_company(self):
        """A contact is one person; a customer takes its contacts along."""
        pia = self.customer("Pia", is_company=False, parent_id=self.ann.id)
        self.assertEqual(self.privacy._persons(pia), pia)
        self.assertEqual(self.privacy._persons(self.ann), self.ann | pia)
        talk = self.env["retention.interaction"].create(
            {
                "partner_id": pia.id,
                "company_id": self.company.id,
                "kind": "call",
                "topic": "Hello",
            }
        )
        shared = self.env["retention.interaction"].create(
            {
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "kind": "call",
                "topic": "Hello",
                "also_partner_ids": [(6, 0, pia.ids)],
            }
        )
        self.assertIn(talk, self.parts(pia)["retention.interaction"].records)
        self.privacy._erase(pia, self.company)
        self.assertFalse(talk.exists())
        self.assertTrue(shared.exists())
        self.assertFalse(shared.also_partner_ids)
        self.assertIn("retention.need", self.parts())


@tagged("post_install", "-at_install")
class TestPrivacyLedger(LedgerCase):
    def test_the_trail_forgets_the_name(self):
        ann = self.customer("Ann")
        self.order(ann, date(2026, 1, 10), 50)
        self.night(date(2026, 2, 1))
        told = {"record": self.profile(ann), "subject": "Ann", "note": "Ann is ill"}
        line = {"company": self.company, "what": "Pause", **told}
        self.env["retention.trail"]._note("override", [line])
        line = self.env["retention.trail"].search([("what", "=", "Pause")])
        self.assertEqual((line.subject, line.note), ("Ann", "Ann is ill"))
        self.env["retention.privacy"]._erase(ann, self.company)
        self.assertEqual((line.subject, line.note), (f"C{ann.id:06d}", False))

    def test_a_row_that_may_mean_somebody_else_stays(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        found = self.env["retention.history.import"].create(
            {
                "file": base64.b64encode(b"name,day,amount\nA,2024-01-01,5\n"),
                "file_name": "old.csv",
                "company_id": self.company.id,
            }
        )
        row = {"import_id": found.id, "kind": "doubtful", "code": "no_customer", "reason": "Who?"}
        both, alone = (
            self.env["retention.history.import.line"]
            .sudo()
            .create(
                [
                    {**row, "row_number": number, "candidate_ids": [Command.set(who.ids)]}
                    for number, who in ((2, ann | bob), (3, ann))
                ]
            )
        )
        self.env["retention.privacy"]._erase(ann, self.company)
        self.assertEqual(both.candidate_ids, bob)
        self.assertFalse(alone.exists())

    def test_who_became_one_customer_had_months_of_their_own(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, date(2026, 1, 10), 50)
        self.order(bob, date(2026, 1, 12), 70)
        self.night(date(2026, 2, 1))
        rows = self.rows(ann) | self.rows(bob)
        bob.write({"is_company": False, "parent_id": ann.id})
        self.env["retention.privacy"]._erase(ann, self.company)
        self.env.invalidate_all()
        self.assertEqual(set(rows.partner_id.mapped("name")), {"Erased customer"})
        self.assertEqual(len(rows.partner_id), 2)
        self.assertEqual(sorted(rows.mapped("revenue")), [50, 70])

    def test_closed_months_stay_as_figures_of_nobody(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for month in (1, 2, 3):
            self.order(ann, date(2026, month, 10), 50)
            self.order(bob, date(2026, month, 12), 70)
        self.night(date(2026, 2, 1))
        self.night(date(2026, 3, 1))
        imported = self.env["retention.history.purchase"].create(
            {
                "partner_id": ann.id,
                "company_id": self.company.id,
                "day": "2024-01-05",
                "amount": 9,
                "outside_id": "Ann's 1",
            }
        )
        mine = [("company_id", "=", self.company.id)]
        rollup = self.env["retention.ledger.rollup"]
        names = ["segment_id", "month:month"]
        sums = [f"{name}:sum" for name in ("row_count", "at_end", "revenue", "new_count")]
        before = rollup._read_group(mine, names, sums)
        rows = self.rows(ann)
        self.env["retention.privacy"]._erase(ann, self.company)
        self.assertFalse(self.rows(ann))
        nobody = rows.partner_id
        self.assertEqual((nobody.name, nobody.active), ("Erased customer", False))
        self.assertEqual(imported.partner_id, nobody)
        self.assertFalse(imported.outside_id)
        self.assertEqual(rollup._read_group(mine, names, sums), before)
        self.night(date(2026, 4, 1))
        self.assertFalse(self.profiles.search([("partner_id", "in", (ann | nobody).ids)]))
        self.assertEqual(self.rows(ann).mapped("revenue"), [50])
        self.assertEqual(self.env["retention.audit"]._audit(self.company), [])

    def test_the_contact_can_be_deleted_afterwards(self):
        ann = self.customer("Ann")
        self.env["retention.history.purchase"].create(
            {"partner_id": ann.id, "company_id": self.company.id, "day": "2024-01-05", "amount": 9}
        )
        self.refresh()
        self.env["retention.privacy"]._erase(ann, self.company)
        ann.unlink()
        self.assertFalse(ann.exists())

    def restated(self):
        """Return {month: (revenue, restated revenue)} of the company."""
        rows = self.ledger.search([("company_id", "=", self.company.id)])
        return {
            month.month: (sum(found.mapped("revenue")), sum(found.mapped("revenue_restated")))
            for month, found in sorted(rows.grouped("month").items())
        }

    def test_documents_of_an_erased_customer_that_change_still_count(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        orders = [self.order(ann, date(2026, month, 10), 50) for month in (1, 2)]
        self.order(bob, date(2026, 1, 12), 70)
        self.env["retention.history.purchase"].create(
            {"partner_id": ann.id, "company_id": self.company.id, "day": "2026-01-05", "amount": 9}
        )
        self.company.retention_cutover_date = date(2026, 1, 8)
        self.night(date(2026, 3, 1))
        before = {1: (129, 129), 2: (50, 50)}
        self.assertEqual(self.restated(), before)
        told = self.told(ann, "revenue", "revenue_restated")
        rows = self.rows(ann)
        self.env["retention.privacy"]._erase(ann, self.company)
        nobody = rows.partner_id
        self.refresh(date(2026, 3, 2), partners=ann | nobody)
        self.assertEqual(self.restated(), before)
        self.assertEqual(self.told(nobody, "revenue", "revenue_restated"), told)
        # Cancelled, come late, and changed back again.
        orders[1].state = "cancel"
        late = self.order(ann, date(2026, 1, 20), 5)
        self.refresh(date(2026, 3, 3), partners=ann)
        self.assertEqual(self.restated(), {1: (129, 134), 2: (50, 0)})
        self.assertEqual(self.told(nobody, "revenue", "revenue_restated"), told)
        self.assertFalse(any(self.rows(ann).mapped("active_end")))
        orders[1].state, late.state = "sale", "cancel"
        self.night(date(2026, 4, 1))
        self.assertEqual(self.restated(), {**before, 3: (0, 0)})
        # Made from documents again, the months are those of who has the documents.
        self.months.search([("company_id", "=", self.company.id)]).write({"state": "waiting"})
        self.close()
        self.assertEqual(self.restated(), {**before, 3: (0, 0)})
        self.assertFalse(self.env["retention.ledger.erased"].search([]))

    def test_erased_twice(self):
        ann = self.customer("Ann")
        first = self.order(ann, date(2026, 1, 10), 50)
        self.night(date(2026, 2, 1))
        self.env["retention.privacy"]._erase(ann, self.company)
        second = self.order(ann, date(2026, 2, 10), 30)
        self.night(date(2026, 3, 1))
        first.order_line.price_unit = 40
        self.refresh(date(2026, 3, 1), partners=ann)
        self.env["retention.privacy"]._erase(ann, self.company)
        self.assertEqual(self.restated(), {1: (50, 40), 2: (30, 30)})
        self.refresh(date(2026, 3, 2), partners=ann)
        self.assertEqual(self.restated(), {1: (50, 40), 2: (30, 30)})
        (first | second).write({"state": "cancel"})
        self.refresh(date(2026, 3, 3), partners=ann)
        self.assertEqual(self.restated(), {1: (50, 0), 2: (30, 0)})
