"""The customer page on paper."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AS_OF
from .page_common import PageCase, plain


@tagged("post_install", "-at_install")
class TestCustomerBrief(PageCase):
    def brief(self, partners, user=None, lang="en_US"):
        self.env.flush_all()
        reports = self.as_user(user or self.user, self.env["ir.actions.report"])
        html, kind = reports.with_context(lang=lang)._render_qweb_html(
            "customer_retention.action_customer_brief", partners.ids
        )
        self.assertEqual(kind, "html")
        return plain(html.decode())

    def test_brief(self):
        self.contact.write({"function": "Buyer", "phone": "555-1"})
        self.order(self.firm, AS_OF, 1234)
        self.talk(topic="Prices")
        self.env["retention.key.date"].create(
            {"partner_id": self.contact.id, "company_id": self.company.id, "month": 3, "day": 8}
        )
        self.refresh()
        profile = self.profile(self.firm).sudo()
        profile.write({"stage": "active", "risk_level": "watch", "risk_score": 31})
        prospect = self.customer("Prospect Ltd")
        html = self.brief(self.firm | prospect)
        for words in (
            "Firm",
            "Keep an eye on",
            "Active customer",
            "Risk score of 100",
            "$ 1,234.00",
            "Prices",
            "Thing",
            "Buyer · 555-1",
            "Birthday · Bo",
            "March 8",
            "Prospect Ltd",
        ):
            with self.subTest(words=words):
                self.assertIn(words, html)
        self.assertEqual(html.count("o_retention_brief"), 2)

    def test_brief_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.contact.lang = "en_US"
        self.order(self.firm, AS_OF, 1234)
        self.refresh()
        html = self.brief(self.contact, lang="zh_CN")
        self.assertIn("2026/06/30", html)
        self.assertIn(self.profile(self.firm).with_context(lang="zh_CN").treatment, html)

    def test_brief_is_for_users_of_retention(self):
        self.assertRefused(AccessError, "Retention", lambda: self.brief(self.firm, user=self.plain))
