"""Who objects to profiling has no figures anywhere, and loses those there were at once."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.customer_retention.analytics.gate import Ask

from .alert_common import AlertCase
from .benefit_common import BenefitCase
from .common import AS_OF
from .ledger_common import LedgerCase
from .sop_common import START, SopCase

FIELD = "retention_no_profiling"
LOGGER = "odoo.addons.customer_retention.models.retention_profiling"


@tagged("post_install", "-at_install")
class TestProfiling(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls.customer("Ann"), cls.customer("Bob")
        cls.user = cls.make_user(
            "p_user", "customer_retention.group_user", "base.group_partner_manager"
        )
        cls.manager = cls.make_user(
            "p_manager", "customer_retention.group_manager", "base.group_partner_manager"
        )

    def test_figures_go_at_once_and_stay_away(self):
        for partner in (self.ann, self.bob):
            self.orders(partner, 5, 40)
        self.refresh()
        changes = self.profile(self.ann).change_ids
        with self.assertLogs(LOGGER) as told:
            self.ann.with_user(self.user)[FIELD] = True
        self.assertIn("Figures of 1 contacts deleted", told.output[0])
        with self.assertNoLogs(LOGGER, "INFO"):
            self.ann._stop_profiling()
        self.assertFalse(self.profile(self.ann))
        self.assertFalse(changes.exists())
        self.assertFalse(self.ann.retention_segment_id)
        self.orders(self.ann, 1)
        self.refresh(partners=self.ann)
        self.refresh(AS_OF + timedelta(days=1))
        self.assertFalse(self.profile(self.ann))
        self.assertTrue(self.profile(self.bob))
        self.assertEqual(
            list(self.profiles._compute_as_of(self.company, AS_OF).index), self.bob.ids
        )
        self.assertEqual(self.env["retention.audit"]._audit(self.company), [])

    def test_a_quotation_makes_no_figures(self):
        self.ann[FIELD] = True
        self.order(self.ann, AS_OF, state="draft")
        self.refresh()
        self.assertFalse(self.profile(self.ann))

    def test_others_are_scored_without_them(self):
        """The population that cuts the scores is who may be judged."""
        for partner, amount in ((self.ann, 100), (self.bob, 7000)):
            self.order(partner, AS_OF, amount)
        self.bob[FIELD] = True
        run = self.refresh()
        self.assertEqual(run.row_count, 1)
        self.assertTrue(self.profile(self.ann).is_core)

    def test_objecting_while_a_night_is_under_way(self):
        self.orders(self.ann, 5)
        self.refresh()
        run = self.env["retention.run"]._plan(self.company, AS_OF + timedelta(days=1))
        run._step()  # purchases are read
        self.ann[FIELD] = True
        while run.state != "done":
            run._step()
        self.assertFalse(self.profile(self.ann))

    def test_a_chunk_that_came_after_is_mended(self):
        self.ann[FIELD] = True
        self.profiles.sudo().create({"partner_id": self.ann.id, "company_id": self.company.id})
        self.refresh()
        self.assertFalse(self.profile(self.ann))

    def test_only_a_manager_takes_it_back(self):
        self.orders(self.ann, 5)
        self.refresh()
        self.ann.with_user(self.user)[FIELD] = True
        with self.assertRaises(AccessError):
            self.ann.with_user(self.user)[FIELD] = False
        self.ann.with_user(self.manager)[FIELD] = False
        self.commit_requests()
        self.refresh(partners=self.ann)
        self.assertTrue(self.profile(self.ann).rfm_score)

    def test_the_page_says_so(self):
        self.orders(self.ann, 5, 9)
        self.refresh()
        page = self.env["retention.page"]
        self.assertEqual(page._data(self.ann, AS_OF)["objects"], "")
        self.ann[FIELD] = True
        data = page._data(self.ann, AS_OF)
        self.assertIn("objects to profiling", data["objects"])
        self.assertFalse(data["risk"] or data["favourites"] or data["has_purchases"])
        self.assertFalse(data["taste"]["basket"] and data["taste"]["next"])

    # ---------------------------------------------------------------- the ledger
    def test_months_count_purchases_and_forget_the_judgement(self):
        for month in (1, 2, 3):
            self.order(self.ann, date(2026, month, 10), 50)
            self.order(self.bob, date(2026, month, 12), 70)
        self.night(date(2026, 2, 1))
        self.night(date(2026, 3, 1))
        rollup = self.env["retention.ledger.rollup"]
        mine = [("company_id", "=", self.company.id)]
        names = ("row_count", "at_start", "at_end", "revenue", "new_count", "buyers")

        def totals():
            return rollup._read_group(mine, ["month:month"], [f"{name}:sum" for name in names])

        before = totals()
        self.assertTrue(self.rows(self.ann)[-1].segment_id)
        self.ann[FIELD] = True
        self.assertEqual(totals(), before)
        told = self.told(self.ann, "segment_id", "stage", "tier_id", "profile_id", "revenue")
        none = self.env["retention.segment"]
        for row in told:
            self.assertEqual((row[1], row[2], row[4].id, row[5]), (none, False, False, 50))
        self.night(date(2026, 4, 1))
        last = self.rows(self.ann)[-1]
        self.assertEqual(
            (last.month.month, last.revenue, last.active_start, last.active_end, last.is_new),
            (3, 50, True, True, False),
        )
        self.assertFalse(last.segment_id or last.stage or last.profile_id)
        self.assertEqual(self.env["retention.audit"]._audit(self.company), [])
        self.months.search(mine).write({"state": "waiting"})
        self.close()
        self.assertEqual(
            [
                row[5]
                for row in self.told(
                    self.ann, "segment_id", "stage", "tier_id", "profile_id", "revenue"
                )
            ],
            [50] * 3,
        )
        self.assertFalse(self.rows(self.ann).segment_id)

    def test_documents_that_change_still_count(self):
        orders = [self.order(self.ann, date(2026, month, 10), 50) for month in (2, 3)]
        self.night(date(2026, 4, 1))
        self.ann[FIELD] = True
        orders[0].state = "cancel"
        self.order(self.ann, date(2026, 1, 10), 20)
        self.refresh(date(2026, 4, 2), partners=self.ann)
        self.assertEqual(
            self.told(self.ann, "revenue", "revenue_restated"),
            [(1, 0, 20), (2, 50, 0), (3, 50, 50)],
        )
        self.night(date(2026, 5, 1))
        self.assertEqual(
            self.told(self.ann, "revenue", "revenue_restated")[:3],
            [(1, 0, 20), (2, 50, 0), (3, 50, 50)],
        )

    def test_merged_with_somebody_who_objects(self):
        for month in (1, 2):
            self.order(self.ann, date(2026, month, 10), 50)
            self.order(self.bob, date(2026, month, 12), 70)
        self.night(date(2026, 3, 1))
        self.bob[FIELD] = True
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.ann | self.bob).ids, self.ann)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(self.ann[FIELD])
        self.assertFalse(self.profile(self.ann))
        self.assertEqual(self.told(self.ann, "revenue"), [(1, 120), (2, 120)])


@tagged("post_install", "-at_install")
class TestProfilingAlerts(AlertCase):
    def test_alerts_close_and_forget(self):
        profile = self.make_profile()
        self.make_reason(profile)
        alert = self.sync()
        task = alert.task_id
        partner = profile.partner_id
        partner[FIELD] = True
        self.assertEqual((alert.state, alert.close_reason), ("closed", "no_profiling"))
        self.assertFalse(alert.risk_score or alert.risk_level or alert.value_at_stake)
        self.assertFalse(alert.line_ids or task.active)
        mine = self.alerts.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertRaises(UserError):
            mine.create({"partner_id": partner.id})


@tagged("post_install", "-at_install")
class TestProfilingProcedures(SopCase):
    def test_promotion_ends_and_service_goes_on(self):
        ann = self.buyer("Ann", START)
        self.night(0)
        passes = {
            purpose: self.enter(self.make_sop(self.task(), purpose=purpose), ann)
            for purpose in ("service", "promotion")
        }
        ann[FIELD] = True
        self.assertEqual(passes["promotion"].exit_reason, "no_profiling")
        self.assertEqual(passes["service"].state, "running")

    def test_nobody_who_objects_enters_promotion(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        self.night(0)
        ann[FIELD] = True
        everybody = [
            (partner.id, START + timedelta(days=1), "res.partner", partner.id)
            for partner in (ann, bob)
        ]
        metrics = self.env["retention.metrics"]
        found = {}
        for purpose in ("greeting", "promotion"):
            sop = self.make_sop(self.task(), purpose=purpose, trigger="talk")
            span = sop._span(START + timedelta(days=1))
            occasions = metrics._as_occasions(span, everybody)
            found[purpose] = [row["partner_id"] for row in metrics._entering(sop, occasions, 10)]
        self.assertEqual(
            found["greeting"], (bob | ann).ids[::1] if bob.id < ann.id else (ann | bob).ids
        )
        self.assertEqual(found["promotion"], bob.ids)

    def test_the_gate_stops_what_was_planned(self):
        ann = self.buyer("Ann", START)
        ann[FIELD] = True
        noon = datetime(2026, 6, 2, 12)
        asks = [
            Ask(purpose, ann.id, ann.id, "call", purpose, noon)
            for purpose in ("promotion", "service")
        ]
        verdicts = self.touches._gate(self.company, asks, noon)
        self.assertEqual(verdicts["promotion"][:2], ("skip", "no_profiling"))
        self.assertEqual(verdicts["service"].state, "go")

    def test_the_dialog_says_why(self):
        ann = self.buyer("Ann", START)
        self.night(0)
        ann[FIELD] = True
        sop = self.make_sop(self.task(), purpose="promotion")
        wizard = self.env["retention.sop.enroll"].create(
            {"sop_id": sop.id, "company_id": self.company.id, "partner_ids": [(6, 0, ann.ids)]}
        )
        self.assertEqual(wizard.line_ids.mapped("reason"), ["Objects to profiling"])


@tagged("post_install", "-at_install")
class TestProfilingBenefits(BenefitCase):
    def test_benefits_are_taken_back(self):
        usual, gold = self.pricelist("Usual"), self.pricelist("Gold")
        self.benefit(self.gold, "pricelist", pricelist_id=gold.id)
        profile = self.members("Ann")
        partner = profile.partner_id.with_company(self.company)
        partner.specific_property_product_pricelist = usual
        self.benefits._follow_moves(self.company, self.moves(profile, self.gold), START, False)
        self.assertEqual(self.price(profile), gold)
        partner[FIELD] = True
        self.assertEqual(partner.specific_property_product_pricelist, usual)
        self.assertFalse(self.profile(partner))
