"""Customers open cases themselves: nobody learns anything, and nobody floods the company."""

import re

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import retention_case_form as limits
from .sop_common import OURS


@tagged("post_install", "-at_install")
class TestCaseForm(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"].create([{"name": "Pump House"}, {"name": "Other"}])
        cls.company, cls.other = companies
        cls.env.user.company_ids |= companies
        cls.company.retention_case_form = True
        cls.pia = cls.env["res.partner"].create({"name": "Pia", "email": "pia@x.test"})
        cls.cases = cls.env["retention.case"]
        # As in a company without a helpdesk, whatever is installed here.
        cls.classPatch(type(cls.cases), "_kept_elsewhere", lambda cases: False)
        cls.boss = new_test_user(
            cls.env,
            "cf_boss",
            groups=f"{OURS}.group_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def path(self, company=None):
        url = (company or self.company).retention_case_url
        return url[url.index("/retention/") :]

    def send(self, path=None, token=True, **values):
        path = path or self.path()
        page = self.url_open(path)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        data = {
            "kind": "complaint",
            "name": "Pia",
            "email": "nobody@x.test",
            "message": "It leaks\nsince Monday",
            **values,
        }
        if found and token:
            data["csrf_token"] = found[1]
        return self.url_open(path, data=data)

    def noted(self):
        self.env.invalidate_all()
        return self.cases.search([("company_id", "in", (self.company | self.other).ids)])

    # ------------------------------------------------------------ opening
    def test_opens_a_case(self):
        answer = self.send(product="Pump 3", phone="0800")
        case = self.noted()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(case.number, answer.text)
        self.assertEqual(
            (case.name, case.channel, case.kind, case.company_id, case.partner_id),
            ("It leaks", "form", "complaint", self.company, self.env["res.partner"]),
        )
        self.assertEqual((case.contact_name, case.email), ("Pia", "nobody@x.test"))
        self.assertEqual(case.description, "Product: Pump 3\n\nIt leaks\nsince Monday")
        self.assertEqual((case.severity, case.user_id), ("1", self.boss))
        self.assertTrue(case.reminder_id)

    def test_never_tells_who_is_known(self):
        """The same answer, but for the number, whether the address is a customer's or not."""
        texts = []
        for email in ("pia@x.test", "nobody@x.test", "PIA@x.test"):
            answer = self.send(email=email)
            number = self.noted().sorted("id")[-1].number
            texts.append((answer.status_code, answer.text.replace(number, "")))
        self.assertEqual(len(set(texts)), 1)
        found = self.noted().sorted("id")
        self.assertEqual(found.mapped("partner_id"), self.pia)
        self.assertEqual([bool(case.partner_id) for case in found], [True, False, True])

    def test_whose_address_it_is(self):
        firm = self.env["res.partner"].create({"name": "Firm", "email": "both@x.test"})
        person = firm.create({"name": "Per", "parent_id": firm.id, "email": "both@x.test"})
        theirs = firm.create({"name": "T", "email": "theirs@x.test", "company_id": self.other.id})
        firm.create({"name": "Twin", "email": "pia@x.test"})
        contact = self.cases._form_contact
        for email, partner in (
            ("both@x.test", person),
            ("pia@x.test", firm.browse()),  # one of two customers
            (theirs.email, firm.browse()),
            ("", firm.browse()),
        ):
            self.assertEqual(contact(self.company, email), partner, email)

    def test_what_is_missing_is_told(self):
        for values, words in (
            ({"message": " "}, "Please fill this in."),
            ({"name": ""}, "Please fill this in."),
            ({"email": ""}, "An e-mail address or a phone number, please."),
            ({"email": "pia"}, "This is no e-mail address."),
            ({"message": "x" * 5001}, "At most 5000 characters, please."),
            ({"kind": "leave_intent"}, "Please choose."),
        ):
            with self.subTest(values=list(values)):
                answer = self.send(**values)
                self.assertEqual(answer.status_code, 422)
                self.assertIn(words, answer.text)
        self.assertFalse(self.noted())

    def test_what_was_written_is_no_html(self):
        answer = self.send(name="<b>x</b>", email="")
        self.assertNotIn("<b>x</b>", answer.text)

    # ------------------------------------------------------------ keeping out
    @mute_logger("odoo.http")
    def test_forged(self):
        path = self.path()
        closed = self.cases._form_company(self.company.retention_case_token)
        self.assertEqual(closed, self.company)
        for wrong in (path[:-1], path + "x", path[:-4] + "%25%25", "/retention/case/0"):
            self.assertEqual(self.url_open(wrong).status_code, 404, wrong)
            self.assertEqual(self.url_open(wrong + "/thanks").status_code, 404)
        self.assertEqual(self.send(token=False).status_code, 400)
        self.assertFalse(self.noted())

    def test_off_by_default_and_a_new_link(self):
        self.assertFalse(self.other.retention_case_form or self.other.retention_case_url)
        path, settings = self.path(), self.env["res.config.settings"]
        settings.with_company(self.company).create({}).action_retention_case_new_link()
        self.assertEqual(self.url_open(path).status_code, 404)
        self.assertEqual(self.url_open(self.path()).status_code, 200)
        path = self.path()
        self.company.retention_case_form = False
        self.assertFalse(self.company.retention_case_url)
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_a_machine_is_thanked(self):
        answer = self.send(website="http://spam.test")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Thank you.", answer.text)
        self.assertFalse(self.noted())

    def test_a_flood_ends(self):
        self.patch(limits, "PER_SENDER", 2)
        states = [self.send().status_code for _number in range(4)]
        self.assertEqual(states, [200, 200, 429, 429])
        self.assertEqual(len(self.noted()), 2)
        self.patch(limits, "PER_SENDER", 10)
        self.patch(limits, "PER_COMPANY", 3)
        self.assertEqual([self.send().status_code for _number in range(2)], [200, 429])
        self.assertNotIn("127.0.0.1", self.noted()[0].sudo().form_sender)

    def test_closed_beside_a_helpdesk(self):
        path = self.path()
        self.patch(type(self.cases), "_kept_elsewhere", lambda cases: True)
        self.assertEqual(self.url_open(path).status_code, 404)

    # ------------------------------------------------------------ the page
    def test_page(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        page = self.url_open(self.path())
        self.assertTrue(page.text.lstrip().startswith("<!DOCTYPE html>"))
        self.assertIn("Pump House", page.text)
        self.assertIn('lang="en-US"', page.text)
        self.assertIn("?lang=zh_CN", page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertIn('lang="zh-CN"', self.url_open(self.path() + "?lang=zh_CN").text)

    def test_qr_code(self):
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        action = settings.action_retention_case_qr()
        image = self.url_open(action["url"])
        self.assertEqual(image.headers["Content-Type"], "image/png")
