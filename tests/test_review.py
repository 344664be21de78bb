"""A review: its figures are those of the ledger, and stay; its sentences, its decisions."""

from datetime import date

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.customer_retention.analytics import kpi

from .ledger_common import month_start
from .review_common import ReviewCase, TwelveCase


@tagged("post_install", "-at_install")
class TestReview(TwelveCase):
    def line(self, review, code):
        return review.all_line_ids.filtered(lambda line: line.code == code)

    def kept(self, review):
        """Return all figures of a review, as they are kept."""
        names = ["code", "value", "before", "year_before", "numerator", "denominator", "known"]
        return review.figures, review.all_line_ids.read(names, load=None), review.summary

    # ---------------------------------------------------------------- figures
    def test_every_figure_is_that_of_the_ledger(self):
        kpis = self.env["retention.kpi"]
        for review, first, before in (
            (self.review(8), month_start(8), (month_start(7), month_start(7))),
            (self.review(5, "quarterly"), month_start(4), (month_start(1), month_start(3))),
        ):
            self.assertEqual(review.first, first)
            now = kpis._figures(self.company, review.first, review.last)
            then = kpis._figures(self.company, *before)
            ago = kpis._figures(self.company, *review._span().back(12))
            self.assertEqual(review.all_line_ids.mapped("code"), list(now))
            for line in review.all_line_ids:
                with self.subTest(review=review.name, code=line.code):
                    self.assertEqual(line._get("value"), now[line.code].value)
                    self.assertEqual(line._get("before"), then[line.code].value)
                    self.assertEqual(line._get("year_before"), ago[line.code].value)
                    self.assertAlmostEqual(line.denominator, now[line.code].denominator, 6)

    def test_simple_figures_are_the_six(self):
        self.assertEqual(
            self.review().line_ids.mapped("code"),
            ["retention", "churn", "repeat", "order_value", "nps", "resolution"],
        )

    def test_a_manager_makes_one_and_takes_the_figures_again(self):
        with self.asked_by(self.as_boss().env.user):
            review = self.as_boss().create({"first": month_start(8)})
            self.assertEqual(len(review.line_ids), 6)
            review.action_generate()
        self.assertEqual(len(review.line_ids), 6)
        self.assertEqual(len(review.all_line_ids), len(set(review.all_line_ids.mapped("code"))))

    def test_a_new_one_is_of_a_month_without_review_or_names_the_one_there_is(self):
        last = self.review(8)
        form = Form(self.as_boss())
        self.assertEqual(fields.Date.to_date(form.first), month_start(7))
        self.assertFalse(form.existing_id)
        form.first = month_start(8).replace(day=9)
        self.assertEqual(form.existing_id, last)
        form.kind = "quarterly"
        self.assertFalse(form.existing_id)
        self.assertFalse(last.existing_id)

    def test_bridge_trend_and_segments(self):
        review = self.review(8)
        kpis = self.env["retention.kpi"]
        period = kpi.Period(kpis._ledger(self.company, month_start(8)), *review._span())
        bridge = {name: len(who) for name, who in kpi.bridge(period)._asdict().items()}
        self.assertEqual(review.figures["bridge"], bridge)
        trend = dict(review.figures["trend"])
        self.assertEqual(len(trend), 13)
        for number in (2, 5, 8):
            month = month_start(number)
            wanted = kpis._figures(self.company, month, month, ["retention"])["retention"].value
            self.assertEqual(trend[str(month)], wanted)
        rows = {row["key"]: row for row in review.figures["tables"]["segment"]}
        by = kpis._figures(self.company, *review._span(), by="segment")
        self.assertEqual(set(rows), set(map(int, by)))
        for key, row in rows.items():
            for code in ("retention", "repeat", "order_value"):
                self.assertEqual(row[code], by[key][code].value)
            self.assertEqual(row["revenue"], by[key]["order_value"].numerator)
        for name in ("start", "lost", "new", "reactivated", "end"):
            self.assertEqual(sum(row[name] for row in rows.values()), bridge[name])

    def test_a_part_of_another_addon(self):
        """What `_review_parts` of an extension returns is kept, shown and in the workbook."""
        model = type(self.reviews)
        original = model._review_parts

        def with_budget(review):
            part = original(review)["alert"]._replace(
                title="Budget", rows=lambda numbers: [{"key": 1, "code": "Plan", "count": 777}]
            )
            return {**original(review), "budget": part}

        self.patch(model, "_review_parts", with_budget)
        review = self.review()
        self.assertEqual(review.figures["tables"]["budget"][0]["count"], 777)
        page = review._page()["parts"][-1]
        self.assertEqual((page["title"], page["rows"][0][:2]), ("Budget", ["Plan", "777"]))

    # ---------------------------------------------------------------- before it can be made
    def test_budgets_of_the_period(self):
        budgets = self.env["retention.budget"]
        values = {"company_id": self.company.id, "name": "2025"}
        months = {"date_from": date(2025, 1, 1), "date_to": date(2025, 12, 31)}
        line = {"name": "Coffee", "goal": "keep", "kind": "event", "planned": 500, "spent": 120}
        budget = budgets.create({**values, **months, "line_ids": [Command.create(line)]})
        self.assertEqual(self.review(6).figures["tables"]["budget"], [])
        budget.action_approve()
        review = self.review(7)
        [row] = review.figures["tables"]["budget"]
        self.assertEqual((row["planned"], row["actual"], row["difference"]), (500, 120, 380))
        self.assertRegex(str(review.details), "Coffee</td><td>Keep customers</td>")
        # Left out where there is none.
        titles = [part.title for part, _rows in review._kept_parts()]
        self.assertIn("Budgets", titles)
        before = self.reviews.search([("first", "=", month_start(6)), ("kind", "=", "monthly")])
        self.assertNotIn("Budgets", [part.title for part, _rows in before._kept_parts()])

    def test_nothing_is_closed(self):
        empty = self.make_company("Empty")
        self.boss.company_ids |= empty
        reviews = self.as_boss().with_company(empty)
        self.assertRefused(
            ValidationError,
            "No month has been closed yet",
            lambda: reviews.create({"company_id": empty.id, "first": month_start(8)}),
        )

    def test_not_over_yet(self):
        for number, kind in ((9, "monthly"), (8, "quarterly")):
            self.assertRefused(
                ValidationError,
                "closed up to Aug 2025",
                lambda number=number, kind=kind: self.review(number, kind),
            )

    def test_before_the_first_customer(self):
        review = self.as_boss().create({"first": date(2024, 6, 15)})
        self.assertIn("no customers in this period", review.notice)
        self.assertEqual(review.line_ids[0].value_text, "–")
        self.assertIn("no data for this", review.line_ids[0].sentence)
        self.assertTrue(review._xlsx())
        self.assertIn("no customers before this period", self.review(1).notice)

    def test_small_company_says_so(self):
        self.assertIn("it takes 20 customers", self.review().summary)

    def test_default_is_the_last_closed_month(self):
        self.assertEqual(self.as_boss().create({}).first, month_start(8))
        self.assertEqual(
            self.as_boss().create({"kind": "quarterly", "first": "2025-05-31"}).last, month_start(6)
        )

    # ---------------------------------------------------------------- staying as it is
    def test_finished_stays(self):
        review = self.review()
        review.action_done()
        kept = self.kept(review)
        for call in (
            lambda: review.write({"summary": "<p>Better</p>"}),
            lambda: review.line_ids[0].write({"sentence": "Better"}),
            lambda: review.write({"line_ids": [(3, review.line_ids[0].id)]}),
            review.action_generate,
            review.action_generate_text,
            lambda: review.sudo().write({"state": "draft"}),
            lambda: review.unlink(),
            lambda: self.decide(review),
        ):
            self.assertRefused(UserError, "finished review", call)
        self.order(self.people["A"], date(2025, 8, 20), 5000)
        self.months.action_rebuild()
        self.close()
        self.env.invalidate_all()
        self.assertEqual(self.kept(review), kept)

    def test_draft_follows_when_asked(self):
        review = self.review()
        before = self.line(review, "order_value").value
        self.order(self.people["A"], date(2025, 8, 20), 5000)
        self.months.action_rebuild()
        self.close()
        self.assertEqual(self.line(review, "order_value").value, before)
        review.action_generate()
        self.assertGreater(self.line(review, "order_value").value, before)

    def test_what_was_written_is_kept_or_replaced(self):
        review = self.review()
        said = review.summary, review.line_ids[0].sentence
        review.write(
            {
                "summary": "<p>My words</p>",
                "line_ids": [(1, review.line_ids[0].id, {"sentence": "My sentence"})],
            }
        )
        review.action_generate()
        self.assertIn("My words", review.summary)
        self.assertEqual(review.line_ids[0].sentence, "My sentence")
        review.action_generate_text()
        self.assertEqual((review.summary, review.line_ids[0].sentence), said)

    def test_figures_cannot_be_written(self):
        review = self.review()
        for call in (
            lambda: review.write({"figures": {}}),
            lambda: review.write({"state": "done"}),
            lambda: review.line_ids[0].write({"value": 1}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertRefused(
            UserError, "another period", lambda: review.write({"first": month_start(7)})
        )

    # ---------------------------------------------------------------- rights
    def test_users_read_managers_write(self):
        review = self.review()
        mine = review.with_user(self.user)
        self.assertTrue(mine.summary and mine.details)
        for call in (
            lambda: mine.write({"summary": "x"}),
            mine.action_done,
            mine.action_generate,
            mine.action_send,
            lambda: mine.copy(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_two_companies(self):
        other = self.make_company("Other")
        stranger = self.make_user("r_other", "customer_retention.group_manager", company=other)
        review = self.review()
        theirs = self.reviews.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.browse(review.id).action_xlsx()
        with self.assertRaises(AccessError):
            theirs.browse(review.id).line_ids.read(["value"])


@tagged("post_install", "-at_install")
class TestReviewSentences(ReviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fading()

    def test_what_changed_most(self):
        review = self.review(2)
        down = review.figures["down"]
        self.assertTrue(down)
        self.assertEqual({change["code"] for change in down}, {"retention"})
        segment = self.env["retention.segment"].browse(down[0]["key"]).name
        self.assertEqual(len(down), 1)
        self.assertIn(
            f"{segment}: 50.0% of 24 customers stayed, 50.0 points less than in the "
            "period before; in customers about 12 fewer.",
            review.summary,
        )
        self.assertIn("What got worse", review.summary)
        self.assertNotIn("What got better", review.summary)
        line = review.line_ids[0]
        self.assertEqual(
            (line.value_text, line.change_text, line.tone), ("50.0%", "−50.0 points", "bad")
        )
        self.assertEqual(line.sentence, "Down from 100.0% (−50.0 points).")
        self.assertEqual(review.line_ids[1].tone, "bad")  # more churn

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        review = self.review(2).with_context(lang="zh_CN")
        self.assertIn("客户", review.summary)
        self.assertNotIn("customers", review.summary)
        self.assertNotIn("Down", review.line_ids[0].sentence)
        self.assertEqual(review._page()["period"], "2025年2月")
        # What somebody wrote is for everybody.
        review.summary = "<p>写的</p>"
        self.assertIn("写的", review.with_context(lang="en_US").summary)
