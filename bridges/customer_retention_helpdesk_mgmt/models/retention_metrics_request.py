from odoo import api, models
from odoo.tools import SQL

TICKET = "helpdesk.ticket"


class RetentionMetrics(models.AbstractModel):
    """Tickets among what customers asked for."""

    _inherit = "retention.metrics"

    @api.model
    def _request_queries(self, company):
        columns = SQL(", ").join(
            SQL("%s AS %s", value, SQL.identifier(name))
            for name, value in self._ticket_columns().items()
        )
        return super()._request_queries(company) | {
            TICKET: SQL(
                """SELECT %s FROM helpdesk_ticket ticket
                   LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
                   LEFT JOIN helpdesk_ticket_category category
                          ON category.id = ticket.category_id
                   WHERE ticket.active AND ticket.duplicate_id IS NULL
                   AND ticket.partner_id IS NOT NULL AND ticket.company_id IN %s""",
                columns,
                company._retention_members(),
            )
        }

    @api.model
    def _ticket_columns(self):
        """Return {column of ``_request_queries``: SQL of ``ticket``, ``stage``, ``category``}.

        Hook: a bridge on an addon of the Helpdesk replaces what that knows better.
        """
        return {
            "request_id": SQL("ticket.id"),
            "contact_id": SQL("ticket.partner_id"),
            "opened_at": SQL("ticket.create_date"),
            "closed_at": SQL("CASE WHEN stage.closed THEN %s END", self._ticket_rested_at()),
            "solved": SQL("COALESCE(stage.closed AND stage.retention_unsolved IS NOT TRUE, FALSE)"),
            "severity": SQL("COALESCE(ticket.priority, '0')::int"),
            "complaint": SQL("category.retention_plain IS NOT TRUE"),
            "category_id": SQL("ticket.category_id"),
            "product_id": SQL("ticket.retention_product_id"),
            "first_reply_at": SQL("ticket.retention_first_reply_at"),
            "reply_hours": SQL("NULL::float8"),
            "sla_missed": SQL("NULL::boolean"),
            "reopened": SQL("COALESCE(ticket.retention_reopened_count, 0)"),
            "rating": SQL("NULL::float8"),
        }

    @api.model
    def _ticket_rested_at(self):
        """Return SQL of the moment at which a closed ticket came to rest.

        Only the stage says whether a ticket is closed: its date of closing survives a
        reopening, and one that was created closed has none.
        """
        return SQL(
            """COALESCE(GREATEST(ticket.closed_date, ticket.last_stage_update),
                        ticket.create_date)"""
        )

    @api.model
    def _request_fields(self):
        return super()._request_fields() | {
            "helpdesk.ticket.stage": ["closed", "retention_unsolved"],
            "helpdesk.ticket.category": ["retention_plain"],
            TICKET: [
                "active",
                "category_id",
                "closed_date",
                "company_id",
                "duplicate_id",
                "last_stage_update",
                "partner_id",
                "priority",
                "retention_first_reply_at",
                "retention_product_id",
                "retention_reopened_count",
                "stage_id",
            ],
        }
