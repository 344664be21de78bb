"""Sales is asked to call, once for each closing of a case that was hard."""

from odoo.tests import tagged

from .common import AS_OF
from .service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestServiceCue(ServiceCase):
    def solve(self, case):
        case.write({"state": "solved", "resolution": "Mended"})
        self.env.flush_all()

    def open_tasks(self, case):
        return self.cues(case).activity_id.filtered("active")

    def test_once_for_each_closing(self):
        self.judged()
        case = self.case(severity="2")
        self.solve(case)
        self.solve(case)
        self.env["retention.service"]._request_closed(case._name, case.ids)
        task = self.open_tasks(case)
        self.assertEqual(len(self.cues(case)), 1)
        self.assertRecordValues(
            task,
            [
                {
                    "user_id": self.owner.id,
                    "res_model": "retention.cue",
                    "summary": "Solved: a good moment to call",
                    "date_deadline": self.day(1),
                }
            ],
        )
        task.with_user(self.owner).action_feedback("Was pleased")
        case.state = "in_progress"
        self.solve(case)
        self.assertEqual(len(self.cues(case)), 2)
        self.assertEqual(len(self.open_tasks(case)), 1)

    def test_opened_again_it_is_no_good_moment(self):
        self.judged()
        case = self.case(severity="2")
        self.solve(case)
        case.state = "in_progress"
        self.assertFalse(self.open_tasks(case))
        [told] = self.block(case, "told")["entries"]
        self.assertEqual(told["title"], "Asked to call; no longer planned")
        self.solve(case)
        self.assertEqual(len(self.open_tasks(case)), 1)

    def test_only_what_was_hard(self):
        self.judged()
        week, longer = self.day(-7), self.day(-8)
        for hard, values in (
            (False, {"severity": "1"}),
            (True, {"severity": "3"}),
            (False, {"severity": "0", "opened": week}),
            (True, {"severity": "0", "opened": longer}),
            (True, {"severity": "0", "reopened_count": 1}),
        ):
            with self.subTest(**values):
                case = self.case(**values)
                self.solve(case)
                self.assertEqual(len(self.cues(case)), int(hard))
        self.company.retention_cue_days = 0
        case = self.case(severity="0", opened=self.day(-1))
        self.solve(case)
        self.assertEqual(self.cues(case).days_open, 1)

    def test_not_what_was_closed_without_a_solution(self):
        self.judged()
        case = self.case(severity="3")
        case.state = "cancelled"
        self.assertFalse(self.cues(case))

    def test_on_the_open_alert(self):
        self.make_reason(self.judged())
        alert = self.sync()
        case = self.case(severity="2")
        self.solve(case)
        task = self.open_tasks(case)
        self.assertEqual((task.res_model, task.res_id), (alert._name, alert.id))
        self.assertEqual(alert.task_id.active, True)
        self.assertNotEqual(alert.task_id, task)

    def test_who_is_asked(self):
        case = self.case(severity="2")
        self.solve(case)
        self.assertFalse(self.cues(case))  # nobody looks after the customer
        self.company.retention_rescue_user_ids = self.leader
        case = self.case(severity="2")
        self.solve(case)
        self.assertEqual(self.cues(case).user_id, self.leader)
        self.firm.user_id = self.plain  # who may not open it
        case = self.case(severity="2")
        self.solve(case)
        self.assertEqual(self.cues(case).user_id, self.leader)
        self.judged()
        case = self.case(severity="2")
        self.solve(case)
        self.assertEqual(self.cues(case).user_id, self.owner)

    def test_told_in_the_panel(self):
        self.judged()
        case = self.case(severity="2")
        self.solve(case)
        [told] = self.block(case, "told")["entries"]
        self.assertEqual((told["note"], told["badge"]), ("Uma", "06/30/2026"))
        self.open_tasks(case).with_user(self.owner).action_feedback("Was pleased")
        [told] = self.block(case, "told")["entries"]
        self.assertEqual(told["title"], "Called after it was solved")

    def test_nothing_on_the_contact(self):
        self.judged()
        before = self.firm.message_ids | self.bo.message_ids
        self.solve(self.case(severity="2"))
        self.env.invalidate_all()
        self.assertEqual(self.firm.message_ids | self.bo.message_ids, before)
        self.assertFalse(self.firm.activity_ids | self.bo.activity_ids)

    def test_many_at_once(self):
        self.judged()
        few = self.env["retention.case"].concat(*(self.case(severity="2") for _n in range(2)))
        many = few.concat(*(self.case(severity="2", opened=AS_OF) for _n in range(20))) - few
        self.env.flush_all()

        def cost(cases):
            before = self.env.cr.sql_log_count
            self.env["retention.service"]._request_closed(cases._name, cases.ids)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        # As if closed otherwise: only what follows is counted.
        for cases in (few, many):
            self.env.cr.execute(
                "UPDATE retention_case SET state = 'solved', closed_at = opened_at"
                " WHERE id = ANY(%s)",
                [cases.ids],
            )
        self.env.invalidate_all()
        cost(few[:1])
        self.env.invalidate_all()
        first = cost(few[1:])
        self.env.invalidate_all()
        self.assertLess(cost(many), first + 20)
        self.assertEqual(len(self.open_tasks(many[0])), 1)
