"""Inviting to an event, from the invitation to the call after it."""

from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START

from .event_common import EVENT_DAY, EventCase


@tagged("post_install", "-at_install")
class TestEventSop(EventCase):
    def invitation(self, **values):
        return {
            "type": "event_invite",
            "template_id": self.template.id,
            "delay_from": "anchor",
            "delay_count": -21,
            **values,
        }

    def upcoming(self, *steps, **values):
        return self.make_sop(
            *steps,
            trigger="event",
            trigger_event_state="upcoming",
            trigger_event_ids=self.event.ids,
            trigger_days=-21,
            **values,
        )

    # ------------------------------------------------------------ the library's procedure
    def test_event_invitation_of_the_library(self):
        sop = self.env.ref("customer_retention_event.sop_event_invitation")._take()
        sop.trigger_event_ids = self.event
        self.assertEqual(sop._problems(), [])
        sop._start(START)
        long_ago = START - timedelta(days=300)
        ann, bo = self.buyer("Ann", long_ago, amount=1000), self.buyer("Bo", long_ago, amount=900)
        core, small = self.buyer("Di", long_ago, amount=800), self.buyer("Cy", long_ago, amount=10)
        self.night(16)
        self.tick(16, 9)
        self.tick(16, 10)
        came = self.register(ann, day=20)
        self.register(bo, day=21)
        self.tick(34, 10)
        self.attend(came)
        self.tick(38, 10)
        invited = [("Invitation", 16, 10, "done"), ("Are they registered?", 34, 10, "done")]
        reminded = [*invited, ("Reminder", 34, 10, "done"), ("Did they come?", 38, 10, "done")]
        asked = ("Core customer who did not come?", 38, 10, "done")
        logs = {partner: self.log(self.of(sop, partner)) for partner in (ann, bo, core, small)}
        self.assertEqual(logs[ann], [*reminded, ("Thanks, and a question", 38, 10, "done"), asked])
        self.assertEqual(logs[bo][:-1], [*reminded, asked])
        self.assertEqual(logs[core][:-1], logs[small])
        for partner in (bo, core):
            step, _day, _hour, state = logs[partner][-1]
            self.assertEqual((step, state), ("Call: we missed you", "open"))
        self.assertEqual(logs[small], [*invited, ("Did they come?", 38, 10, "done"), asked])
        self.assertEqual(self.of(sop, small).state, "done")
        calls = self.tasks(self.of(sop))
        self.assertEqual(
            sorted(calls.mapped("summary")), ["Call: we missed you", "Call: we missed you"]
        )
        subjects = self.mails(ann).mapped("subject")
        self.assertEqual(
            subjects,
            [
                "You are invited: Open house",
                "See you soon: Open house",
                "Thank you for coming: Open house",
            ],
        )
        when = r"Wednesday, July 8, 2026, 2:00\sPM"
        self.assertRegex(self.mails(ann)[0].body_html, when)
        self.assertEqual(self.of(sop, ann).invited_on, START + timedelta(days=16))

    # ------------------------------------------------------------ the invitation
    def test_nobody_is_invited_who_is_registered(self):
        sop = self.upcoming(self.invitation(), purpose="promotion")
        ann, bo = self.buyer("Ann", START), self.buyer("Bo", START)
        self.register(ann, day=3)
        self.night(16)
        self.tick(16, 9)
        run = self.of(sop, ann).run_ids
        self.assertEqual((run.state, run.result), ("skipped", "Registered already"))
        self.assertFalse(self.touches.search([("partner_id", "=", ann.id)]))
        self.assertFalse(self.of(sop, ann).invited_on)
        self.assertEqual(len(self.mails(bo)), 1)
        touch = self.touches.search([("partner_id", "=", bo.id)])
        self.assertEqual((touch.state, touch.purpose), ("done", "promotion"))

    def test_nobody_is_invited_once_it_has_begun(self):
        sop = self.make_sop(
            self.invitation(event_id=self.event.id, delay_from="previous", delay_count=0)
        )
        ann = self.buyer("Ann", START)
        self.night(EVENT_DAY)
        self.enter(sop, ann, days=EVENT_DAY, hour=15)
        self.tick(EVENT_DAY, 15)
        self.assertEqual(self.of(sop).run_ids.result, "The event has begun")
        self.assertFalse(self.mails(ann))

    def test_without_mail_it_is_a_task(self):
        sop = self.upcoming(self.invitation())
        ann = self.buyer("Ann", START, email=False)
        self.night(16)
        self.tick(16, 9)
        self.assertEqual(self.tasks(self.of(sop, ann)).activity_type_id.icon, "fa-weixin")

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.event.with_context(lang="zh_CN").name = "开放日"
        body = "<p><t t-out='object.event_name'/>|<t t-out='object.event_date_text'/></p>"
        self.template.body_html = body
        self.upcoming(self.invitation())
        ann, bo = self.buyer("Ann", START, lang="zh_CN"), self.buyer("Bo", START)
        self.night(16)
        self.tick(16, 9)
        self.assertIn("开放日|2026年7月8日星期三", self.mails(ann).body_html)
        self.assertIn("Open house|Wednesday", self.mails(bo).body_html)
        other = self.enter(self.make_sop(self.task()), bo)
        self.assertEqual((other.event_name, other.event_link), (False, False))

    # ------------------------------------------------------------ the event changes
    def test_steps_follow_an_event_that_is_moved(self):
        sop = self.upcoming(
            self.invitation(), self.mail(delay_from="anchor", delay_count=2), self.task()
        )
        ann = self.buyer("Ann", START)
        self.night(16)
        self.tick(16, 9)
        waiting = self.of(sop, ann).run_ids.filtered(lambda run: run.state == "waiting")
        self.assertEqual(waiting.due_at, self.moment(EVENT_DAY + 2, 9))
        with self.at(17):
            self.event.write({"date_begin": self.moment(45, 14), "date_end": self.moment(46, 14)})
        self.assertEqual(waiting.due_at, self.moment(48, 9))

    def test_an_event_that_is_cancelled_ends_it(self):
        sop = self.upcoming(self.invitation(), self.mail(delay_from="anchor", delay_count=-3))
        ann = self.buyer("Ann", START)
        self.night(16)
        self.tick(16, 9)
        self.event.kanban_state = "cancel"
        self.tick(34, 9)
        mine = self.of(sop, ann)
        self.assertEqual((mine.state, mine.exit_reason), ("left", "event_off"))
        self.assertEqual(len(self.mails(ann)), 1)

    def test_an_event_put_away_after_it_was_over_does_not(self):
        sop = self.upcoming(self.invitation(), self.mail(delay_from="anchor", delay_count=2))
        ann = self.buyer("Ann", START)
        self.night(16)
        self.tick(16, 9)
        self.event.active = False
        self.tick(EVENT_DAY + 2, 9)
        self.assertEqual(len(self.mails(ann)), 2)
        self.assertEqual(self.of(sop, ann).state, "done")
