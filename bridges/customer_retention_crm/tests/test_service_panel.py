"""Service sees which opportunities sales has open."""

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.page_common import plain
from odoo.addons.customer_retention.tests.service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestServicePanel(ServiceCase):
    def test_open_opportunities(self):
        values = {"type": "opportunity", "partner_id": self.bo.id, "company_id": self.company.id}
        leads = self.env["crm.lead"].create(
            [
                {**values, "name": "New line", "expected_revenue": 50, "user_id": self.owner.id},
                {**values, "name": "Lost", "user_id": False},
                {**values, "name": "Theirs", "company_id": self.other.id, "user_id": False},
                {**values, "name": "No company", "company_id": False, "user_id": False},
            ]
        )
        leads[1].action_set_lost()
        block = self.block(self.case(), "opportunity")
        self.assertEqual(
            [(e["title"], plain(e["badge"])) for e in block["entries"]],
            [("New line", "$ 50.00"), ("No company", "")],
        )
        self.assertIn("Uma", block["entries"][0]["note"])
        self.assertFalse(any(entry["res_id"] for entry in block["entries"]))

    def test_none(self):
        self.assertIsNone(self.block(self.case(), "opportunity"))
