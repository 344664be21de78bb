"""What the panel on a case says, to whom, and what is noted by it."""

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import AS_OF
from .page_common import plain
from .service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestServicePanel(ServiceCase):
    # ---------------------------------------------------------------- three lines
    def test_three_lines(self):
        tier = self.env["retention.tier"].create(
            {"name": "Gold", "level": 2, "color": 3, "company_id": self.company.id, "min_amount": 1}
        )
        profile = self.judged(tier_id=tier.id)
        self.make_reason(profile, "leave_intent", points=9)
        late = self.promise(-1, name="An answer")
        self.promise(3)
        found = self.call("panel", self.case())
        self.assertEqual((found["customer"], found["contact"]), ("Firm", "Bo"))
        self.assertEqual(found["partner_id"], self.bo.id)
        self.assertEqual(found["tier"], {"name": "Gold", "color": 3})
        self.assertEqual((found["known"], found["since"]), (True, "05/26/2025"))
        self.assertEqual(found["manager"], "Uma")
        danger = found["danger"]
        self.assertEqual((danger["light"], danger["label"]), ("red", "In danger"))
        self.assertEqual(danger["reasons"], [profile.reason_ids.sentence])
        self.assertEqual(plain(danger["stake"]), "$ 450.00")
        self.assertEqual(
            [(p["name"], p["day"], p["overdue"], p["who"]) for p in found["promises"]],
            [
                (late.name, "06/29/2026", True, "Uma"),
                ("A new pump", "07/03/2026", False, "Uma"),
            ],
        )
        self.assertFalse(found["more_promises"])

    def test_in_the_callers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.owner.lang = "zh_CN"
        self.judged()
        label = self.profiles._fields["light"]._description_selection(
            self.profiles.with_context(lang="zh_CN").env
        )
        found = self.call("panel", self.case())
        self.assertEqual(found["danger"]["label"], dict(label)["red"])

    def test_not_a_customer_yet(self):
        found = self.call("panel", self.case())
        self.assertEqual((found["known"], found["since"], found["tier"]), (False, "", None))
        self.assertIsNone(found["danger"])
        self.assertEqual(found["promises"], [])

    def test_nobody_named(self):
        case = self.case(channel="form")
        case.partner_id = False
        self.assertEqual(self.call("panel", case), {"contact": False})
        self.assertEqual(self.call("panel_more", case), [])
        self.assertRefused(
            UserError,
            "choose the contact",
            lambda: self.call("log_interaction", case, {"kind": "call", "text": "Hi"}),
        )

    # ---------------------------------------------------------------- more
    def test_more(self):
        self.judged()
        values = {"partner_id": self.firm.id, "company_id": self.company.id}
        quotation = self.order(self.bo, AS_OF, 70, state="draft", user_id=self.owner.id)
        self.order(self.bo, AS_OF, 99)
        self.env["retention.need"].create({**values, "name": "Gloves", "date": AS_OF})
        agreement = {
            **values,
            "start": "2026-01-01",
            "signed_on": "2026-01-01",
            "user_id": self.owner.id,
        }
        self.env["retention.agreement"].create(
            [
                {**agreement, "name": "Frame", "end": "2026-12-31"},
                {**agreement, "name": "Old", "end": "2026-12-31", "renewal": "end"},
            ]
        )
        case = self.case()
        second = self.case(severity="3", name="Again")
        found = {block["key"]: block["entries"] for block in self.call("panel_more", case)}
        self.assertEqual([e["title"] for e in found["quotation"]], [quotation.name])
        self.assertEqual(plain(found["quotation"][0]["badge"]), "$ 70.00")
        self.assertEqual([e["title"] for e in found["need"]], ["Gloves"])
        self.assertEqual([e["title"] for e in found["renewal"]], ["Frame"])
        self.assertEqual(
            [(e["title"], e["badge"], e["res_id"]) for e in found["request"]],
            [(second.display_name, "Very high", second.id)],
        )
        self.assertEqual(found["told"], [])

    def test_the_next_best_action_and_that_sales_was_warned(self):
        profile = self.judged()
        self.make_reason(profile)
        self.sync()
        case = self.case()
        [action] = self.block(case, "action")["entries"]
        self.assertIn("Uma", action["title"])
        self.assertFalse(action["res_id"])
        [told] = self.block(case, "told")["entries"]
        self.assertEqual((told["note"], told["badge"]), ("Uma", "06/30/2026"))

    def test_a_task_on_the_case_for_the_account_manager_counts_as_told(self):
        self.judged()
        case = self.case()
        case.activity_schedule(
            "mail.mail_activity_data_todo", summary="Have a look", user_id=self.owner.id
        )
        [told] = self.block(case, "told")["entries"]
        self.assertEqual((told["title"], told["note"]), ("Have a look", "Uma"))

    def test_a_promise_given_to_a_colleague_counts_as_told(self):
        self.judged()
        self.promise()  # of before
        self.env.cr.execute("UPDATE retention_promise SET create_date = '2026-01-01'")
        case = self.case()
        given = {"text": "A new pump", "date": "2026-07-03"}
        self.call("log_promise", case, given, user=self.leader)
        self.call("log_promise", case, {**given, "mine": True}, user=self.leader)
        [told] = self.block(case, "told")["entries"]
        self.assertEqual(
            (told["title"], told["note"]), ("Given a promise to keep: A new pump", "Uma")
        )

    # ---------------------------------------------------------------- who
    def test_only_for_who_may_read_the_case(self):
        case = self.case()
        portal = new_test_user(self.env, "v_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (self.plain, self.stranger, portal, public):
            for name, args in (
                ("panel", ()),
                ("panel_more", ()),
                ("log_interaction", ({"kind": "call", "text": "Hi"},)),
                ("log_promise", ({"date": "2026-07-03", "text": "Hi"},)),
                ("log_compensation", ({"kind": "gift", "amount": 1, "text": "Hi"},)),
            ):
                with self.subTest(user=user.login, method=name), self.assertRaises(AccessError):
                    self.call(name, case, *args, user=user)
        self.assertFalse(self.env["retention.interaction"].search([]))

    def test_forged_models_and_ids(self):
        service, case = self.as_user(self.owner), self.case()
        for model in ("res.users", "retention.profile", "no.such", "", None, 1, ["retention.case"]):
            with self.subTest(model=model):
                self.assertRefused(
                    ValidationError, "neither", lambda m=model: service.panel(m, case.id)
                )
        for wrong in (0, -1, case.id + 999, str(case.id), [case.id], None, 1.5):
            with self.subTest(id=wrong):
                self.assertRefused(
                    UserError, "does not exist", lambda w=wrong: service.panel(case._name, w)
                )

    # ---------------------------------------------------------------- noting
    def test_a_talk(self):
        case = self.case()
        self.call("log_interaction", case, {"kind": "wechat", "text": " Is angry ", "date": ""})
        self.call("log_interaction", case, {"kind": "call", "text": "Was", "date": "2026-06-01"})
        early, now = self.env["retention.interaction"].search([], order="date")
        self.assertRecordValues(
            early | now,
            [
                {"note": "Was", "kind": "call", "date": datetime(2026, 6, 1, 12)},
                {"note": "Is angry", "kind": "wechat", "date": datetime(2026, 6, 30, 9)},
            ],
        )
        for talk in early | now:
            self.assertEqual((talk.partner_id, talk.company_id), (self.bo, self.company))
            self.assertEqual((talk.user_id, talk.create_uid), (self.owner, self.owner))
            self.assertEqual(talk.topic, case.display_name)

    def test_a_promise_is_the_account_managers_or_ones_own(self):
        self.judged()
        case = self.case()
        given = {"text": "A new pump", "date": "2026-07-03"}
        self.assertEqual(self.call("log_promise", case, given, user=self.leader), "Uma")
        own = {**given, "mine": True}
        self.assertEqual(self.call("log_promise", case, own, user=self.leader), self.leader.name)
        promises = self.env["retention.promise"].search([], order="id")
        self.assertEqual(promises.user_id, self.owner | self.leader)
        self.assertEqual(promises.create_uid, self.leader)
        self.assertEqual(promises.activity_ids.user_id, self.owner | self.leader)

    def test_a_compensation(self):
        case = self.case()
        self.call("log_compensation", case, {"kind": "refund", "amount": 12.5, "text": "Late"})
        self.assertRecordValues(
            self.env["retention.compensation"].search([]),
            [
                {
                    "kind": "refund",
                    "amount": 12.5,
                    "currency_id": self.company.currency_id.id,
                    "reason": "Late",
                    "given_on": AS_OF,
                    "partner_id": self.bo.id,
                    "company_id": self.company.id,
                    "user_id": self.owner.id,
                    "request_name": case.display_name,
                }
            ],
        )

    def test_what_is_refused(self):
        case = self.case()
        talk = {"kind": "call", "text": "Hi"}
        paid = {"kind": "gift", "amount": 1, "text": "Hi"}
        promise = {"text": "Hi", "date": "2026-07-03"}
        for name, given, change in (
            ("log_interaction", talk, {"kind": "spell"}),
            ("log_interaction", talk, {"kind": ["call"]}),
            ("log_interaction", talk, {"text": "  "}),
            ("log_interaction", talk, {"text": 5}),
            ("log_interaction", talk, {"text": "x" * 2001}),
            ("log_interaction", talk, {"date": "2026-07-01"}),
            ("log_interaction", talk, {"date": "tomorrow"}),
            ("log_interaction", talk, {"user_id": 1}),
            ("log_interaction", talk, {"text": None}),
            ("log_compensation", paid, {"amount": -1}),
            ("log_compensation", paid, {"amount": float("nan")}),
            ("log_compensation", paid, {"amount": float("inf")}),
            ("log_compensation", paid, {"amount": "1"}),
            ("log_compensation", paid, {"amount": True}),
            ("log_promise", promise, {"date": "2026-06-29"}),
            ("log_promise", promise, {"user_id": self.owner.id}),
        ):
            with self.subTest(method=name, change=change), self.assertRaises(ValidationError):
                self.call(name, case, {**given, **change})
        self.assertRaises(ValidationError, self.call, "log_promise", case, ["text"])

    # ---------------------------------------------------------------- cost
    def test_as_many_queries_with_three_hundred_cases_as_with_five(self):
        self.make_reason(self.judged())
        case = self.case()

        def count(name):
            self.call(name, case)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.call(name, case)
            return self.env.cr.sql_log_count - before

        def fill(number):
            for day in range(number):
                self.case(opened=AS_OF - timedelta(days=day % 90))
                self.promise(day)
            self.env.flush_all()

        fill(5)
        few = count("panel"), count("panel_more")
        fill(300)
        self.assertEqual((count("panel"), count("panel_more")), few)
        self.assertTrue(self.block(case, "request")["more"])
