"""Importing outside events from a spreadsheet: what columns mean, wrong rows, nothing twice."""

import base64
import io
from datetime import datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .event_common import NOW, EventCase

FILE = """Customer no,E-mail,When,Event,Feature,Number,Mood,Comment
K-1,,30/06/2026 08:15,Feature used,Price list,1,,
,bo@firm.example,13/06/2026,review,,2,Negative,Too slow
K-9,,13/06/2026,login,,3,,
K-1,,soon,login,,4,,
K-1,,13/06/2026,nap,,5,,
"""


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestEventImport(EventCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_tz = "Asia/Shanghai"
        cls.firm.ref = "K-1"
        cls.contact.email = "bo@firm.example"

    def upload(self, text=FILE, **values):
        content = text if isinstance(text, bytes) else text.encode()
        imports = self.as_user(self.manager, self.env["retention.event.import"])
        return imports.create({"file": base64.b64encode(content), "file_name": "e.csv", **values})

    def meanings(self, one):
        return {column.name: column.meaning for column in one.column_ids}

    def found(self):
        return self.events.search([("company_id", "=", self.company.id)], order="outside_id")

    def test_columns_are_guessed(self):
        one = self.upload()
        self.assertEqual(
            self.meanings(one),
            {
                "Customer no": "ref",
                "E-mail": "email",
                "When": False,
                "Event": "kind",
                "Feature": "name",
                "Number": "outside_id",
                "Mood": "sentiment",
                "Comment": "note",
            },
        )
        self.assertEqual(one.column_ids[0].sample, "K-1 · K-9")
        chinese = self.upload("客户编号,时间,事件类型,功能\nK-1,2026-06-01,login,\n")
        self.assertEqual(
            self.meanings(chinese),
            {"客户编号": "ref", "时间": "moment", "事件类型": "kind", "功能": "name"},
        )

    def ready(self):
        one = self.upload()
        one.column_ids.filtered(lambda c: c.name == "When").meaning = "moment"
        one.date_order = "dmy"
        return one

    def test_checking_records_nothing(self):
        one = self.ready()
        one.action_check()
        self.assertRecordValues(
            one,
            [
                {
                    "state": "checked",
                    "row_count": 5,
                    "good_count": 2,
                    "duplicate_count": 0,
                    "wrong_count": 3,
                }
            ],
        )
        self.assertEqual(one.line_ids.mapped("row_number"), [4, 5, 6])
        self.assertEqual(one.line_ids[0].customer, "K-9")
        self.assertIn("no such customer", one.line_ids[0].reason)
        self.assertFalse(self.found())

    def test_importing_twice_records_once_and_undo_deletes(self):
        one, two = self.ready(), self.ready()
        one.action_check()
        one.action_import()
        self.assertRecordValues(
            self.found(),
            [
                {
                    "kind": "feature",
                    "name": "Price list",
                    "moment": datetime(2026, 6, 30, 0, 15),  # the company is in Shanghai
                    "partner_id": self.firm.id,
                    "source": "Spreadsheet",
                    "import_id": one.id,
                },
                {
                    "kind": "review",
                    "name": False,
                    "moment": datetime(2026, 6, 12, 16),
                    "partner_id": self.contact.id,
                    "source": "Spreadsheet",
                    "import_id": one.id,
                },
            ],
        )
        two.action_check()
        self.assertEqual((two.good_count, two.duplicate_count), (0, 2))
        self.assertRefused(UserError, "Nothing new", two.action_import)
        self.assertRefused(UserError, "Undo the import first", one.unlink)
        one.action_undo()
        self.assertFalse(self.found())
        two.action_check()
        self.assertEqual(two.good_count, 2)

    def test_rows_without_a_number_are_known_by_what_they_say(self):
        text = "ref,time\nK-1,2026-06-01 08:00\nK-1,2026-06-01 08:00\nK-1,2026-06-02 08:00\n"
        one, two = self.upload(text, kind="login"), self.upload(text, kind="login")
        one.action_check()
        self.assertEqual(one.good_count, 3)  # two logins in the same minute are two
        one.action_import()
        two.action_check()
        self.assertEqual((two.good_count, two.duplicate_count), (0, 3))

    def test_workbooks_bring_moments(self):
        book = openpyxl.Workbook()
        book.active.append(["ref", "moment"])
        book.active.append(["K-1", datetime(2026, 6, 1, 9, 30)])
        content = io.BytesIO()
        book.save(content)
        one = self.upload(content.getvalue(), kind="login")
        one.action_check()
        one.action_import()
        self.assertEqual(self.found().moment, datetime(2026, 6, 1, 1, 30))

    def test_what_is_missing_is_said(self):
        one = self.upload("ref,colour\nK-1,red\n")
        self.assertRefused(UserError, "moment", one.action_check)
        one.column_ids[1].meaning = "moment"
        self.assertRefused(UserError, "kind of event", one.action_check)
        one.kind = "login"
        one.action_check()
        one.action_back()
        one.column_ids[1].meaning = "ref"
        self.assertRefused(UserError, "same meaning", one.action_check)
        self.assertRefused(UserError, "moved on", one.action_import)
        self.assertRefused(UserError, "no rows", lambda: self.upload("ref,moment\n"))

    def test_for_managers_only(self):
        one = self.ready()
        for user in (self.user, self.machine, self.plain):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.as_user(user, one).action_check()

    def test_the_form(self):
        form = Form(self.as_user(self.manager, self.env["retention.event.import"]))
        form.file = base64.b64encode(FILE.encode())
        one = form.save()
        self.assertEqual((one.row_count, len(one.column_ids)), (5, 8))

    def test_queries_do_not_grow_with_the_rows(self):
        def check(count):
            rows = "".join(f"K-1,2026-06-01,{n}\n" for n in range(count))
            one = self.upload(f"ref,moment,number\n{rows}", kind="login")
            return self.queries(one.action_check)

        check(2)
        self.assertEqual(check(2), check(300))
