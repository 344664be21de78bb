"""NPS in reports, by period and theme; answers on the customer page."""

from datetime import date, timedelta

from odoo.tests import Form, tagged

from ..analytics import voice
from .common import AS_OF
from .voice_common import OURS, VoiceCase


@tagged("post_install", "-at_install")
class TestVoiceReport(VoiceCase):
    def groups(self, *groupby, domain=()):
        self.env.flush_all()
        mine = [("company_id", "=", self.company.id), *domain]
        return self.env["retention.feedback.report"]._read_group(
            mine, groupby, ["nps:avg", "promoters:sum", "detractors:sum", "csat:avg"]
        )

    def test_fifty_thirty_twenty(self):
        for score, count in ((9, 25), (10, 25), (7, 15), (8, 15), (6, 10), (0, 10)):
            for _number in range(count):
                self.answer(None, score)
        self.assertEqual(self.groups(), [(30.0, 50, 20, False)])
        period = self.env["retention.feedback.period"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertRecordValues(
            period,
            [
                {
                    "date": date(2026, 4, 1),
                    "answers": 100,
                    "anonymous": 100,
                    "promoters": 50,
                    "passives": 30,
                    "detractors": 20,
                    "nps": 30.0,
                    "interval": "15 to 45",
                }
            ],
        )
        shown = self.env["retention.feedback.report"].search(period.action_open_answers()["domain"])
        self.assertEqual(len(shown), 100)

    def test_the_latest_answer_of_a_quarter_counts(self):
        ann, bob = self.buyer(10), self.buyer(20)
        rows = [
            self.answer(ann, 9, 80),
            self.answer(ann, 8, 10),
            self.answer(ann, 10, 10),
            self.answer(ann, 3, 100),  # the quarter before
            self.answer(bob, 6, 1),
            self.answer(bob, 9, 91),
            self.answer(None, 9, 1),
            self.answer(None, 2, 1),
        ]
        self.env.flush_all()
        for months in ("1", "3", "6", "12"):
            self.company.retention_voice_months = months
            self.env.flush_all()
            found = self.env["retention.feedback.report"].search(
                [("company_id", "=", self.company.id), ("counts", "=", True)]
            )
            wanted = voice.counting(
                [(row.id, row.commercial_partner_id.id or None, row.date) for row in rows],
                int(months),
            )
            with self.subTest(months=months):
                self.assertEqual(set(found.ids), wanted)
        self.company.retention_voice_months = "3"
        quarters = {start: nps for start, nps, *_rest in self.groups("date:quarter")}
        # April to June: 10, 6, 9, 2; January to March: 3, 9.
        self.assertEqual(list(quarters.values()), [0.0, 0.0])

    def test_groups_stay_right(self):
        ann, bob = self.buyer(10, amount=5000), self.buyer(20, amount=1)
        delivery, price = self.env["retention.theme"].create(
            [{"name": "Delivery on time"}, {"name": "Price"}]
        )
        self.answer(ann, 9, 1, theme_ids=(delivery | price).ids)
        self.answer(bob, 2, 1, theme_ids=delivery.ids)
        self.answer(bob, 5, 1, kind="csat")
        self.refresh()
        by_theme = {theme: nps for theme, nps, *_rest in self.groups("theme_ids")}
        self.assertEqual((by_theme[delivery], by_theme[price]), (0.0, 100.0))
        by_segment = {segment: nps for segment, nps, *_rest in self.groups("segment_id")}
        self.assertEqual(by_segment[self.profile(ann).segment_id], 100.0)
        self.assertEqual(self.groups(), [(0.0, 1, 1, 5.0)])

    def test_themes(self):
        ann, bob = self.buyer(10, amount=500), self.buyer(20, amount=300)
        theme = self.env["retention.theme"].create({"name": "Delivery on time"})
        today = self.company._retention_today()
        self.answer(ann, 9, date=today, theme_ids=theme.ids)
        self.answer(ann, 2, date=today, theme_ids=theme.ids)
        self.answer(None, 2, date=today, theme_ids=theme.ids)
        self.answer(bob, 2, date=today - timedelta(days=800), theme_ids=theme.ids)
        self.env["retention.case"].create(
            {
                "name": "Late",
                "partner_id": bob.id,
                "company_id": self.company.id,
                "theme_id": theme.id,
            }
        )
        self.refresh()
        counts = self.env["retention.metrics"]._theme_counts(self.company, today, theme.ids)
        self.assertEqual(counts, {theme.id: (3, 2, 1, 2, 800)})
        theme.improvement_state = "done"
        self.assertEqual(theme.done_on, today)
        theme.improvement_state = "doing"
        self.assertFalse(theme.done_on)


@tagged("post_install", "-at_install")
class TestVoicePage(VoiceCase):
    def blocks(self, partner):
        self.env.flush_all()
        return {
            block["key"]: block
            for block in self.env["retention.page"]._file(partner.with_company(self.company))
        }

    def test_block_and_timeline(self):
        ann = self.buyer(10)
        eve = self.person(ann, "Eve")
        self.answer(eve, 9, 100)
        self.answer(eve, 6, 1, comment="Twice late")
        self.refresh()
        block = self.blocks(eve)["voice"]
        self.assertEqual(block["label"], "What they say of us · Detractor (9 ↘ 6)")
        self.assertEqual(
            [(entry["title"], entry["badge"]) for entry in block["entries"]],
            [("Twice late", "6 / 10"), ("Recommendation (NPS)", "9 / 10")],
        )
        rows, _place = self.env["retention.timeline"]._page(ann, self.company, AS_OF, "feedback")
        entries = self.env["retention.timeline"]._entries(rows)
        self.assertEqual(
            [(entry["title"], entry["text"], entry["who"]) for entry in entries],
            [
                ("Recommendation (NPS) · 6 / 10 · Detractor", "Twice late", "Eve"),
                ("Recommendation (NPS) · 9 / 10 · Promoter", "", "Eve"),
            ],
        )

    def test_as_many_queries_for_many_answers(self):
        ann = self.buyer(10)
        self.answer(ann, 9, 100)
        self.answer(ann, 8, 90)
        self.refresh()

        def counted():
            self.blocks(ann)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.blocks(ann)
            return self.env.cr.sql_log_count - before

        few = counted()
        for day in range(60):
            self.answer(ann, day % 11, day)
        self.assertEqual(counted(), few)

    def test_views_open(self):
        """In the roles that have them, with what they show at first."""
        user = self.make_user("vp_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        self.answer(self.buyer(10), 9)
        for name in ("feedback", "feedback_waiting", "feedback_report", "feedback_period"):
            action = self.env.ref(f"{OURS}.action_{name}")
            model = self.env[action.res_model].with_user(user)
            for kind in action.view_mode.split(","):
                with self.subTest(action=name, view=kind):
                    self.assertTrue(model.get_views([(False, kind)])["views"][kind]["arch"])
        with Form(self.answers.with_user(user).with_company(self.company)) as form:
            form.partner_id = self.customer("Cid")
            form.kind = "csat"
            self.assertEqual(form.score, voice.NO_SCORE)
            form.score = 5
        self.assertEqual(form.record.answer_class, "good")
