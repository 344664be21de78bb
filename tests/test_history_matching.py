import io
from datetime import date, datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .history_common import HistoryCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestHistoryMatching(HistoryCase):
    def test_doubtful_rows_are_decided_by_a_person(self):
        twin = self.customer("Twin")
        other = self.customer("Twin", active=False)
        self.customer("Phone Owner", phone="+1 555 0101 2020")
        headers = ["Name", "Phone", "Date", "Amount"]
        one = self.checked(
            ["Twin", "", "2024-01-01", "1"],
            [" TWIN", "", "2024-01-02", "2"],
            ["Somebody", "5550101-2020", "2024-01-03", "3"],
            ["phone owner", "0555 01012020", "2024-01-04", "4"],
            ["Else", "555 0101 2020", "2024-01-05", "5"],
            ["Third", "555 0101 2020", "2024-01-06", "6"],
            headers=headers,
        )
        self.assertEqual((one.good_count, one.doubtful_count, one.wrong_count), (1, 5, 0))
        lines = one.doubtful_ids
        self.assertEqual(lines.mapped("code"), ["several"] * 2 + ["phone_name"] * 3)
        self.assertEqual(lines[0].candidate_ids, twin | other)
        lines[0].partner_id = twin
        self.assertEqual(lines[1].partner_id, twin, "one decision serves all rows of a customer")
        self.assertEqual(lines[1].decision, "pick")
        lines[2].decision = "create"
        lines[3].decision = "skip"
        self.assertEqual(one.undecided_count, 1)
        one.action_check()
        self.assertEqual(one.undecided_count, 1, "decisions outlive another check")
        one.action_import()
        self.assertEqual(
            self.all_purchases(),
            [
                ("Twin", "2024-01-01", 1, False),
                ("Twin", "2024-01-02", 2, False),
                ("Somebody", "2024-01-03", 3, False),
                ("Phone Owner", "2024-01-04", 4, False),
            ],
        )
        self.assertEqual(one.contact_ids.name, "Somebody")
        self.assertEqual((one.left_count, one._left_out_lines().row_number), (2, 7))
        with Form(one) as form:
            self.assertEqual(form.undecided_count, 1)

    def test_the_order_of_matching(self):
        people = {
            "ref": self.customer("By ref", ref="K1"),
            "vat": self.customer("By vat", vat="BE0477472701"),
            "email": self.customer("By mail", email="Buyer <a@shop.example>"),
            "phone": self.customer("By phone", phone="+44 (0)20 7946 0000"),
            "name": self.customer("By Name", active=False),
        }
        headers = ["Customer number", "VAT", "E-mail", "Phone", "Customer", "Date", "Amount"]
        everything = ["k1", "be 0477.472.701", "A@shop.example", "020 7946 0000", "by  name"]
        rows = [[""] * n + everything[n:] + ["2024-01-01", n + 1] for n in range(3)]
        rows += [
            ["", "0477472701", "", "", "", "2024-01-01", 4],
            ["", "", "", everything[3], "BY PHONE", "2024-01-01", 5],
            ["", "", "", "", everything[4], "2024-01-01", 6],
        ]
        self.imported(*rows, headers=headers)
        found = {
            p.amount: p.partner_id
            for p in self.purchases.search([("company_id", "=", self.company.id)])
        }
        self.assertEqual(
            [found[n] for n in range(1, 7)],
            [people[name] for name in ("ref", "vat", "email", "vat", "phone", "name")],
        )

    def test_missing_customers_are_created_once_each(self):
        headers = ["Customer number", "E-mail", "Customer", "Date", "Amount"]
        one = self.imported(
            ["N1", "new@x.example", "New Ltd", "2024-01-01", 1],
            ["N1", "", "", "2024-01-02", 2],
            ["", "", "Third", "2024-01-03", 3],
            headers=headers,
            create_missing=True,
        )
        self.assertEqual(one.contact_ids.mapped("name"), ["New Ltd", "Third"])
        self.assertEqual(
            (one.contact_ids[0].ref, one.contact_ids[0].email), ("N1", "new@x.example")
        )
        one.action_undo()
        self.assertEqual(one.contact_count, 2)

    # ------------------------------------------------------------ files
    def test_chinese_csv(self):
        self.customer("上海贸易公司")
        self.rate("CNY", "2000-01-01", 7)
        one = self.imported(
            ["上海贸易公司", "2024年3月5日", '"￥1,234.50"', "人民币", "单-1"],
            headers=["客户名称", "日期", "金额", "币种", "单号"],
            encoding="gb18030",
        )
        self.assertEqual(self.all_purchases(), [("上海贸易公司", "2024-03-05", 1234.5, "单-1")])
        self.assertIn("gb18030", one.file_kind)

    def test_excel(self):
        book, buffer = openpyxl.Workbook(), io.BytesIO()
        for row in (
            ["Kunde", "Name", "Date", "Net amount"],
            [None, "one ltd", datetime(2024, 3, 5), 12.25],
            [],
            [None, "Two Ltd", date(2024, 3, 6), -2],
        ):
            book.active.append(row)
        book.save(buffer)
        one = self.upload(buffer.getvalue(), "purchases.xlsx")
        self.assertIn("2024-03-05", one.preview)
        self.assertIn("12.25", one.preview)
        one.action_check()
        one.action_import()
        self.assertEqual(
            self.all_purchases(),
            [("One Ltd", "2024-03-05", 12.25, False), ("Two Ltd", "2024-03-06", -2, False)],
        )

    def test_unreadable_files_say_what_to_do(self):
        for content in (b"", b"a,b\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            with self.subTest(content), self.assertRaises(UserError):
                self.upload(content or b"\n")

    # ------------------------------------------------------------ companies and people
    def test_customers_and_purchases_of_another_company_stay_apart(self):
        other = self.make_company("Other Company")
        self.env.user.company_ids |= other
        self.customer("Theirs", company_id=other.id)
        rows = [
            ["", "Theirs", "2024-01-01", "10", "", "A"],
            ["C-1", "", "2024-01-01", "10", "", "B"],
        ]
        here = self.imported(*rows)
        self.assertEqual((here.created_count, here.wrong_ids.code), (1, "no_customer"))
        there = self.imported(*rows, company_id=other.id)
        self.assertEqual((there.created_count, there.updated_count), (2, 0))
        manager = self.make_user("m", "customer_retention.group_manager")
        self.assertEqual(
            self.env["retention.history.import"].with_user(manager).search([]) & there,
            there.browse(),
        )
        with self.assertRaises(AccessError):
            there.with_user(manager).action_undo()

    def test_a_manager_may_and_a_user_may_not(self):
        manager = self.make_user("m", "customer_retention.group_manager")
        self.env = self.env(user=manager)
        one = self.imported(["C-1", "", "2024-01-01", "10", "", "A"])
        self.assertEqual(one.state, "done")
        with self.assertRaises(UserError):
            self.imported(["new", "", "2024-01-01", "1", "", ""], create_missing=True)
        user = self.make_user("u", "customer_retention.group_user")
        for model in ("import", "import.line", "import.column"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[f"retention.history.{model}"].with_user(user).search([])
        with self.assertRaises(AccessError):
            one.with_user(user).action_undo()
        read = self.purchases.with_user(user).search([]).web_read({"amount": {}, "partner_id": {}})
        self.assertEqual(len(read), 1)
