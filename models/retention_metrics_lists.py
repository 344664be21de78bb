from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What the lists of alerts ask the database, for a whole page at once."""

    _inherit = "retention.metrics"

    @api.model
    def _newest_records(self, pairs):
        """Return {(customer id, company id): id of the newest follow-up record}.

        One step down an index per customer, whatever the number of records.

        :param pairs: iterable of (commercial partner id, company id)
        """
        pairs = list(pairs)
        if not pairs:
            return {}
        self.env["retention.interaction"].flush_model(
            ["commercial_partner_id", "company_id", "date"]
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT asked.partner_id, asked.company_id, talk.id
                   FROM UNNEST(%s::int[], %s::int[]) AS asked (partner_id, company_id)
                   CROSS JOIN LATERAL (
                       SELECT id FROM retention_interaction
                       WHERE commercial_partner_id = asked.partner_id
                       AND company_id = asked.company_id
                       ORDER BY date DESC, id DESC LIMIT 1
                   ) talk""",
                [partner_id for partner_id, _company_id in pairs],
                [company_id for _partner_id, company_id in pairs],
            )
        )
        return {(partner_id, company_id): talk_id for partner_id, company_id, talk_id in rows}

    @api.model
    def _contact_phones(self, partner_ids):
        """Return {customer id: phone of its first contact that has one}."""
        if not partner_ids:
            return {}
        self.env["res.partner"].flush_model(["phone", "active", "commercial_partner_id", "type"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (commercial_partner_id) commercial_partner_id, phone
                       FROM res_partner
                       WHERE commercial_partner_id = ANY(%s) AND active AND phone != ''
                       ORDER BY commercial_partner_id, id != commercial_partner_id,
                                type != 'contact', id""",
                    list(partner_ids),
                )
            )
        )
