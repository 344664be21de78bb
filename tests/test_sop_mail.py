"""Messages of procedures: rendering, languages, sending off, caps, failing servers, bounces."""

import ast
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .sop_common import SopCase


@tagged("post_install", "-at_install")
class TestSopMail(SopCase):
    def test_one_mail_in_the_contacts_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.template.with_context(lang="zh_CN").write(
            {"subject": "{{ object.contact_id.name }}您好", "body_html": "<p>感谢</p>"}
        )
        sop = self.make_sop(self.mail())
        ann, li = self.buyer("Ann"), self.buyer("Li", lang="zh_CN")
        mine = self.enter(sop, ann, li)
        self.tick(0)
        self.assertEqual(self.mails(ann).mapped("subject"), ["Hello Ann"])
        self.assertEqual(self.mails(li).mapped("subject"), ["Li您好"])
        self.assertIn("感谢", self.mails(li).body_html)
        mail = self.mails(ann)
        self.assertEqual((mail.state, mail.auto_delete), ("outgoing", False))
        self.assertEqual((mail.model, mail.res_id), ("retention.enrollment", mine[0].id))
        self.assertIn("o@x.test", mail.email_from)
        self.assertEqual(mine.mapped("state"), ["done", "done"])
        touch = mine.run_ids.touch_id
        self.assertEqual(set(touch.mapped("state")), {"done"})
        self.assertEqual(touch.partner_id, ann | li)

    def test_care_can_be_ended_service_cannot(self):
        for purpose, ends in (("service", False), ("care", True), ("promotion", True)):
            sop = self.make_sop(self.mail(), purpose=purpose)
            partner = self.buyer(purpose)
            self.enter(sop, partner)
            self.tick(0)
            mail = self.mails(partner)
            with self.subTest(purpose=purpose):
                self.assertEqual("/retention/unsubscribe/" in mail.body_html, ends)
                self.assertEqual(bool(mail.headers), ends)
        headers = ast.literal_eval(mail.headers)
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")

    def test_nothing_leaves_before_sending_is_switched_on(self):
        self.company.retention_send = False
        sop = self.make_sop(self.mail())
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertFalse(self.mails(ann))
        touch = mine.run_ids.touch_id
        self.assertEqual((touch.state, touch.reason), ("deferred", "sending_off"))
        self.assertEqual(mine.run_ids.state, "waiting")
        self.company.retention_send = True
        self.tick(2)
        self.assertEqual(len(self.mails(ann)), 1)
        self.assertEqual((touch.state, len(mine.run_ids.touch_id)), ("done", 1))

    def test_held_back_for_too_long(self):
        self.company.retention_send = False
        sop = self.make_sop(self.mail(), self.task(name="Then"))
        mine = self.enter(sop, self.buyer("Ann"))
        for day in range(17):
            self.tick(day, 12)
        run = mine.run_ids[0]
        self.assertEqual((run.state, run.touch_id.state), ("skipped", "skipped"))
        self.assertEqual(run.touch_id.reason, "too_late")
        self.assertEqual(mine.run_ids[1].state, "open")

    def test_thanked_within_24_hours(self):
        """Friday 18:00: at once would be fine; in the evening it waits until Saturday morning."""
        sop = self.make_sop(self.mail(delay_count=4, delay_unit="hours"), trigger="first_purchase")
        ann = self.buyer("Ann", self.moment(4, 18))
        self.fresh(ann, 4, 18.1)
        for hour in (22.2, 23):
            self.tick(4, hour)
        self.assertFalse(self.mails(ann))
        self.tick(5, 8)
        self.assertEqual(len(self.mails(ann)), 1)
        self.assertEqual(self.of(sop).run_ids.done_at, self.moment(5, 8))

    def test_care_waits_for_the_weekend_to_pass(self):
        sop = self.make_sop(self.mail(), purpose="care")
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann, days=5, hour=10)
        self.tick(5, 10)
        self.assertFalse(self.mails(ann))
        self.assertEqual(mine.run_ids.touch_id.reason, "rest_day")
        self.assertEqual(mine.run_ids.due_at, self.moment(7, 9))

    def test_cap_of_two_procedures(self):
        """A customer of less than 90 days: one care touch a week."""
        ann = self.buyer("Ann", "2026-05-20")
        self.night(0)
        for _number in range(2):
            self.enter(self.make_sop(self.mail(), purpose="care"), ann)
        self.tick(0)
        self.assertEqual(len(self.mails(ann)), 1)
        for day in (6, 7):
            self.tick(day, 9)
            self.assertEqual(len(self.mails(ann)), 1 if day == 6 else 2)

    def test_hourly_cap(self):
        self.company.retention_mail_per_hour = 3
        sop = self.make_sop(self.mail())
        partners = [self.buyer(name) for name in "ABCDEFG"]
        self.enter(sop, *partners, hour=10)
        counts = []
        for hour in (10, 10.5, 11, 12):
            self.tick(0, hour)
            counts.append(sum(len(self.mails(p)) for p in partners))
        self.assertEqual(counts, [3, 3, 6, 7])

    def test_opted_out_ends_that_purpose_at_once(self):
        care = self.make_sop(self.mail(delay_count=1), purpose="care")
        service = self.make_sop(self.mail(delay_count=1), purpose="service")
        ann = self.buyer("Ann")
        one, two = self.enter(care, ann), self.enter(service, ann)
        self.env["retention.optout"]._opt_out(ann, self.company, "care", "person")
        self.assertEqual((one.state, one.exit_reason), ("left", "opted_out"))
        self.tick(2, 9)
        self.assertEqual(len(self.mails(ann)), 1)
        self.assertEqual(two.state, "done")

    def test_one_poisoned_customer_does_not_stop_the_others(self):
        """A text that fails for one contact: that one needs attention, all others got it."""
        template = self.make_template("<p><t t-out='1 / (len(object.contact_id.name) - 3)'/></p>")
        sop = self.make_sop(self.mail(template_id=template.id))
        names = ["Al", "Bo", "Ann", "Dora", "Emil"]
        partners = [self.buyer(name) for name in names]
        mine = self.enter(sop, *partners)
        self.tick(0)
        self.assertEqual([len(self.mails(p)) for p in partners], [1, 1, 0, 1, 1])
        poisoned = mine[2]
        self.assertEqual((poisoned.state, poisoned.run_ids.state), ("stuck", "failed"))
        self.assertTrue(poisoned.error)
        self.assertEqual(sop.step_ids.failed_count, 1)
        partners[2].name = "Anna"
        with self.at(1):
            poisoned.with_user(self.manager).action_retry()
        self.tick(1)
        self.assertEqual((poisoned.state, len(self.mails(partners[2]))), ("done", 1))

    def test_deleted_text_and_goes_on_when_told_so(self):
        template = self.make_template()
        sop = self.make_sop(
            self.mail(template_id=template.id, on_failure="skip"), self.task(name="Then")
        )
        stop = self.make_sop(self.mail(template_id=template.id))
        ann = self.buyer("Ann")
        one, two = self.enter(sop, ann), self.enter(stop, ann)
        template.unlink()
        self.tick(0)
        self.assertEqual(one.run_ids.mapped("state"), ["skipped", "open"])
        self.assertEqual(two.state, "stuck")
        self.assertIn("was deleted", two.error)

    def test_without_an_address(self):
        sop = self.make_sop(self.mail(), self.task(name="Then"))
        ann = self.buyer("Ann", email=False)
        mine = self.enter(sop, ann)
        self.tick(0)
        self.assertEqual(mine.run_ids.mapped("state"), ["skipped", "open"])
        self.assertEqual(mine.run_ids[0].result, "No address for it")

    # ------------------------------------------------------------ on the way
    def send(self, day, hour, works):
        """Let Odoo's mail queue try, with a server that works or not."""
        servers, sent = type(self.env["ir.mail_server"]), []

        def connect(*args, **kwargs):
            if not works:
                raise OSError("Connection refused")

        def send_email(model, message, *args, **kwargs):
            sent.append(message["To"])
            return message["Message-Id"]

        with (
            patch.object(servers, "_disable_send", lambda model: False),
            patch.object(servers, "_connect__", connect),
            patch.object(servers, "send_email", send_email),
            self.at(day, hour),
        ):
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        return sent

    def watch(self, day, hour):
        with self.at(day, hour):
            self.runs._watch_mails(self.company, self.moment(day, hour))

    def test_server_down_for_a_day(self):
        """Every mail goes once."""
        sop = self.make_sop(self.mail())
        partners = [self.buyer(name) for name in "ABC"]
        mine = self.enter(sop, *partners)
        self.tick(0)
        sent = []
        for quarter in range(4 * 30):
            day, hour = divmod(9 + quarter / 4, 24)
            sent += self.send(day, hour, works=quarter > 4 * 24)
            self.watch(day, hour)
        self.assertEqual(len(sent), 3)
        self.assertEqual(set(mine.run_ids.mail_id.mapped("state")), {"sent"})
        self.assertEqual(set(mine.mapped("state")), {"done"})
        self.assertGreater(mine.run_ids[0].mail_tries, 3)

    def test_server_never_comes_back(self):
        sop = self.make_sop(self.mail(), self.task(delay_count=20))
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        for hours in range(9, 9 + 24 * 6, 2):
            day, hour = divmod(hours, 24)
            self.send(day, hour, works=False)
            self.watch(day, hour)
        self.assertEqual((mine.state, mine.run_ids[0].state), ("stuck", "failed"))
        self.assertIn("refused", mine.error)
        self.assertEqual(mine.run_ids[0].touch_id.state, "failed")

    def test_a_bounce_stops_further_mails(self):
        sop = self.make_sop(self.mail(), self.mail(delay_count=1))
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann)
        self.tick(0)
        ann.message_bounce = 1
        mine._message_receive_bounce(ann.email, ann)
        self.tick(1)
        self.assertEqual(len(self.mails(ann)), 1)
        self.assertEqual(mine.run_ids.mapped("state"), ["done", "skipped"])
        self.assertEqual(mine.run_ids.touch_id.mapped("state"), ["failed", "skipped"])

    def test_leaving_calls_off_what_has_not_left(self):
        sop = self.make_sop(self.mail(), {"type": "wait", "delay_count": 9})
        ann = self.buyer("Ann")
        mine = self.enter(sop, ann)
        self.tick(0)
        mine.with_user(self.manager).action_leave()
        self.assertEqual(self.mails(ann).state, "cancel")
        self.assertEqual((mine.exit_reason, mine.live), ("hand", False))

    def test_an_answer_is_a_response(self):
        sop = self.make_sop(self.mail(), {"type": "wait", "delay_count": 9}, goal="reply")
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        with self.at(2):
            colleague = self.owner.partner_id.id
            mine.message_update({"date": "2026-06-02 10:00:00", "author_id": colleague})
            self.assertFalse(mine.replied_on)
            mine.message_update({"date": "2026-06-03 10:00:00"})
        self.assertEqual(str(mine.replied_on), "2026-06-03")
        self.assertEqual((mine.state, mine.exit_reason), ("left", "goal"))

    # ------------------------------------------------------------ the preferred way
    def ways(self, **preferences):
        """Return how contacts with these preferences are contacted."""
        sop = self.make_sop({"type": "contact", "template_id": self.template.id})
        partners = {}
        for name, (channel, values) in preferences.items():
            partners[name] = self.buyer(name, **values)
            if channel:
                self.env["retention.preference"].create(
                    {
                        "partner_id": partners[name].id,
                        "company_id": self.company.id,
                        "channel": channel,
                    }
                )
        mine = self.enter(sop, *partners.values())
        self.tick(0)
        return {e.partner_id.name: e.run_ids.channel for e in mine}, mine

    def test_by_the_preferred_way(self):
        found, mine = self.ways(
            Mail=("mail", {}),
            Chat=("wechat", {}),
            Phone=("call", {}),
            Mute=("call", {"phone": False}),
            Nothing=(False, {"email": False}),
        )
        self.assertEqual(
            found,
            {
                "Mail": "mail",
                "Chat": "wechat",
                "Phone": "call",
                "Mute": "mail",
                "Nothing": "wechat",
            },
        )
        chat = mine.filtered(lambda e: e.partner_id.name == "Chat")
        self.assertIn("Hello Chat", self.tasks(chat).note)
        self.assertIn("o_retention_text", self.tasks(chat).note)
        self.assertEqual(chat.run_ids.touch_id.channel, "wechat")

    def test_without_a_mail_server_a_person_writes(self):
        self.env["ir.mail_server"].search([]).unlink()
        found, mine = self.ways(Mail=("mail", {}))
        self.assertEqual(found, {"Mail": "wechat"})
        self.assertEqual(self.tasks(mine).user_id, self.owner)

    def test_try_on_me(self):
        sop = self.make_sop(self.mail(), self.task(), start=None)
        step = sop.step_ids[0].with_user(self.manager)
        domain = [("partner_ids", "in", self.manager.partner_id.ids)]
        before = self.env["mail.message"].search_count(domain)
        step.action_test_on_me()
        self.assertEqual(self.env["mail.message"].search_count(domain), before + 1)
        self.assertFalse(self.of(sop))
        self.assertRefused(UserError, "no text", sop.step_ids[1].action_test_on_me)
