"""What a procedure brings, worked out by hand: windows, arms, versions, money, cost."""

from datetime import timedelta
from math import sqrt

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .sop_common import START, SopCase
from .test_money import MoneyCase

WINDOW = 10
NAMES = ("purchased_on", "bought_before_on", "revenue", "measured_until", "window_over")


def on(days):
    return START + timedelta(days=days)


class EffectCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sop = cls.make_sop(cls.task(minutes=30, cost=2), purpose="care", goal_days=WINDOW)

    def customers(self, **bought):
        """Make customers by name with the days, after START, of earlier purchases; refresh."""
        found = [self.buyer(name, *map(on, days)) for name, days in bought.items()]
        self.refresh(on(0))
        return found

    def measure(self, days, company=None):
        changed = self.enrollments._measure(company or self.company, on(days))
        self.env.invalidate_all()
        return changed

    def figures(self, enrollment):
        return tuple(enrollment[name] for name in NAMES)

    def as_control(self, enrollments):
        enrollments.sudo().write({"arm": "control"})


@tagged("post_install", "-at_install")
class TestSopEffect(EffectCase):
    # ------------------------------------------------------------ the window
    def test_first_and_last_day_of_the_window(self):
        """Entered on day 0, ten days: bought on days 1 and 10 counts, on day 11 does not."""
        ann, ben, cid = self.customers(Ann=[-90], Ben=[-90], Cid=[-90])
        mine = self.enter(self.sop, ann, ben, cid)
        for partner, day, amount in ((ann, 1, 10), (ben, 10, 20), (cid, 11, 40)):
            self.order(partner, on(day), amount)
        self.measure(11)
        self.assertEqual(
            [self.figures(e) for e in mine],
            [
                (on(1), False, 10, on(10), True),
                (on(10), False, 20, on(10), True),
                (False, False, 0, on(10), True),
            ],
        )

    def test_purchases_of_the_day_of_entry(self):
        """Only beyond those known on entering, in either arm; their money if all are new."""
        ann, ben, cid = self.customers(Ann=[-90], Ben=[-90, 0], Cid=[-90, 0])
        mine = self.enter(self.sop, ann, ben, cid)
        self.as_control(mine[0])
        self.order(ann, on(0), 10)
        self.order(cid, on(0), 40)
        self.measure(1)
        self.assertEqual(
            [(e.purchased_on, e.revenue) for e in mine], [(on(0), 10), (False, 0), (on(0), 0)]
        )

    def test_the_window_before(self):
        """Ten days before the entry count, the purchase it began with does not."""
        ann, ben, cid, dan = self.customers(Ann=[-11], Ben=[-10], Cid=[-1], Dan=[-30, -3])
        mine = self.enter(self.sop, ann, ben, cid)
        mine |= self.enter(self.sop, dan, anchor_date=on(-3))
        self.measure(1)
        self.assertEqual([e.bought_before_on for e in mine], [False, on(-10), on(-1), False])

    def test_measured_day_by_day_until_it_is_settled(self):
        [ann] = self.customers(Ann=[-90])
        mine = self.enter(self.sop, ann)
        self.assertEqual(self.measure(5), 1)
        self.assertEqual(self.figures(mine), (False, False, 0, on(5), False))
        self.assertEqual(self.measure(5), 0)
        self.assertEqual(self.measure(3), 0)  # no way back
        self.measure(10)
        self.assertEqual((mine.measured_until, mine.window_over), (on(10), False))
        self.measure(11)
        self.assertEqual((mine.measured_until, mine.window_over), (on(10), True))
        self.assertEqual(self.measure(12), 0)
        mine._engine()._leave("hand", self.moment(11))
        # Late news of the window counts up to the thirtieth day after its end or theirs.
        late = self.order(ann, on(9), 70)
        self.assertEqual(self.measure(41), 1)
        self.assertEqual((mine.purchased_on, mine.revenue), (on(9), 70))
        late.state = "cancel"
        self.assertEqual(self.measure(42), 0)
        self.assertEqual(mine.revenue, 70)

    def test_nights_that_were_missed(self):
        [ann] = self.customers(Ann=[-90])
        mine = self.enter(self.sop, ann)
        self.order(ann, on(4), 30)
        self.measure(300)
        self.assertEqual(self.figures(mine), (on(4), False, 30, on(10), True))

    def test_the_nightly_run_measures(self):
        [ann] = self.customers(Ann=[-90])
        mine = self.enter(self.sop, ann)
        self.order(ann, on(1), 30)
        self.night(2)
        self.env.invalidate_all()
        self.assertEqual((mine.revenue, mine.measured_until), (30, on(2)))

    # ------------------------------------------------------------ answers and cost
    def test_answers_and_talks(self):
        people = self.customers(**{name: [-90] for name in ("Ann", "Ben", "Cid", "Dan", "Eva")})
        mine = self.enter(self.sop, *people)
        ann, ben, cid, dan, _eva = people
        for partner, day, values in (
            (ann, 3, {"kind": "call"}),
            (ann, 2, {"kind": "call", "outcome": "no_answer"}),
            (ben, 2, {"kind": "wechat"}),  # sent, not answered
            (cid, 4, {"kind": "wechat", "direction": "incoming"}),
            (dan, 11, {"kind": "visit"}),
        ):
            self.env["retention.interaction"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "user_id": self.owner.id,
                    "date": self.moment(day),
                    **values,
                }
            )
        mine[-1]._engine().write({"replied_on": on(6)})
        self.measure(12)
        self.assertEqual([e.responded_on for e in mine], [on(3), False, on(4), False, on(6)])

    def test_cost_of_the_steps_done(self):
        """Half an hour at 60 and 2 more; a touch that took longer tells the truth."""
        self.company.retention_hour_cost = 60
        ann, ben = self.customers(Ann=[-90], Ben=[-90])
        sop = self.make_sop(
            self.task(minutes=30, cost=2), self.task(minutes=90, delay_count=50), goal_days=WINDOW
        )
        mine = self.enter(sop, ann, ben)
        self.tick(0)
        with self.at(0, 10):
            self.tasks(mine[0]).with_user(self.owner).action_feedback("Done")
        self.measure(1)
        self.assertEqual(mine.mapped("cost"), [32, 0])
        # Who is under way costs, however long the window has been over.
        self.tick(50)
        with self.at(60):
            self.tasks(mine[0]).with_user(self.owner).action_feedback("Done")
        self.measure(61)
        self.assertEqual(mine.mapped("cost"), [122, 0])

    def test_a_touch_tells_what_it_took(self):
        self.company.retention_hour_cost = 60
        [ann] = self.customers(Ann=[-90])
        sop = self.make_sop(self.mail(minutes=0, cost=0.5), goal_days=WINDOW)
        mine = self.enter(sop, ann, hour=12)
        self.tick(0, 12)
        self.assertEqual(mine.run_ids.state, "done")
        self.measure(1)
        self.assertEqual(mine.cost, 0.5)
        mine.run_ids.touch_id.write({"cost": 0.75})
        self.measure(2)
        self.assertEqual(mine.cost, 0.75)

    # ------------------------------------------------------------ versions and arms
    def test_versions_and_arms(self):
        """Version 1: 4 take part, 2 buy for 300 in all; 2 watched, 1 buys. Version 2: 1, open."""
        people = self.customers(**{name: [-90] for name in ("Ann", "Ben", "Cid", "Dan")})
        others = self.customers(Eva=[-5], Fay=[-90], Guy=[-90])
        first = self.enter(self.sop, *people, *others[:2])
        self.as_control(first[-2:])
        self.order(people[0], on(2), 100)
        self.order(people[1], on(3), 200)
        self.order(others[0], on(4), 50)
        first[:2]._engine().write({"replied_on": on(1)})
        second = self.sops.browse(self.sop.action_change()["res_id"])
        second._start(on(8))
        self.enter(second, others[2], days=8)
        self.measure(12)
        sop = self.sop
        self.assertEqual((sop.effect_entered, sop.effect_open, sop.effect_judged), (6, 0, 4))
        self.assertEqual((sop.effect_responses, sop.effect_response_rate), (2, 50))
        self.assertEqual((sop.effect_purchases, sop.effect_rate), (2, 50))
        self.assertEqual((sop.effect_control, sop.effect_control_rate), (2, 50))
        self.assertEqual((sop.effect_before_rate, sop.effect_revenue), (0, 75))
        self.assertIn("Of 4 customers who took part 50.0% bought", sop.verdict_text)
        self.assertIn("of 2 who were only watched 50.0%", sop.verdict_text)
        self.assertEqual((second.effect_entered, second.effect_open), (1, 1))
        self.assertEqual(second.effect_rate, 0)
        self.assertIn("Nothing is judged before its window is over", second.verdict_text)

    def test_verdict_without_a_control_group(self):
        self.assertFalse(self.sop.verdict_text)
        people = self.customers(Ann=[-90], Ben=[-5], Cid=[-90])
        self.enter(self.sop, *people)
        self.order(people[0], on(2), 100)
        self.order(people[1], on(2), 100)
        self.measure(11)
        self.assertEqual(
            self.sop.verdict_text,
            "Before and after, no control group: of 3 customers 66.7% bought within 10 days, "
            "33.3% in as many days before.",
        )

    def test_cost_per_purchase(self):
        self.company.retention_hour_cost = 60
        ann, ben = self.customers(Ann=[-90], Ben=[-90])
        mine = self.enter(self.sop, ann, ben)
        self.tick(0)
        with self.at(0, 10):
            self.tasks(mine).with_user(self.owner).action_feedback("Done")
        self.order(ann, on(2), 640)
        self.measure(5)
        self.assertEqual((self.sop.effect_cost, self.sop.effect_cost_per_purchase), (64, 0))
        self.measure(11)
        self.assertEqual((self.sop.effect_cost, self.sop.effect_cost_per_purchase), (64, 64))

    def test_users_do_not_see_the_effect(self):
        fields = self.sops.with_user(self.owner).fields_get()
        self.assertNotIn("verdict_text", fields)
        self.assertIn("verdict_text", self.sops.with_user(self.manager).fields_get())

    # ------------------------------------------------------------ arms
    def test_nobody_who_needs_help_is_held_out(self):
        for purpose in ("rescue", "service"):
            with self.subTest(purpose=purpose), self.assertRaises(ValidationError):
                self.make_sop(self.task(), start=None, purpose=purpose, holdout=10)

    def test_arms_persist_and_have_their_share(self):
        """Of 10,000 ids within three standard deviations; the next version draws the same."""
        sop = self.make_sop(self.task(), purpose="care", holdout=10)
        second = self.sops.browse(sop.action_change()["res_id"])
        for share in (5, 10, 50):
            sop.with_context(retention_sop_engine=True).holdout = share
            second.holdout = share
            drawn = [sop._arm(partner_id) for partner_id in range(1, 10_001)]
            deviation = sqrt(10_000 * share / 100 * (1 - share / 100))
            with self.subTest(share=share):
                self.assertLess(abs(drawn.count("control") - 100 * share), 3 * deviation)
                again = [second._arm(partner_id) for partner_id in range(1, 10_001)]
                self.assertEqual(drawn, again)
        other = self.make_sop(self.task(), purpose="care", holdout=50)
        self.assertNotEqual(drawn, [other._arm(partner_id) for partner_id in range(1, 10_001)])

    # ------------------------------------------------------------ the report
    def test_ratios_are_right_at_every_level(self):
        """Two procedures: 100 for 32 and 300 for 64 are 400 for 96 together, not an average."""
        self.company.retention_hour_cost = 60
        ann, ben, cid, dan = self.customers(Ann=[-90], Ben=[-90], Cid=[-90], Dan=[-90])
        other = self.make_sop(self.task(minutes=30, cost=2), purpose="care", goal_days=WINDOW)
        late = self.enter(self.sop, dan, days=9)
        mine = self.enter(self.sop, ann) | self.enter(other, ben, cid)
        watched = self.enter(self.sop, dan)
        self.as_control(watched)
        self.tick(9)
        with self.at(9, 10):
            self.tasks(mine | late).with_user(self.owner).action_feedback("Done")
        for partner, amount in ((ann, 100), (ben, 300), (dan, 1000)):
            self.order(partner, on(10), amount)
        self.measure(12)
        report = self.env["retention.sop.report"].with_user(self.manager)
        measures = ["return_per_cost:avg", "cost_per_purchase:avg", "repurchase_rate:avg"]
        domain = [("company_id", "=", self.company.id)]
        rows = report._read_group(domain, ["root_id", "arm"], measures)
        found = {(root.id, arm): tuple(values) for root, arm, *values in rows}
        self.assertEqual(found[self.sop.id, "treated"], (100 / 32, 32, 100))
        self.assertEqual(found[other.id, "treated"], (300 / 64, 64, 50))
        self.assertEqual(found[self.sop.id, "control"], (False, False, 100))
        [(returned, cost, rate, judged)] = report._read_group(domain, [], [*measures, "judged:sum"])
        # Dan's second pass is not over: it counts in no rate and no ratio.
        self.assertAlmostEqual(returned, 400 / 96)
        self.assertEqual((cost, rate, judged), (48, 75, 4))

    def test_who_sees_which_rows(self):
        ann, ben = self.customers(Ann=[-90], Ben=[-90])
        mine = self.enter(self.sop, ann, ben)
        stranger = self.make_user("e_stranger", "customer_retention.group_user")
        other = self.make_company("Other")
        far = self.make_user("e_far", "customer_retention.group_manager", company=other)
        mine[0]._engine().write({"user_id": stranger.id, "team_id": False})
        report = self.env["retention.sop.report"]
        for user, count in ((stranger, 1), (self.leader, 1), (self.manager, 2), (far, 0)):
            with self.subTest(user=user.login):
                seen = report.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                self.assertEqual(seen.search_count([]), count)

    def test_two_companies(self):
        """Each company's purchases count for its own enrollments, and its nights measure them."""
        other, ann = self.make_company("Other"), self.customer("Ann")
        for company in (self.company, other):
            self.order(ann, on(-90), 5, company=company)
            self.refresh(on(0), company=company)
        theirs = self.make_sop(self.task(), purpose="care", goal_days=WINDOW, company_id=other.id)
        mine = self.enter(self.sop, ann)
        profile = self.profile(ann, other)
        foreign = self.enter(theirs, ann, profile_id=profile.id)
        self.order(ann, on(2), 100)
        self.order(ann, on(3), 7, company=other)
        self.assertEqual(self.measure(11), 1)
        self.assertEqual((mine.revenue, foreign.measured_until), (100, False))
        self.measure(11, other)
        self.assertEqual((foreign.revenue, foreign.purchased_on), (7, on(3)))


@tagged("post_install", "-at_install")
class TestSopMoney(MoneyCase):
    """Credit notes and other currencies, with Odoo's own invoices."""

    def enroll(self, partner, day):
        sops = self.env["retention.sop"].sudo()
        sop = sops.create(
            {
                "name": "Care",
                "company_id": self.company.id,
                "purpose": "care",
                "goal_days": WINDOW,
                "step_ids": [(0, 0, {"name": "Call"})],
            }
        )
        row = dict.fromkeys(("source_model", "source_id"))
        row |= {"partner_id": partner.id, "contact_id": partner.id, "anchor_date": day}
        row["profile_id"] = (
            self.profiles.sudo()
            .search([("partner_id", "=", partner.id), ("company_id", "=", self.company.id)])
            .id
        )
        moment = SopCase.moment((day - START).days)
        return sop._engine_env()._enroll([row], day, moment, "hand")

    def measured(self, enrollment, days):
        self.env.flush_all()
        enrollment._measure(self.company, on(days))
        self.env.invalidate_all()
        return enrollment.revenue, enrollment.purchased_on

    def test_orders_less_credit_notes_in_two_currencies(self):
        """200, and 107.77 CHF at 1.0777; 40 of the first is credited, and later 30 more."""
        mine = self.enroll(self.partner_a, START)
        order = self.sell(self.partner_a, on(1), self.line(200))
        self.sell(self.partner_a, on(2), self.line(107.77), pricelist=self.pricelist)
        self.assertEqual(self.measured(mine, 3), (300, on(1)))
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.invoice_date = on(2)
        invoice.action_post()
        self.assertEqual(self.measured(mine, 3), (300, on(1)))
        for days, amount in ((5, 40), (11, 30)):
            credit = invoice._reverse_moves([{"invoice_date": on(days)}])
            credit.invoice_line_ids.price_unit = amount
            credit.action_post()
        # The second one falls on the day after the window.
        self.assertEqual(self.measured(mine, 20), (260, on(1)))

    def test_invoices_less_credit_notes(self):
        self.company.retention_basis = "invoice"
        mine = self.enroll(self.partner_a, START)
        self.invoice(self.partner_a, on(4), 100)
        self.invoice(self.partner_a, on(10), 40, "out_refund")
        self.invoice(self.partner_a, on(11), 10, "out_refund")
        self.assertEqual(self.measured(mine, 20), (60, on(4)))
