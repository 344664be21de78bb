"""Promises: due, reminded of in the activity menu, kept with proof or broken with amends."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = f"{AS_OF} 12:00:00"


@tagged("post_install", "-at_install")
class TestPromise(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promises = cls.env["retention.promise"]
        cls.ann = cls.customer("Ann")
        cls.user = cls.make_user("p_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.colleague = cls.make_user("p_colleague", f"{OURS}.group_user")
        cls.manager = cls.make_user("p_manager", f"{OURS}.group_manager")

    def as_user(self, user=None):
        user = user or self.user
        return self.promises.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def promise(self, user=None, due=AS_OF, **values):
        made = self.as_user(user).create(
            {"name": "Send a pump", "partner_id": self.ann.id, "due_date": due, **values}
        )
        return made.with_env(self.env)

    def file(self, name="note.txt"):
        return self.env["ir.attachment"].create({"name": name, "raw": b"signed"})

    # ------------------------------------------------------------ making one
    def test_form_needs_what_to_whom_and_when(self):
        with Form(self.as_user().with_context(default_partner_id=self.ann.id)) as form:
            form.name = "Send a pump"
            form.due_date = AS_OF
        self.assertRecordValues(
            form.record,
            [
                {
                    "partner_id": self.ann.id,
                    "commercial_partner_id": self.ann.id,
                    "company_id": self.company.id,
                    "user_id": self.user.id,
                    "state": "open",
                    "closed_on": False,
                }
            ],
        )

    def test_owner_gets_one_activity_on_the_promise(self):
        before = len(self.ann.activity_ids), len(self.ann.message_ids)
        promise = self.promise(user_id=self.colleague.id)
        self.assertRecordValues(
            promise.activity_ids,
            [
                {
                    "activity_type_id": self.env.ref(f"{OURS}.activity_type_promise").id,
                    "user_id": self.colleague.id,
                    "date_deadline": AS_OF,
                    "summary": "Send a pump",
                }
            ],
        )
        self.assertEqual((len(self.ann.activity_ids), len(self.ann.message_ids)), before)

    def test_a_closed_one_has_no_activity(self):
        promise = self.promise(state="kept", proof="Delivery note 4711")
        self.assertFalse(promise.activity_ids)
        self.assertTrue(promise.closed_on)

    def test_changes_are_told_to_the_activity(self):
        promise = self.promise()
        activity = promise.activity_ids
        promise.write({"due_date": AS_OF + timedelta(days=3), "user_id": self.colleague.id})
        self.assertEqual(promise.activity_ids, activity)
        self.assertEqual(activity.date_deadline, AS_OF + timedelta(days=3))
        self.assertEqual(activity.user_id, self.colleague)

    def test_another_day_for_the_reminder_is_not_another_due_date(self):
        promise = self.promise()
        promise.activity_ids.date_deadline = AS_OF + timedelta(days=1)
        self.assertEqual(promise.due_date, AS_OF)

    def test_handed_over_in_the_activity_menu(self):
        promise = self.promise()
        promise.activity_ids.with_user(self.user).user_id = self.colleague
        self.assertEqual(promise.user_id, self.colleague)
        self.assertEqual(len(promise.activity_ids), 1)

    # ------------------------------------------------------------ overdue
    def test_overdue_from_the_day_after(self):
        days = {days: self.promise(due=AS_OF - timedelta(days=days)) for days in (1, 0, -1)}
        closed = self.promise(due=AS_OF - timedelta(days=9))
        closed.state = "dropped"
        everybody = closed.union(*days.values())
        mine = [("id", "in", everybody.ids)]
        with freeze_time(NOON):
            everybody.invalidate_recordset(["is_overdue"])
            self.assertEqual(everybody.filtered("is_overdue"), days[1])
            found = self.promises.search([*mine, ("is_overdue", "=", True)])
            self.assertEqual(found, days[1])
            found = self.promises.search([*mine, ("is_overdue", "=", False)])
            self.assertEqual(found, everybody - days[1])
            found = self.promises.search([*mine, ("is_overdue", "!=", True)])
            self.assertEqual(found, everybody - days[1])

    def test_overdue_by_the_companys_own_day(self):
        self.company.retention_tz = "Asia/Shanghai"
        promise = self.promise()
        with freeze_time(f"{AS_OF} 17:00:00"):  # 1 July in Shanghai
            promise.invalidate_recordset(["is_overdue"])
            self.assertTrue(promise.is_overdue)
            self.assertIn(promise, self.promises.search([("is_overdue", "=", True)]))

    # ------------------------------------------------------------ closing
    def test_kept_needs_a_proof(self):
        for proof in (False, "  \n"):
            promise = self.promise()
            self.assertRefused(
                ValidationError,
                "proves",
                lambda p=promise, text=proof: p.write({"state": "kept", "proof": text}),
            )
        promise.write({"state": "kept", "proof": "Delivery note 4711"})
        with_file = self.promise()
        with_file.write({"state": "kept", "proof_file_ids": [Command.set(self.file().ids)]})
        self.assertEqual(with_file.proof_file_ids.res_id, with_file.id)
        self.assertEqual(with_file.proof_file_ids.res_model, "retention.promise")

    def test_broken_needs_explanation_and_compensation(self):
        promise = self.promise()
        for values in ({}, {"explanation": "Out of stock"}, {"compensation": "5 % off"}):
            self.assertRefused(
                ValidationError,
                "explanation",
                lambda v=values: promise.write({"state": "broken", **v}),
            )
        promise.write({"state": "broken", "explanation": "Out of stock", "compensation": "5 % off"})

    def test_quick_button_kept(self):
        promise = self.promise().with_user(self.user)
        action = promise.action_kept()
        wizard = self.env[action["res_model"]].with_user(self.user)
        with freeze_time(NOON):
            with Form(wizard.with_context(**action["context"])) as form:
                form.proof = "Delivery note 4711"
            form.record.action_close()
        self.assertEqual((promise.state, promise.closed_on), ("kept", AS_OF))
        self.assertFalse(promise.activity_ids)
        done = promise.with_context(active_test=False).activity_ids
        self.assertEqual(done.mapped("feedback"), ["Delivery note 4711"])

    def test_quick_button_kept_without_proof_is_refused(self):
        action = self.promise().action_kept()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertRefused(ValidationError, "proves", wizard.action_close)

    def test_quick_button_broken(self):
        promise = self.promise().with_user(self.user)
        action = promise.action_broken()
        wizard = self.env[action["res_model"]].with_user(self.user)
        with Form(wizard.with_context(**action["context"])) as form:
            form.explanation = "Out of stock"
            form.compensation = "Free delivery"
        form.record.action_close()
        self.assertEqual(promise.state, "broken")
        self.assertFalse(promise.activity_ids)
        self.assertEqual(len(promise.with_context(active_test=False).activity_ids), 1)

    def test_withdrawn_and_opened_again(self):
        promise = self.promise()
        promise.action_withdraw()
        self.assertEqual(promise.state, "dropped")
        self.assertFalse(promise.with_context(active_test=False).activity_ids)
        self.assertTrue(promise.closed_on)
        promise.action_reopen()
        self.assertFalse(promise.closed_on)
        self.assertEqual(len(promise.activity_ids), 1)

    # ------------------------------------------------------------ the activity menu
    def test_done_with_words_is_kept(self):
        promise = self.promise()
        promise.activity_ids.with_user(self.user).action_feedback("Brought it myself")
        self.assertEqual((promise.state, promise.proof), ("kept", "Brought it myself"))
        self.assertFalse(promise.activity_ids)

    def test_done_with_a_file_is_kept(self):
        promise, file = self.promise(), self.file()
        promise.activity_ids.action_feedback(attachment_ids=file.ids)
        self.assertEqual(promise.state, "kept")
        self.assertEqual(promise.proof_file_ids, file)

    def test_done_without_words_asks_for_the_proof(self):
        promise = self.promise(due=AS_OF)
        first = promise.activity_ids
        for _click in range(2):
            promise.activity_ids.with_user(self.user).action_done()
            self.assertEqual(promise.state, "open")
            self.assertRecordValues(
                promise.activity_ids,
                [
                    {
                        "summary": "Kept? Note the proof: Send a pump",
                        "date_deadline": AS_OF,
                        "user_id": self.user.id,
                    }
                ],
            )
        self.assertFalse(first.active)
        promise.activity_ids.action_feedback("Delivery note 4711")
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.activity_ids)

    def test_several_done_at_once(self):
        some = self.promise() | self.promise()
        some.activity_ids.action_feedback("Both brought")
        self.assertEqual(some.mapped("state"), ["kept", "kept"])

    def test_cancelled_reminder_leaves_the_promise_open(self):
        promise = self.promise(due=date(2026, 6, 1))
        promise.activity_ids.unlink()
        self.assertEqual(promise.state, "open")
        self.assertFalse(promise.activity_ids)
        promise.due_date = AS_OF
        self.assertEqual(len(promise.activity_ids), 1)

    def test_another_activity_on_the_promise_closes_nothing(self):
        promise = self.promise()
        other = promise.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=AS_OF, user_id=self.user.id
        )
        other.action_feedback("Asked the workshop")
        self.assertEqual(promise.state, "open")
        self.assertEqual(len(promise.activity_ids), 1)

    # ------------------------------------------------------------ rights
    def test_colleagues_may_close_only_managers_delete(self):
        promise = self.promise()
        promise.with_user(self.colleague).write({"state": "kept", "proof": "I saw it arrive"})
        with self.assertRaises(AccessError):
            promise.with_user(self.colleague).unlink()
        promise.with_user(self.manager).unlink()

    def test_owner_can_open_it(self):
        stranger = self.make_user(
            "p_stranger", f"{OURS}.group_user", company=self.make_company("X")
        )
        plain = self.make_user("p_plain")
        for owner in (stranger, plain):
            self.assertRefused(
                ValidationError, owner.name, lambda u=owner: self.promise(user_id=u.id)
            )

    def test_other_company_finds_nothing(self):
        promise = self.promise()
        other = self.make_company("Other")
        stranger = self.make_user("p_other", f"{OURS}.group_manager", company=other)
        theirs = self.as_user(stranger)
        self.assertFalse(theirs.search([("partner_id", "=", self.ann.id)]))
        with self.assertRaises(AccessError):
            theirs.browse(promise.id).read(["name"])
        activities = theirs.env["mail.activity"]
        self.assertFalse(activities.search([("id", "in", promise.activity_ids.ids)]))
        with self.assertRaises(AccessError):
            theirs.browse(promise.id).action_withdraw()

    def test_contact_of_another_company_is_refused(self):
        other = self.make_company("Other")
        theirs = self.customer("Theirs", company_id=other.id)
        self.assertRefused(
            ValidationError,
            "another company",
            lambda: self.promise(partner_id=theirs.id, company_id=self.company.id),
        )
