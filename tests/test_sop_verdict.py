"""Verdicts on procedures: arms, versions, windows, money, roles, companies, queries."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_sop_effect import EffectCase, on


@tagged("post_install", "-at_install")
class TestSopVerdict(EffectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.verdicts = cls.env["retention.sop.verdict"]
        cls.others = cls.make_sop(cls.task(), purpose="care", goal_days=10)

    def crowd(self, sop, treated, control, holdout=10, days=0, company=None):
        """Have customers enter in bulk, ``(count, bought, revenue each, cost each)`` per arm.

        Windows are over; what is measured is written as the night would.
        """
        company = company or self.company
        rows = []
        for arm, (count, bought, revenue, cost) in (("treated", treated), ("control", control)):
            partners = self.env["res.partner"].create(
                [{"name": f"{arm} {n}", "is_company": True} for n in range(count)]
            )
            rows += [
                {
                    "sop_id": sop.id,
                    "root_id": sop.root_id.id,
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "contact_id": partner.id,
                    "anchor_date": on(days),
                    "entered_on": on(days),
                    "arm": arm,
                    "window_over": True,
                    "purchased_on": on(days + 2) if n < bought else False,
                    "revenue": revenue if n < bought else 0,
                    "cost": cost,
                }
                for n, partner in enumerate(partners)
            ]
        made = self.enrollments._engine().create(rows)
        made.write({"holdout": holdout})
        return made

    def judge(self, days=20, company=None):
        self.verdicts._judge(company or self.company, on(days))
        return self.sops._verdicts(company or self.company)

    def test_the_night_judges(self):
        [ann] = self.customers(Ann=[-90])
        self.enter(self.sop, ann)
        self.night(2)
        found = self.sops._verdicts(self.company)
        self.assertEqual(list(found), [self.sop.id])
        told = found[self.sop.id]
        self.assertEqual((told["code"], told["entered"], told["judged"]), ("no_control", 1, 0))
        self.assertIn("nothing is judged before its window is over", told["sentence"])
        self.assertEqual((told["difference"], told["gain"], told["rate"]), (None, None, None))

    def test_windows_that_are_not_over(self):
        people = self.customers(**{name: [-90] for name in ("Ann", "Ben", "Cid")})
        mine = self.enter(self.sop, *people)
        self.as_control(mine[0])
        self.measure(5)
        told = self.sops._verdicts(self.company)[self.sop.id]
        self.assertEqual((told["code"], told["advice"]), ("too_early", "wait"))
        self.assertIn("Too early", told["sentence"])
        self.measure(11)
        told = self.sops._verdicts(self.company)[self.sop.id]
        self.assertEqual((told["code"], told["judged"], told["control"]), ("inconclusive", 2, 1))

    def test_eighteen_of_120_against_nobody_of_12(self):
        self.crowd(self.sop, (120, 18, 100, 1), (12, 0, 0, 0))
        told = self.judge()[self.sop.id]
        self.assertEqual(told["code"], "inconclusive")
        self.assertEqual(
            [round(told[name], 3) for name in ("rate", "control_rate", "low", "high")],
            [0.15, 0, -0.098, 0.225],
        )
        self.assertEqual(
            told["sentence"],
            "Not proven: of 120 customers who took part 15.0% bought, of 12 who were only watched "
            "0.0%. The difference of +15.0 points lies between −9.8 and +22.5.",
        )
        self.assertIn("Go on until about", told["advice_sentence"])

    def test_what_it_brings_beyond_what_would_have_come_anyway(self):
        """200 of whom 60 bring 50 for 2 each; of 40 watched 2 bring 50: 15 − 2.5, times 200."""
        self.crowd(self.sop, (200, 60, 50, 2), (40, 2, 50, 0), holdout=17)
        told = self.judge()[self.sop.id]
        self.assertEqual((told["code"], told["advice"]), ("works", "more"))
        self.assertAlmostEqual(told["gain"], 2500)
        self.assertAlmostEqual(told["cost"], 400)
        self.assertAlmostEqual(told["net_gain"], 2100)
        self.assertAlmostEqual(told["gain_per_cost"], 5.25)
        self.assertLess(0, told["gain_low"])
        self.assertIn("Put more here", told["advice_sentence"])
        again = self.judge(21)[self.sop.id]
        self.assertEqual(again, told)

    def test_harm_and_cost_say_stop(self):
        self.crowd(self.sop, (200, 10, 50, 1), (60, 20, 50, 0), holdout=23)
        self.crowd(self.others, (200, 60, 1, 9), (60, 3, 1, 0), holdout=23)
        told = self.judge()
        harm, dear = told[self.sop.id], told[self.others.id]
        self.assertEqual((harm["code"], harm["advice"]), ("harms", "stop"))
        self.assertIn("left alone buy more", harm["advice_sentence"])
        self.assertEqual((dear["code"], dear["advice"]), ("works", "stop"))
        self.assertIn("make it cheaper", dear["advice_sentence"])

    def test_ranked_by_net_gain_per_cost(self):
        third = self.make_sop(self.task(), purpose="rescue", goal_days=10)
        self.crowd(self.sop, (100, 50, 10, 2), (100, 10, 10, 0), holdout=50)
        self.crowd(self.others, (100, 50, 90, 2), (100, 10, 90, 0), holdout=50)
        self.crowd(third, (20, 5, 10, 1), (0, 0, 0, 0), holdout=0)
        told = self.judge()
        self.assertEqual(list(told), [self.others.id, self.sop.id, third.id])
        self.assertEqual([told[key]["rank"] for key in told], [1, 2, 3])
        self.assertIn("nobody is held out", told[third.id]["advice_sentence"])
        some = self.sops._verdicts(self.company, self.sop | third)
        self.assertEqual(list(some), [self.sop.id, third.id])

    def test_without_a_control_group_it_says_how_to_switch_one_on(self):
        self.crowd(self.sop, (20, 5, 10, 1), (0, 0, 0, 0), holdout=0)
        told = self.judge()[self.sop.id]
        self.assertEqual((told["code"], told["advice"]), ("no_control", "go_on"))
        self.assertIn("there is no control group", told["sentence"])
        self.assertIn("“Control Group (%)”", told["advice_sentence"])
        self.assertEqual((told["rate"], told["control_rate"]), (0.25, None))

    def test_a_control_group_switched_on_later(self):
        """Who entered before, in a bad season, has no counterpart and is not compared."""
        self.crowd(self.sop, (100, 5, 10, 1), (0, 0, 0, 0), holdout=0)
        second = self.sops.browse(self.sop.action_change()["res_id"])
        second.holdout = 20
        self.crowd(second, (80, 40, 10, 1), (20, 10, 10, 0), holdout=20, days=1)
        told = self.judge()
        self.assertEqual(list(told), [self.sop.id])
        found = told[self.sop.id]
        self.assertEqual((found["entered"], found["judged"], found["control"]), (200, 80, 20))
        self.assertEqual((found["rate"], found["difference"]), (0.5, 0))
        self.assertEqual(self.sops._verdicts(self.company, second), told)
        self.assertEqual(second.verdict_sentence, found["sentence"])

    def test_each_customer_counts_once(self):
        """Later passes of a customer depend on what the first one did."""
        [ann] = self.customers(Ann=[-90])
        first = self.enter(self.sop, ann)
        self.order(ann, on(2), 100)
        again = self.enter(self.sop, ann, days=20)
        self.measure(40)
        self.assertEqual((first | again).mapped("window_over"), [True, True])
        told = self.sops._verdicts(self.company)[self.sop.id]
        self.assertEqual((told["entered"], told["judged"], told["rate"]), (1, 1, 1))

    def test_groups_of_another_size_than_set(self):
        self.crowd(self.sop, (160, 80, 50, 1), (40, 4, 50, 0), holdout=10)
        told = self.judge()[self.sop.id]
        self.assertEqual((told["code"], told["advice"]), ("works", "wait"))
        self.assertIn("40 are only watched where about 20 should be", told["warning"])
        self.crowd(self.others, (180, 80, 50, 1), (20, 4, 50, 0), holdout=10)
        self.assertIsNone(self.judge()[self.others.id]["warning"])

    def test_the_share_drawn_is_kept(self):
        sop = self.make_sop(self.task(), purpose="care", holdout=30)
        [ann] = self.customers(Ann=[-90])
        mine = self.enter(sop, ann)
        sop.action_pause()
        sop.holdout = 0
        self.assertEqual(mine.holdout, 30)

    def test_nothing_is_written_twice(self):
        self.crowd(self.sop, (60, 30, 33.33, 0.7), (20, 2, 33.33, 0), holdout=25)
        self.judge()
        row = self.verdicts.search([("root_id", "=", self.sop.id)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retention_sop_verdict SET write_date = '2020-01-01' WHERE id = %s", [row.id]
        )
        row.invalidate_recordset()
        self.judge()
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual(row.write_date.year, 2020)

    def test_verdicts_of_procedures_nobody_is_in_go(self):
        made = self.crowd(self.sop, (3, 1, 5, 1), (0, 0, 0, 0))
        self.assertIn(self.sop.id, self.judge())
        made.unlink()
        self.assertNotIn(self.sop.id, self.judge())

    # ------------------------------------------------------------ who, and how much
    def test_two_companies(self):
        other = self.make_company("Other")
        theirs = self.make_sop(self.task(), purpose="care", company_id=other.id)
        self.crowd(self.sop, (20, 5, 10, 1), (0, 0, 0, 0))
        self.crowd(theirs, (30, 5, 10, 1), (0, 0, 0, 0), company=other)
        self.assertEqual(list(self.judge()), [self.sop.id])
        self.assertEqual(list(self.judge(company=other)), [theirs.id])
        seen = self.verdicts.with_user(self.manager).search([])
        self.assertEqual(seen.root_id, self.sop)

    def test_roles(self):
        self.crowd(self.sop, (20, 5, 10, 1), (0, 0, 0, 0))
        told = self.judge()
        with self.assertRaises(AccessError):
            self.verdicts.with_user(self.owner).search([])
        self.assertNotIn("verdict_sentence", self.sops.with_user(self.owner).fields_get())
        row = self.verdicts.with_user(self.manager).search([])
        self.assertEqual(row.sentence, told[self.sop.id]["sentence"])
        self.assertEqual(row.action_open_sop()["res_id"], self.sop.id)
        self.assertEqual(row.action_open_effect()["domain"], [("root_id", "in", [self.sop.id])])
        with self.assertRaises(AccessError):
            row.write({"code": "works"})
        self.assertTrue(row.is_on)
        self.sop.action_archive_sop()
        self.assertFalse(self.verdicts.with_user(self.manager).search([("is_on", "=", True)]))
        # Whoever asks, all customers count: the review and the dashboard see to who reads it.
        self.assertEqual(self.sops.with_user(self.owner)._verdicts(self.company), told)

    def test_as_many_queries_for_one_as_for_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.sops._verdicts(self.company)
            return self.env.cr.sql_log_count - before

        self.crowd(self.sop, (5, 1, 10, 1), (5, 1, 10, 0))
        self.judge()
        one = count()
        for _n in range(5):
            self.crowd(self.make_sop(self.task()), (5, 1, 10, 1), (5, 1, 10, 0))
        self.judge()
        self.assertEqual(count(), one)
        self.assertLessEqual(one, 8)

    def test_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.crowd(self.sop, (120, 18, 100, 1), (12, 0, 0, 0))
        self.judge()
        told = self.sops.with_context(lang="zh_CN")._verdicts(self.company)[self.sop.id]
        for name in ("sentence", "advice_sentence"):
            self.assertTrue(told[name])
