"""Outside events, steps of procedures and content sent on the timeline and the page."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .event_common import NOW, EventCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTimelineEvent(EventCase):
    def load(self, **options):
        self.env.flush_all()
        return self.as_user(self.user, self.env["retention.timeline"]).load(self.firm.id, **options)

    def entries(self, kind="outside"):
        return self.load(kind=kind)["entries"]

    def test_use_is_told_once_a_day_and_thing(self):
        noon = datetime(2026, 6, 20, 12)
        self.event(moment=noon - timedelta(hours=2))
        last = self.event(self.contact, moment=noon, note="From home")
        search = self.event(kind="feature", name="Search", moment=noon - timedelta(hours=1))
        before = self.event(moment=noon - timedelta(days=1))
        found = self.entries()
        self.assertEqual([e["res_id"] for e in found], [last.id, search.id, before.id])
        self.assertEqual(
            [(e["title"], e["text"], e["who"]) for e in found[:2]],
            [("Login", "From home", "Bo"), ("Feature used · Search", "Entered by hand", "")],
        )

    def test_days_are_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        self.event(moment=datetime(2026, 6, 20, 15, 59))
        self.event(moment=datetime(2026, 6, 20, 16, 0))  # the next day there
        self.assertEqual([e["day"] for e in self.entries()], ["06/21/2026", "06/20/2026"])

    def test_feedback_and_the_rest_are_told_one_by_one(self):
        day = datetime(2026, 6, 20, 12)
        wanted = self.events
        for kind in ("review", "social", "other"):
            for name in ("One", "Two"):
                wanted |= self.event(kind=kind, name=name, moment=day, sentiment="negative")
        found = self.entries()
        self.assertEqual({e["res_id"] for e in found}, set(wanted.ids))
        self.assertEqual(len(found), 6)
        self.assertIn("Review · One · Negative", [e["title"] for e in found])

    def test_content_that_was_sent(self):
        content = self.env["retention.content"].create({"name": "Ten tips", "kind": "tip"})
        self.env["retention.content.sent"]._note_sent(
            self.company, [(content.id, self.firm.id, self.contact.id)], AS_OF
        )
        [entry] = self.entries("content")
        self.assertEqual(
            (entry["title"], entry["text"], entry["who"]), ("Ten tips", "Practical tip", "Bo")
        )

    def test_steps_that_are_neither_touch_nor_task(self):
        sop = self.env["retention.sop"].create(
            {
                "name": "Care",
                "company_id": self.company.id,
                "step_ids": [(0, 0, {"name": "Note the level", "type": "activity"})],
            }
        )
        enrollment = self.env["retention.enrollment"].create(
            {
                "sop_id": sop.id,
                "root_id": sop.id,
                "partner_id": self.firm.id,
                "contact_id": self.contact.id,
                "company_id": self.company.id,
                "anchor_date": AS_OF,
                "entered_on": AS_OF,
                "user_id": self.user.id,
            }
        )
        values = {
            "enrollment_id": enrollment.id,
            "step_id": sop.step_ids.id,
            "due_at": NOW,
            "first_due_at": NOW,
        }
        runs = self.env["retention.sop.step.run"].create(
            [
                {**values, "number": number, "state": state, "done_at": NOW, **more}
                for number, (state, more) in enumerate(
                    (
                        ("done", {"result": "Noted"}),
                        ("done", {"channel": "mail"}),
                        ("skipped", {}),
                    ),
                    10,
                )
            ]
        )
        [entry] = self.entries("step")
        self.assertEqual(entry["res_id"], runs[0].id)
        self.assertEqual((entry["title"], entry["text"]), ("Care · Note the level", "Noted"))

    # ---------------------------------------------------------------- the page
    def blocks(self):
        self.env.flush_all()
        found = self.as_user(self.user, self.firm).retention_file()
        return {block["key"]: block for block in found}

    def test_what_was_heard_and_what_hurts_on_the_page(self):
        self.event()
        self.event(self.contact, kind="review", name="Pump", sentiment="negative", note="Late")
        pain = self.env["retention.pain"].create({"name": "Leaks", "company_id": self.company.id})
        link = self.env["retention.pain.link"].create(
            {"pain_id": pain.id, "partner_id": self.contact.id, "note": "After a week"}
        )
        [entry] = self.blocks()["event"]["entries"]
        self.assertEqual((entry["title"], entry["badge"]), ("Review · Pump", "Negative"))
        self.assertIn("Late · Bo", entry["note"])
        [entry] = self.blocks()["pain"]["entries"]
        self.assertEqual(
            (entry["title"], entry["badge"], entry["note"]),
            ("Leaks", "Not looked at", "After a week · Bo"),
        )
        link.action_told()
        self.assertEqual(self.blocks()["pain"]["entries"], [])

    # ---------------------------------------------------------------- cost
    def test_as_many_queries_with_thousands_of_everything_as_with_twenty(self):
        order, message = self.order(self.firm, NOW), self.message()
        login = self.event(moment=NOW, source="app")
        review = self.event(kind="review", moment=NOW, source="stars")
        case = self.env["retention.case"].create(
            {"name": "Late", "partner_id": self.contact.id, "company_id": self.company.id}
        )
        self.refresh()

        def grow(orders, requests, messages, events):
            self.multiply_orders(order, orders)
            self.multiply(case, requests, "opened_at", reminder_id=None)
            self.multiply(message, messages, "date")
            self.multiply(login, events, "moment")
            self.multiply(review, events // 10, "moment")

        grow(19, 19, 19, 19)
        few = [self.queries(call) for call in (self.load, self.page, self.blocks)]
        grow(1980, 280, 4980, 4980)
        many = [self.queries(call) for call in (self.load, self.page, self.blocks)]
        self.assertEqual(many, few)
        self.assertLessEqual(self.queries(lambda: self.load(kind="outside")), few[0])
