from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _signal_fields(self):
        fields = super()._signal_fields()
        fields["helpdesk.ticket"] = ["partner_id", "company_id", "create_date"]
        return fields

    @api.model
    def _tickets_of_month(self, scope):
        """Return rows (customer, tickets opened since the first of the month of ``as_of``)."""
        day, known = self._local_day(scope, SQL("ticket.create_date"))
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, COUNT(*)
                   FROM helpdesk_ticket ticket
                   JOIN res_partner partner ON partner.id = ticket.partner_id
                   WHERE %s AND %s >= %s AND ticket.company_id IN %s %s
                   GROUP BY partner.commercial_partner_id""",
                known,
                day,
                scope.as_of.replace(day=1),
                scope.company._retention_members(),
                self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
