from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.customer_retention.models.retention_demo import NAMESPACE

# story: (title in English and Chinese, priority, opened days ago, solved days ago or None)
TICKETS = {
    "fading": [
        (("Pallet arrived damaged", "到货托盘破损"), "2", 9, None),
        (("Wrong batch delivered", "批次发错"), "1", 48, 45),
    ],
    "gone_quiet": [
        (("Late delivery, nobody called back", "延迟交货，无人回电"), "3", 14, None),
        (("Late delivery again", "再次延迟交货"), "1", 20, 17),
        (("Invoice does not match the offer", "发票与报价不符"), "1", 24, 22),
    ],
    "key_account": [(("Certificate missing", "缺少检验证书"), "1", 3, None)],
    "steady": [(("Cracked funnels", "漏斗破裂"), "2", 60, 52)],
    "growing": [(("How do I reorder online?", "如何在线续订?"), "0", 30, 29)],
}


class RetentionDemo(models.AbstractModel):
    """Tickets of the demo company's customers that fit their stories."""

    _inherit = "retention.demo"

    @api.model
    def _tell_tickets(self):
        """Open tickets for one customer per language of some stories; again changes nothing."""
        as_of = self._as_of()
        if not as_of or self.env.ref(f"{NAMESPACE}.ticket_steady_0_0", False):
            return
        company = self.env.ref("base.main_company")
        stages = self.env["helpdesk.ticket.stage"].sudo()
        solved = stages.search([("closed", "=", True), ("retention_unsolved", "=", False)], limit=1)
        rows, days = {}, {}
        for story, told in TICKETS.items():
            found = {}
            for customer in self._customers(story):
                found.setdefault(customer.lang == "zh_CN", customer)
            for chinese, customer in found.items():
                for place, (names, priority, opened, closed) in enumerate(told):
                    key = f"ticket_{story}_{int(chinese)}_{place}"
                    days[key] = (opened, closed)
                    rows[key] = {
                        "name": names[chinese],
                        "description": names[chinese],
                        "partner_id": customer.id,
                        "company_id": company.id,
                        "priority": priority,
                        **({} if closed is None else {"stage_id": solved.id}),
                    }
        quiet = self.sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        for key, ticket in quiet._keep("helpdesk.ticket", rows).items():
            self._date_ticket(ticket, as_of, *days[key])

    @api.model
    def _date_ticket(self, ticket, as_of, opened, closed):
        """Tickets are dated by the clock; in the story they came earlier."""
        self.env.flush_all()
        begun, ended = (
            datetime.combine(as_of - timedelta(days=days), time(10)) if days is not None else None
            for days in (opened, closed)
        )
        self.env.cr.execute(
            SQL(
                """UPDATE helpdesk_ticket SET create_date = %(begun)s, closed_date = %(ended)s,
                          last_stage_update = COALESCE(%(ended)s, %(begun)s) WHERE id = %(id)s""",
                begun=begun,
                ended=ended,
                id=ticket.id,
            )
        )
        self.env.invalidate_all()
