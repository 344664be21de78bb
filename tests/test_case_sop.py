"""What cases set off: procedures, the alert of who wants to leave, the list for the meeting."""

from odoo.tests import Form, tagged

from .case_common import CaseCase
from .sop_common import OURS


@tagged("post_install", "-at_install")
class TestCaseSop(CaseCase):
    def sop(self, trigger="case_opened", *steps, **values):
        return self.make_sop(*(steps or [self.task()]), trigger=trigger, **values)

    # ------------------------------------------------------------ opened
    def test_opened_as_it_happens_and_by_night(self):
        sop = self.sop()
        ann = self.buyer("Ann")
        eve = self.env["res.partner"].create({"name": "Eve", "parent_id": ann.id})
        self.night(2)
        case = self.case(eve, 2, 10)
        self.answer(2, 10)
        self.answer(2, 11)
        self.night(3)
        self.night(3)
        [mine] = self.of(sop)
        self.assertEqual((mine.partner_id, mine.contact_id), (ann, eve))
        self.assertEqual((mine.cause, mine.case_id), ("event", case))
        self.assertEqual((mine.case_number, mine.case_name), (case.number, "It broke"))

    def test_which_cases_count(self):
        ann, bo, cy = (self.buyer(name) for name in ("Ann", "Bo", "Cy"))
        prospect = self.env["res.partner"].create({"name": "Asks"})
        first = self.case(ann, 1)
        second = self.case(ann, 3, kind="request", severity="3")
        self.case(channel="form", email="somebody@x.test", contact_name="Some")
        self.case(bo, -1)
        self.close(self.case(bo, 2), 2)
        self.case(bo, 9)
        asked = self.case(prospect, 2)
        # Of several on one day, the gravest.
        self.case(cy, 4, 9)
        grave = self.case(cy, 4, 10, severity="3")
        every = [
            (ann.id, 1, first.id),
            (ann.id, 3, second.id),
            (cy.id, 4, grave.id),
            (prospect.id, 2, asked.id),
        ]
        for values, found in (
            ({}, every),
            ({"trigger_case_kind": "request"}, [every[1]]),
            ({"trigger_case_severity": "2"}, [every[1], every[2]]),
        ):
            with self.subTest(values=values):
                self.assertEqual(self.candidates(self.sop(**values), 5), sorted(found))

    def test_of_the_company_in_its_time_zone(self):
        other = self.make_company("Other")
        self.company.retention_tz = "Asia/Shanghai"
        ann = self.buyer("Ann")
        late = self.case(ann, 1, 17)  # 1 o'clock of the next day
        self.case(self.customer("Cy"), 2, 12, company_id=other.id)
        self.assertEqual(self.candidates(self.sop(), 5), [(ann.id, 2, late.id)])

    def test_in_short(self):
        self.assertIn("When a case is solved,", self.sop("case_closed").summary_text)
        sop = self.sop(trigger_case_kind="complaint", trigger_case_severity="3")
        self.assertIn(
            "When a case is opened (Complaint and Very high severity only)", sop.summary_text
        )

    # ------------------------------------------------------------ solved, left
    def test_solved_again_is_another_occasion(self):
        sop = self.sop("case_closed")
        ann = self.buyer("Ann")
        self.night(0)
        case = self.case(ann, 1)
        self.answer(1)
        self.assertFalse(self.of(sop))
        self.close(case, 2)
        self.answer(2)
        with self.at(4):
            case.action_reopen()
        self.answer(4)
        self.close(case, 6)
        self.answer(6)
        first, second = self.of(sop)
        self.assertEqual((first.state, first.exit_reason), ("left", "case_reopened"))
        self.assertEqual((second.anchor_date - first.anchor_date).days, 4)

    def test_cancelled_is_no_solution(self):
        ann = self.buyer("Ann")
        self.close(self.case(ann, 1), 2, state="cancelled")
        self.assertEqual(self.candidates(self.sop("case_closed"), 5), [])

    def test_ends_when_the_case_is_closed(self):
        sop = self.sop("case_opened", self.task(), self.task(delay_count=3))
        ann, bo = self.buyer("Ann"), self.buyer("Bo")
        self.night(0)
        one, two = self.case(ann, 1), self.case(bo, 1)
        self.answer(1)
        self.tick(1)
        self.assertEqual(len(self.tasks(self.of(sop))), 2)
        self.close(one, 2, state="cancelled")
        self.answer(2)
        two.unlink()
        self.tick(4)
        for partner in (ann, bo):
            mine = self.of(sop, partner)
            self.assertEqual((mine.state, mine.exit_reason), ("left", "case_closed"))
        self.assertFalse(self.tasks(self.of(sop)))

    # ------------------------------------------------------------ who wants to leave
    def leaving(self, partner):
        reasons = self.profile(partner).reason_ids
        return reasons.filtered(lambda r: r.signal_id.type == "leave_intent" and r.fires)

    def test_who_wants_to_leave_has_an_alert(self):
        self.company.retention_alerts_started = True
        ann = self.buyer("Ann", self.moment(-30).date())
        self.night(0)
        case = self.case(ann, 1, kind="leave_intent")
        self.answer(1)
        self.assertTrue(self.leaving(ann))
        alert = self.env["retention.alert"].search(
            [("partner_id", "=", ann.id), ("live", "=", True)]
        )
        self.assertIn("leave_intent", alert.line_ids.signal_id.mapped("type"))
        action = self.leaving(ann).with_user(self.owner).action_open_records()
        self.assertEqual(action["res_model"], "retention.case")
        self.close(case, 2, state="cancelled")
        self.answer(2)
        self.assertTrue(self.leaving(ann))
        with self.at(3):
            case.write({"state": "solved", "resolution": "Stays, with a better price"})
        self.answer(3)
        self.assertFalse(self.leaving(ann))

    # ------------------------------------------------------------ the list for the meeting
    def test_problem_customers(self):
        names = ("Severe", "Late", "Twice", "Back", "Fine", "Closed", "Other")
        people = {name: self.buyer(name, self.moment(-30).date()) for name in names}
        self.night(0)
        self.case(people["Severe"], 0, severity="2")
        self.case(people["Late"], -2)
        self.case(people["Twice"], 0, 10)
        self.case(people["Twice"], 0, 8)
        back = self.case(people["Back"], 0)
        self.close(back, 0)
        with self.at(0):
            back.action_reopen()
        self.case(people["Fine"], 0)
        self.close(self.case(people["Closed"], 0, severity="3"), 0)
        rows = self.env["retention.problem"].with_company(self.company)
        with self.at(0, 10):
            found = rows.search([("partner_id", "in", [p.id for p in people.values()])])
            told = {
                row.partner_id.name: (
                    row.open_count,
                    row.severe_count,
                    row.late_count,
                    row.again_count,
                    row.oldest_at,
                )
                for row in found
            }
            exported = found.export_data(["partner_id/name", "user_id/name", "tier_id/name"])
            self.assertEqual(rows.search_count([("severe_count", ">", 0)]), 1)
        self.assertEqual(
            told,
            {
                "Severe": (1, 1, 0, 0, self.moment(0)),
                "Late": (1, 0, 1, 0, self.moment(-2)),
                "Twice": (2, 0, 0, 0, self.moment(0, 8)),
                "Back": (1, 0, 0, 1, self.moment(0)),
            },
        )
        self.assertIn(["Late", self.owner.name, ""], exported["datas"])

    def test_the_list_is_of_the_own_company(self):
        other = self.make_company("Other")
        stranger = self.make_user("c_other", f"{OURS}.group_manager", company=other)
        self.case(self.buyer("Ann", self.moment(-30).date()), 0, severity="3")
        self.night(0)
        rows = self.env["retention.problem"]
        theirs = rows.with_user(stranger).with_context(allowed_company_ids=other.ids)
        self.assertFalse(theirs.search([]))
        mine = rows.with_user(self.owner).with_context(allowed_company_ids=self.company.ids)
        self.assertTrue(mine.search([]))

    # ------------------------------------------------------------ what one sees
    def test_form_and_timeline(self):
        ann = self.buyer("Ann")
        with Form(self.cases.with_user(self.owner)) as form:
            form.name = "It leaks"
            form.partner_id = ann
        case = form.record
        self.assertEqual((case.kind, case.user_id), ("complaint", self.owner))
        page = self.env["retention.timeline"].with_user(self.owner)
        page = page.with_context(allowed_company_ids=self.company.ids).with_company(self.company)
        [entry] = page.load(ann.id, "case")["entries"]
        self.assertEqual((entry["res_id"], entry["title"]), (case.id, case.display_name))
        self.assertEqual(ann.with_user(self.owner).retention_case_count, 1)

    def test_menu_goes_with_a_helpdesk(self):
        menu = self.env.ref(f"{OURS}.menu_cases_root")
        menus = self.env["ir.ui.menu"].with_user(self.owner)
        here = self.cases._kept_elsewhere()
        self.env.registry.clear_cache()
        self.assertEqual(menu.id in menus.load_menus(False), not here)
        for elsewhere in (True, False):
            self.patch(type(self.cases), "_kept_elsewhere", lambda cases, e=elsewhere: e)
            self.env.registry.clear_cache()
            self.assertEqual(menu.id in menus.load_menus(False), not elsewhere)
