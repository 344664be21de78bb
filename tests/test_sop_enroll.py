"""Adding customers by hand, switching on what is sent, and what a person does with a message."""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .sop_common import OURS, SopCase

TODAY = datetime(2026, 6, 1, 9)


@tagged("post_install", "-at_install")
class TestSopEnroll(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clock = freeze_time(TODAY)
        cls.clock.start()
        cls.addClassCleanup(cls.clock.stop)
        cls.ann = cls.buyer("Ann", "2026-05-20")
        cls.bob = cls.buyer("Bob", "2026-05-21")
        cls.bob.user_id = cls.leader
        cls.refresh(TODAY.date())
        cls.sop = cls.make_sop(cls.task(name="Call", channel="call"), purpose="care")

    def wizard(self, *partners, user=None, sop=None):
        user = user or self.manager
        contacts = self.env["res.partner"].concat(*partners).with_user(user)
        # The company of the case first: it is the current one.
        companies = (self.company | user.company_ids).ids
        action = contacts.with_context(allowed_company_ids=companies).action_retention_enroll()
        wizards = contacts.env["retention.sop.enroll"].with_context(
            **action["context"], allowed_company_ids=companies
        )
        return wizards.create({"sop_id": (sop or self.sop).id})

    def reasons(self, wizard):
        return {line.partner_id.name: line.reason for line in wizard.line_ids}

    # ------------------------------------------------------------ who enters
    def test_who_enters_and_who_does_not(self):
        stranger = self.customer("Stranger")
        gone = self.buyer("Gone", "2026-05-20", active=False)
        other = self.make_company("Other")
        self.manager.company_ids |= other
        theirs = self.customer("Theirs", company_id=other.id)
        refuser = self.buyer("Refuser", "2026-05-20")
        self.env["retention.optout"].create(
            {"partner_id": refuser.id, "company_id": self.company.id, "purpose": "care"}
        )
        self.refresh(TODAY.date())
        self.enter(self.sop, self.bob)
        wizard = self.wizard(self.ann, self.bob, stranger, gone, theirs, refuser)
        self.assertRecordValues(
            wizard, [{"enter_count": 1, "enter_text": "Ann", "out_count": 5, "control_count": 0}]
        )
        self.assertEqual(
            self.reasons(wizard),
            {
                "Bob": "Already under way",
                "Stranger": "No customer of this company yet",
                "Gone": "Archived",
                "Theirs": "Belongs to another company",
                "Refuser": "Has opted out",
            },
        )

    def test_added_by_hand_they_begin_at_once(self):
        action = self.wizard(self.ann).action_apply()
        made = self.enrollments.search(action["domain"])
        self.assertRecordValues(
            made,
            [
                {
                    "partner_id": self.ann.id,
                    "contact_id": self.ann.id,
                    "cause": "hand",
                    "anchor_date": TODAY.date(),
                    "number": 1,
                    "state": "running",
                    "user_id": self.owner.id,
                }
            ],
        )
        self.assertEqual(made.run_ids.mapped("state"), ["waiting"])

    def test_once_more_has_the_next_number(self):
        for number in (1, 2):
            made = self.enrollments.search(self.wizard(self.ann).action_apply()["domain"])
            self.assertEqual(made.number, number)
            made.with_user(self.manager).action_leave()
            self.assertEqual(made.exit_reason, "hand")

    def test_suitable_customers_only(self):
        sop = self.make_sop(self.task(), audience_domain="[('order_count', '>', 1)]")
        self.assertEqual(
            self.reasons(self.wizard(self.ann, sop=sop)),
            {"Ann": "Not among the suitable customers"},
        )

    def test_rescue_goes_before_care(self):
        self.enter(self.make_sop(self.task(), purpose="rescue"), self.ann)
        self.assertEqual(
            self.reasons(self.wizard(self.ann)), {"Ann": "Something more urgent is under way"}
        )
        service = self.make_sop(self.task(), purpose="service")
        self.assertEqual(self.wizard(self.ann, sop=service).enter_count, 1)

    def test_people_of_a_customer_enter_beside_each_other(self):
        people = [self.customer(name, parent_id=self.ann.id, is_company=False) for name in "XY"]
        made = self.enrollments.search(self.wizard(*people).action_apply()["domain"])
        self.assertEqual(made.partner_id, self.ann)
        self.assertEqual(made.contact_id, people[0] | people[1])

    def test_prospects_where_the_occasion_is_theirs(self):
        prospect = self.customer("Prospect")
        sop = self.make_sop(self.task(), trigger="prospect")
        made = self.enrollments.search(self.wizard(prospect, sop=sop).action_apply()["domain"])
        self.assertFalse(made.profile_id)

    def test_the_control_group_is_told(self):
        sop = self.make_sop(self.task(), purpose="care", holdout=50)
        arms = {self.ann: sop._arm(self.ann.id), self.bob: sop._arm(self.bob.id)}
        watched = sum(arm == "control" for arm in arms.values())
        self.assertEqual(self.wizard(self.ann, self.bob, sop=sop).control_count, watched)

    # ------------------------------------------------------------ who may
    def test_account_managers_add_their_own_customers(self):
        wizard = self.wizard(self.ann, self.bob, user=self.owner)
        self.assertEqual(self.reasons(wizard), {"Bob": "Not your customer: ask a manager"})
        made = self.enrollments.search(wizard.action_apply()["domain"])
        self.assertEqual(made.partner_id, self.ann)
        made.with_user(self.owner).action_leave()
        self.assertEqual(made.state, "left")

    def test_nobody_else(self):
        plain = self.make_user("s_plain", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.ann.with_user(plain).action_retention_enroll()
        wizard = self.wizard(self.ann)
        with self.assertRaises(AccessError):
            wizard.with_user(self.owner).action_apply()

    def test_nothing_is_told_of_other_companies(self):
        other = self.make_company("Other")
        sop = self.make_sop(self.task(), start=None, company_id=other.id)
        wizard = self.wizard(self.ann)
        wizard.sop_id = sop
        self.assertRecordValues(wizard, [{"enter_count": 0, "out_count": 0}])
        with self.assertRaises(AccessError):
            wizard.action_apply()

    def test_many_are_sorted_out_at_once(self):
        people = [self.customer(f"P{n}", parent_id=self.ann.id, is_company=False) for n in "ab"]
        few = self.wizard(*people)
        people += [self.customer(f"P{n}", parent_id=self.ann.id, is_company=False) for n in "cdefg"]
        many = self.wizard(*people)
        counts = []
        for wizard in (many, few, many):  # the first reads what is kept in memory for good
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._sort_out()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_not_while_the_figures_are_computed(self):
        metrics = type(self.env["retention.metrics"])
        with patch.object(metrics, "_try_lock", return_value=False):
            self.assertRefused(UserError, "Try again", self.wizard(self.ann).action_apply)

    def test_only_what_is_switched_on(self):
        wizard = self.wizard(self.ann)
        self.sop.action_pause()
        self.assertRefused(UserError, "not switched on", wizard.action_apply)

    def test_nobody_left(self):
        self.wizard(self.ann).action_apply()
        self.assertRefused(UserError, "Nobody", self.wizard(self.ann).action_apply)

    def test_from_the_list_of_customers(self):
        profile = self.profile(self.ann).with_user(self.manager)
        action = profile.action_enroll()
        self.assertEqual(action["context"]["default_partner_ids"], [Command.set(self.ann.ids)])

    def test_the_dialog_shows_it_while_it_is_filled_in(self):
        wizards = (
            self.env["retention.sop.enroll"]
            .with_user(self.manager)
            .with_context(
                allowed_company_ids=self.company.ids,
                default_partner_ids=[Command.set(self.ann.ids)],
            )
        )
        with Form(wizards) as form:
            self.assertEqual(form.enter_count, 0)
            form.sop_id = self.sop
            self.assertEqual(form.enter_count, 1)

    # ------------------------------------------------------------ undo
    def test_colleagues_take_nobody_out(self):
        made = self.enter(self.sop, self.ann)
        stranger = self.make_user("s_other", f"{OURS}.group_user")
        with self.assertRaises(AccessError):
            made.with_user(stranger).action_leave()
        self.assertTrue(made.with_user(self.owner).may_change)


@tagged("post_install", "-at_install")
class TestSendSwitch(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_send = False
        cls.ann = cls.buyer("Ann", "2026-05-20")
        cls.refresh(TODAY.date())

    def switch(self, user=None):
        return (
            self.env["retention.send.switch"]
            .with_user(user or self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .create({})
        )

    def test_what_would_go_out_today(self):
        sop = self.make_sop(self.mail(name="News", at_hour=True, hour=15))
        later = self.make_sop(self.mail(name="Later", delay_count=2))
        self.enter(sop, self.ann)
        self.enter(later, self.ann)
        with self.at(0, 10):
            switch = self.switch()
            self.assertEqual(switch.count, 1)
            self.assertRecordValues(
                switch.line_ids,
                [
                    {
                        "partner_id": self.ann.id,
                        "channel": "mail",
                        "moment": self.moment(0, 15),
                        "sop_id": sop.id,
                    }
                ],
            )
        self.assertFalse(self.touches.search([("partner_id", "=", self.ann.id)]))
        self.assertFalse(self.company.retention_send)

    def test_what_waited_goes_when_it_is_switched_on(self):
        made = self.enter(self.make_sop(self.mail()), self.ann)
        self.tick(0, 10)
        self.assertEqual(made.run_ids.touch_id.reason, "sending_off")
        self.assertTrue(made.run_ids.held_back)
        with self.at(0, 11):
            self.assertEqual(self.switch().line_ids.moment, self.moment(0, 11))
            self.switch().action_switch_on()
        self.assertTrue(self.company.retention_send)
        self.tick(0, 11)
        self.assertEqual(made.run_ids.state, "done")
        self.assertEqual(len(self.mails(self.ann)), 1)

    def test_what_the_gate_refuses_is_not_promised(self):
        self.env["retention.optout"].create(
            {"partner_id": self.ann.id, "company_id": self.company.id, "purpose": "promotion"}
        )
        self.enter(self.make_sop(self.mail(), purpose="promotion"), self.ann)
        with self.at(0, 10):
            self.assertEqual(self.switch().count, 0)

    def test_tasks_of_people_are_not_listed(self):
        self.enter(self.make_sop(self.task(channel="call")), self.ann)
        with self.at(0, 10):
            self.assertEqual(self.switch().count, 0)

    def test_off_again(self):
        self.company.retention_send = True
        self.switch().action_switch_off()
        self.assertFalse(self.company.retention_send)

    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.switch(self.owner)
        other = self.make_company("Other")
        switch = self.switch()
        switch.company_id = other
        self.assertFalse(switch.count)
        with self.assertRaises(AccessError):
            switch.action_switch_on()
        self.assertFalse(other.retention_send)

    def test_the_banner(self):
        sops = self.sops.with_user(self.manager).with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(sops.action_send_status(), {"off": False, "can_switch": True})
        sop = self.make_sop(self.mail())
        self.assertTrue(sop.sending_off)
        self.assertEqual(sops.action_send_status(), {"off": True, "can_switch": True})
        self.assertEqual(
            sops.with_user(self.owner).action_send_status(), {"off": True, "can_switch": False}
        )
        self.company.retention_send = True
        self.assertFalse(sops.action_send_status()["off"])
