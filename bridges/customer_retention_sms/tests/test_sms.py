"""Steps that write to customers by SMS: once, in their language, past the gate, or not at all."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.tests.sop_common import START, SopCase
from odoo.addons.sms.tools.sms_api import SmsApi

SLACK = 6  # an insert more per some rows


@tagged("post_install", "-at_install")
class TestSms(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sms_template = cls.env["sms.template"].create(
            {
                "name": "Short",
                "model_id": cls.env["ir.model"]._get_id("retention.enrollment"),
                "body": "Hello {{ object.contact_id.name }}",
            }
        )
        cls.numbers = iter(range(10, 99))

    @classmethod
    def buyer(cls, name="Ann", *days, **values):
        values.setdefault("phone", f"+86 139 1234 56{next(cls.numbers)}")
        return super().buyer(name, *days, **values)

    @classmethod
    def sms(cls, **values):
        return {"type": "sms", "sms_template_id": cls.sms_template.id, **values}

    def sent(self, *partners):
        ids = [partner.id for partner in partners]
        return self.env["sms.sms"].search([("partner_id", "in", ids)], order="id")

    def provider(self, state="success", **more):
        """Let Odoo's queue run against a provider that answers ``state`` to everything."""

        def answer(_api, messages, delivery_reports_url=False):
            return [
                {"uuid": number["uuid"], "state": state, **more}
                for message in messages
                for number in message["numbers"]
            ]

        queue = self.env["sms.sms"].search([("state", "=", "outgoing")])
        with patch.object(SmsApi, "_send_sms_batch", answer):
            queue._send()
        self.env.invalidate_all()

    def watch(self, days=0, hour=10.0):
        with self.at(days, hour):
            self.assertEqual(self.runs._watched_companies(), self.company)
            self.runs._watch_mails(self.company, self.moment(days, hour))
        self.env.invalidate_all()

    # ------------------------------------------------------------ sending
    def test_queued_once(self):
        """One SMS each in Odoo's queue, seen on the enrollment; nothing leaves by itself."""
        sop = self.make_sop(self.sms())
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        mine = self.enter(sop, ann, bob)
        self.assertEqual(self.tick(0), 2)
        self.assertEqual(self.tick(0), 0)
        self.assertEqual(self.tick(1), 0)
        sent = self.sent(ann, bob)
        self.assertEqual(sent.mapped("body"), ["Hello Ann", "Hello Bob"])
        self.assertEqual(set(sent.mapped("state")), {"outgoing"})
        self.assertEqual(sent[0].number, ann.phone.replace(" ", ""))
        self.assertEqual(mine.mapped("state"), ["done", "done"])
        message = mine[0].message_ids.filtered(lambda m: m.message_type == "sms")
        self.assertEqual(message, sent[0].mail_message_id)
        self.assertIn("Hello Ann", message.body)
        self.assertIn("Hello Ann", mine[0].run_ids._shown_text()[1])
        touch = mine[0].run_ids.touch_id
        self.assertEqual(
            (touch.channel, touch.state, touch.automatic, touch.message_id),
            ("sms", "done", True, message),
        )

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.sms_template.with_context(lang="fr_FR").body = "Bonjour {{ object.contact_id.name }}"
        ann, luc = self.buyer("Ann"), self.buyer("Luc", lang="fr_FR")
        self.enter(self.make_sop(self.sms()), ann, luc)
        self.tick(0)
        self.assertEqual(self.sent(ann, luc).mapped("body"), ["Hello Ann", "Bonjour Luc"])

    def test_care_can_be_ended_by_the_reader(self):
        ann = self.buyer("Ann", START)
        self.enter(self.make_sop(self.sms(), purpose="care"), ann)
        self.tick(0)
        self.assertIn("/retention/unsubscribe/", self.sent(ann).body)

    def test_a_poisoned_customer_stops_nobody_else(self):
        self.sms_template.body = "Hello {{ object.contact_id.ref[0] }}"
        buyers = [self.buyer(f"C{n}", ref="R" if n != 3 else False) for n in range(6)]
        mine = self.enter(self.make_sop(self.sms()), *buyers)
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.tick(0)
        states = ["stuck" if n == 3 else "done" for n in range(6)]
        self.assertEqual(mine.mapped("state"), states)
        self.assertTrue(mine[3].error)
        self.assertEqual(len(self.sent(*buyers)), 5)

    def test_a_deleted_template(self):
        mine = self.enter(self.make_sop(self.sms()), self.buyer("Ann"))
        self.sms_template.unlink()
        self.tick(0)
        self.assertEqual(mine.state, "stuck")
        self.assertIn("was deleted", mine.error)

    def test_something_missing(self):
        sop = self.make_sop({"type": "sms"}, start=None)
        self.assertEqual(sop._problems(), ["Step 1: Fill in: SMS Text."])

    def test_templates_can_be_written_for_enrollments(self):
        models = self.env["ir.model"].search([("is_mail_thread_sms", "=", True)])
        self.assertIn("retention.enrollment", models.mapped("model"))

    def test_constant_number_of_queries(self):
        counts = []
        for count in (2, 2, 30):  # the first fills what is cached for good
            sop = self.make_sop(self.sms())
            self.enter(sop, *(self.buyer(f"C{n}") for n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.tick(0), count)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + SLACK)

    # ------------------------------------------------------------ the gate
    def test_held_back_until_sending_is_on(self):
        self.company.retention_send = False
        ann = self.buyer("Ann")
        mine = self.enter(self.make_sop(self.sms()), ann)
        self.tick(0)
        self.assertFalse(self.sent(ann))
        self.assertEqual(
            (mine.run_ids.state, mine.run_ids.touch_id.reason), ("waiting", "sending_off")
        )

    def test_blacklisted_or_without_a_number(self):
        ann, bob = self.buyer("Ann"), self.buyer("Bob", phone=False)
        self.env["phone.blacklist"].create({"number": ann.phone_sanitized})
        mine = self.enter(self.make_sop(self.sms()), ann, bob)
        self.tick(0)
        self.assertFalse(self.sent(ann, bob))
        touches = self.touches.search([("partner_id", "in", (ann | bob).ids)], order="partner_id")
        self.assertEqual(touches.mapped("reason"), ["blacklisted", "no_address"])
        self.assertEqual(mine.run_ids.mapped("state"), ["skipped", "skipped"])

    # ------------------------------------------------------------ by the preferred way
    def contact(self, **values):
        return {"type": "contact", "template_id": self.template.id, **values}

    def prefer_sms(self, partner):
        self.env["retention.preference"].create(
            {"partner_id": partner.id, "company_id": self.company.id, "channel": "sms"}
        )

    def test_preferred_way(self):
        """Who prefers SMS gets the plain text; the step's own short text goes before it."""
        ann, bob, cem = self.buyer("Ann"), self.buyer("Bob"), self.buyer("Cem")
        self.prefer_sms(ann)
        self.prefer_sms(bob)
        self.enter(self.make_sop(self.contact()), ann, cem)
        self.enter(self.make_sop(self.contact(sms_template_id=self.sms_template.id)), bob)
        self.sms_template.body = "Hi"
        self.tick(0)
        self.assertEqual(self.sent(ann).body, "Hello Ann")
        self.assertEqual(self.sent(bob).body, "Hi")
        self.assertFalse(self.sent(cem))
        self.assertEqual(len(self.mails(cem)), 1)
        self.assertFalse(self.mails(ann | bob))

    def test_preferred_way_while_nothing_may_be_sent(self):
        """A person writes instead."""
        self.company.retention_send = False
        ann = self.buyer("Ann")
        self.prefer_sms(ann)
        mine = self.enter(self.make_sop(self.contact()), ann)
        self.tick(0)
        self.assertFalse(self.sent(ann))
        self.assertIn("Hello Ann", self.tasks(mine).note)

    # ------------------------------------------------------------ what becomes of it
    def test_delivered(self):
        mine = self.enter(self.make_sop(self.sms()), self.buyer("Ann"))
        self.tick(0)
        self.provider()
        self.assertFalse(self.runs._watched_companies())
        notice = mine.run_ids.sudo().sms_notification_id
        self.assertEqual(notice.notification_status, "pending")

    def test_refused_by_the_provider(self):
        ann = self.buyer("Ann")
        mine = self.enter(self.make_sop(self.sms(), self.task(delay_count=2)), ann)
        self.tick(0)
        self.provider("insufficient_credit")
        self.watch()
        run = mine.run_ids.filtered(lambda r: r.type == "sms")
        self.assertEqual((run.state, run.touch_id.state), ("failed", "failed"))
        self.assertIn("Insufficient Credit", run.error)
        self.assertEqual(mine.state, "stuck")
        self.assertFalse(self.runs._watched_companies())

    def test_comes_back_days_later(self):
        """The provider's report arrives when Odoo has long forgotten the SMS."""
        mine = self.enter(self.make_sop(self.sms()), self.buyer("Ann"))
        self.tick(0)
        uuid = self.sent(mine.partner_id).uuid
        self.provider()
        self.sent(mine.partner_id).unlink()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", uuid)])
        tracker._action_update_from_provider_error("invalid_destination")
        self.watch(3)
        self.assertEqual(mine.run_ids.state, "failed")
        self.assertEqual(mine.run_ids.touch_id.state, "failed")

    def test_called_off_when_the_customer_leaves(self):
        ann = self.buyer("Ann")
        mine = self.enter(self.make_sop(self.sms(), self.task(delay_count=2)), ann)
        self.tick(0)
        with self.at(0, 10):
            mine.action_leave()
        self.assertEqual(self.sent(ann).state, "canceled")

    # ------------------------------------------------------------ access
    def test_access(self):
        sop = self.make_sop(self.sms())
        mine = self.enter(sop, self.buyer("Ann"))
        self.tick(0)
        step = sop.step_ids.with_user(self.manager)
        self.assertEqual(step.sms_template_id.body, "Hello {{ object.contact_id.name }}")
        run = mine.run_ids.with_user(self.manager)
        self.assertEqual(run.result, "SMS queued")
        with self.assertRaises(AccessError):
            run.sms_notification_id.read()
        with self.assertRaises(AccessError):
            self.env["sms.sms"].with_user(self.manager).create({"number": "1", "body": "x"})
