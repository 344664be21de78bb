"""People and teams compared fairly; costs of keeping and winning; curves of cohorts."""

from datetime import date, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .ledger_common import LedgerCase, month_start

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 1)
BEFORE = date(2026, 3, 1)
ADVANCED = "customer_retention.group_advanced"
MANAGER = "customer_retention.group_manager"


class AnalysisCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.make_user("c_boss", MANAGER, ADVANCED)
        cls.plain = cls.make_user("c_plain", "customer_retention.group_user", ADVANCED)
        cls.ann = cls.make_user("c_ann", "customer_retention.group_user", name="Ann")
        cls.ben = cls.make_user("c_ben", "customer_retention.group_user", name="Ben")

    @classmethod
    def book(cls, user, risk, count, kept, bought=0, team=None, company=None, amount=10):
        """Write the ledger of customers who are there in March; ``kept`` of them until June."""
        company = company or cls.company
        partners = cls.env["res.partner"].create(
            [{"name": f"{risk} {n}", "is_company": True} for n in range(count)]
        )
        profiles = cls.profiles.sudo().create(
            [{"partner_id": partner.id, "company_id": company.id} for partner in partners]
        )
        rows = []
        for n, (partner, profile) in enumerate(zip(partners, profiles)):
            shared = {
                "partner_id": partner.id,
                "profile_id": profile.id,
                "company_id": company.id,
                "cohort": BEFORE,
                "user_id": user and user.id,
                "team_id": team and team.id,
                "active_start": True,
            }
            rows.append({**shared, "month": BEFORE, "active_end": True, "risk_level": risk})
            rows[-1]["revenue"] = amount
            ends = {"active_end": n < kept, "purchase_days": int(n < bought)}
            rows.append({**shared, "month": LAST, **ends})
        cls.ledger.sudo().create(rows)
        return partners

    def compare(self, user=None, **values):
        asked = self.env["retention.comparison"].with_user(user or self.boss)
        asked = asked.create({"first": FIRST, "last": LAST, **values})
        asked.action_compare()
        return asked

    def told(self, asked, *names):
        return [
            (line.user_id.name, line.code, *(round(line[name], 1) for name in names))
            for line in asked.line_ids
        ]


@tagged("post_install", "-at_install")
class TestComparison(AnalysisCase):
    def test_the_harder_customers_do_not_look_worse(self):
        """As tests/pure/test_standardise.py: 80 and 67.5 % are 70 and 75 with the same mix."""
        self.book(self.ann, "none", 30, 27)
        self.book(self.ann, "high", 10, 5)
        self.book(self.ben, "none", 10, 9)
        self.book(self.ben, "high", 30, 18)
        # All bring the same: nobody is more valuable than others, or everybody.
        asked = self.compare()
        self.assertEqual(
            self.told(asked, "raw", "fair"),
            [("Ben", "alike", 67.5, 75.0), ("Ann", "alike", 80.0, 70.0)],
        )
        self.assertAlmostEqual(asked.overall, 100 * 59 / 80)
        self.assertIn("Nobody stands out", asked.sentence)
        self.assertFalse(asked.practice_sentence)

    def test_the_best_and_what_they_do(self):
        best = self.book(self.ann, "none", 100, 95)
        rest = self.book(self.ben, "none", 100, 50)
        self.book(None, "none", 10, 5)
        talks = [(best[n % 100], date(2026, 5, 1)) for n in range(150)]
        talks += [(rest[n], date(2026, 6, 30)) for n in range(50)]
        talks += [(rest[n], date(2026, 7, 1)) for n in range(50)]  # after the period
        self.env["retention.interaction"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "user_id": self.ann.id,
                    "date": f"{day} 10:00:00",
                    "kind": "call",
                }
                for partner, day in talks
            ]
        )
        asked = self.compare()
        self.assertEqual(
            self.told(asked, "followups", "procedures"),
            [("Ann", "above", 1.5, 0), ("Ben", "below", 0.5, 0)],
        )
        self.assertIn("better than the rest: Ann", asked.sentence)
        self.assertIn("Behind the rest: Ben", asked.sentence)
        self.assertIn("1.5 follow-ups per customer (the others 0.5)", asked.practice_sentence)
        self.assertNotIn("first contact", asked.practice_sentence)

    def test_alerts_and_procedures_of_ones_customers(self):
        mine = self.book(self.ann, "none", 40, 38)
        theirs = self.book(self.ben, "none", 40, 8)
        for partners, days in ((mine, 1), (theirs, 5)):
            self.env["retention.alert"]._quietly().create(
                {
                    "partner_id": partners[0].id,
                    "company_id": self.company.id,
                    "opened_on": date(2026, 4, 10),
                    "first_touch_on": date(2026, 4, 10) + timedelta(days=days),
                }
            )
        sop = self.env["retention.sop"].create({"name": "Care", "company_id": self.company.id})
        self.env["retention.enrollment"]._engine().create(
            [
                {
                    "sop_id": sop.id,
                    "root_id": sop.id,
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "contact_id": partner.id,
                    "anchor_date": date(2026, 5, 1),
                    "entered_on": date(2026, 5, 1),
                }
                for partner in mine[:20]
            ]
        )
        asked = self.compare()
        self.assertEqual(
            self.told(asked, "wait", "procedures", "passes"),
            [("Ann", "above", 1, 1, 0.5), ("Ben", "below", 5, 0, 0)],
        )
        self.assertIn(
            "1.0 days until the first contact after an alert (5.0)", asked.practice_sentence
        )

    def test_too_few_to_say(self):
        self.book(self.ann, "none", 19, 19)
        self.book(self.ben, "none", 5, 1)
        asked = self.compare()
        self.assertEqual({line.code for line in asked.line_ids}, {"too_few"})
        self.assertIn("Too few to say", asked.sentence)

    def test_bought_and_saved_and_teams(self):
        north, south = self.env["crm.team"].create(
            [{"name": name, "company_id": self.company.id} for name in ("North", "South")]
        )
        self.book(self.ann, "none", 50, 40, bought=40, team=north)
        self.book(self.ben, "none", 50, 40, bought=10, team=south)
        asked = self.compare(measure="bought", by="team_id")
        self.assertEqual(
            [(line.team_id.name, line.code) for line in asked.line_ids],
            [("North", "above"), ("South", "below")],
        )
        self.env["retention.alert"]._quietly().create(
            [
                {
                    "partner_id": self.customer(f"Saved {n}").id,
                    "company_id": self.company.id,
                    "user_id": self.ann.id,
                    "opened_on": date(2026, 4, 10),
                    "closed_on": date(2026, 5, 31) if n else date(2026, 7, 1),
                    "state": "closed",
                    "outcome": "saved" if n % 2 else "gone",
                    "close_reason": "outcome",
                }
                for n in range(31)
            ]
        )
        asked = self.compare(measure="saved")
        [line] = asked.line_ids
        self.assertEqual((line.user_id, line.count, line.raw), (self.ann, 30, 50))

    def test_valuable_customers_are_a_stratum(self):
        self.book(self.ann, "none", 20, 20, amount=1000)
        self.book(self.ann, "none", 30, 15)
        self.book(self.ben, "none", 50, 25)
        found = self.env["retention.comparison"].create({"first": FIRST, "last": LAST})
        rows = found._rows(self.company, FIRST, LAST)
        self.assertEqual(rows.groupby("stratum").size().to_dict(), {"none": 80, "none+": 20})

    def test_nothing_recorded(self):
        asked = self.compare()
        self.assertFalse(asked.line_ids)
        self.assertIn("knows no customers", asked.sentence)
        self.book(None, "none", 30, 20)
        self.assertIn("Too few", self.compare().sentence)

    def test_as_many_queries_for_one_as_for_many(self):
        def count():
            asked = self.env["retention.comparison"].create({"first": FIRST, "last": LAST})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            asked.action_compare()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        more = [self.make_user(f"c_more{n}", "base.group_user") for n in range(6)]
        self.book(self.ann, "none", 30, 30)
        self.book(self.ben, "none", 30, 3)
        count()
        one = count()
        for n, user in enumerate(more):
            self.book(user, "none", 30, 5 * n)
        self.assertEqual(count(), one)

    def test_for_managers_only(self):
        with self.assertRaises(AccessError):
            self.compare(self.plain)
        mine = self.compare()
        other = self.make_user("c_boss2", MANAGER, ADVANCED)
        with self.assertRaises(AccessError):
            mine.with_user(other).line_ids.mapped("count")

    def test_other_companies(self):
        far = self.make_company("Far")
        self.book(self.ann, "none", 30, 20, company=far)
        self.assertFalse(self.compare().line_ids)
        asked = self.env["retention.comparison"].with_user(self.boss).create({})
        asked.sudo().company_id = far
        with self.assertRaises(AccessError):
            asked.with_context(allowed_company_ids=self.company.ids).action_compare()

    def test_months_the_wrong_way_round(self):
        asked = self.env["retention.comparison"].create({"first": LAST, "last": FIRST})
        self.assertRefused(UserError, "before the first", asked.action_compare)


@tagged("post_install", "-at_install")
class TestKeepingAndCurves(AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))

    def keeping(self, spent=None, cost=None):
        if cost is not None:
            self.env.cr.execute(
                """UPDATE retention_ledger SET sop_cost = %s
                   WHERE company_id = %s AND month = %s AND partner_id = %s""",
                (cost, self.company.id, month_start(6), self.people["A"].id),
            )
            self.env.invalidate_all()
        asked = self.env["retention.keeping"].with_user(self.plain)
        asked = asked.create({"first": month_start(3), "last": month_start(8)})
        kpis = type(self.env["retention.kpi"])
        with patch.object(kpis, "_acquisition_cost", lambda model, company, period: spent):
            asked.action_compare()
        return asked

    def test_keeping_and_winning(self):
        """Seven at the start of March; A, B, D and G are there in August; H to L are new."""
        asked = self.keeping(1000, 400)
        self.assertEqual((asked.kept, asked.kept_cost), (4, 100))
        self.assertEqual((asked.won, asked.won_cost), (5, 200))
        self.assertEqual(asked.ratio, 0.5)
        self.assertIn("2.0 times as much", asked.sentence)
        found = self.env["retention.kpi"]._figures(
            self.company, month_start(3), month_start(8), ["retention_cost"]
        )
        self.assertEqual(asked.kept_cost, found["retention_cost"].value)
        # H 500 + 500, I 70, J 90 + 30 + 60, K 1000, L 10
        self.assertAlmostEqual(asked.won_revenue, 2260 / 5)
        self.assertIn("cost more than they bring", self.keeping(1000, 4000).sentence)

    def test_costs_that_nobody_knows(self):
        self.assertIn("no cost of procedures", self.keeping().sentence)
        self.assertIn("nobody has entered it", self.keeping(None, 400).sentence)

    def curve(self, **values):
        asked = self.env["retention.curve"].with_user(self.plain).create(values)
        today = patch.object(
            type(self.company), "_retention_today", lambda company: date(2025, 9, 1)
        )
        with today:
            asked.action_compute()
        return asked

    def test_second_purchases(self):
        """Days to the second purchase: F 5, E 28, A 31, J 31, B 59, …; L is watched for 17.

        As long as ten are watched: day 5 one of 12, day 28 one of 10: 1 − 11/12 × 9/10.
        """
        asked = self.curve(first=month_start(1), last=month_start(8), width="12")
        whole, year = asked.line_ids
        for line in (whole, year):
            self.assertEqual((line.count, line.happened, line.until), (12, 8, 28))
            self.assertEqual((line.half_by, line.most_by), (28, 28))
            self.assertTrue(line.open_1)
        self.assertEqual(year.name, "2025-01")
        self.assertIn("half do so within 28 days and 80% within 28", asked.sentence)
        action = asked.action_graph()
        points = self.env["retention.curve.point"].with_user(self.plain).search(action["domain"])
        self.assertEqual(set(points.mapped("cohort")), {whole.name, "2025-01"})
        shares = points.filtered(lambda point: point.line_id == year).mapped("share")
        self.assertEqual([round(share, 2) for share in shares], [0, 8.33, 8.33, 8.33, 17.5])

    def test_cohorts_by_quarter(self):
        asked = self.curve(first=month_start(1), last=month_start(8))
        self.assertEqual(
            [(line.name, line.count) for line in asked.line_ids[1:]],
            [("2025-01", 8), ("2025-04", 3), ("2025-07", 1)],
        )
        self.assertFalse(asked.line_ids[3].half_by)

    def test_staying(self):
        asked = (
            self.env["retention.curve"]
            .with_user(self.plain)
            .create(
                {"first": date(2024, 1, 1), "last": month_start(8), "kind": "stay", "width": "1"}
            )
        )
        asked.action_compute()
        self.assertEqual(sum(asked.line_ids[1:].mapped("count")), asked.line_ids[0].count)
        self.assertEqual(asked.line_ids[0].count, len(self.people))
        points = asked.action_graph()
        self.assertEqual(points["name"], "How long customers stay")

    def test_screens(self):
        """What opens, opens with the last closed months; who may not see it has no menu."""
        for model, before in (("comparison", 2), ("keeping", 11), ("curve", 23)):
            with Form(self.env[f"retention.{model}"].with_user(self.boss)) as form:
                self.assertEqual(form.last, month_start(8))
                self.assertEqual(form.first, month_start(8) - relativedelta(months=before))
        lead = self.make_user("c_lead", MANAGER)
        menus = ("menu_sop_verdict", "menu_comparison", "menu_curve", "menu_keeping")
        for user, seen in ((self.boss, menus), (self.plain, menus[2:]), (lead, ())):
            with self.subTest(user=user.login):
                visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                found = [m for m in menus if self.env.ref(f"customer_retention.{m}").id in visible]
                self.assertEqual(found, list(seen))

    def test_nobody(self):
        asked = self.env["retention.curve"].create(
            {"first": date(2001, 1, 1), "last": date(2001, 2, 1)}
        )
        asked.action_compute()
        self.assertIn("Nobody bought", asked.sentence)
        self.assertFalse(asked.line_ids)
