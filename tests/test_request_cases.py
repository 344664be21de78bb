"""The service signals read from cases."""

from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .health_common import HealthCase


@tagged("post_install", "-at_install")
class TestRequestCases(HealthCase):
    def cases(self, partner, count, **values):
        cases = self.env["retention.case"]
        for _number in range(count):
            cases |= cases.create(
                {
                    "name": "It broke",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "kind": "complaint",
                    "opened_at": f"{AS_OF} 10:00:00",
                    **values,
                }
            )
        return cases

    @freeze_time(f"{AS_OF} 12:00:00")
    def test_cases_speak_as_tickets_do(self):
        three, four, asks = (self.buyer(5) for _number in range(3))
        self.cases(three, 3)
        found = self.cases(four, 4, product_id=self.product.id)
        self.cases(asks, 4, kind="request")
        earned = self.earned("tickets_month")
        self.assertEqual([earned[ann.id] for ann in (three, four, asks)], [0, 1, 0])
        earned = self.earned("request_repeated")
        self.assertEqual([earned[ann.id] for ann in (three, four, asks)], [0, 1, 0])
        self.refresh()
        [reason] = self.profile(four).reason_ids.filtered("fires")
        action = reason.action_open_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), found)
