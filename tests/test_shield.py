"""The service shield: what is said of open problems, to whom, and at what cost."""

from datetime import datetime

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import AS_OF
from .page_common import PageCase
from .shield_common import MODEL, close_request, fake_requests, open_request


@tagged("post_install", "-at_install")
class TestShield(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fake_requests(cls)
        cls.pump = cls.env["product.product"].create({"name": "Pump", "type": "service"})
        cls.seller = cls.make_user("h_seller", "sales_team.group_sale_salesman_all_leads")
        cls.nobody = cls.make_user("h_nobody", "sales_team.group_sale_salesman_all_leads")

    def quote(self, *products, partner=None, **values):
        lines = [Command.create({"product_id": product.id}) for product in products]
        return self.order(
            partner or self.contact, AS_OF, state="draft", **{"order_line": lines, **values}
        )

    def told(self, order, user=None):
        """Return (title, text, grave) as a user reads them."""
        order.invalidate_recordset()
        mine = self.as_user(user or self.user, order)
        return (
            mine.retention_problem_title,
            mine.retention_problem_text,
            mine.retention_problem_grave,
        )

    def deny(self, user):
        """Have ``user`` not read the records that stand for requests."""
        group = self.env["res.groups"].create({"name": "Kept out", "user_ids": [(4, user.id)]})
        self.env["ir.rule"].create(
            {
                "name": "Nothing",
                "model_id": self.env["ir.model"]._get_id(MODEL),
                "groups": [(4, group.id)],
                "domain_force": "[(0, '=', 1)]",
            }
        )

    # ------------------------------------------------------------ what is said
    def test_nothing_open_nothing_said(self):
        request = open_request(self, self.firm)
        close_request(self, request)
        open_request(self, self.customer("Other"))
        open_request(self, self.firm, severity=1)
        self.assertEqual(self.told(self.quote(self.pump)), (False, False, False))

    def test_a_severe_request_is_named(self):
        open_request(self, self.contact)
        self.assertEqual(
            self.told(self.quote(self.product)),
            ("Do not sell: open problem", "Broken pump, open since 06/01/2026", False),
        )

    def test_worse_when_it_is_about_a_product_quoted(self):
        open_request(self, self.firm, severity=2, product=self.pump)
        self.assertEqual(
            self.told(self.quote(self.product, self.pump)),
            (
                "Do not sell: open problem",
                "Broken pump, open since 06/01/2026 – about Pump, which is on this quotation",
                True,
            ),
        )
        self.assertEqual(
            self.told(self.quote(self.product)),
            (
                "Do not sell: open problem",
                "Broken pump, open since 06/01/2026 – about Pump",
                False,
            ),
        )

    def test_a_slight_one_only_about_a_product_quoted(self):
        open_request(self, self.firm, severity=0, product=self.pump, complaint=False)
        self.assertEqual(
            self.told(self.quote(self.pump)),
            (
                "Open request about a product on this quotation",
                "Broken pump, open since 06/01/2026 – about Pump, which is on this quotation",
                False,
            ),
        )
        self.assertFalse(self.told(self.quote(self.product))[0])

    def test_the_gravest_three(self):
        for number in range(4):
            open_request(self, self.firm, 2, name=f"R{number}")
        open_request(self, self.firm, 3, self.pump, name="Worst")
        text = self.told(self.quote(self.pump))[1]
        self.assertEqual(
            text.splitlines(),
            [
                "Worst, open since 06/01/2026 – about Pump, which is on this quotation",
                "R0, open since 06/01/2026",
                "R1, open since 06/01/2026",
                "and 2 more",
            ],
        )

    def test_the_day_is_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        open_request(self, self.firm, opened=datetime(2026, 6, 1, 16))
        self.assertIn("06/02/2026", self.told(self.quote(self.pump))[1])

    def test_while_it_is_being_made(self):
        open_request(self, self.firm, product=self.pump)
        form = Form(self.as_user(self.user, self.env["sale.order"]))
        form.partner_id = self.contact
        self.assertTrue(form.retention_problem_title)
        self.assertFalse(form.retention_problem_grave)
        with form.order_line.new() as line:
            line.product_id = self.pump
        self.assertTrue(form.retention_problem_grave)

    def test_a_warning_is_no_block(self):
        open_request(self, self.firm, product=self.pump)
        order = self.quote(self.pump)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(self.told(order)[0])

    # ------------------------------------------------------------ alerts
    def alert(self, level="critical", user=None):
        self.orders(self.firm, 10)
        self.refresh()
        return self.env["retention.alert"].create(
            {
                "partner_id": self.firm.id,
                "company_id": self.company.id,
                "profile_id": self.profile(self.firm).id,
                "risk_level": level,
                "user_id": (user or self.user).id,
                "state": "open",
                "opened_on": "2026-06-20",
            }
        )

    def test_a_critical_alert(self):
        self.alert()
        title, text, grave = self.told(self.quote(self.pump))
        self.assertEqual((title, grave), ("Do not sell: open problem", False))
        self.assertEqual(text, "Critical churn risk since 06/20/2026")
        self.assertFalse(self.told(self.quote(self.pump), self.seller)[0])

    def test_a_lesser_alert_says_nothing(self):
        self.alert("high")
        self.assertFalse(self.told(self.quote(self.pump))[0])

    # ------------------------------------------------------------ who is told
    def test_users_of_retention_know_that_there_is_something(self):
        open_request(self, self.firm, product=self.pump)
        open_request(self, self.firm, complaint=False)
        self.deny(self.user)
        _title, text, grave = self.told(self.quote(self.product))
        self.assertEqual(
            text.splitlines(),
            ["An open complaint since 06/01/2026", "An open request since 06/01/2026"],
        )
        _title, text, grave = self.told(self.quote(self.pump))
        self.assertIn("complaint since 06/01/2026 – about Pump, which is on", text)
        self.assertTrue(grave)

    def test_others_are_told_of_what_they_may_read_anyway(self):
        open_request(self, self.firm)
        self.deny(self.nobody)
        order = self.quote(self.pump)
        self.assertEqual(self.told(order, self.seller)[1], "Broken pump, open since 06/01/2026")
        self.assertEqual(self.told(order, self.nobody), (False, False, False))

    def test_customers_are_told_nothing(self):
        open_request(self, self.firm)
        portal = new_test_user(self.env, "h_portal", groups="base.group_portal")
        theirs = self.quote(self.pump).with_user(portal).sudo()
        self.assertFalse(theirs.retention_problem_title)

    def test_two_companies(self):
        other = self.make_company("Other")
        branch = self.make_company("Branch", parent_id=self.company.id)
        open_request(self, self.firm, company=other, name="Theirs")
        open_request(self, self.firm, company=branch, name="Of the branch")
        self.env.user.company_ids |= other | branch
        for company, words in (
            (self.company, "Of the branch"),
            (branch, "Of the branch"),
            (other, "Theirs"),
        ):
            order = self.quote(self.pump, company=company).with_context(
                allowed_company_ids=(self.company | other | branch).ids
            )
            self.assertEqual(order.retention_problem_text, f"{words}, open since 06/01/2026")

    def test_as_many_queries_for_eighty_as_for_eight(self):
        for number in range(80):
            partner = self.customer(f"C{number}")
            open_request(self, partner, product=self.pump, name=f"R{number}")
            self.quote(self.pump, partner=partner)
        orders = self.env["sale.order"].search([("company_id", "=", self.company.id)])
        orders = self.as_user(self.user, orders)
        names = [
            "retention_problem_text",
            "retention_tier_id",
            "retention_segment_id",
            "retention_light",
        ]
        few = self.queries(lambda: orders[:8].read(names))
        self.assertEqual(self.queries(lambda: orders.read(names)), few)
        self.assertEqual(len(set(orders.mapped("retention_problem_text"))), 80)

    # ------------------------------------------------------------ on the customer
    def test_the_customer_page(self):
        first = open_request(self, self.firm, 3, self.pump)
        open_request(self, self.contact, 1, complaint=False, name="Question")
        found = self.page()
        line = {
            "text": "Broken pump, open since 06/01/2026 – about Pump",
            "res_model": MODEL,
            "res_id": first.id,
        }
        self.assertEqual(found["shield"], {"title": "Do not sell: open problem", "lines": [line]})
        [block] = found["lists"]
        self.assertEqual((block["key"], block["count"]), ("service", 2))
        self.assertEqual(
            [(entry["title"], entry["badge"]) for entry in block["entries"]],
            [(line["text"], "Severe"), ("Question, open since 06/01/2026", "")],
        )
        contact = self.as_user(self.user, self.contact)
        self.assertEqual(contact.retention_problem_text, line["text"])

    def test_the_page_of_somebody_content(self):
        found = self.page()
        self.assertIsNone(found["shield"])
        self.assertEqual(found["lists"], [])

    def test_the_page_costs_the_same_however_much_is_open(self):
        open_request(self, self.firm, product=self.pump)
        few = self.queries(self.page)
        for number in range(30):
            open_request(self, self.firm, product=self.pump, name=f"R{number}")
        self.assertEqual(self.queries(self.page), few)
