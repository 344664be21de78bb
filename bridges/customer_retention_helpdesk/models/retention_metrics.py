from odoo import api, fields, models
from odoo.tools import SQL

from ..adapter import Tables, is_enterprise, select_tickets

TICKET = "helpdesk.ticket"


class RetentionMetrics(models.AbstractModel):
    """Tickets among what customers asked for."""

    _inherit = "retention.metrics"

    @api.model
    def _request_queries(self, company):
        queries = super()._request_queries(company)
        if not is_enterprise(self.env[TICKET]._fields):
            return queries
        select = select_tickets(
            company._retention_members(), fields.Datetime.now(), self._ticket_tables()
        )
        return queries | {TICKET: select}

    @api.model
    def _ticket_tables(self):
        """Return the Tables of the Helpdesk, from what its fields point at."""
        known = self.env[TICKET]._fields

        def table(name):
            field = known.get(name)
            return field and self.env[field.comodel_name]._table

        product = known.get("product_id")
        own = product and product.store and product.comodel_name == "product.product"
        return Tables(
            self.env[TICKET]._table,
            table("stage_id"),
            table("team_id"),
            table("sla_status_ids"),
            "product_id" if own else None,
        )

    @api.model
    def _request_fields(self):
        known = self.env[TICKET]._fields
        wanted = {
            TICKET: [
                "active",
                "close_date",
                "date_last_stage_update",
                "partner_id",
                "priority",
                "product_id",
                "rating_last_value",
                "retention_first_reply_at",
                "retention_product_id",
                "retention_reopened_count",
                "stage_id",
                "team_id",
                "ticket_type_id",
            ],
            known["stage_id"].comodel_name: ["fold", "retention_unsolved"],
            known["team_id"].comodel_name: ["company_id"],
        }
        if "sla_status_ids" in known:
            wanted[known["sla_status_ids"].comodel_name] = [
                "deadline",
                "reached_datetime",
                "ticket_id",
            ]
        present = {
            model: [name for name in names if name in self.env[model]._fields]
            for model, names in wanted.items()
        }
        return super()._request_fields() | present

    # ---------------------------------------------------------------- contacts
    @api.model
    def _activity_documents(self):
        """Activities done on tickets are contacts with their customers."""
        tables = self._ticket_tables()
        tickets = SQL(
            """SELECT ticket.id, ticket.partner_id, team.company_id
               FROM %s ticket LEFT JOIN %s team ON team.id = ticket.team_id""",
            SQL.identifier(tables.ticket),
            SQL.identifier(tables.team),
        )
        return super()._activity_documents() | {TICKET: tickets}

    @api.model
    def _interaction_fields(self):
        return super()._interaction_fields() | {TICKET: ["partner_id", "team_id"]}
