from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.customer_retention.tests.health_common import HealthCase

AS_OF = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestTicketSignal(HealthCase):
    def tickets(self, partner, *days):
        stage = self.env["helpdesk.ticket.stage"].search([("closed", "=", False)], limit=1)
        for day in days:
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "T",
                    "description": "T",
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "stage_id": stage.id,
                }
            )
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                (f"{day} 10:00:00", ticket.id),
            )
        self.env.invalidate_all()

    def test_the_fourth_of_a_calendar_month_opens_an_alert(self):
        june, may = date(2026, 6, 1), date(2026, 5, 31)
        three, four, across, six = (self.buyer(5) for _number in range(4))
        self.tickets(three, *[june] * 3)
        self.tickets(four, *[june] * 4)
        self.tickets(across, may, *[june] * 3)
        self.tickets(six, *[june + timedelta(days=n) for n in range(6)])
        self.refresh()
        fired = [self.fires("tickets_month", ann) for ann in (three, four, across, six)]
        self.assertEqual(fired, [False, True, False, True])
        earned = self.earned("tickets_month")
        self.assertEqual([earned[ann.id] for ann in (three, four, across, six)], [0, 2, 0, 4])
        reason = self.profile(four).reason_ids.filtered("fires")
        self.assertIn("4 tickets", reason.sentence)
        self.assertEqual(reason.action_open_records()["res_model"], "helpdesk.ticket")

    def test_they_open_one_alert(self):
        self.company.retention_alerts_started = True
        ann = self.buyer(5)
        self.tickets(ann, *[AS_OF] * 5)
        self.refresh()
        alert = self.env["retention.alert"].search([("partner_id", "=", ann.id)])
        self.assertEqual(alert.line_ids.signal_id.type, "tickets_month")
