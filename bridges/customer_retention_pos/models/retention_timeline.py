from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """Sales at the till among the purchases of the timeline."""

    _inherit = "retention.timeline"

    @api.model
    def _sources(self, scope):
        return [*super()._sources(scope), self._till_entries(scope)]

    @api.model
    def _till_entries(self, scope):
        self.env["pos.order"].flush_model(["partner_id", "company_id", "date_order", "state"])
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, till.date_order AS moment,
                      'purchase'::varchar AS kind, 'pos.order'::varchar AS res_model,
                      till.id AS res_id
               FROM pos_order till JOIN res_partner partner ON partner.id = till.partner_id
               WHERE till.state IN ('paid', 'done') AND till.company_id IN %s %s""",
            scope.company._retention_members(),
            self._only(scope),
        )

    @api.model
    def _tell_pos_order(self, order):
        return {
            "title": order.pos_reference or order.name,
            "text": order.config_id.name,
            "who": self._shown(order.user_id),
            "amount": order.currency_id.format(order.amount_total - order.amount_tax),
        }
