"""Answers of outside surveys: columns, people, errors, twice."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .voice_common import OURS, VoiceCase

HEADERS = ["Respondent ID", "Date Modified", "Email Address", "How likely?", "Why?", "Name"]
ROWS = [
    ["101", "2026-06-01", "ann@x.test", "9", "Fast", "Ann"],
    ["102", "2026-06-02", "", "3 - not likely", "Late", ""],
    ["103", "2026-06-03", "nobody@x.test", "7", "", "Nobody"],
]


@tagged("post_install", "-at_install")
class TestFeedbackImport(VoiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{AS_OF} 10:00:00"))
        cases = type(cls.env["retention.case"])
        cls.startClassPatcher(patch.object(cases, "_kept_elsewhere", lambda self: False))
        cls.ann = cls.customer("Ann", email="ann@x.test", phone="+86 139 0013 8000")
        cls.manager = cls.make_user("fi_manager", f"{OURS}.group_manager")

    def load(self, rows=ROWS, headers=HEADERS, name="Spring.csv", **values):
        text = "\n".join(",".join(map(str, row)) for row in (headers, *rows))
        return (
            self.env["retention.feedback.import"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .create({"file": base64.b64encode(text.encode()), "file_name": name, **values})
        )

    def imported(self, *args, **values):
        one = self.load(*args, **values)
        one.action_check()
        one.action_import()
        return one

    def kept(self, survey="Spring"):
        return self.answers.search([("survey", "=", survey)], order="date")

    def test_columns_are_guessed_and_shown(self):
        one = self.load()
        self.assertEqual(one.survey, "Spring")
        self.assertEqual(one.score_column_id.name, "How likely?")
        self.assertEqual(one.comment_column_id.name, "Why?")
        self.assertEqual(one.day_column_id.name, "Date Modified")
        self.assertEqual(one.outside_column_id.name, "Respondent ID")
        self.assertIn("<td>3</td>", one.preview)
        self.assertFalse(self.kept())

    def test_import(self):
        one = self.imported()
        self.assertEqual((one.good_count, one.anonymous_count, one.left_count), (1, 2, 0))
        self.assertEqual(one.added_count, 3)
        self.assertRecordValues(
            self.kept(),
            [
                {"partner_id": self.ann.id, "score": 9, "comment": "Fast", "source": "import"},
                {"partner_id": False, "score": 3, "comment": "Late", "source": "import"},
                {"partner_id": False, "score": 7, "comment": False, "source": "import"},
            ],
        )
        self.assertEqual(one.line_ids.mapped("row_number"), [4])
        self.assertEqual(one.line_ids.reason, "Nobody among the contacts fits.")
        self.assertEqual(self.kept().company_id, self.company)

    def test_unknown_people_may_be_left_out(self):
        one = self.imported(unknown="skip")
        # Who gives no name at all is anonymous by choice.
        self.assertEqual(self.kept().mapped("score"), [9, 3])
        self.assertEqual((one.left_count, one.line_ids.left_out), (1, True))

    def test_a_second_import_adds_nothing(self):
        self.imported()
        again = self.imported()
        self.assertEqual((again.added_count, again.corrected_count, again.same_count), (0, 0, 3))
        corrected = self.imported([[*ROWS[0][:3], "6", *ROWS[0][4:]], *ROWS[1:]])
        self.assertEqual((corrected.added_count, corrected.corrected_count), (0, 1))
        self.assertEqual(self.kept().mapped("score"), [6, 3, 7])

    def test_without_a_number_rows_are_known_by_what_they_say(self):
        headers, rows = HEADERS[1:], [row[1:] for row in ROWS]
        twins = [*rows, rows[1]]
        self.imported(twins, headers)
        self.assertEqual(len(self.kept()), 4)
        again = self.imported(twins, headers)
        self.assertEqual((again.added_count, again.same_count), (0, 4))
        other = self.imported(twins, headers, name="Autumn.csv")
        self.assertEqual(other.added_count, 4)

    def test_someone_known_later_is_found(self):
        self.imported()
        new = self.customer("Nobody", email="nobody@x.test")
        again = self.imported()
        self.assertEqual((again.added_count, again.corrected_count), (0, 1))
        self.assertEqual(self.kept()[2].partner_id, new)

    def test_errors(self):
        rows = [
            ["1", "2026-06-01", "", "11", "", ""],
            ["2", "2026-06-01", "", "", "", ""],
            ["3", "soon", "", "9", "", ""],
            ["4", "", "", "9", "", ""],
            ["5", "2026-07-01", "", "9", "", ""],
            ["6", "2026-06-01", "", "9", "", ""],
            ["6", "2026-06-01", "", "8", "", ""],
        ]
        one = self.load(rows)
        one.action_check()
        self.assertEqual(
            one.line_ids.mapped("reason"),
            [
                "“11” is no score from 0 to 10.",
                "The score is missing.",
                "“soon” is no date in the chosen form.",
                "The date is missing.",
                "The date 2026-07-01 is in the future.",
                "Row 7 has the number 6 already.",
            ],
        )
        one.action_import()
        self.assertEqual(self.kept().mapped("score"), [9])

    def test_nothing_to_import(self):
        one = self.load([["1", "2026-06-01", "", "11", "", ""]])
        self.assertRefused(UserError, "nothing to import", one.action_import)
        one.score_column_id = False
        self.assertRefused(UserError, "the score", one.action_check)
        self.assertRefused(UserError, "answers follow", lambda: self.load([]))

    def test_satisfaction_in_chinese_words(self):
        headers = ["编号", "提交时间", "手机号", "满意度", "意见"]
        rows = [
            ["1", "2026年6月1日", "13900138000", "非常满意", "很好"],
            ["2", "2026年6月2日", "13900138001", "不满意", ""],
        ]
        one = self.imported(rows, headers, kind="csat")
        self.assertEqual(self.kept().mapped("score"), [5, 2])
        self.assertEqual(self.kept()[0].partner_id, self.ann)
        self.assertEqual((one.good_count, one.anonymous_count), (1, 1))

    def test_our_own_customer_number(self):
        self.orders(self.ann, 10)
        self.refresh()
        number = self.profile(self.ann).customer_number
        headers = ["Customer number", "Date", "Score"]
        self.imported([[number, "2026-06-01", 8]], headers)
        self.assertEqual(self.kept().partner_id, self.ann)

    def test_several_and_other_companies_contacts(self):
        self.customer("Ann Two", email="ann@x.test")
        other = self.make_company("Elsewhere")
        self.customer("Cid", email="cid@x.test", company_id=other.id)
        rows = [
            ["1", "2026-06-01", "ann@x.test", "9", "", ""],
            ["2", "2026-06-02", "cid@x.test", "9", "", ""],
        ]
        one = self.imported(rows)
        self.assertEqual(
            one.line_ids.mapped("reason"),
            ["Several contacts fit.", "Nobody among the contacts fits."],
        )
        self.assertFalse(self.kept().partner_id)

    def test_history_is_not_to_be_answered(self):
        rows = [
            ["1", "2026-05-31", "ann@x.test", "1", "", ""],
            ["2", "2026-06-29", "ann@x.test", "1", "", ""],
        ]
        self.imported(rows)
        self.assertEqual(self.kept().mapped("needs_reply"), [False, True])
        self.assertEqual(self.kept().mapped(lambda one: bool(one.case_id)), [False, True])

    def test_only_managers(self):
        user = self.make_user("fi_user", f"{OURS}.group_user")
        with self.assertRaises(AccessError):
            self.env["retention.feedback.import"].with_user(user).create({})
