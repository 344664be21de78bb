"""What only a browser can show."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    def test_painting_a_grid(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids = [
            Command.link(self.env.ref("customer_retention.group_manager").id),
            Command.link(self.env.ref("customer_retention.group_advanced").id),
        ]
        scheme = self.env.ref("customer_retention.scheme_eleven").copy()
        cell = scheme.cell_ids.filtered(lambda cell: (cell.r, cell.fm) == (5, 1))
        self.assertEqual(cell.segment_id.code, "newcomer")
        self.start_tour(
            f"/odoo/retention-schemes/{scheme.id}", "customer_retention_paint_grid", login="admin"
        )
        cell.invalidate_recordset()
        self.assertEqual(cell.segment_id.code, "loyal")
        self.assertEqual(len(scheme.cell_ids), 25)

    def test_customer_page(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids = [
            Command.link(self.env.ref("customer_retention.group_user").id),
            Command.link(self.env.ref("sales_team.group_sale_salesman_all_leads").id),
        ]
        customer = self.env["res.partner"].create({"name": "Tour Ltd", "is_company": True})
        company = admin.company_id
        product = self.env["product.product"].create({"name": "Thing", "type": "service"})
        now = fields.Datetime.now()
        self.env["sale.order"].with_company(company).create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "date_order": now - timedelta(days=45 + 7 * week),
                    "state": "sale",
                    "order_line": [Command.create({"product_id": product.id, "price_unit": 10})],
                }
                for week in range(25)
            ]
        )
        self.env["retention.interaction"].create(
            {
                "partner_id": customer.id,
                "company_id": company._retention_company().id,
                "kind": "call",
                "topic": "Price list",
                "date": now - timedelta(days=400),
            }
        )
        company = company._retention_company()
        self.env["retention.profile"].sudo()._refresh(
            company, company._retention_today(), customer.ids
        )
        self.start_tour(
            f"/odoo/contacts/{customer.id}", "customer_retention_customer_page", login="admin"
        )
        need = self.env["retention.need"].search([("partner_id", "=", customer.id)])
        self.assertEqual(need.name, "Blue gloves")
