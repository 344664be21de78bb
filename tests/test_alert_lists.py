"""What the lists of alerts show, what the buttons do, and who sees what."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = f"{AS_OF} 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAlertLists(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("l_user", f"{OURS}.group_user", tz="UTC")
        cls.colleague = cls.make_user("l_colleague", f"{OURS}.group_user")
        cls.manager = cls.make_user("l_manager", f"{OURS}.group_manager")
        cls.ann, cls.bob = cls.customer("Ann", phone="+1 555 0100"), cls.customer("Bob")
        cls.orders(cls.ann, 100, 200)
        cls.orders(cls.bob, 10)
        cls.refresh()
        cls.profile(cls.ann).sudo().user_id = cls.user
        cls.alert = cls.make_alert(cls.ann, cls.user)

    @classmethod
    def make_alert(cls, partner, user, **values):
        alert = (
            cls.env["retention.alert"]
            .sudo()
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": cls.company.id,
                    "profile_id": cls.profile(partner).id,
                    "user_id": user.id,
                    "original_user_id": user.id,
                    "opened_on": AS_OF,
                    **values,
                }
            )
        )
        alert._open(cls.company, AS_OF)
        return alert

    def mine(self, user=None, alert=None):
        user = user or self.user
        env = self.env(user=user, context={"allowed_company_ids": user.company_ids.ids})
        return env["retention.alert"].browse((alert or self.alert).ids)

    def talk(self, partner, **values):
        values = {"kind": "call", "date": "2026-06-20 12:00:00", **values}
        return self.env["retention.interaction"].create(
            {"partner_id": partner.id, "company_id": self.company.id, **values}
        )

    # ------------------------------------------------------------ what a row shows
    def test_last_said_is_the_newest_record(self):
        self.assertFalse(self.alert.last_talk)
        self.talk(self.ann, date="2026-06-01 12:00:00", note="Older")
        self.talk(self.ann, outcome="no_answer", topic="Price", note="Wants\na list")
        self.talk(self.bob, note="Another customer")
        self.alert.invalidate_recordset()
        self.assertEqual(self.mine().last_talk, "06/20/2026 · Call · No answer: Price Wants a list")
        self.assertEqual(self.profile(self.ann).last_talk, self.alert.last_talk)

    def test_last_said_is_cut(self):
        self.talk(self.ann, note="x" * 500)
        self.assertEqual(len(self.alert.last_talk), 160)

    def test_last_said_of_the_company_only(self):
        other = self.make_company("Other")
        self.talk(self.ann, company_id=other.id, note="Elsewhere")
        self.assertFalse(self.alert.last_talk)

    def test_phone_of_the_customer_else_of_a_contact(self):
        self.assertEqual(self.alert.phone, "+1 555 0100")
        self.ann.phone = False
        self.customer("Buyer", is_company=False, parent_id=self.ann.id, phone="+1 555 0111")
        self.alert.invalidate_recordset(["phone"])
        self.assertEqual(self.alert.phone, "+1 555 0111")

    def test_why_names_signals_and_explains_a_level(self):
        signals = self.env["retention.signal"].sudo()
        profile = self.profile(self.ann)
        profile.reason_ids.sudo().unlink()
        recency, untouched = (
            signals.search([("company_id", "=", self.company.id), ("type", "=", kind)])
            for kind in ("recency", "untouched")
        )
        self.env["retention.reason"].sudo().create(
            {
                "profile_id": profile.id,
                "company_id": self.company.id,
                "signal_id": recency.id,
                "points": 30,
                "since": AS_OF,
                "evidence": {},
            }
        )
        lines = self.env["retention.alert.line"].sudo()
        lines.create(
            {
                "alert_id": self.alert.id,
                "level": "high",
                "opened_on": AS_OF,
                "evidence": {"risk_score": 40},
            }
        )
        self.alert.invalidate_recordset()
        reason = profile.reason_ids.sentence.rstrip(".")
        self.assertEqual(self.alert.why, reason)
        line = lines.create(
            {"alert_id": self.alert.id, "signal_id": untouched.id, "opened_on": AS_OF}
        )
        self.alert.invalidate_recordset()
        self.assertEqual(self.alert.why, f"{line.sentence.rstrip('.')}; {reason}")
        line.signal_id = signals.search(
            [("company_id", "=", self.company.id), ("type", "=", "core_silent")]
        )
        self.alert.invalidate_recordset()
        self.assertEqual(self.alert.why, line.sentence.rstrip("."))

    def test_script_is_the_tasks_own(self):
        self.assertIn("Thank them", str(self.mine().script))
        self.alert.task_id.note = "<p>Ask for Ms Holt</p>"
        self.alert.invalidate_recordset(["script"])
        self.assertEqual(self.mine().script, "<p>Ask for Ms Holt</p>")

    def test_a_page_costs_the_same_for_more_rows(self):
        for number in range(12):
            partner = self.customer(f"C{number}")
            self.orders(partner, 50)
            self.talk(partner, note="Hello")
        self.refresh()
        for partner in self.env["res.partner"].search([("name", "=like", "C%")]):
            if self.profile(partner):
                self.make_alert(partner, self.user)
        alerts = self.mine().search([("state", "=", "open")])
        names = ["why", "last_talk", "phone", "script", "light", "stage"]

        def queries(records):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        queries(alerts)
        self.assertGreater(len(alerts), 9)
        self.assertLessEqual(queries(alerts), queries(alerts[:3]) + 2)

    # ------------------------------------------------------------ buttons
    def test_outcome_button(self):
        action = self.mine().action_ask_outcome()
        wizard = self.env["retention.alert.outcome"].with_user(self.user)
        with Form(wizard.with_context(**action["context"])) as form:
            form.outcome = "gone"
            form.root_cause = "price"
            form.attempt = "Called twice"
        form.record.action_apply()
        self.assertEqual((self.alert.state, self.alert.outcome), ("closed", "gone"))
        with self.assertRaises(UserError):
            self.mine().action_ask_outcome()

    def test_outcome_button_with_an_answer(self):
        action = self.mine().with_context(default_outcome="saved").action_ask_outcome()
        self.assertEqual(action["context"]["default_outcome"], "saved")

    def test_snooze_dialog(self):
        action = self.mine().action_ask_snooze()
        wizard = self.env["retention.alert.snooze"].with_user(self.user)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual(form.until, AS_OF + timedelta(days=7))
            form.days = "30"
            self.assertEqual(form.until, AS_OF + timedelta(days=30))
            form.until = date(2026, 7, 3)
            form.reason = "On leave"
        form.record.action_apply()
        self.assertEqual(self.alert.state, "snoozed")
        self.assertEqual(self.alert.snoozed_until, date(2026, 7, 3))

    def test_log_a_talk(self):
        action = self.mine().action_log_talk()
        self.assertEqual(action["context"]["default_partner_id"], self.ann.id)
        self.assertEqual(action["context"]["default_company_id"], self.company.id)

    def test_colleague_cannot(self):
        theirs = self.mine(self.colleague)
        for call in (theirs.action_ask_outcome, theirs.action_ask_snooze):
            with self.assertRaises(AccessError):
                call()

    def test_done_in_the_activity_list_leads_to_the_outcome(self):
        task = self.alert.task_id.with_user(self.user)
        action = task.action_done()
        self.assertEqual(action["res_model"], "retention.alert.outcome")
        self.assertEqual(self.alert.state, "missing")

    def test_only_the_task_has_result_buttons(self):
        card = self.alert.activity_schedule(
            f"{OURS}.activity_type_handwritten_card", user_id=self.user.id
        )
        shown = (self.alert.task_id | card).with_user(self.user).activity_format()
        flags = {row["id"]: row["is_retention_task"] for row in shown["mail.activity"]}
        self.assertEqual(flags, {self.alert.task_id.id: True, card.id: False})

    # ------------------------------------------------------------ above the list
    def test_status(self):
        bobs = self.make_alert(self.bob, self.user)
        bobs.task_id.with_user(self.user).action_feedback("Talked")
        status = self.mine().action_today_status()
        self.assertFalse(status["started"])
        self.assertFalse(status["can_start"])
        self.assertEqual((status["missing"], status["queued"]), (1, 0))
        self.assertEqual(status["unowned"], 1)
        self.assertEqual(status["untouched"], 1)
        self.assertTrue(self.mine(self.manager).action_today_status()["can_start"])
        self.profile(self.bob).sudo().user_id = self.colleague
        self.assertEqual(self.mine().action_today_status()["unowned"], 0)

    def test_status_is_not_for_everybody(self):
        plain = self.make_user("l_plain", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.env["retention.alert"].with_user(plain).action_today_status()

    def test_starting_from_the_preview(self):
        with self.assertRaises(AccessError):
            self.mine().action_would_open()
        action = self.mine(self.manager).action_would_open()
        self.assertEqual(action["views"][0][1], "list")
        profiles = self.env["retention.profile"].with_user(self.manager)
        action = profiles.with_company(self.company).action_start_alerts()
        self.assertEqual(action["res_model"], "retention.alert")
        self.assertTrue(self.company.retention_alerts_started)

    # ------------------------------------------------------------ who looks after whom
    def test_owner(self):
        profile = self.profile(self.bob)
        self.assertFalse(profile.owner_id)
        self.bob.user_id = self.colleague
        self.assertOwner(profile, self.colleague)
        profile.sudo().user_id = self.user
        self.assertOwner(profile, self.user)
        self.user.active = False
        self.assertOwner(profile, self.colleague)
        self.colleague.active = False
        self.assertOwner(profile, self.env["res.users"])

    def test_owner_works_in_the_company(self):
        other = self.make_company("Other")
        stranger = self.make_user("l_stranger", f"{OURS}.group_user", company=other)
        self.bob.user_id = stranger
        self.assertOwner(self.profile(self.bob), self.env["res.users"])

    def assertOwner(self, profile, owner):
        profile.invalidate_recordset()
        self.assertEqual(profile.owner_id, owner)
        here = [("company_id", "=", self.company.id), ("id", "=", profile.id)]
        people = self.user | self.colleague
        for user in people:
            found = self.profiles.search([*here, ("owner_id", "=", user.id)])
            self.assertEqual(bool(found), user == owner)
            found = self.profiles.search([*here, ("owner_id", "!=", user.id)])
            self.assertEqual(bool(found), user != owner)
        found = self.profiles.search([*here, ("owner_id", "=", False)])
        self.assertEqual(bool(found), not owner)

    def test_untouched_at_sixty_days(self):
        profile = self.profile(self.bob)
        for days, listed in ((59, False), (60, False), (61, True)):
            profile.sudo().last_interaction_date = AS_OF - timedelta(days=days)
            found = self.profiles.search(
                [*self.profiles._untouched_domain(), ("id", "=", profile.id)]
            )
            with self.subTest(days=days):
                self.assertEqual(bool(found), listed)

    def test_list_actions_say_what_the_numbers_count(self):
        for name, domain in (
            ("action_profile_unowned", self.profiles._unowned_domain()),
            ("action_profile_untouched", self.profiles._untouched_domain()),
        ):
            action = self.env.ref(f"{OURS}.{name}")
            self.assertEqual(
                self.profiles.search(safe_eval(action.domain)),
                self.profiles.search(domain),
            )

    # ------------------------------------------------------------ contacts
    def test_next_step_of_a_contact(self):
        person = self.customer("Buyer", is_company=False, parent_id=self.ann.id)
        mine = {"next_step_user_id": self.user.id}
        self.talk(self.ann, next_step="Later", next_step_date="2026-07-20", **mine)
        first = self.talk(person, next_step="Send it", next_step_date="2026-06-29", **mine)
        partners = self.ann.with_user(self.user).with_company(self.company)
        self.assertEqual(partners.retention_next_step, "Send it")
        self.assertEqual(partners.retention_next_step_date, date(2026, 6, 29))

        def late():
            return partners.search(
                [("retention_next_step_date", "<", "today"), ("id", "child_of", self.ann.id)]
            )

        self.assertEqual(late(), self.ann | person)
        first.action_next_step_done()
        self.assertFalse(late())
        self.ann.invalidate_recordset()
        self.assertEqual(partners.retention_next_step, "Later")

    # ------------------------------------------------------------ results
    def test_results(self):
        self.mine()._close_by_person(
            {"outcome": "saved", "root_cause": "price", "attempt": "Called"}
        )
        self.alert.sudo().write(
            {"first_touch_on": AS_OF + timedelta(days=3), "verification": "verified"}
        )
        bobs = self.make_alert(self.bob, self.user, value_at_stake=70)
        rival = self.env["retention.competitor"].create({"name": "Rival"})
        self.mine(alert=bobs)._close_by_person(
            {
                "outcome": "gone",
                "root_cause": "competitor",
                "competitor_id": rival.id,
                "attempt": "Too late",
            }
        )
        bobs.sudo().first_touch_on = False
        measures = ["saved", "verified", "lost", "save_rate", "days_to_touch", "value_lost"]
        report = self.env["retention.alert.report"].with_user(self.user)
        [row] = report._read_group(
            [("company_id", "=", self.company.id)],
            ["user_id"],
            [
                f"{name}:{'avg' if name in ('save_rate', 'days_to_touch') else 'sum'}"
                for name in measures
            ],
        )
        self.assertEqual(row, (self.user, 1, 1, 1, 50.0, 3.0, 70.0))
        found = self.env["retention.alert.report"].with_user(self.colleague).search([])
        self.assertFalse(found & report.search([]))
        manager = self.env["retention.alert.report"].with_user(self.manager)
        self.assertEqual(len(manager.search([("company_id", "=", self.company.id)])), 2)

    def test_levels_entered(self):
        changes = self.env["retention.change"].sudo()
        profile = self.profile(self.bob)
        for new, what in (("high", "risk_level"), ("high", "risk_level"), ("active", "stage")):
            changes.create(
                {
                    "profile_id": profile.id,
                    "company_id": self.company.id,
                    "date": AS_OF,
                    "what": what,
                    "new_value": new,
                    "cause": "nightly",
                }
            )
        mine = [
            ("profile_id", "=", profile.id),
            ("date", "=", AS_OF),
            ("new_value", "in", ("high", "active")),
        ]
        groups = changes.formatted_read_group(mine, ["entered_level"], ["__count"])
        self.assertEqual(
            {group["entered_level"]: group["__count"] for group in groups},
            {"high": 2, False: 1},
        )
        self.assertEqual(
            changes.search([*mine, ("entered_level", "=", False)]).mapped("what"), ["stage"]
        )
        self.assertEqual(len(changes.search([*mine, ("entered_level", "!=", False)])), 2)

    def test_signals_open_what_they_are_measured_on(self):
        for model, kind in (("retention.reason", "list"), ("retention.alert", "form")):
            arch = self.env[model].with_user(self.user).get_view(view_type=kind)["arch"]
            with self.subTest(model=model):
                self.assertIn('name="action_open_records"', arch)

    def test_views_open_for_every_role(self):
        for user in (self.user, self.manager):
            for model in (
                "retention.alert",
                "retention.alert.report",
                "retention.alert.line",
                "retention.profile",
                "retention.reason",
                "retention.change",
                "retention.handover",
                "res.partner",
            ):
                kinds = ["list", "form", "search", "kanban", "pivot", "graph"]
                env = self.env(user=user)
                with self.subTest(user=user.login, model=model):
                    env[model].get_views([(False, kind) for kind in kinds])
