"""Who gets an alert: always an active internal user of Retention in the company."""

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .alert_common import OURS, SALES, AlertCase
from .common import AS_OF


@tagged("post_install", "-at_install")
class TestAlertOwner(AlertCase):
    nobody = property(lambda self: self.env["res.users"])

    def owner_of(self, profile):
        return self.sync(profiles=profile).filtered(lambda a: a.profile_id == profile).user_id

    def unmanaged(self, name="Ann", **values):
        return self.make_profile(name, user=self.nobody, **values)

    def rescuers(self, *logins):
        users = self.env["res.users"].union(
            *(self.make_user(login, f"{OURS}.group_user") for login in logins)
        )
        self.company.retention_rescue_user_ids = users
        return users

    # ------------------------------------------------------------ the chain
    def test_account_manager_of_the_profile(self):
        ann = self.make_profile(user=self.owner)
        ann.partner_id.user_id = self.leader
        self.assertEqual(self.owner_of(ann), self.owner)

    def test_salesperson_of_the_contact(self):
        ann = self.unmanaged()
        ann.partner_id.user_id = self.leader
        self.order(ann.partner_id, AS_OF, user_id=self.owner.id)
        self.assertEqual(self.owner_of(ann), self.leader)

    def test_salesperson_of_the_last_order(self):
        ann = self.unmanaged()
        self.order(ann.partner_id, self.day(-9), user_id=self.leader.id)
        self.order(ann.partner_id, self.day(-5), user_id=self.owner.id)
        self.order(ann.partner_id, self.day(-1), user_id=self.leader.id, state="draft")
        self.assertEqual(self.owner_of(ann), self.owner)

    def test_order_of_a_contact_person(self):
        ann = self.unmanaged()
        person = self.env["res.partner"].create({"name": "P", "parent_id": ann.partner_id.id})
        self.order(person, AS_OF, user_id=self.owner.id)
        self.assertEqual(self.owner_of(ann), self.owner)

    def test_leader_of_the_managers_team(self):
        ann = self.make_profile()
        self.owner.action_archive()
        self.assertEqual(self.owner_of(ann), self.leader)

    def test_leader_of_the_orders_team(self):
        ann = self.unmanaged()
        order = self.order(ann.partner_id, AS_OF, user_id=False)
        order.write({"user_id": False, "team_id": self.team.id})
        self.assertEqual(self.owner_of(ann), self.leader)

    def test_rescue_team_before_managers(self):
        rescuers = self.rescuers("a_r1")
        self.assertEqual(self.owner_of(self.unmanaged()), rescuers)

    def test_manager(self):
        self.assertEqual(self.owner_of(self.unmanaged()), self.manager)

    def test_administrator(self):
        self.manager.active = False
        admin = self.make_user("a_admin", f"{OURS}.group_user", "base.group_system")
        self.assertEqual(self.owner_of(self.unmanaged()), admin)

    def test_anybody_before_nobody(self):
        self.manager.active = False
        self.assertEqual(self.owner_of(self.unmanaged()), self.owner)

    def test_nobody_at_all(self):
        (self.manager | self.owner | self.leader).active = False
        alert = self.sync(profiles=self.unmanaged())
        self.assertEqual((alert.state, alert.user_id), ("queued", self.nobody))
        self.manager.active = True
        self.night(1)
        self.assertEqual((alert.state, alert.user_id), ("open", self.manager))

    # ------------------------------------------------------------ who cannot
    def test_who_is_passed_over(self):
        portal = new_test_user(self.env, "a_portal", groups="base.group_portal")
        plain = self.make_user("a_plain", SALES)
        elsewhere = self.make_user(
            "a_other", f"{OURS}.group_user", company=self.make_company("Elsewhere")
        )
        archived = self.make_user("a_gone", f"{OURS}.group_user")
        archived.active = False
        for user in (portal, plain, elsewhere, archived):
            with self.subTest(user=user.login):
                ann = self.make_profile(user.login, user=user)
                ann.partner_id.user_id = user
                self.assertEqual(self.owner_of(ann), self.manager)
        self.company.retention_rescue_user_ids = plain | archived | elsewhere
        self.assertEqual(self.owner_of(self.unmanaged("Rescue")), self.manager)

    def test_user_of_a_branch(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        seller = self.make_user("a_branch", f"{OURS}.group_user", company=branch)
        self.assertEqual(self.owner_of(self.make_profile(user=seller)), seller)

    # ------------------------------------------------------------ rescue team
    def test_in_turn_by_open_load(self):
        first, second, third = self.rescuers("a_r1", "a_r2", "a_r3")
        self.make_profile("Busy", user=first)
        self.sync()
        for value in range(5):
            self.unmanaged(f"U{value}", value_at_stake=100 - value)
        alerts = self.sync().filtered(lambda a: a.partner_id.name.startswith("U"))
        self.assertEqual(
            [alert.user_id for alert in alerts.sorted()], [second, third, first, second, third]
        )

    def test_valuable_and_critical_goes_to_the_rescue_team(self):
        rescuers = self.rescuers("a_r1")
        for level, core, owner, action in (
            ("critical", True, rescuers, "senior"),
            ("critical", False, self.owner, "call"),
            ("high", True, self.owner, "call"),
        ):
            with self.subTest(level=level, core=core):
                ann = self.make_profile(f"{level}{core}", level, is_core=core)
                alert = self.sync(profiles=ann).filtered(lambda a, p=ann: a.profile_id == p)
                self.assertEqual((alert.user_id, alert.action), (owner, action))
        kind = self.env.ref(f"{OURS}.activity_type_senior_interview")
        urgent = self.alerts.search([("action", "=", "senior")])
        self.assertEqual(urgent.task_id.activity_type_id, kind)
        self.assertIn("root cause", urgent.task_id.note)
        self.assertEqual(urgent.team_id, self.team)

    def test_senior_without_a_rescue_team(self):
        ann = self.make_profile(level="critical", is_core=True)
        alert = self.sync(profiles=ann)
        self.assertEqual((alert.user_id, alert.action), (self.owner, "senior"))

    def test_becomes_urgent(self):
        rescuers = self.rescuers("a_r1")
        ann = self.make_profile(is_core=True)
        alert = self.night()
        self.assertEqual(alert.user_id, self.owner)
        ann.risk_level = "critical"
        self.sync(1)
        self.assertEqual((alert.user_id, alert.action), (rescuers, "senior"))
        self.assertEqual(self.tasks(alert).user_id, rescuers)
        self.assertEqual(self.tasks(alert).activity_type_id.name, "Senior interview")

    def test_whom_somebody_is_talking_to_stays(self):
        self.rescuers("a_r1")
        ann = self.make_profile(is_core=True)
        alert = self.night()
        alert.first_touch_on = AS_OF
        ann.risk_level = "critical"
        self.sync(1)
        self.assertEqual((alert.user_id, alert.action), (self.owner, "call"))

    # ------------------------------------------------------------ owners who leave
    def test_owner_archived(self):
        self.make_profile()
        alert = self.night()
        for archive in ("action_archive", "write"):
            with self.subTest(archive=archive):
                user = alert.user_id
                getattr(user, archive)(*([{"active": False}] if archive == "write" else []))
                self.assertTrue(alert.user_id.active)
                self.assertNotEqual(alert.user_id, user)
                self.assertEqual(len(self.tasks(alert)), 1)
                self.assertEqual(self.tasks(alert).user_id, alert.user_id)
                self.assertNotIn(user.partner_id, alert.message_partner_ids)
        self.assertEqual(alert.user_id, self.manager)
        self.assertEqual(alert.original_user_id, self.owner)

    def test_owner_loses_the_group(self):
        self.make_profile()
        alert = self.night()
        self.owner.group_ids = [Command.unlink(self.env.ref(f"{OURS}.group_user").id)]
        self.assertEqual(alert.user_id, self.leader)
        self.assertEqual(self.tasks(alert).user_id, self.leader)

    def test_owner_leaves_the_company(self):
        other = self.make_company("Elsewhere")
        self.make_profile()
        alert = self.night()
        self.owner.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.assertNotEqual(alert.user_id, self.owner)

    def test_group_taken_away_past_the_hook(self):
        self.make_profile()
        alert = self.night()
        self.env.ref(f"{OURS}.group_user").user_ids = [Command.unlink(self.owner.id)]
        self.assertEqual(alert.user_id, self.owner)
        self.night(1)
        self.assertEqual(alert.user_id, self.leader)

    def test_takeover_stays_within_capacity(self):
        self.company.retention_alert_capacity = 2
        for value in (1, 2):
            self.make_profile(f"O{value}", value_at_stake=value)
        self.make_profile("L", user=self.leader, value_at_stake=9)
        self.night()
        self.owner.action_archive()
        alerts = self.alerts.search([("company_id", "=", self.company.id)])
        self.assertEqual(alerts.user_id, self.leader)
        self.assertEqual(alerts.mapped("state"), ["open", "open", "queued"])
        self.assertEqual(len(self.tasks(alerts)), 2)
        self.assertFalse(self.tasks(alerts[2]))
