"""Demo data: the plan of demo/generator.py carried out, on a small scale."""

from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.customer_retention.demo import people, procedures, stories

COUNTED = (
    "res.partner",
    "res.users",
    "crm.team",
    "product.product",
    "sale.order",
    "account.move",
    "res.currency.rate",
    "retention.profile",
    "retention.change",
    "retention.run",
    "retention.promise",
    "retention.need",
    "retention.agreement",
    "retention.key.date",
    "retention.preference",
    "retention.competitor.note",
    "retention.referral",
    "retention.plan",
    "retention.sop",
    "retention.enrollment",
    "retention.sop.step.run",
    "retention.touch",
    "retention.optout",
    "retention.content",
    "retention.interaction",
    "mail.activity",
)


NAMESPACE = "customer_retention_demo"


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env["retention.demo"]
        # In a database with demo data this does nothing, and the tests look at what is there.
        cls.fresh = cls.demo._generate(date(2026, 6, 30), size=30, months=2)
        cls.company = cls.env.ref("base.main_company")
        cls.profiles = cls.env["retention.profile"].with_company(cls.company)
        cls.orders = cls.env["sale.order"].with_company(cls.company)
        cls.now = datetime.combine(cls.demo._as_of(), time())
        cls.sops = cls.env["retention.sop"].search([("company_id", "=", cls.company.id)])
        cls.enrollments = cls.env["retention.enrollment"].search(
            [("sop_id", "in", cls.sops.ids), ("entered_at", "<=", cls.now)]
        )
        cls.runs = cls.enrollments.run_ids

    def profile(self, partner):
        return self.profiles.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    def orders_of(self, partners):
        return self.orders.search([("partner_id", "child_of", partners.ids)])

    def test_every_life_story_has_customers(self):
        for story in stories.STORIES:
            customers = self.demo._customers(story)
            self.assertTrue(customers, story)
            self.assertTrue(self.orders_of(customers), story)
        prospects = self.orders_of(self.demo._customers("prospect"))
        self.assertLessEqual(set(prospects.mapped("state")), {"draft", "sent"})

    def test_second_call_adds_nothing(self):
        def counts():
            return {
                model: self.env[model].with_context(active_test=False).search_count([])
                for model in COUNTED
            }

        before = counts()
        self.assertFalse(self.demo._generate(date(2026, 6, 30), size=6, months=2))
        self.assertEqual(counts(), before)

    def test_orders_are_complete(self):
        orders = self.orders_of(self.demo._customers()).filtered("user_id")
        self.assertTrue(orders)
        for order in orders:
            self.assertIn(order.user_id, order.team_id.member_ids)
            self.assertGreater(order.amount_untaxed, 0)
            self.assertTrue(order.order_line)
        days = [order.date_order.date() for order in orders]
        self.assertLess(max(days), self.demo._as_of())

    def test_figures_equal_the_sales_report(self):
        customers = self.demo._customers()
        reported = (
            self.env["sale.report"]
            .with_company(self.company)
            ._read_group(
                [
                    ("state", "=", "sale"),
                    ("company_id", "=", self.company.id),
                    ("commercial_partner_id", "in", customers.ids),
                ],
                ["commercial_partner_id"],
                ["price_subtotal:sum"],
            )
        )
        self.assertTrue(reported)
        for partner, amount in reported:
            self.assertAlmostEqual(self.profile(partner).revenue_total, amount, places=2)

    def test_figures_are_computed_with_a_history(self):
        runs = self.env["retention.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertGreaterEqual(len(runs), 3)
        self.assertGreaterEqual(max(runs.mapped("as_of")), self.demo._as_of())
        mine = [("company_id", "=", self.company.id)]
        self.assertTrue(self.env["retention.change"].search_count(mine, limit=1))
        profile = self.profile(self.demo._customers("steady")[0])
        self.assertTrue(profile.segment_id)
        self.assertEqual(profile.user_id, profile.partner_id.user_id)
        self.assertFalse(profile.refresh_pending)

    def test_months_were_closed_as_they_ended(self):
        mine = [("company_id", "=", self.company.id)]
        closed = self.env["retention.ledger.month"].search([*mine, ("state", "=", "closed")])
        newest = closed.sorted("month")[-1]
        self.assertEqual(newest.month, self.demo._as_of().replace(day=1) - relativedelta(months=1))
        self.assertTrue(newest.recorded)
        rows = self.env["retention.ledger"].search([*mine, ("month", "=", newest.month)])
        self.assertTrue(all(rows.mapped("stage")))
        self.assertTrue(rows.user_id)
        self.assertTrue(rows.tier_id)

    def test_group_of_three_levels_is_one_customer(self):
        university = self.demo._customers("key_account_university")
        self.assertEqual(len(university), 1)
        departments = university.child_ids.filtered("child_ids")
        self.assertEqual(len(departments), 2)
        for level in (university, departments, departments.child_ids):
            self.assertTrue(self.orders.search_count([("partner_id", "in", level.ids)]))
        self.assertTrue(self.profile(university))
        below = departments | departments.child_ids
        self.assertFalse(self.profiles.search([("partner_id", "in", below.ids)]))

    def test_company_under_a_company_is_its_own_customer(self):
        holding = self.demo._customers("occasional_holding")
        firms = holding.child_ids
        self.assertEqual(len(firms), 2)
        self.assertEqual(firms.commercial_partner_id, firms)
        for firm in holding | firms:
            self.assertTrue(self.profile(firm).rfm_score)

    def test_foreign_orders_have_their_own_price_list_and_rate(self):
        own = self.company.currency_id
        orders = self.orders_of(self.demo._customers()).filtered(lambda o: o.currency_id != own)
        self.assertTrue(orders)
        self.assertGreater(len({round(order.currency_rate, 6) for order in orders}), 1)
        order = orders[0]
        self.assertEqual(order.pricelist_id, order.partner_id.property_product_pricelist)
        self.assertAlmostEqual(
            order.currency_rate,
            own._get_conversion_rate(own, order.currency_id, self.company, order.date_order),
        )
        line = order.order_line[0]
        fresh = self.orders.create(
            {
                "partner_id": order.partner_id.id,
                "order_line": [(0, 0, {"product_id": line.product_id.id})],
            }
        )
        self.assertEqual(fresh.order_line.price_unit, line.price_unit)

    def test_invoices_and_credit_notes(self):
        moves = self.env["account.move"].search(
            [("invoice_line_ids.sale_line_ids.order_id", "in",
              self.orders_of(self.demo._customers()).ids)]
        )  # fmt: skip
        if not self.env["account.journal"].search_count(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        ):
            self.assertFalse(moves)
            return
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(set(moves.mapped("move_type")), {"out_invoice", "out_refund"})

    def test_staff(self):
        def rights(login):
            user = self.env.ref(f"customer_retention_demo.user_{login}")
            names = ("group_user", "group_manager")
            return tuple(user.has_group(f"customer_retention.{name}") for name in names)

        sellers = [employee for employee in people.EMPLOYEES if employee.team]
        self.assertEqual({rights(employee.login) for employee in sellers}, {(True, False)})
        self.assertEqual(rights("mara"), (True, True))
        self.assertEqual(rights("signe"), (False, False))

    def test_the_customer_file_fits_the_stories(self):
        def of(model, story):
            customers = self.demo._customers(story)
            return self.env[model].search([("commercial_partner_id", "in", customers.ids)])

        late = of("retention.promise", "fading")
        self.assertEqual(set(late.mapped("state")), {"open"})
        self.assertLess(max(late.mapped("due_date")), self.demo._as_of())
        self.assertEqual(late.activity_ids.user_id, late.user_id)
        self.assertEqual(set(of("retention.promise", "steady").mapped("state")), {"kept"})
        for model in (
            "retention.need",
            "retention.agreement",
            "retention.key.date",
            "retention.preference",
            "retention.competitor.note",
            "retention.plan",
        ):
            with self.subTest(model=model):
                self.assertTrue(of(model, ""))
        sizes = self.demo._customers("key_account").mapped("company_size")
        self.assertEqual(set(sizes), {"201"})

    # ------------------------------------------------------------ tiers
    def test_tiers_are_as_proposed_and_bring_something(self):
        tiers = self.env["retention.tier"].search([("company_id", "=", self.company.id)])
        self.assertEqual(tiers.mapped("level"), [0, 1, 2, 3])
        self.assertEqual(
            [bool(amount) for amount in tiers.mapped("min_amount")], [False] + [True] * 3
        )
        self.assertTrue(all(tiers.mapped("customer_count")))
        vip, mine = tiers[-1], ("company_id", "=", self.company.id)
        self.assertFalse(any(vip.benefit_ids.mapped("problem_text")))
        kinds = {"prices": "pricelist", "tag": "tag", "early": "early", "call": "activity"}
        for key, kind in kinds.items():
            self.assertEqual(self.env.ref(f"{NAMESPACE}.benefit_{key}").type, kind)
        grants = self.env["retention.tier.grant"].search([mine, ("state", "=", "given")])
        self.assertLessEqual({"pricelist", "tag", "early", "discount"}, set(grants.mapped("type")))
        prices = self.env.ref(f"{NAMESPACE}.prices_vip")
        for grant in grants.filtered(lambda g: g.type == "pricelist" and g.live):
            partner = grant.partner_id.with_company(self.company)
            self.assertEqual(partner.property_product_pricelist, prices)
        locked = self.profiles.search([mine, ("tier_locked_until", "!=", False)])
        self.assertEqual(len(locked), 1)
        self.assertTrue(locked.tier_lock_reason)
        if not self.fresh:
            self.assertTrue(self.profiles.search_count([mine, ("tier_grace_until", "!=", False)]))

    # ------------------------------------------------------------ procedures
    def sop(self, code):
        return self.env.ref(f"{NAMESPACE}.sop_{code}")

    def of(self, code):
        family = self.sop(code).root_id
        return self.enrollments.filtered(lambda e: e.root_id == family)

    def test_a_dozen_is_switched_on_and_nothing_is_sent(self):
        running = self.sops.filtered(lambda sop: sop.state == "active")
        self.assertGreaterEqual(len(running), 12)
        for code in procedures.USED:
            family = self.sops.filtered(lambda s, c=code: s.root_id == self.sop(c).root_id)
            self.assertIn("active", family.mapped("state"), code)
            self.assertEqual(family.library_id.code, code)
            self.assertEqual(family[0].step_ids[0]._problems(), [])
        self.assertEqual(self.sop(procedures.DRAFTS[0]).state, "draft")
        self.assertEqual(self.sop("community").state, "paused")
        self.assertFalse(self.company.retention_send)
        self.assertFalse(self.runs.mail_id)

    def test_the_engine_worked_through_the_last_weeks(self):
        states = set(self.runs.mapped("state"))
        self.assertLessEqual({"waiting", "open", "done", "skipped"}, states)
        oldest = self.now - timedelta(days=procedures.DAYS)
        self.assertGreaterEqual(min(self.enrollments.mapped("entered_at")), oldest)
        for run in self.runs.filtered("done_at"):
            if run.state in ("done", "skipped"):
                self.assertLessEqual(run.first_due_at, run.done_at)
            self.assertGreaterEqual(run.done_at, run.enrollment_id.entered_at)
        if self.fresh:
            self.assertLess(max(self.runs.filtered("done_at").mapped("done_at")), self.now)
            held = self.env["retention.touch"].search([("state", "=", "deferred")])
            self.assertTrue(held)
            self.assertTrue(held.step_run_id.filtered("held_back"))
        spread = {e.entered_on for e in self.enrollments}
        self.assertGreater(len(spread), 14)

    def test_tasks_were_done_on_their_day_by_who_looks_after_the_customer(self):
        done = self.runs.filtered(lambda r: r.state == "done" and r.channel == "wechat")
        done = done.filtered(lambda r: r.done_at < self.now)
        self.assertTrue(done)
        for run in done:
            task = run.activity_id
            self.assertFalse(task.active)
            self.assertEqual(task.date_done, run.done_at.date())
            self.assertEqual(run.result, task.feedback)
            self.assertLess(run.done_at.weekday(), 5)
        sellers = {self.env.ref(f"{NAMESPACE}.user_{name}") for name in ("lena", "ruixue")}
        self.assertTrue(sellers & set(done.user_id))
        talks = self.env["retention.interaction"].search([("kind", "=", "wechat")])
        self.assertGreaterEqual(len(talks), len(done))

    def test_preferences_and_optouts_are_minded(self):
        wishes = self.env["retention.preference"].search([("channel", "in", ("call", "wechat"))])
        wished = {wish.partner_id: wish.channel for wish in wishes}
        asked = self.runs.filtered(lambda r: r.type == "contact" and r.channel)
        minded = [r for r in asked if r.contact_id in wished]
        self.assertTrue(minded)
        for run in minded:
            self.assertEqual(run.channel, wished[run.contact_id])
        refused = self.env["retention.optout"].search([])
        self.assertTrue(refused)
        for optout in refused:
            touches = self.env["retention.touch"].search(
                [
                    ("contact_id", "=", optout.partner_id.id),
                    ("purpose", "=", optout.purpose),
                    ("state", "=", "done"),
                ]
            )
            self.assertFalse(touches)

    def test_a_second_version_and_a_control_group(self):
        family = self.sops.search([("root_id", "=", self.sop("wake_up").root_id.id)])
        first, second = family.sorted("version")
        self.assertEqual((first.state, second.state), ("archived", "active"))
        self.assertEqual(first.replaced_by_id, second)
        self.assertLess(second.step_ids[1].delay_count, first.step_ids[1].delay_count)
        watched = self.sop("next_product")
        self.assertEqual(watched.holdout, 20)
        mine = self.of("next_product")
        self.assertTrue(mine)
        for enrollment in mine:
            self.assertEqual(enrollment.arm, watched._arm(enrollment.partner_id.id))
            self.assertEqual(bool(enrollment.run_ids), enrollment.arm == "treated")

    def test_one_waits_for_help_and_says_why(self):
        stuck = self.of("sample_box").filtered(lambda e: e.state == "stuck")
        self.assertTrue(stuck)
        step = self.sop("sample_box").step_ids[1]
        for enrollment in stuck:
            self.assertIn(step.name, enrollment.error)
        self.assertIn("done", self.of("sample_box").mapped("state"))
        self.assertFalse((self.enrollments - stuck).filtered(lambda e: e.state == "stuck"))

    def test_contents_of_their_own_were_sent(self):
        contents = self.env["retention.content"].browse(
            self.env.ref(f"{NAMESPACE}.content_{key}").id for key in procedures.CONTENTS
        )
        self.assertTrue(contents.sent_ids)
        for content, (*_rest, text) in zip(contents, procedures.CONTENTS.values(), strict=True):
            for lang, words in zip(("en_US", "zh_CN"), text, strict=True):
                if self.env["res.lang"]._get_data(code=lang):
                    self.assertIn(words, content.with_context(lang=lang).body)
        guide = self.env.ref(f"{NAMESPACE}.content_guide_mi-325")
        self.assertTrue(guide.product_tmpl_ids)

    def test_every_kind_of_occasion_was_followed(self):
        for code in ("welcome", "usage_guides", "birthday", "visit_core", "wake_up", "renewal"):
            with self.subTest(code=code):
                self.assertTrue(self.of(code))
        for code in ("referral", "detractor"):
            with self.subTest(code=code):
                told = self.of(code)
                self.assertEqual(set(told.mapped("source_model")), {"retention.interaction"})

    # ------------------------------------------------------------ alerts
    def test_alerts_were_worked_on_for_months(self):
        alerts = self.env["retention.alert"].search([("company_id", "=", self.company.id)])
        as_of = self.demo._as_of()
        self.assertTrue(alerts.filtered("live"))
        ended = alerts.filtered("outcome")
        self.assertTrue(ended)
        for alert in ended:
            self.assertLessEqual(alert.opened_on, alert.closed_on)
            self.assertTrue(alert.attempt and alert.root_cause)
            if alert.outcome == "saved":
                self.assertTrue(alert.verification)
        for alert in alerts.filtered(lambda a: a.closed_on and a.task_id):
            self.assertLessEqual(alert.closed_on, alert.task_id.date_done)
        if self.fresh:
            self.assertLess(max(ended.mapped("closed_on")), as_of)
            self.assertLessEqual(
                max(alerts.task_id.filtered("date_done").mapped("date_done")), as_of
            )
        self.assertGreater(as_of - min(alerts.mapped("opened_on")), timedelta(days=20))
        told = self.env["retention.interaction"].search(
            [("commercial_partner_id", "in", ended.partner_id.ids), ("kind", "=", "call")]
        )
        self.assertTrue(told)
