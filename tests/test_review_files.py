"""Paper and workbook hold the figures of the record, in the reader's language."""

import io
import unicodedata

import openpyxl
from pypdf import PdfReader

from odoo.tests import HttpCase, tagged

from odoo.addons.customer_retention.analytics.workbook import Sheet, make_workbook

from .review_common import ReviewCase

# What is read from paper is the first of all characters that a font draws alike.
ALIKE = str.maketrans("‒戶", "–户")


def alike(text):
    return "".join(unicodedata.normalize("NFKC", text).translate(ALIKE).split())


class FilesCase(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.fading()
        cls.boss.group_ids |= cls.env.ref("customer_retention.group_advanced")
        cls.made = cls.review(2)
        cls.decide(cls.made, "Call the silent ones")


@tagged("post_install", "-at_install")
class TestReviewFiles(FilesCase):
    def pages(self, review):
        reports = (
            self.env["ir.actions.report"]
            .with_user(self.boss)
            .with_context(lang=review.env.lang, force_report_rendering=True)
        )
        with self.allow_pdf_render():
            content, kind = reports._render_qweb_pdf(
                "customer_retention.action_report_review", review.ids
            )
        self.assertEqual((kind, content[:4]), ("pdf", b"%PDF"))
        return [alike(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]

    def book(self, review):
        return openpyxl.load_workbook(io.BytesIO(review._xlsx()))

    def assertSays(self, page, *texts):
        for text in texts:
            with self.subTest(text=text):
                self.assertIn(alike(text), page)

    def test_paper_in_english(self):
        review = self.made
        first, *details = self.pages(review)
        self.assertSays(first, "Retention Review", "February 2025", "Draft", "Call the silent ones")
        for line in review.line_ids:
            self.assertSays(first, line.label, line.value_text)
        self.assertSays(
            first,
            *(
                review.figures["bridge"][n] and str(review.figures["bridge"][n])
                for n in ("start", "end")
            ),
        )
        self.assertSays(first, "in customers about 12 fewer")
        rest = "".join(details)
        self.assertTrue(details)
        for line in review.all_line_ids.filtered("known"):
            self.assertSays(rest, line.label, line.value_text)
        for row in review.figures["tables"]["segment"]:
            self.assertSays(rest, row["name"]["en_US"], review._format(row["retention"], "share"))

    def test_paper_in_chinese(self):
        review = self.made.with_context(lang="zh_CN")
        first, *details = self.pages(review)
        self.assertSays(first, "2025年2月", "客户保留率", "复购率", "50.0%")
        for english in ("RetentionReview", "Customers", "Yearbefore", "Decision"):
            self.assertNotIn(english, first)
        for row in review.figures["tables"]["segment"]:
            self.assertSays("".join(details), row["name"]["zh_CN"])

    def test_workbook(self):
        review = self.made
        book = self.book(review)
        self.assertEqual(
            book.sheetnames,
            [
                "Key Figures",
                "By Segment",
                "By Account Manager",
                "Procedures",
                "Alerts",
                "Cohorts",
                "Decisions",
            ],
        )
        sheet = book["Key Figures"]
        self.assertEqual(sheet.freeze_panes, "B4")
        rows = {row[0].value: row for row in sheet.iter_rows(min_row=4)}
        figures = self.env["retention.kpi"]._figures(self.company, review.first, review.last)
        for line in review.all_line_ids:
            with self.subTest(code=line.code):
                cell = rows[line.label][1]
                self.assertEqual(cell.value, line._get("value"))
                self.assertEqual(cell.value, figures[line.code].value)
        self.assertEqual(rows["Retention Rate"][1].number_format, "0.0%")
        self.assertEqual(rows["Lifetime Value to Date"][1].number_format, "#,##0.00")
        self.check_segments(review, book["By Segment"])
        self.assertEqual(book["Decisions"]["A4"].value, "Call the silent ones")
        self.assertGreater(sheet.column_dimensions["A"].width, 20)

    def check_segments(self, review, sheet):
        labels = [cell.value for cell in sheet[3]]
        for row in review.figures["tables"]["segment"]:
            cells = next(
                cells
                for cells in sheet.iter_rows(min_row=4, values_only=True)
                if cells[0] == row["name"]["en_US"]
            )
            found = dict(zip(labels, cells, strict=True))
            self.assertEqual(found["At Start"], row["start"])
            self.assertEqual(found["Retention Rate"], row["retention"])
            self.assertEqual(found["Net Revenue"], row["revenue"])

    def test_workbook_in_chinese(self):
        book = self.book(self.made.with_context(lang="zh_CN"))
        for sheet in book:
            for cell in sheet[3]:
                if cell.value not in ("NPS", "SOP"):
                    self.assertFalse(str(cell.value).isascii(), cell.value)
        self.assertIn("客户保留率", [row[0] for row in book.worksheets[0].values])

    def test_simple_without_advanced_analysis(self):
        mine = self.made.with_user(self.user)
        self.assertEqual(len(mine._lines_table()["rows"]), 6)
        self.assertEqual(self.book(mine).worksheets[0].max_row, 9)

    def test_names_are_texts(self):
        content = make_workbook(
            [
                Sheet(
                    "A/B: [x]" * 9, [("Name", "name"), ("N", "count")], [["=1+1", 3], [None, None]]
                ),
                Sheet("A/B: [x]" * 9, [("Name", "name")], []),
            ],
            "T",
        )
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(book.worksheets[0]["A4"].data_type, "s")
        self.assertEqual(book.worksheets[0]["B4"].value, 3)
        self.assertEqual(len(set(book.sheetnames)), 2)


@tagged("post_install", "-at_install")
class TestReviewDownload(HttpCase, FilesCase):
    def test_download(self):
        url = self.made.action_xlsx()["url"]
        self.make_user("r_stranger", "sales_team.group_sale_manager")
        self.authenticate("r_boss", "r_boss")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("2025-02.xlsx", response.headers["Content-Disposition"])
        openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertEqual(self.url_open("/retention/review/999999999/xlsx").status_code, 404)
        self.authenticate("r_stranger", "r_stranger")
        self.assertEqual(self.url_open(url).status_code, 403)
