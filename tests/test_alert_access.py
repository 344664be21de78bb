"""Who sees, changes and opens alerts; two companies that share a customer."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .alert_common import OURS, AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAlertAccess(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.make_user("a_colleague", f"{OURS}.group_user")
        cls.ann = cls.make_profile()
        cls.alert = cls.night()
        cls.line = cls.alert.line_ids
        cls.task = cls.alert.task_id

    def as_user(self, user, model="retention.alert"):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    def sees(self, user):
        """Return what of the alert a user finds: by search, on a line, by its chatter, task."""
        found = {"alert": self.as_user(user).search([]) == self.alert}
        found["line"] = self.as_user(user, "retention.alert.line").search([]) == self.line
        groups = self.as_user(user).formatted_read_group([], ["state"], ["value_at_stake:sum"])
        found["group"] = bool(groups and any(group["value_at_stake:sum"] for group in groups))
        tasks = self.as_user(user, "mail.activity").search([("res_model", "=", self.alert._name)])
        found["task"] = tasks == self.task
        messages = self.as_user(user, "mail.message").search(
            [("model", "=", self.alert._name), ("res_id", "=", self.alert.id)]
        )
        found["chatter"] = bool(messages)
        try:
            found["read"] = bool(self.as_user(user).browse(self.alert.id).read(["partner_id"]))
        except AccessError:
            found["read"] = False
        return found

    def assertSees(self, user, everything):
        found = self.sees(user)
        self.assertEqual(found, dict.fromkeys(found, everything))

    # ------------------------------------------------------------ who sees
    def test_roles(self):
        self.alert.message_post(body="Inside")
        for user, everything in (
            (self.owner, True),
            (self.leader, True),
            (self.manager, True),
            (self.colleague, False),
        ):
            with self.subTest(user=user.login):
                self.assertSees(user, everything)

    def test_account_manager_sees_what_others_work_on(self):
        self.alert.message_post(body="Inside")
        self.alert.write({"team_id": False, "user_id": self.leader.id})
        self.alert.original_user_id = self.leader
        self.assertSees(self.owner, True)
        self.ann.user_id = self.colleague
        self.assertSees(self.owner, False)
        self.assertSees(self.colleague, True)
        self.ann.user_id = False
        self.assertSees(self.colleague, False)
        self.ann.partner_id.user_id = self.colleague
        self.assertSees(self.colleague, True)

    def test_first_owner_still_sees(self):
        self.alert.message_post(body="Inside")
        self.ann.user_id = self.leader
        self.alert.write({"team_id": False, "user_id": self.leader.id})
        self.assertSees(self.owner, True)

    def test_without_the_group(self):
        plain = self.make_user("a_plain", "sales_team.group_sale_manager")
        for model in ("retention.alert", "retention.alert.line"):
            with self.assertRaises(AccessError):
                self.as_user(plain, model).search([])
        for model in ("mail.activity", "mail.message"):
            found = self.as_user(plain, model).search([])
            names = "res_model" if model == "mail.activity" else "model"
            self.assertNotIn("retention.alert", found.sudo().mapped(names))

    # ------------------------------------------------------------ two companies
    def test_shared_customer_of_two_companies(self):
        other = self.make_company("Other", retention_alerts_started=True)
        boss = self.make_user("a_boss", f"{OURS}.group_manager", company=other)
        seller = self.make_user("a_seller", f"{OURS}.group_user", company=other)
        theirs = self.make_profile(partner=self.ann.partner_id, company=other, user=seller)
        alert = self.sync(company=other)
        self.assertEqual(alert.profile_id, theirs)
        self.assertEqual((alert.user_id, self.alert.user_id), (seller, self.owner))
        for records in (self.alert, alert):
            records.message_post(body=f"Secret of {records.company_id.name}")
        for user, mine, foreign in (
            (boss, alert, self.alert),
            (seller, alert, self.alert),
            (self.manager, self.alert, alert),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.as_user(user).search([]), mine)
                lines = self.as_user(user, "retention.alert.line").search([])
                self.assertEqual(lines, mine.line_ids)
                tasks = self.as_user(user, "mail.activity").search([])
                self.assertNotIn(foreign.task_id, tasks)
                messages = self.as_user(user, "mail.message").search(
                    [("body", "ilike", "Secret of")]
                )
                self.assertEqual(set(messages.sudo().mapped("res_id")), {mine.id})
                [group] = self.as_user(user).formatted_read_group([], [], ["__count"])
                self.assertEqual(group["__count"], 1)
                self.assertFalse(self.as_user(user).search([("id", "=", foreign.id)]))
                for call in (
                    lambda user=user, foreign=foreign: (
                        self.as_user(user).browse(foreign.id).action_close_with("saved")
                    ),
                    lambda user=user, foreign=foreign: (
                        self.as_user(user).browse(foreign.id).action_snooze(1)
                    ),
                    lambda user=user, foreign=foreign: (
                        self.as_user(user, "mail.activity")
                        .browse(foreign.task_id.id)
                        .action_retention_outcome("saved")
                    ),
                    lambda user=user, foreign=foreign: (
                        self.as_user(user, "retention.alert.line")
                        .browse(foreign.line_ids.ids)
                        .read(["sentence"])
                    ),
                ):
                    with self.assertRaises(AccessError):
                        call()

    def test_nothing_on_the_shared_customer(self):
        self.answer(self.alert)
        partner = self.ann.partner_id
        self.assertFalse(partner.activity_ids)
        self.assertNotIn("alert", " ".join(partner.message_ids.mapped("body")).lower())

    # ------------------------------------------------------------ who changes
    def test_what_people_write(self):
        mine = self.as_user(self.owner).browse(self.alert.id)
        mine.write({"offer": "5 %", "attempt": "Called", "root_cause": "price"})
        for name, value in (
            ("state", "closed"),
            ("outcome", "saved"),
            ("verification", "verified"),
            ("recovered_amount", 1000),
            ("value_at_stake", 0),
            ("company_id", self.company.id),
            ("line_ids", []),
        ):
            for user in (self.owner, self.manager):
                with self.subTest(name=name, user=user.login):
                    record = self.as_user(user).browse(self.alert.id)
                    self.assertRefused(
                        AccessError, name, lambda r=record, n=name, v=value: r.write({n: v})
                    )

    def test_who_writes(self):
        self.ann.user_id = self.colleague
        for user, allowed in (
            (self.owner, True),
            (self.leader, True),
            (self.manager, True),
            (self.colleague, False),
        ):
            with self.subTest(user=user.login):
                record = self.as_user(user).browse(self.alert.id)
                self.assertEqual(record.has_access("write"), allowed)
                self.assertEqual(record.has_access("unlink"), user == self.manager)
                self.assertTrue(record.has_access("read"))
        lines = self.as_user(self.manager, "retention.alert.line").browse(self.line.ids)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(lines.has_access(operation))

    def test_starting_is_the_managers(self):
        for call in ("action_start_alerts", "action_would_open"):
            with self.assertRaises(AccessError):
                getattr(self.as_user(self.owner), call)()

    # ------------------------------------------------------------ by hand
    def test_opened_by_hand(self):
        bob = self.make_profile("Bob", "low", value_at_stake=70)
        alert = self.as_user(self.manager).create({"partner_id": bob.partner_id.id}).sudo()
        self.assertRecordValues(
            alert,
            [
                {
                    "state": "open",
                    "user_id": self.owner.id,
                    "profile_id": bob.id,
                    "value_at_stake": 70,
                    "opened_on": AS_OF,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(self.tasks(alert).user_id, self.owner)
        self.night(1)
        self.night(2)
        self.assertEqual(alert.state, "open", "a person closes it")

    def test_refused_by_hand(self):
        low = self.make_profile("Low", "low").partner_id
        with self.assertRaises(AccessError):
            self.as_user(self.owner).create({"partner_id": low.id})
        create = self.as_user(self.manager).create
        for error, words, vals in (
            (UserError, "already has", {"partner_id": self.ann.partner_id.id}),
            (UserError, "not a customer", {"partner_id": self.customer("New").id}),
            (AccessError, "outcome", {"partner_id": low.id, "outcome": "saved"}),
        ):
            self.assertRefused(error, words, lambda vals=vals: create(vals))
