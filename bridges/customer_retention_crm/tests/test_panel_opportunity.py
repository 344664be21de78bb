"""People in service see what sales has open, without rights on opportunities."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_retention.tests.service_common import ServiceCase


@tagged("post_install", "-at_install")
class TestPanelOpportunity(ServiceCase):
    def test_open_opportunities(self):
        agent = self.make_user("v_agent", "customer_retention.group_user")
        case, stage = self.case(), self.env["crm.stage"].create({"name": "Begun"})
        self.assertIsNone(self.block(case, "opportunity", user=agent))
        lead, lost, _other = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": self.bo.id,
                    "company_id": company.id,
                    "user_id": False,
                    "team_id": False,
                    "stage_id": stage.id,
                }
                for name, company in (
                    ("Deal", self.company),
                    ("Lost", self.company),
                    ("Theirs", self.other),
                )
            ]
        )
        lost.action_set_lost()
        with self.assertRaises(AccessError):
            lead.with_user(agent).read(["name"])
        [entry] = self.block(case, "opportunity", user=agent)["entries"]
        self.assertEqual(
            (entry["title"], entry["badge"], entry["res_id"]), ("Deal", "Begun", False)
        )
