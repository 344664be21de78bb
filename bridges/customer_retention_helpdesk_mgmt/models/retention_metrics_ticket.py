from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What procedures and the file of contacts ask about tickets."""

    _inherit = "retention.metrics"

    @api.model
    def _ticket_occasions(self, span, sop, moment, state):
        """Return the tickets in a state whose ``moment`` (SQL of ``ticket``) is in the span.

        Of several on one day, that of the highest priority. Not those without a contact, and
        not duplicates of another one.
        """
        self._flush_requests()
        day = SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            moment,
            span.company._retention_timezone(),
        )
        wanted = [SQL("ticket.priority >= %s", sop.trigger_ticket_priority or "0")]
        if sop.trigger_ticket_category_ids:
            categories = self.env["helpdesk.ticket.category"].sudo()
            below = categories.search([("id", "child_of", sop.trigger_ticket_category_ids.ids)])
            wanted.append(SQL("ticket.category_id = ANY(%s)", below.ids))
        return SQL(
            """SELECT DISTINCT ON (ticket.partner_id, anchor_date)
                      contact.commercial_partner_id AS partner_id,
                      contact.id AS contact_id, %(day)s AS anchor_date,
                      'helpdesk.ticket'::varchar AS source_model, ticket.id AS source_id
               FROM helpdesk_ticket ticket
               JOIN res_partner contact ON contact.id = ticket.partner_id
               LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
               WHERE ticket.active AND ticket.duplicate_id IS NULL
               AND ticket.company_id IN %(members)s AND %(state)s AND %(wanted)s
               AND %(day)s BETWEEN %(since)s AND %(as_of)s %(only)s
               ORDER BY ticket.partner_id, anchor_date, ticket.priority DESC, ticket.id""",
            day=day,
            members=span.company._retention_members(),
            state=state,
            wanted=SQL(" AND ").join(wanted),
            since=span.since,
            as_of=span.as_of,
            only=self._alert_only(SQL("contact.commercial_partner_id"), span.partners),
        )

    @api.model
    def _tickets_opened(self, span, sop):
        """Open tickets; the anchor is the day on which they came."""
        return self._ticket_occasions(
            span, sop, SQL("ticket.create_date"), SQL("stage.closed IS NOT TRUE")
        )

    @api.model
    def _tickets_closed(self, span, sop):
        """Solved tickets; the anchor is the day on which they came to rest."""
        solved = SQL("stage.closed AND stage.retention_unsolved IS NOT TRUE")
        return self._ticket_occasions(span, sop, self._ticket_rested_at(), solved)

    # ---------------------------------------------------------------- contacts
    @api.model
    def _activity_documents(self):
        """Activities done on tickets are contacts with their customers."""
        tickets = SQL("SELECT id, partner_id, company_id FROM helpdesk_ticket")
        return super()._activity_documents() | {"helpdesk.ticket": tickets}

    @api.model
    def _interaction_fields(self):
        return super()._interaction_fields() | {"helpdesk.ticket": ["partner_id", "company_id"]}
