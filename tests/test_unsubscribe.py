"""One click ends one purpose for one contact, without login, and cannot be forged."""

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestUnsubscribe(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"].create([{"name": "Pump House"}, {"name": "Other"}])
        cls.company, cls.other = companies
        cls.env.user.company_ids |= companies
        cls.pia, cls.bo = cls.env["res.partner"].create([{"name": "Pia"}, {"name": "Bo"}])
        cls.optouts = cls.env["retention.optout"]

    def link(self, contact=None, company=None, purpose="promotion"):
        url = (contact or self.pia)._retention_unsubscribe_url(company or self.company, purpose)
        return url[url.index("/retention/") :]

    def noted(self):
        self.env.invalidate_all()
        rows = self.optouts.search([("partner_id", "in", (self.pia | self.bo).ids)], order="id")
        return [(row.partner_id.name, row.company_id.name, row.purpose) for row in rows]

    def click(self, link=None, **data):
        return self.url_open(link or self.link(), data=data or {"List-Unsubscribe": "One-Click"})

    # ------------------------------------------------------------ one click
    def test_one_click_ends_that_purpose_only(self):
        answer = self.click()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.noted(), [("Pia", "Pump House", "promotion")])
        optout = self.optouts.search([("partner_id", "=", self.pia.id)])
        self.assertEqual(optout.source, "unsubscribe")
        self.assertIn("You will receive no more offers from Pump House.", answer.text)

    def test_again_changes_nothing(self):
        for _click in range(3):
            self.assertEqual(self.click().status_code, 200)
        self.assertEqual(len(self.noted()), 1)

    def test_looking_changes_nothing(self):
        page = self.url_open(self.link())
        self.assertEqual((page.status_code, self.noted()), (200, []))
        self.assertIn("Do you want to receive no more offers from Pump House?", page.text)
        self.assertTrue(page.text.lstrip().startswith("<!DOCTYPE html>"))
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Pia", page.text)

    def test_confirm_and_take_back(self):
        link = self.link(purpose="care")
        self.assertIn("I want to hear from you again", self.click(link, action="stop").text)
        self.assertEqual(self.noted(), [("Pia", "Pump House", "care")])
        answer = self.click(link, action="resume")
        self.assertEqual(self.noted(), [])
        self.assertIn("Do you want to receive no more tips and greetings", answer.text)
        self.click(link, action="resume")
        self.assertEqual(self.noted(), [])

    def test_taking_back_leaves_the_other_purpose(self):
        for purpose in ("care", "promotion"):
            self.click(self.link(purpose=purpose))
        self.click(self.link(), action="resume")
        self.assertEqual(self.noted(), [("Pia", "Pump House", "care")])

    def test_works_without_login_and_with_any(self):
        self.authenticate(None, None)
        self.click()
        self.authenticate("admin", "admin")
        self.click(self.link(self.bo))
        self.assertEqual(len(self.noted()), 2)

    def test_archived_contact(self):
        self.pia.active = False
        self.assertEqual(self.click().status_code, 200)
        self.assertEqual(self.noted(), [("Pia", "Pump House", "promotion")])

    def test_contact_that_went_to_another_company(self):
        link = self.link()
        self.pia.company_id = self.other
        self.assertEqual(self.click(link).status_code, 200)
        self.assertEqual(self.noted(), [("Pia", "Pump House", "promotion")])

    # ------------------------------------------------------------ forged
    @mute_logger("odoo.http")
    def test_forged_links_are_all_the_same_to_us(self):
        good = self.link()
        base, _slash, token = good.rpartition("/")
        contact, company, purpose, signature = token.split("-")
        forged = [
            f"{self.bo.id}-{company}-{purpose}-{signature}",
            f"{contact}-{self.other.id}-{purpose}-{signature}",
            f"{contact}-{company}-care-{signature}",
            f"{contact}-{company}-service-{signature}",
            f"{contact}-{company}-{purpose}-{'0' * 64}",
            f"{contact}-{company}-{purpose}-{signature[:-1]}",
            f"{contact}-{company}-{purpose}-{signature.upper()}x",
            f"0{contact}-{company}-{purpose}-{signature}",
            f"9999999999-{company}-{purpose}-{signature}",
            "x",
            "%D9%A1-1-care-" + "0" * 64,
        ]
        answers = set()
        for wrong in forged:
            for data in (None, {"List-Unsubscribe": "One-Click"}, {"action": "resume"}):
                with self.subTest(token=wrong, data=data):
                    answer = self.url_open(f"{base}/{wrong}", data=data)
                    self.assertEqual(answer.status_code, 404)
                    answers.add(answer.text)
        self.assertEqual(len(answers), 1)
        self.assertEqual(self.noted(), [])

    @mute_logger("odoo.http")
    def test_deleted_contact(self):
        link = self.link()
        self.pia.unlink()
        self.assertEqual(self.click(link).status_code, 404)

    def test_contact_that_was_merged_twice(self):
        """The link in an old mail goes on working for the contact that is left."""
        cy = self.env["res.partner"].create({"name": "Cy"})
        link, merge = self.link(), self.env["base.partner.merge.automatic.wizard"]
        merge._merge([self.pia.id, self.bo.id], self.bo)
        merge._merge([self.bo.id, cy.id], cy)
        self.assertEqual(self.click(link).status_code, 200)
        optout = self.optouts.search([("partner_id", "=", cy.id)])
        self.assertEqual(optout.source, "unsubscribe")

    @mute_logger("odoo.http")
    def test_wrong_methods(self):
        url = self.base_url() + self.link()
        for method in ("PUT", "DELETE", "PATCH"):
            with self.subTest(method=method):
                answer = self.opener.request(method, url, timeout=30)
                self.assertEqual(answer.status_code, 405)
        self.assertEqual(self.noted(), [])

    def test_only_what_can_be_ended(self):
        for purpose in ("service", "greeting", "rescue", "x"):
            with self.assertRaises(ValueError):
                self.pia._retention_unsubscribe_url(self.company, purpose)

    def test_headers(self):
        headers = self.pia._retention_unsubscribe_headers(self.company, "care")
        url = self.pia._retention_unsubscribe_url(self.company, "care")
        self.assertEqual(
            headers,
            {
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        self.assertTrue(url.startswith("http"))

    def test_a_branch_speaks_for_its_company(self):
        branch = self.env["res.company"].create({"name": "Shop", "parent_id": self.company.id})
        self.click(self.link(company=branch))
        self.assertEqual(self.noted(), [("Pia", "Pump House", "promotion")])

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.pia.lang = "zh_CN"
        page = self.url_open(self.link())
        self.assertIn('lang="zh-CN"', page.text)
