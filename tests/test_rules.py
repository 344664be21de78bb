"""Scoring rules and segment schemes: validation, preview, editing."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.customer_retention.analytics import segments

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestScoringRules(RetentionCase):
    def test_edges_must_rise(self):
        for values in (
            {"retention_r_edge_2": 30},
            {"retention_r_edge_2": 29},
            {"retention_f_edge_1": 0},
            {"retention_f_edge_4": 4},
            {"retention_m_edge_3": 1.0},
        ):
            with self.subTest(values=values):
                self.assertRefused(ValidationError, "edges", lambda v=values: self.company.write(v))
        self.company.retention_r_edge_2 = 31

    def test_window_is_longer_than_the_last_edge(self):
        def months(number):
            self.company.retention_window_months = number

        self.assertRefused(ValidationError, "window", lambda: months(12))  # 365, the edge itself
        self.assertRefused(ValidationError, "window", lambda: months(0))
        months(13)
        # 13 months are 396 days at the least, from some day of February on.
        self.company.retention_r_edge_4 = 391
        self.assertRefused(
            ValidationError, "window", lambda: self.company.write({"retention_r_edge_4": 397})
        )

    def test_core_share(self):
        for share in (0, 100):
            self.assertRefused(
                ValidationError,
                "share",
                lambda s=share: self.company.write({"retention_core_share": s}),
            )

    def test_configuration(self):
        config = self.company._retention_config()
        self.assertEqual(config.r_edges, (30, 90, 180, 365))
        self.assertEqual(config.f_edges, (1, 2, 4, 7))
        self.assertEqual(config.window_months, 24)


@tagged("post_install", "-at_install")
@freeze_time(f"{AS_OF} 12:00:00")
class TestWizard(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for days in (10, 40, 100, 200):
            cls.orders(cls.customer(f"After {days}"), days)
        cls.refresh()
        cls.env.user.group_ids |= cls.env.ref("customer_retention.group_advanced")
        cls.wizards = cls.env["retention.scoring.wizard"]

    def test_preview_counts_and_saves_nothing(self):
        with Form(self.wizards) as form:
            form.retention_r_edge_2 = 39
        wizard = form.record
        wizard.action_preview()
        # 40 days: R4 becomes R3, so New becomes General.
        self.assertEqual((wizard.customer_count, wizard.moved_count), (4, 1))
        self.assertRecordValues(wizard.line_ids, [{"count": 1}])
        self.assertEqual(wizard.line_ids.old_segment_id.code, "new")
        self.assertEqual(wizard.line_ids.new_segment_id.code, "general")
        self.assertEqual(self.company.retention_r_edge_2, 90)

    def test_apply_does_what_the_preview_said(self):
        before = {
            p.partner_id: p.segment_id
            for p in self.profiles.search([("company_id", "=", self.company.id)])
        }
        with Form(self.wizards) as form:
            form.retention_r_edge_2 = 39
        form.record.action_preview()
        form.record.action_apply()
        self.assertEqual(self.company.retention_r_edge_2, 39)
        self.refresh()
        moved = [p for p in before if self.profile(p).segment_id != before[p]]
        self.assertEqual(len(moved), form.record.moved_count)

    def test_changing_a_value_asks_for_a_new_preview(self):
        wizard = self.wizards.create({})
        wizard.action_preview()
        with Form(wizard) as form:
            form.retention_window_months = 30
        self.assertFalse(wizard.previewed)

    def test_bad_rules_are_refused_before_the_preview(self):
        with self.assertRaises(ValidationError), Form(self.wizards) as form:
            form.retention_r_edge_1 = 500

    def test_not_for_a_company_one_is_not_in(self):
        wizard = self.wizards.create({})
        wizard.company_id = self.make_company("Other")
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_another_scheme(self):
        wizard = self.wizards.create({})
        wizard.retention_scheme_id = self.env.ref("customer_retention.scheme_eleven")
        wizard.action_preview()
        self.assertEqual(wizard.moved_count, 4)


@tagged("post_install", "-at_install")
class TestSchemes(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.four, cls.eight, cls.eleven = (
            cls.env.ref(f"customer_retention.scheme_{name}") for name in ("four", "eight", "eleven")
        )

    def codes(self, scheme):
        by_id = {segment.id: segment.code for segment in scheme.segment_ids}
        return [by_id[segment_id] for segment_id in scheme._segment_map()]

    def test_shipped_schemes_are_partitions(self):
        for scheme, count in ((self.four, 4), (self.eight, 8), (self.eleven, 11)):
            with self.subTest(scheme=scheme.name):
                self.assertEqual(len(scheme._segment_map()), 125)
                self.assertEqual(set(self.codes(scheme)), set(scheme.segment_ids.mapped("code")))
                self.assertEqual(len(scheme.segment_ids), count)

    def test_shipped_grid_is_the_designs(self):
        for r, row in segments.ELEVEN_GRID.items():
            for fm, code in enumerate(row, start=1):
                cell = self.eleven.cell_ids.filtered(lambda c, r=r, fm=fm: (c.r, c.fm) == (r, fm))
                self.assertEqual(cell.segment_id.code, code, (r, fm))

    def test_every_segment_has_its_treatment(self):
        for segment in (self.four | self.eight | self.eleven).segment_ids:
            self.assertTrue(segment.treatment, segment.name)

    def test_new_scheme_of_types_is_complete_at_once(self):
        scheme = self.env["retention.segment.scheme"].create({"name": "Ours", "kind": "eight"})
        self.assertEqual(len(set(scheme._segment_map())), 8)

    def test_copy_of_a_grid_is_painted_alike(self):
        copy = self.eleven.copy()
        self.assertEqual(self.codes(copy), self.codes(self.eleven))
        self.assertFalse(copy.segment_ids & self.eleven.segment_ids)
        self.assertEqual(copy.company_id, self.company)

    def test_unpainted_grid_cannot_be_used(self):
        scheme = self.eleven.copy()
        scheme.cell_ids[0].unlink()
        with self.assertRaisesRegex(ValidationError, "paint all 25"):
            self.company.retention_scheme_id = scheme

    def test_scheme_in_use_stays_complete(self):
        scheme = self.eleven.copy()
        self.company.retention_scheme_id = scheme
        with self.assertRaisesRegex(ValidationError, "paint all 25"):
            scheme.write({"cell_ids": [(2, scheme.cell_ids[0].id)]})
        with self.assertRaisesRegex(UserError, "in use"):
            scheme.unlink()

    def test_painting_moves_customers(self):
        scheme = self.eleven.copy()
        self.company.retention_scheme_id = scheme
        ann = self.customer("Ann")
        self.orders(ann, 10)
        self.refresh()
        before = self.profile(ann).segment_id
        score = [int(digit) for digit in self.profile(ann).rfm_score]
        fm = segments.fm(score[1], score[2])
        cell = scheme.cell_ids.filtered(lambda c: (c.r, c.fm) == (score[0], fm))
        cell.segment_id = scheme.segment_ids.filtered(lambda s: s.code == "cant_lose")
        self.commit_requests()
        self.assertTrue(self.env["retention.refresh.request"]._take_rescore(self.company))
        self.refresh()
        self.assertEqual(self.profile(ann).segment_id.code, "cant_lose")
        self.assertEqual(self.profile(ann).previous_segment_id, before)

    def test_cell_keeps_to_its_scheme(self):
        with self.assertRaisesRegex(ValidationError, "own scheme"):
            self.eleven.cell_ids[0].segment_id = self.four.segment_ids[0]

    def test_segment_with_customers_cannot_be_deleted(self):
        ann = self.customer("Ann")
        self.orders(ann, 10)
        self.refresh()
        with self.assertRaisesRegex(UserError, "There are customers in"):
            self.profile(ann).segment_id.unlink()

    def test_overlay_refuses_nonsense(self):
        for domain in ("[('nothing', '=', 1)]", "[('id'", "__import__('os')", "[('id', '=', )]"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.env["retention.overlay"].create({"name": "X", "domain": domain})
