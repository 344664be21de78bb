import base64
import io
from collections import Counter
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .history_common import HEADERS, HistoryCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestHistoryImport(HistoryCase):
    def wrong_rows(self):
        """Thirty-seven rows, every kind of reason among them."""
        good = ["C-1", "", "2024-03-05", "10", "", ""]

        def wrong(**changes):
            names = ("ref", "name", "day", "amount", "currency", "number")
            return [changes.get(name, value) for name, value in zip(names, good)]

        kinds = {
            "no_customer_given": [wrong(ref="")] * 4,
            "no_customer": [wrong(ref="C-404"), wrong(ref="", name="Nobody")] * 2,
            "bad_date": [wrong(day="soon"), wrong(day=""), wrong(day="2024-02-30")] * 2,
            "future_date": [wrong(day="2026-07-01")] * 4,
            "bad_amount": [wrong(amount="ten"), wrong(amount=""), wrong(amount="1.2.3")] * 2,
            "zero_amount": [wrong(amount="0"), wrong(amount="0.001")] * 2,
            "unknown_currency": [wrong(currency="XQX")] * 3,
            "no_rate": [wrong(currency="EUR", day="2009-12-31")] * 3,
            "twice": [wrong(number="S1"), wrong(number="S2"), wrong(number="S1")],
        }
        return [row for rows in kinds.values() for row in rows], {
            k: len(v) for k, v in kinds.items()
        }

    def reports(self):
        """Return what Odoo's own reports say."""
        self.env.flush_all()
        return [
            self.env["sale.report"]._read_group([], [], ["price_subtotal:sum", "__count"]),
            self.env["account.invoice.report"]._read_group(
                [], [], ["price_subtotal:sum", "__count"]
            ),
            self.env["sale.order"].search_count([]),
            self.env["account.move"].search_count([]),
            "stock.move" in self.env and self.env["stock.move"].search_count([]),
        ]

    def invoice(self, partner):
        make = self.env["account.account"].create
        income = make({"code": "IN1", "name": "Income", "account_type": "income"})
        due = make({"code": "RE1", "name": "Due", "account_type": "asset_receivable"})
        self.env["account.journal"].create(
            {"name": "Sales", "code": "SAL", "type": "sale", "default_account_id": income.id}
        )
        partner.property_account_receivable_id = due
        line = {"name": "Thing", "account_id": income.id, "price_unit": 50, "tax_ids": False}
        self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-05",
                "invoice_line_ids": [Command.create(line)],
            }
        ).action_post()

    def test_twenty_thousand_rows_of_which_37_are_wrong(self):
        self.order(self.one, date(2026, 1, 5))
        self.invoice(self.one)
        self.rate("EUR", "2010-01-01", 0.5)
        customers = self.env["res.partner"].create(
            [{"name": f"Many {i}", "ref": f"M-{i}"} for i in range(500)]
        )
        before = self.reports()
        good = [
            [
                f"m-{i % 500}",
                "",
                f"{2015 + i % 9}-{1 + i % 12:02d}-{1 + i % 28:02d}",
                -5 if i % 100 == 7 else 100 + i % 50,
                "EUR" if i % 10 == 3 else "",
                f"S{i}",
            ]
            for i in range(19963)
        ]
        wrong, kinds = self.wrong_rows()
        self.assertEqual(len(wrong), 37)
        rows = [*good, *wrong]
        one = self.checked(*rows)
        self.assertEqual(
            (one.row_count, one.good_count, one.doubtful_count, one.wrong_count),
            (20000, 19963, 0, 37),
        )
        self.assertEqual(Counter(one.wrong_ids.mapped("code")), kinds)
        self.assertEqual(one.wrong_ids.mapped("row_number"), list(range(19965, 20002)))
        self.assertIn("Row 3 has the outside number S1", one.wrong_ids[-1].reason)
        self.assertFalse(self.all_purchases())
        one.action_import()
        self.assertEqual((one.created_count, one.left_count), (19963, 37))
        self.assertEqual(len(one.purchase_ids), 19963)
        self.assertEqual(
            sum(one.purchase_ids.mapped("amount_company")),
            sum(row[3] * (2 if row[4] else 1) for row in good),
        )
        self.assertEqual(one.purchase_ids.partner_id, customers)
        self.assertEqual(self.reports(), before)
        self.check_the_download(one, wrong)
        other = self.purchases.create(
            {"partner_id": self.one.id, "day": "2020-01-01", "amount": 1, "outside_id": "mine"}
        )
        one.action_undo()
        self.assertEqual(one.state, "undone")
        self.assertEqual(self.purchases.search([("company_id", "=", self.company.id)]), other)
        self.assertEqual(self.reports(), before)

    def check_the_download(self, one, wrong):
        content = base64.b64decode(one.wrong_file)
        sheet = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
        self.assertEqual(list(sheet[0]), [*HEADERS, "Reason"])
        self.assertEqual([[cell or "" for cell in row[:-1]] for row in sheet[1:]], wrong)
        self.assertTrue(all(row[-1].startswith("Row ") for row in sheet[1:]))
        corrected = self.upload(content, "rows.xlsx")
        self.assertEqual(corrected._mapping().keys(), one._mapping().keys())

    def test_a_download_holds_no_formula(self):
        one = self.checked(["=1+1", "", "soon", "1", "", ""])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(one.wrong_file)))
        self.assertEqual((book.active["A2"].value, book.active["A2"].data_type), ("=1+1", "s"))

    def test_queries_do_not_grow_with_the_rows(self):
        self.env["res.partner"].create([{"name": f"Q{i}", "ref": f"Q-{i}"} for i in range(1000)])

        def queries(count):
            one = self.load(*[[f"Q-{i}", "", "2024-03-05", "1", "", f"N{i}"] for i in range(count)])
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            one.action_check()
            checked = self.env.cr.sql_log_count
            one.action_import()
            self.env.flush_all()
            return checked - start, self.env.cr.sql_log_count - checked

        queries(10)
        self.purchases.search([]).unlink()
        few = queries(10)
        self.purchases.search([]).unlink()
        many = queries(1000)
        self.assertLessEqual(many[0], few[0] + 2)
        self.assertLessEqual(many[1], few[1] + 5)

    # ------------------------------------------------------------ once more
    def test_a_known_outside_number_updates_and_undo_restores(self):
        first = self.imported(
            ["C-1", "", "2024-01-01", "10", "", "A"],
            ["C-1", "", "2024-01-02", "20", "", "B"],
            ["C-1", "", "2024-01-03", "30", "", ""],
        )
        start = self.all_purchases()
        second = self.imported(
            ["C-2", "", "2024-02-01", "11", "", "A"],
            ["C-1", "", "2024-01-02", "20", "", "B"],
            ["C-1", "", "2024-01-04", "40", "", "C"],
        )
        self.assertEqual(
            (second.created_count, second.updated_count, second.unchanged_count), (1, 1, 1)
        )
        changed = [
            ("One Ltd", "2024-01-02", 20, "B"),
            ("One Ltd", "2024-01-03", 30, False),
            ("One Ltd", "2024-01-04", 40, "C"),
            ("Two Ltd", "2024-02-01", 11, "A"),
        ]
        self.assertEqual(self.all_purchases(), changed)
        opened = self.purchases.search(second.action_open_purchases()["domain"])
        self.assertEqual(set(opened.mapped("outside_id")), {"A", "C"})
        third = self.imported(["C-2", "", "2024-02-01", "12", "", "A"])
        second.action_undo()
        self.assertIn(("Two Ltd", "2024-02-01", 12, "A"), self.all_purchases())
        third.action_undo()
        self.assertEqual(self.all_purchases(), start)
        first.action_undo()
        self.assertFalse(self.all_purchases())

    def test_undoing_an_update_passes_over_what_is_gone(self):
        first = self.imported(
            ["C-1", "", "2024-01-01", "10", "", "A"], ["C-1", "", "2024-01-01", "10", "", "B"]
        )
        second = self.imported(
            ["C-2", "", "2024-01-01", "11", "", "A"], ["C-2", "", "2024-01-01", "11", "", "B"]
        )
        self.purchases.search([("outside_id", "=", "A")]).unlink()
        self.one.unlink()
        second.action_undo()
        self.assertEqual(self.all_purchases(), [("Two Ltd", "2024-01-01", 10, "B")])
        with self.assertRaises(UserError):
            first.unlink()
        first.action_undo()
        first.unlink()

    def test_the_same_headers_bring_the_same_mapping(self):
        headers = ["Who", "When", "How much"]
        first = self.load(["One Ltd", "5/3/2024", "1,5"], headers=headers[:2] + ["a", "b"])
        with self.assertRaises(UserError):
            first.action_check()
        who, when, much = first.column_ids[:3]
        first.write(
            {"name_column_id": who.id, "day_column_id": when.id, "amount_column_id": much.id}
        )
        first.write({"date_order": "mdy"})
        first.action_check()
        again = self.load(["Two Ltd", "6/3/2024", "1,5"], headers=headers[:2] + ["a", "b"])
        self.assertEqual(
            [column.name for column in again._mapping().values()], ["Who", "When", "a"]
        )
        self.assertEqual(again.date_order, "mdy")
        self.assertIn("first", again.warning)
        self.assertFalse(self.load(["x"], headers=["Other"])._mapping())

    def test_the_same_file_twice_warns(self):
        rows = [["C-1", "", "2024-01-01", "10", "", "A"]]
        self.imported(*rows)
        self.assertIn("2026-06-30", self.load(*rows).warning)
        with self.assertRaises(UserError):
            self.imported(*rows).action_import()

    # ------------------------------------------------------------ what counts
    def counted(self):
        metrics = self.env["retention.metrics"]
        scope = metrics._scope(self.company, date(2026, 6, 30))
        rows = self.env.execute_query(metrics._purchase_rows(scope))
        return sorted(str(row[1]) for row in rows)

    def test_only_before_the_cut_over_date(self):
        self.order(self.one, date(2024, 1, 10))
        rows = [["C-2", "", f"2024-01-{day}", "10", "", ""] for day in ("09", "10", "11")]
        one = self.imported(*rows)
        self.assertEqual(self.counted(), ["2024-01-09", "2024-01-10"])
        one.action_undo()
        self.imported(*rows, always_counts=True)
        self.assertEqual(self.counted(), ["2024-01-09", "2024-01-10", "2024-01-10", "2024-01-11"])

    def test_an_import_and_its_undo_ask_for_fresh_figures(self):
        self.refresh()
        one = self.imported(["C-1", "", "2024-01-01", "10", "", ""])
        self.commit_requests()
        self.assertTrue(self.env["retention.refresh.request"]._pending_partner_ids(self.one.ids))
        self.refresh()
        self.assertEqual(self.profile(self.one).revenue_total, 10)
        one.action_undo()
        self.refresh()
        self.assertEqual(self.profile(self.one).revenue_total, 0)

    def test_rows_after_the_cut_over_date_are_counted(self):
        rows = [["C-1", "", day, 10, "", day] for day in ("2025-12-31", "2026-01-01", "2026-02-01")]
        one = self.checked(*rows)
        self.assertEqual(one.late_count, 0)  # no document of Odoo's own, no cut-over
        self.company.retention_cutover_date = date(2026, 1, 1)
        one.action_check()
        self.assertEqual((one.good_count, one.late_count), (3, 2))
        one.action_import()
        self.assertEqual((one.created_count, one.late_count), (3, 2))
