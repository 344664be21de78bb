"""Cases: what happens with them, the response standard by the minute, who gets them."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .case_common import MINUTE, CaseCase
from .sop_common import OURS


@tagged("post_install", "-at_install")
class TestCase(CaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann")

    # ------------------------------------------------------------ transitions
    def dates(self, case):
        return case.first_reply_at, case.closed_at, case.reopened_count

    def test_from_opened_to_solved_and_back(self):
        case = self.case(self.ann)
        self.assertEqual(self.dates(case), (False, False, 0))
        with self.at(0, 10):
            case.action_answered()
        replied = self.moment(0, 10)
        self.assertEqual((case.state, *self.dates(case)), ("in_progress", replied, False, 0))
        self.close(case, 1)
        self.assertEqual(self.dates(case), (replied, self.moment(1), 0))
        with self.at(2):
            case.action_reopen()
        self.assertEqual((case.state, *self.dates(case)), ("in_progress", replied, False, 1))
        self.close(case, 3)
        self.close(case, 4, state="cancelled")  # another word for it, closed all the same
        self.assertEqual(self.dates(case), (replied, self.moment(3), 1))

    def test_solving_at_once_is_an_answer_and_cancelling_is_none(self):
        solved, dropped = self.case(self.ann), self.case(self.ann)
        self.close(solved, 0, 9.5)
        self.close(dropped, 0, 9.5, "cancelled")
        moment = self.moment(0, 9.5)
        self.assertEqual(self.dates(solved), (moment, moment, 0))
        self.assertEqual(self.dates(dropped), (False, moment, 0))

    def test_noted_when_it_was_over(self):
        closed = {"state": "solved", "resolution": "Replaced", "closed_at": self.moment(-3)}
        case = self.case(self.ann, **closed, first_reply_at=self.moment(-4))
        self.assertEqual(self.dates(case), (self.moment(-4), self.moment(-3), 0))

    def test_solving_needs_words(self):
        case = self.case(self.ann)
        for words in (False, " "):
            with self.assertRaises(ValidationError):
                case.write({"state": "solved", "resolution": words})
        action = case.action_solve()
        wizard = self.env["retention.case.close"].with_context(**action["context"]).create({})
        wizard.resolution = "A new one was sent"
        wizard.action_close()
        self.assertEqual((case.state, case.resolution), ("solved", "A new one was sent"))
        dropped = self.case(self.ann)
        self.close(dropped, 0, state="cancelled")
        self.assertEqual(dropped.state, "cancelled")

    def test_whose_case(self):
        with self.assertRaises(ValidationError):
            self.case()
        case = self.case(channel="form", contact_name="Somebody", email="s@x.test")
        self.assertEqual((case.company_id, case.user_id), (self.company, self.manager))
        case.partner_id = self.ann
        self.assertEqual(case.commercial_partner_id, self.ann)

    def test_numbers_of_each_company(self):
        other = self.make_company("Other")
        first, second = self.case(self.ann).number, self.case(self.ann).number
        theirs = self.case(self.customer("Theirs"), company_id=other.id, user_id=False)
        self.assertEqual(int(second.rsplit("-")[-1]), int(first.rsplit("-")[-1]) + 1)
        self.assertEqual(int(theirs.number.rsplit("-")[-1]), 1)

    # ------------------------------------------------------------ the response standard
    def test_hours_by_severity(self):
        due = {s: self.case(self.ann, severity=s).reply_due_at for s in "0123"}
        hours = {"0": 24, "1": 24, "2": 8, "3": 2}
        self.assertEqual(due, {s: self.moment(0, 9 + h) for s, h in hours.items()})
        self.company.retention_case_hours_high = 4
        case = self.case(self.ann, severity="2")
        self.assertEqual(case.reply_due_at, self.moment(0, 13))
        case.severity = "3"
        self.assertEqual(case.reply_due_at, self.moment(0, 11))

    def test_working_days(self):
        self.company.retention_case_workdays = True
        friday = self.case(self.ann, 4, 20, severity="2")  # 4 hours on Friday, 4 on Monday
        self.assertEqual(friday.reply_due_at, self.moment(7, 4))

    def test_missed_by_the_minute(self):
        for late, missed in ((-MINUTE, False), (0 * MINUTE, False), (MINUTE, True)):
            case = self.case(self.ann, severity="2")
            moment = case.reply_due_at + late
            days, hour = moment.date() - self.moment().date(), moment.hour + moment.minute / 60
            with self.subTest(late=late), self.at(days.days, hour):
                for step in ("waiting", "answered"):
                    case.invalidate_recordset(["reply_missed"])
                    found = self.cases.search([("reply_missed", "=", True), ("id", "=", case.id)])
                    kept = self.cases.search([("reply_missed", "=", False), ("id", "=", case.id)])
                    self.assertEqual(case.reply_missed, missed, step)
                    self.assertEqual((bool(found), bool(kept)), (missed, not missed), step)
                    self.assertEqual(self.requested(case)["sla_missed"], missed, step)
                    case.action_answered()

    def requested(self, case):
        """Return what everybody is told of a case."""
        query = self.env["retention.metrics"]._requests(self.company)
        rows = self.env.execute_query_dict(query)
        return next(
            row
            for row in rows
            if (row["res_model"], row["request_id"]) == ("retention.case", case.id)
        )

    def test_columns_of_requests(self):
        case = self.case(self.ann, severity="2", theme_id=self.theme.id)
        row = self.requested(case)
        self.assertEqual(
            {name: row[name] for name in row if name not in ("res_model", "request_id")},
            {
                "contact_id": self.ann.id,
                "opened_at": self.moment(),
                "closed_at": None,
                "solved": False,
                "severity": 2,
                "complaint": True,
                "category_id": self.theme.id,
                "product_id": None,
                "first_reply_at": None,
                "reply_hours": 8.0,
                "sla_missed": True,
                "reopened": 0,
                "rating": None,
            },
        )
        [mine] = self.env["retention.metrics"]._open_requests(self.company, self.ann.ids, True)
        self.assertEqual((mine.res_id, mine.customer), (case.id, self.ann.id))
        self.close(case, 1, state="cancelled")
        self.assertFalse(self.requested(case)["solved"])

    # ------------------------------------------------------------ reminding
    def test_the_owner_is_reminded(self):
        case = self.case(self.ann, severity="2")
        task = case.reminder_id
        self.assertEqual((task.user_id, task.summary), (self.owner, "Answer: It broke"))
        self.assertEqual(task.date_deadline, self.moment().date())
        for minutes, summary in ((0, "Answer: It broke"), (1, "Overdue, answer now: It broke")):
            with self.at(0, 17 + minutes / 60):
                self.cases._watch(self.company, self.moment(0, 17) + minutes * MINUTE)
            self.assertEqual(task.summary, summary)
        told = self.env["mail.message"].search(
            [("res_id", "=", case.id), ("model", "=", case._name)]
        )
        self.cases._watch(self.company, self.moment(1))
        again = self.env["mail.message"].search(
            [("res_id", "=", case.id), ("model", "=", case._name)]
        )
        self.assertEqual(told, again)
        case.user_id = self.leader
        self.assertEqual(task.user_id, self.leader)
        task.action_feedback("Called")
        self.assertEqual(case.state, "in_progress")
        self.assertFalse(case.activity_ids)

    def test_answered_finishes_the_reminder(self):
        case, dropped = self.case(self.ann), self.case(self.ann)
        task = case.reminder_id
        case.action_answered()
        self.assertFalse(task.active)
        self.close(dropped, 0, state="cancelled")
        self.assertFalse(dropped.reminder_id)

    def test_a_mail_to_the_customer_is_an_answer(self):
        case = self.case(self.ann).with_user(self.owner)
        case.message_post(body="Who knows this pump?", partner_ids=self.leader.partner_id.ids)
        self.assertEqual(case.state, "new")
        case.message_post(body="We are on it", message_type="comment", partner_ids=self.ann.ids)
        self.assertEqual(case.state, "in_progress")

    def test_nothing_internal_in_the_messages(self):
        case = self.case(self.ann, kind="leave_intent", severity="3")
        self.close(case, 1)
        self.env.flush_all()
        words = " ".join(str(message.body) for message in case.message_ids)
        self.assertNotRegex(words, r"(?i)risk|score|leave|\d{3,}")

    # ------------------------------------------------------------ roles
    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_may(self):
        case = self.case(self.ann)
        mine = case.with_user(self.owner)
        mine.name = "It leaks"
        with self.assertRaises(AccessError):
            mine.unlink()
        other = self.make_company("Other")
        strangers = (
            self.make_user("c_other", f"{OURS}.group_manager", company=other),
            self.make_user("c_plain", "sales_team.group_sale_manager"),
            new_test_user(self.env, "c_portal", groups="base.group_portal"),
            self.env.ref("base.public_user"),
        )
        for user in strangers:
            theirs = case.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            for operation in ("read", "write", "unlink"):
                self.assertFalse(theirs.has_access(operation), user.login)
            for call in (theirs.action_answered, theirs.action_solve, theirs.action_reopen):
                with self.assertRaises(AccessError):
                    call()
        case.with_user(self.manager).unlink()

    def test_owners_can_open_it(self):
        plain = self.make_user("c_plain", "sales_team.group_sale_manager")
        with self.assertRaises(ValidationError):
            self.case(self.ann, user_id=plain.id)

    # ------------------------------------------------------------ merging
    def test_merged_contacts_keep_their_cases(self):
        bob = self.buyer("Bob")
        cases = self.case(self.ann) | self.case(bob)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.ann | bob).ids, self.ann)
        cases.invalidate_recordset()
        self.assertEqual((cases.partner_id, cases.commercial_partner_id), (self.ann, self.ann))
