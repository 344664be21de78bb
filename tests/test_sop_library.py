"""The library: every entry works as it is, and what customers read is fit to be sent."""

import re
from datetime import timedelta
from itertools import pairwise

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .sop_common import START, SopCase

# What we know of customers is not what we tell them.
INTERNAL = re.compile(r"\b(risk|scores?|churn\w*|tiers?)\b|风险|流失|评分", re.IGNORECASE)
CUT_OPEN = re.compile(r"\{\{|\}\}|\bFalse\b|\bNone\b|t-out|\[[^\]\d]|%\(|\(\s*\)|（\s*）")


@tagged("post_install", "-at_install")
class TestSopLibrary(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        # Those of bridges have tests of their own.
        names = cls.env["ir.model.data"].search(
            [("module", "=", "customer_retention"), ("model", "=", "retention.sop")]
        )
        cls.entries = cls.sops.browse(names.mapped("res_id")).filtered("is_library")
        assert len(cls.entries) >= 35, "the library is not what these tests walk"

    def entry(self, name):
        return self.env.ref(f"customer_retention.sop_{name}")

    # ------------------------------------------------------------ as it is
    def test_every_entry_works_as_it_is(self):
        self.assertEqual(len(set(self.entries.mapped("code"))), len(self.entries))
        for entry in self.entries:
            with self.subTest(entry=entry.code):
                self.assertEqual(entry._problems(), [])
                self.assertEqual(entry.state, "draft")
                self.assertTrue(entry.is_library)
                self.assertTrue(entry.description)

    def test_every_moment_of_the_relationship_is_served(self):
        moments = dict(self.sops._fields["touchpoint"].selection)
        self.assertEqual(set(self.entries.mapped("touchpoint")), set(moments))

    def test_every_entry_starts_with_one_click(self):
        """In a company without a mail server, with nothing set up."""
        self.env["ir.mail_server"].search([]).active = False
        company = self.make_company("Fresh")
        here = self.entries.with_context(allowed_company_ids=company.ids).with_company(company)
        for entry in here:
            with self.subTest(entry=entry.code):
                mine = self.sops.browse(entry.action_take_and_start()["res_id"])
                self.assertEqual((mine.state, mine.company_id), ("active", company))
                self.assertEqual(len(mine.step_ids), len(entry.step_ids))
                self.assertLessEqual(mine.step_ids.else_step_id, mine.step_ids)

    def test_nothing_depends_on_a_mail_server(self):
        self.assertNotIn("mail", self.entries.step_ids.mapped("type"))

    def test_tasks_say_what_to_do(self):
        by_people = self.entries.step_ids.filtered(lambda s: s._kind().person)
        self.assertTrue(by_people)
        for step in by_people:
            with self.subTest(step=step.name):
                self.assertTrue(html2plaintext(step.note or ""))
                self.assertTrue(step.minutes)

    def test_at_most_every_second_touch_is_promotional(self):
        for entry in self.entries:
            steps = entry.step_ids.sorted(lambda step: step._place())
            touches = steps.filtered(lambda s: s._kind().automatic or s.channel)
            sells = [step._touch_purpose() == "promotion" for step in touches]
            with self.subTest(entry=entry.code):
                self.assertLessEqual(sum(sells) * 2, len(sells))
                self.assertFalse([pair for pair in pairwise(sells) if all(pair)])

    # ------------------------------------------------------------ what customers read
    def readers(self):
        """Return enrollments of a person and a company, each in both languages."""
        sop = self.make_sop(self.task())
        found = {}
        for lang, name in (("en_US", "Ann Lee"), ("zh_CN", "王小明")):
            firm = self.buyer(f"Firm {lang}", START, lang=lang)
            person = self.customer(name, is_company=False, parent_id=firm.id, lang=lang)
            found[lang] = self.enter(sop, firm, person)
        self.refresh(START)
        return found

    def rendered(self, template, enrollment, lang):
        worded = template.with_context(template_preview_lang=lang, retention_to_customer=True)
        names = ("subject", "body_html", "email_from")
        return worded._generate_template(enrollment.ids, names)[enrollment.id]

    def test_texts(self):
        for lang, enrollments in self.readers().items():
            for template in self.entries.step_ids.template_id:
                for enrollment in enrollments:
                    with self.subTest(lang=lang, text=template.name, to=enrollment.contact_id.name):
                        self.check_text(self.rendered(template, enrollment, lang), enrollment)

    def check_text(self, text, enrollment):
        plain = html2plaintext(text["body_html"])
        for part in (text["subject"], plain):
            self.assertTrue(part.strip())
            self.assertFalse(CUT_OPEN.search(part), part)
            self.assertFalse(INTERNAL.search(part), part)
            self.assertNotIn("!", part)
        lines = [line for line in plain.splitlines() if line.strip()]
        self.assertEqual(lines[0], enrollment.salutation)
        self.assertEqual(lines[-2:], [self.owner.name, self.company.name])
        self.assertIn(self.owner.email, text["email_from"])

    def test_texts_without_a_purchase_or_news(self):
        """There is always a reason to write, also where nothing is known."""
        self.env["retention.content"].search([]).active = False
        stranger = self.customer("Bo Berg", is_company=False, user_id=self.owner.id)
        mine = self.enter(self.make_sop(self.task()), stranger)
        self.assertFalse(mine.last_product_text or mine.news_html or mine.guide_links_html)
        for template in self.entries.step_ids.template_id:
            with self.subTest(text=template.name):
                text = self.rendered(template, mine, "en_US")
                self.check_text(text, mine)
                self.assertGreater(len(html2plaintext(text["body_html"]).split()), 50)

    def test_texts_are_kept_after_sending(self):
        templates = self.entries.step_ids.template_id
        self.assertTrue(templates)
        for template in templates:
            with self.subTest(text=template.name):
                self.assertFalse(template.auto_delete)
                self.assertEqual(template.lang, "{{ object.contact_id.lang }}")

    # ------------------------------------------------------------ a few, worked out by hand
    def take(self, name, start=START):
        sop = self.sops.browse(self.entry(name).action_take()["res_id"])
        sop._start(start)
        return sop

    def test_a_friday_evening_purchase_is_thanked_within_24_hours(self):
        sop = self.take("welcome")
        ann = self.buyer("Ann", self.moment(4, 18))
        self.fresh(ann, 4, 18)
        self.tick(4, 19)
        mine = self.of(sop, ann)
        self.assertEqual(mine.run_ids[0].state, "done")
        self.assertLess(mine.run_ids[0].done_at, self.moment(5, 18))
        self.assertEqual(len(self.mails(ann)), 1)

    def test_a_thank_you_without_a_mail_server(self):
        """It becomes a task that carries the text, for the same evening."""
        self.env["ir.mail_server"].search([]).active = False
        mine = self.enter(self.take("welcome"), self.buyer("Ann"), hour=16)
        self.tick(0, 17)
        task = self.tasks(mine)
        self.assertEqual((task.user_id, task.date_deadline), (self.owner, START))
        self.assertIn("Thank you for your first order", task.note)
        self.assertIn("Dear team of Ann", html2plaintext(task.note))

    def test_a_severe_complaint_that_nobody_answers(self):
        mine = self.enter(self.take("complaint_severe"), self.buyer("Ann"))
        self.tick(0)
        answer = mine.run_ids.filtered(lambda run: run.step_id.channel == "call")
        self.assertEqual(answer.user_id, self.leader)
        self.tick(0, 11)
        self.assertEqual(answer.user_id, self.manager)
        solve = mine.run_ids.filtered(lambda run: run.step_id.wait_done)
        self.assertEqual(solve.state, "open")
        with self.at(1, 10):
            solve.activity_id.with_user(self.leader).action_feedback("Replaced, and accepted")
        self.tick(2, 10)
        self.tick(6, 10)
        self.assertEqual(
            [(name, day, hour) for name, day, hour, _state in self.log(mine)[-2:]],
            [("Check after 24 hours", 2, 10), ("Ask again on day 5", 6, 10)],
        )

    def test_a_gift_for_core_customers_only(self):
        sop = self.take("mid_autumn")
        core, other = self.buyer("Ann", START, amount=1000), self.buyer("Bob", START, amount=1)
        self.refresh(START)
        self.assertEqual((self.profile(core).is_core, self.profile(other).is_core), (True, False))
        feast = START + timedelta(days=20)
        mine = self.enter(sop, core, other, anchor_date=feast)
        self.tick(6)
        self.tick(19, 10)
        names = [run.step_id.name for run in mine[0].run_ids.sorted("id")]
        self.assertEqual(names, ["Core customer?", "Prepare a small gift", "Send the greeting"])
        self.assertEqual(len(mine[1].run_ids), 2)
        self.assertEqual(self.log(mine[1])[1][1:3], (19, 10))

    def test_a_renewal_that_is_decided_ends(self):
        end = START + timedelta(days=90)
        ann = self.buyer("Ann", START)
        agreement = self.env["retention.agreement"].create(
            {
                "name": "Service",
                "partner_id": ann.id,
                "company_id": self.company.id,
                "user_id": self.owner.id,
                "signed_on": START - timedelta(days=275),
                "start": START - timedelta(days=275),
                "end": end,
            }
        )
        sop = self.take("renewal")
        self.night(0)
        mine = self.of(sop, ann)
        self.assertEqual((mine.anchor_date, mine.source_id), (end, agreement.id))
        self.tick(0, 10)
        self.tick(7, 10)
        self.assertEqual([line[1] for line in self.log(mine)], [0, 7, 30])
        agreement.renewal = "renew"
        self.tick(30, 9)
        self.assertEqual((mine.state, mine.exit_reason), ("left", "condition"))
        self.assertFalse(self.tasks(mine))
