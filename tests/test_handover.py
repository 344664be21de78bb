"""Handing customers and open work over: what moves, who may, twice, two companies."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AS_OF, RetentionCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestHandover(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.giver = cls.make_user("h_giver", f"{OURS}.group_user")
        cls.taker = cls.make_user("h_taker", f"{OURS}.group_user")
        cls.third = cls.make_user("h_third", f"{OURS}.group_user")
        cls.boss = cls.make_user("h_boss", f"{OURS}.group_manager")
        cls.outsider = cls.make_user("h_outsider", "sales_team.group_sale_salesman")
        cls.other = cls.make_company("Other")
        cls.stranger = cls.make_user("h_stranger", f"{OURS}.group_manager", company=cls.other)
        cls.ann, cls.bob, cls.cid = (cls.customer(name) for name in ("Ann", "Bob", "Cid"))
        for partner in (cls.ann, cls.bob, cls.cid):
            cls.orders(partner, 10)
        cls.refresh()
        cls.a, cls.b, cls.c = (cls.profile(p) for p in (cls.ann, cls.bob, cls.cid))
        cls.a.sudo().user_id = cls.giver
        cls.b.sudo().user_id = cls.third
        cls.alert = cls.make_alert(cls.a, cls.giver)
        cls.step = cls.make_step(cls.ann, cls.giver)
        theirs = {
            "partner_id": cls.ann.id,
            "company_id": cls.company.id,
            "user_id": cls.giver.id,
            "name": "Kept",
        }
        cls.file = [
            cls.env["retention.promise"].create({**theirs, "due_date": AS_OF}),
            cls.env["retention.agreement"].create({**theirs, "start": AS_OF}),
            cls.env["retention.plan"].create({**theirs, "date_start": AS_OF}),
        ]

    @classmethod
    def make_alert(cls, profile, user, company=None):
        company = company or cls.company
        alert = (
            cls.env["retention.alert"]
            .sudo()
            .create(
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": company.id,
                    "profile_id": profile.id,
                    "user_id": user.id,
                    "original_user_id": user.id,
                    "opened_on": AS_OF,
                    "value_at_stake": 100,
                }
            )
        )
        alert._open(company, AS_OF)
        return alert

    @classmethod
    def make_step(cls, partner, user):
        return cls.env["retention.interaction"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "kind": "call",
                "next_step": "Send the list",
                "next_step_user_id": user.id,
            }
        )

    def wizard(self, user, profiles=None, to=None, **values):
        env = self.env(user=user, context={"allowed_company_ids": user.company_ids.ids})
        if profiles is not None:
            values["profile_ids"] = [Command.set(profiles.ids)]
        return env["retention.handover"].create({"to_user_id": (to or self.taker).id, **values})

    def notes_to(self, user):
        return self.env["mail.notification"].search([("res_partner_id", "=", user.partner_id.id)])

    # ------------------------------------------------------------ what moves
    def test_customer_with_open_work(self):
        wizard = self.wizard(self.giver, self.a, brief="Prefers WeChat")
        self.assertEqual(
            dict(wizard.line_ids.mapped(lambda line: (line.name, line.count))),
            {
                "Customers": 1,
                "Open alerts": 1,
                "Open next steps": 1,
                "Open promises": 1,
                "Agreements": 1,
                "Joint plans": 1,
                "Procedures under way": 0,
            },
        )
        before = self.notes_to(self.taker)
        wizard.action_apply()
        self.assertEqual(self.a.user_id, self.taker)
        self.assertEqual(self.alert.user_id, self.taker)
        self.assertEqual(self.alert.original_user_id, self.giver)
        self.assertEqual(self.alert.task_id.user_id, self.taker)
        self.assertEqual(self.step.next_step_user_id, self.taker)
        self.assertEqual(self.step.next_activity_id.user_id, self.taker)
        for kept in self.file:
            self.assertEqual(kept.user_id, self.taker)
        self.assertIn("Prefers WeChat", "".join(self.alert.message_ids.mapped("body")))
        told = (self.notes_to(self.taker) - before).mail_message_id
        self.assertEqual(len(told), 1)
        self.assertIn("Ann", told.body)
        self.assertIn("Prefers WeChat", told.body)
        self.assertFalse(self.ann.message_ids & told)

    def test_twice_moves_nothing_more(self):
        self.wizard(self.giver, self.a).action_apply()
        count = len(self.notes_to(self.taker)), len(self.alert.message_ids)
        again = self.wizard(self.boss, self.a)
        self.assertTrue(again.nothing)
        again.action_apply()
        self.assertEqual((len(self.notes_to(self.taker)), len(self.alert.message_ids)), count)

    def test_what_belongs_to_somebody_else_stays(self):
        theirs = self.make_step(self.ann, self.third)
        self.alert.sudo().user_id = self.boss
        self.wizard(self.giver, self.a).action_apply()
        self.assertEqual(theirs.next_step_user_id, self.third)
        self.assertEqual(self.alert.user_id, self.boss)

    def test_done_work_stays(self):
        self.step.action_next_step_done()
        self.alert.sudo()._close_by_person(
            {"outcome": "saved", "root_cause": "price", "attempt": "Called"}
        )
        self.wizard(self.giver, self.a).action_apply()
        self.assertEqual(self.step.next_step_user_id, self.giver)
        self.assertEqual(self.alert.user_id, self.giver)
        self.assertEqual(self.a.user_id, self.taker)

    def test_everything_of_somebody_who_left(self):
        elsewhere = self.make_step(self.bob, self.giver)
        self.cid.user_id = self.giver
        self.giver.active = False
        self.assertFalse(self.a.owner_id)
        wizard = self.wizard(self.boss, everything=True, from_user_id=self.giver.id)
        self.assertEqual(wizard.line_ids.filtered(lambda x: x.name == "Customers").count, 2)
        wizard.action_apply()
        self.assertEqual((self.a | self.c).user_id, self.taker)
        self.assertEqual(self.b.user_id, self.third)
        self.assertEqual((elsewhere | self.step).next_step_user_id, self.taker)
        self.assertFalse(
            self.env["retention.interaction"].search([("next_step_user_id", "=", self.giver.id)])
        )

    def test_more_than_capacity_waits(self):
        self.company.retention_alert_capacity = 1
        mine = self.make_alert(self.c, self.taker)
        mine.sudo().value_at_stake = 500
        self.wizard(self.giver, self.a).action_apply()
        self.assertEqual((mine.state, self.alert.state), ("open", "queued"))
        self.assertFalse(self.alert.task_id.active)

    # ------------------------------------------------------------ who may
    def test_user_takes_unowned_customers(self):
        action = self.c.with_user(self.taker).action_handover()
        self.assertEqual(action["context"]["default_to_user_id"], self.taker.id)
        env = self.env(user=self.taker, context={"allowed_company_ids": self.company.ids})
        with Form(env["retention.handover"].with_context(**action["context"])) as form:
            self.assertEqual(form.to_user_id, self.taker)
            self.assertFalse(form.nothing)
        form.record.action_apply()
        self.assertEqual(self.c.user_id, self.taker)

    def test_user_neither_takes_from_others_nor_gives_the_unowned(self):
        for profiles, to in ((self.b, self.taker), (self.c, self.third)):
            with self.subTest(profiles.partner_id.name):
                wizard = self.wizard(self.taker, profiles, to)
                self.assertRefused(AccessError, "neither", wizard.action_apply)
        wizard = self.wizard(self.taker, everything=True, from_user_id=self.third.id)
        self.assertTrue(wizard.nothing)
        self.assertRefused(AccessError, "Only managers", wizard.action_apply)
        self.assertEqual(self.b.user_id, self.third)
        self.assertFalse(self.c.user_id)

    def test_manager_assigns_anybody(self):
        self.wizard(self.boss, self.a | self.b | self.c).action_apply()
        self.assertEqual((self.a | self.b | self.c).user_id, self.taker)

    def test_taker_must_be_able_to_open_it(self):
        self.third.active = False
        for user in (self.outsider, self.stranger, self.third):
            with self.subTest(user.login):
                wizard = self.wizard(self.boss, self.a, user)
                self.assertRefused(ValidationError, "cannot take", wizard.action_apply)

    def test_strangers_reach_nothing(self):
        with self.assertRaises(AccessError):
            self.a.with_user(self.outsider).action_handover()
        with self.assertRaises(AccessError):
            self.wizard(self.stranger, self.a, self.stranger).action_apply()
        with self.assertRaises(AccessError):
            self.wizard(
                self.stranger,
                to=self.taker,
                company_id=self.company.id,
                everything=True,
                from_user_id=self.giver.id,
            ).action_apply()
        self.assertEqual(self.a.user_id, self.giver)

    # ------------------------------------------------------------ two companies
    def test_other_company_is_left_alone(self):
        self.order(self.ann, AS_OF - timedelta(days=10), company=self.other)
        self.refresh(company=self.other)
        there = self.profile(self.ann, self.other)
        there.sudo().user_id = self.giver
        self.wizard(self.boss, everything=True, from_user_id=self.giver.id).action_apply()
        self.assertEqual(self.a.user_id, self.taker)
        self.assertEqual(there.user_id, self.giver)
        both = self.env(context={"allowed_company_ids": (self.company | self.other).ids})
        profiles = (self.a | there).with_env(both)
        self.assertRefused(UserError, "one company", profiles.action_handover)

    def test_from_contacts(self):
        action = self.ann.with_user(self.giver).with_company(self.company)
        action = action.action_retention_handover()
        self.assertEqual(action["context"]["default_profile_ids"], [Command.set(self.a.ids)])
