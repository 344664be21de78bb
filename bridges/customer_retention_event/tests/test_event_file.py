"""Registrations and attendance as contacts, and in the timeline."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.tests.common import AS_OF
from odoo.addons.customer_retention.tests.page_common import OURS, PageCase

from .event_common import EventCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 18:00:00")
class TestEventFile(EventCase, PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The user of the page came before Retention's users of other companies lost their groups.
        cls.user.group_ids |= cls.env.ref(f"{OURS}.group_user")
        cls.past = cls.make_event(20)  # 21 June
        cls.order(cls.firm, "2026-01-05")

    def entries(self, user=None, **options):
        self.env.flush_all()
        timeline = self.as_user(user or self.user, self.env["retention.timeline"])
        return timeline.load(self.firm.id, **options)["entries"]

    def test_last_contact(self):
        self.refresh()
        self.assertEqual(str(self.profile(self.firm).last_interaction_date), "2026-01-05")
        registration = self.register(self.contact, day=10, event=self.past)
        self.refresh()
        self.assertEqual(str(self.profile(self.firm).last_interaction_date), "2026-06-11")
        registration.write({"state": "done", "date_closed": self.moment(20, 15)})
        self.refresh(AS_OF + timedelta(days=1))
        self.assertEqual(str(self.profile(self.firm).last_interaction_date), "2026-06-21")

    def test_no_contact_without_registration(self):
        self.register(self.contact, day=10, event=self.past, state="cancel")
        self.refresh()
        self.assertEqual(str(self.profile(self.firm).last_interaction_date), "2026-01-05")

    def test_lines_of_the_timeline(self):
        registration = self.register(self.contact, day=10, event=self.past, state="done", came=20)
        desk = self.make_user(
            "e_desk",
            f"{OURS}.group_user",
            "sales_team.group_sale_salesman_all_leads",
            "event.group_event_registration_desk",
        )
        [came] = self.entries(desk, kind="event")
        [signed] = self.entries(desk, kind="signup")
        self.assertEqual([came["day"], signed["day"]], ["06/21/2026", "06/11/2026"])
        self.assertEqual(
            (came["title"], came["text"], came["who"]), ("Open house", "Attended", "Bo")
        )
        self.assertEqual((came["res_model"], came["res_id"]), (registration._name, registration.id))
        self.assertNotEqual(came["key"], signed["key"])
        [plain] = self.entries(self.make_user("e_plain", f"{OURS}.group_user"), kind="event")
        self.assertEqual(plain, {**came, "res_id": False})

    def test_procedures_by_who_has_no_right_to_events(self):
        self.assertFalse(self.manager.has_group("event.group_event_registration_desk"))
        library = self.env.ref("customer_retention_event.sop_event_invitation")
        taken = self.as_user(self.manager, library)._take()
        taken.trigger_event_ids = self.event
        self.assertFalse(taken._problems())
        taken.action_start()
        again = self.as_user(self.manager, taken).action_change()["res_id"]
        self.assertEqual(taken.browse(again).trigger_event_ids, self.event)
