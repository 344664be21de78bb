"""Follow-up records: noting a talk, its next step, and who may."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import AS_OF
from .interaction_common import NOON, OURS, InteractionCase


@tagged("post_install", "-at_install")
class TestInteraction(InteractionCase):
    # ------------------------------------------------------------ noting a talk
    def test_quick_form_needs_a_kind_only(self):
        action = self.ann.with_user(self.user).with_company(self.company).action_log_talk()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        records = self.as_user(self.user)
        with Form(records.with_context(**action["context"]), view) as form:
            form.kind = "wechat"
        talk = form.record
        self.assertRecordValues(
            talk,
            [
                {
                    "partner_id": self.ann.id,
                    "commercial_partner_id": self.ann.id,
                    "company_id": self.company.id,
                    "user_id": self.user.id,
                    "outcome": "reached",
                    "direction": "outgoing",
                    "next_step_state": False,
                    "next_activity_id": False,
                }
            ],
        )
        self.assertEqual(talk.display_name, "Ann: WeChat")
        self.assertFalse(talk.message_ids)

    def test_several_contacts_get_one_record_each(self):
        bob, cid = self.customer("Bob"), self.customer("Cid")
        everybody = self.ann | bob | cid
        action = everybody.action_log_talk()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        with Form(self.as_user(self.user).with_context(**action["context"]), view) as form:
            form.kind = "event"
            form.next_step = "Ask how it was"
            form.also_partner_ids.remove(cid.id)
        found = self.records.search([("partner_id", "in", everybody.ids)])
        self.assertEqual(found.partner_id, self.ann | bob)
        self.assertEqual(len(found.next_activity_id), 2)
        self.assertEqual(set(found.next_activity_id.mapped("res_id")), set(found.ids))

    def test_contact_counts_for_its_company(self):
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        talk = self.talk(person)
        self.assertEqual(talk.commercial_partner_id, self.ann)
        self.talk()
        self.assertEqual(self.ann.retention_interaction_count, 2)
        self.assertEqual(person.retention_interaction_count, 1)
        for partner, count in ((self.ann, 2), (person, 1)):
            found = self.records.search(partner.action_open_interactions()["domain"])
            self.assertEqual(len(found), count)
        bob = self.customer("Bob")
        person.parent_id = bob
        self.assertEqual(talk.commercial_partner_id, bob)

    def test_from_a_quotation_and_a_customer(self):
        order = self.order(self.ann, AS_OF, state="draft")
        context = order.action_log_talk()["context"]
        self.assertEqual(context["default_partner_id"], self.ann.id)
        self.assertEqual(context["default_topic"], order.name)
        talk = self.talk()
        self.assertEqual(order.retention_interaction_count, 1)
        self.assertEqual(self.records.search(order.action_open_interactions()["domain"]), talk)
        self.refresh()
        context = self.profile(self.ann).action_log_talk()["context"]
        self.assertEqual(context["default_partner_id"], self.ann.id)

    def test_server_action_for_a_list(self):
        bob = self.customer("Bob")
        action = (
            self.env.ref(f"{OURS}.action_log_talk_partner")
            .with_user(self.user)
            .with_context(active_model="res.partner", active_ids=[self.ann.id, bob.id])
            .run()
        )
        self.assertEqual(action["context"]["default_also_partner_ids"], [Command.set(bob.ids)])

    def test_photos_are_the_companys(self):
        mine = self.env["ir.attachment"].with_user(self.user)
        photo = mine.create({"name": "card.png", "res_model": "retention.interaction"})
        talk = self.talk(photo_ids=[Command.link(photo.id)])
        self.assertEqual(photo.res_id, talk.id)
        self.assertEqual(photo.with_user(self.colleague).name, "card.png")
        other = self.make_company("Other")
        stranger = self.make_user("i_stranger", f"{OURS}.group_user", company=other)
        with self.assertRaises(AccessError):
            photo.with_user(stranger).read(["name"])

    def test_every_view_opens(self):
        self.talk(tag_ids=[Command.link(self.env.ref(f"{OURS}.intent_leave").id)])
        kinds = ("list", "kanban", "form", "calendar", "activity", "search", "graph")
        mine = self.as_user(self.user)
        views = mine.get_views([(False, kind) for kind in kinds])["views"]
        self.assertEqual(set(views), set(kinds))
        self.assertEqual(len(mine.search([("tag_ids", "=", "Wants to leave")])), 1)

    # ------------------------------------------------------------ next step
    def test_next_step_is_one_activity(self):
        talk = self.talk(next_step="Send prices", next_step_date="2026-06-25")
        activity = talk.next_activity_id
        self.assertRecordValues(
            activity,
            [
                {
                    "summary": "Send prices",
                    "date_deadline": date(2026, 6, 25),
                    "user_id": self.user.id,
                    "res_model": "retention.interaction",
                    "res_name": "Ann: Call",
                    "activity_type_id": self.env.ref(f"{OURS}.activity_type_next_step").id,
                }
            ],
        )
        talk.write({"next_step": "Call back", "next_step_user_id": self.colleague.id})
        self.assertEqual(talk.activity_ids, activity)
        self.assertEqual((activity.summary, activity.user_id), ("Call back", self.colleague))
        self.assertFalse(self.ann.activity_ids)
        talk.write({"next_step": False, "next_step_date": False})
        self.assertFalse(activity.exists())
        self.assertFalse(talk.next_step_state)

    def test_next_step_without_a_date_is_not_forgotten(self):
        with freeze_time(NOON):
            talk = self.talk(next_step="Send prices")
        self.assertEqual(talk.next_step_date, date(2026, 6, 23))
        self.assertEqual(talk.next_activity_id.date_deadline, date(2026, 6, 23))

    def test_changed_in_the_activity_menu(self):
        talk = self.talk(next_step="Send prices", next_step_date="2026-06-25")
        talk.next_step_user_id = self.colleague
        activity = talk.next_activity_id.with_user(self.colleague).with_company(self.company)
        activity.write({"date_deadline": "2026-07-01", "summary": False})
        self.assertEqual(talk.next_step_date, date(2026, 7, 1))
        self.assertFalse(talk.next_step)
        self.assertTrue(activity.exists())
        activity.user_id = self.user
        self.assertEqual(talk.next_step_user_id, self.user)

    def test_done_activity_is_kept(self):
        talk = self.talk(next_step="Send prices")
        done = talk.next_activity_id
        talk.with_user(self.user).action_next_step_done()
        self.assertFalse(done.active)
        self.assertEqual(talk.next_step_state, "done")
        talk.next_step = "Ask whether they arrived"
        self.assertTrue(done.exists())
        self.assertEqual(done.summary, "Send prices")
        self.assertNotEqual(talk.next_activity_id, done)
        self.assertEqual(talk.activity_ids, talk.next_activity_id)
        talk.activity_ids.unlink()
        self.assertEqual(talk.next_step_state, "dropped")

    def test_search_by_next_step(self):
        none, opened, done, dropped = talks = [
            self.talk(next_step=step) for step in (False, "a", "b", "c")
        ]
        done.action_next_step_done()
        dropped.next_activity_id.unlink()
        mine = [("id", "in", [talk.id for talk in talks])]
        for state, talk in (
            ("open", opened),
            ("done", done),
            ("dropped", dropped),
            (False, none),
        ):
            with self.subTest(state=state):
                found = self.records.search([*mine, ("next_step_state", "=", state)])
                self.assertEqual(found, talk)
                self.assertEqual(talk.next_step_state, state)

    def test_next_step_goes_to_somebody_who_can_open_it(self):
        plain = self.make_user("i_plain")
        other = self.make_company("Other")
        stranger = self.make_user("i_stranger", f"{OURS}.group_user", company=other)
        for user in (plain, stranger):
            with self.assertRaises(ValidationError):
                self.talk(next_step="x", next_step_user_id=user.id)

    # ------------------------------------------------------------ who may
    def test_users_read_all_and_change_their_own(self):
        talk = self.talk()
        theirs = talk.with_user(self.colleague)
        self.assertEqual(theirs.kind, "call")
        with self.assertRaises(AccessError):
            theirs.topic = "x"
        with self.assertRaises(AccessError):
            talk.with_user(self.user).unlink()
        talk.with_user(self.user).topic = "mine"
        talk.with_user(self.manager).topic = "managed"
        talk.with_user(self.user).next_step_user_id = self.colleague
        theirs.topic = "my next step"
        talk.with_user(self.manager).unlink()

    def test_nothing_for_the_other_company(self):
        other = self.make_company("Other")
        stranger = self.make_user("i_stranger", f"{OURS}.group_manager", company=other)
        talk = self.talk(next_step="Secret", note="Secret")
        talk.message_post(body="Secret")
        as_stranger = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(as_stranger["retention.interaction"].search([]))
        self.assertFalse(
            as_stranger["mail.activity"].search([("res_model", "=", "retention.interaction")])
        )
        self.assertFalse(
            as_stranger["mail.message"].search([("model", "=", "retention.interaction")])
        )
        with self.assertRaises(AccessError):
            talk.with_env(as_stranger).read(["note"])
        ann = self.ann.with_env(as_stranger)
        self.assertEqual(ann.retention_interaction_count, 0)
        self.assertFalse(ann.activity_ids)
        self.assertNotIn("Secret", str(ann.message_ids.mapped("body")))

    def test_nothing_for_strangers_to_the_addon(self):
        self.talk(next_step="Secret")
        plain = self.make_user("i_plain", "sales_team.group_sale_manager")
        portal = new_test_user(self.env, "i_portal", groups="base.group_portal")
        order = self.order(self.ann, AS_OF, state="draft")
        for user in (plain, portal):
            for call in (
                lambda user=user: self.records.with_user(user).search([]),
                lambda user=user: self.ann.with_user(user).action_log_talk(),
                lambda user=user: self.ann.with_user(user).action_open_interactions(),
                lambda user=user: self.ann.with_user(user).read(["retention_interaction_count"]),
                lambda user=user: order.with_user(user).read(["retention_interaction_count"]),
            ):
                with self.assertRaises(AccessError):
                    call()
        found = self.env["mail.activity"].with_user(plain).search([("summary", "=", "Secret")])
        self.assertFalse(found)
        arch = order.with_user(plain).get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertNotIn("log_talk", arch)

    def test_contact_of_another_company(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        bob = self.customer("Bob", company_id=other.id)
        values = {"partner_id": bob.id, "kind": "call"}
        self.assertEqual(self.records.create(values).company_id, other)
        with self.assertRaises(ValidationError):
            self.records.create({**values, "company_id": self.company.id})

    # ------------------------------------------------------------ life of a contact
    def test_merge_and_archive(self):
        bob = self.customer("Bob")
        person = self.customer("Person", is_company=False, parent_id=bob.id)
        same = self.customer("Same person", is_company=False, parent_id=self.ann.id)
        of_bob, of_person = self.talk(bob, next_step="x"), self.talk(person)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((person | same).ids, same)
        self.assertEqual(of_person.partner_id, same)
        self.assertEqual(of_person.commercial_partner_id, self.ann)
        wizard._merge((bob | self.ann).ids, self.ann)
        self.env.invalidate_all()
        self.assertEqual((of_bob | of_person).commercial_partner_id, self.ann)
        self.assertEqual(of_bob.partner_id, self.ann)
        self.assertTrue(of_bob.next_activity_id.active)
        self.ann.active = False
        self.assertEqual(self.ann.retention_interaction_count, 2)

    def test_a_talk_asks_for_a_refresh(self):
        requests = self.env["retention.refresh.request"]
        self.orders(self.ann, 5)
        self.commit_requests()
        for change in (
            lambda: self.talk(),
            lambda: self.records.search([], limit=1).write({"outcome": "no_answer"}),
            lambda: self.records.search([], limit=1).unlink(),
        ):
            self.env.cr.execute("DELETE FROM retention_refresh_request")
            change()
            self.commit_requests()
            self.assertEqual(requests._pending_partner_ids(self.ann.ids), {self.ann.id})
