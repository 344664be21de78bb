from odoo import api, models
from odoo.tools import SQL

# What people write to each other; changes of fields are told by their own kinds.
MESSAGE_TYPES = ("email", "comment", "email_outgoing")


class RetentionTimeline(models.AbstractModel):
    """The SQL of the timeline."""

    _inherit = "retention.timeline"

    @api.model
    def _sources(self, scope):
        """Return SELECTs whose rows are the entries of the customers of ``scope``.

        Columns, in this order: partner_id (commercial), moment (UTC timestamp), kind, res_model,
        res_id. Hook: a bridge calls super(), appends its own, and flushes what that reads.
        Contacts of a bridge (``_interaction_queries``) are in already.
        """
        for model, names in self._source_fields().items():
            self.env[model].flush_model(names)
        history = self.env["retention.metrics"]._has_history(scope)
        return [
            self._order_entries(scope),
            self._invoice_entries(scope),
            *([self._history_entries(scope)] if history else []),
            self._talk_entries(scope),
            self._contact_entries(scope),
            *self._message_entries(scope),
            self._change_entries(scope),
        ]

    @api.model
    def _source_fields(self):
        """Return {model: field names} the sources read besides purchases and contacts."""
        return {
            "account.move": ["partner_id", "invoice_date"],
            "mail.message": ["message_type", "res_id", "subject", "body"],
            "retention.change": ["profile_id", "date", "what"],
            "retention.profile": ["partner_id", "company_id"],
        }

    @api.model
    def _page_query(self, scope, sources, kind, after, limit):
        """Return SQL (moment, kind, res_model, res_id, day), latest first."""
        metrics = self.env["retention.metrics"]
        day, known = metrics._local_day(scope, SQL("moment"))
        conditions = [known]
        if kind:
            conditions.append(SQL("kind = %s", kind))
        if after:
            conditions.append(
                SQL(
                    """(moment, kind COLLATE "C", res_model COLLATE "C", res_id)
                       < (%s::timestamp, %s, %s, %s::int)""",
                    *after,
                )
            )
        return SQL(
            """SELECT moment, kind, res_model, res_id, %s AS day
               FROM (SELECT DISTINCT moment, kind, res_model, res_id
                     FROM (%s) source WHERE %s) entry
               ORDER BY moment DESC, kind COLLATE "C" DESC, res_model COLLATE "C" DESC,
                        res_id DESC
               LIMIT %s""",
            day,
            metrics._union(sources),
            SQL(" AND ").join(conditions),
            limit,
        )

    @api.model
    def _recent_query(self, scope, limit):
        """Return SQL like ``_page_query``: the latest contacts, purchases among them."""
        documents = (
            self._order_entries(scope) if scope.basis == "order" else self._invoice_entries(scope)
        )
        sources = [
            self._contact_entries(scope, talks=True),
            SQL("SELECT * FROM (%s) document WHERE kind != 'quotation'", documents),
        ]
        if self.env["retention.metrics"]._has_history(scope):
            sources.append(self._history_entries(scope))
        return self._page_query(scope, sources, None, None, limit)

    @api.model
    def _morning(self, scope, day):
        """Return the UTC timestamp at which a day begins where the company is."""
        return SQL(
            "(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')",
            day,
            scope.company._retention_timezone(),
        )

    # ---------------------------------------------------------------- sources
    @api.model
    def _order_entries(self, scope):
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, so.date_order AS moment,
                      CASE so.state WHEN 'sale' THEN 'purchase' ELSE 'quotation' END::varchar
                          AS kind,
                      'sale.order'::varchar AS res_model, so.id AS res_id
               FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
               WHERE so.company_id IN %s %s""",
            scope.company._retention_members(),
            self._only(scope),
        )

    @api.model
    def _invoice_entries(self, scope):
        """Posted invoices and credit notes. Found by contact, which account_move indexes."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS moment,
                      'invoice'::varchar AS kind, 'account.move'::varchar AS res_model,
                      move.id AS res_id
               FROM account_move move JOIN res_partner partner ON partner.id = move.partner_id
               WHERE move.state = 'posted' AND move.company_id IN %s
               AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund') %s""",
            self._morning(scope, SQL("move.invoice_date")),
            scope.company._retention_members(),
            self._only(scope),
        )

    @api.model
    def _history_entries(self, scope):
        """Imported purchases, as far as they count."""
        metrics = self.env["retention.metrics"]
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, %s AS moment,
                      'purchase'::varchar AS kind,
                      'retention.history.purchase'::varchar AS res_model, history.id AS res_id
               FROM retention_history_purchase history
               JOIN res_partner partner ON partner.id = history.partner_id
               WHERE history.company_id IN %s AND (history.always_counts OR history.day < %s)
               %s""",
            self._morning(scope, SQL("history.day")),
            scope.company._retention_members(),
            metrics._cutover(scope.company, scope.basis),
            self._only(scope),
        )

    @api.model
    def _talk_entries(self, scope):
        """Follow-up records, attempts that were not answered among them."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, record.date AS moment,
                      'talk'::varchar AS kind, 'retention.interaction'::varchar AS res_model,
                      record.id AS res_id
               FROM retention_interaction record
               JOIN res_partner partner ON partner.id = record.partner_id
               WHERE record.company_id IN %s %s""",
            scope.company._retention_members(),
            self._only(scope),
        )

    @api.model
    def _contact_entries(self, scope, talks=False):
        """Contacts of every kind: done activities, messages from the customer, meetings, and
        what bridges bring. Some know their hour, the others their day.

        :param talks: with follow-up records, as far as they count as contact
        """
        metrics = self.env["retention.metrics"]
        return SQL(
            """SELECT contact.partner_id,
                      COALESCE(message.date, event.start, record.date, %s) AS moment,
                      CASE WHEN record.id IS NULL THEN contact.kind ELSE 'talk' END::varchar
                          AS kind,
                      contact.res_model, contact.res_id
               FROM (%s) contact
               LEFT JOIN mail_message message
                    ON contact.res_model = 'mail.message' AND message.id = contact.res_id
               LEFT JOIN calendar_event event
                    ON contact.res_model = 'calendar.event' AND event.id = contact.res_id
                    AND NOT event.allday
               LEFT JOIN retention_interaction record
                    ON contact.res_model = 'retention.interaction'
                    AND record.id = contact.res_id
               WHERE %s OR record.id IS NULL""",
            self._morning(scope, SQL("contact.day")),
            metrics._union(metrics._interaction_queries(scope, purchases=False)),
            talks,
        )

    @api.model
    def _message_entries(self, scope):
        """What was written on the customer's contacts and documents, by whomever.

        Without a company on message and document, it is ours when one of us wrote it.
        """
        metrics = self.env["retention.metrics"]
        members = scope.company._retention_members()
        return [
            SQL(
                """SELECT partner.commercial_partner_id AS partner_id, message.date AS moment,
                          'message'::varchar AS kind, 'mail.message'::varchar AS res_model,
                          message.id AS res_id
                   FROM mail_message message
                   JOIN (%(documents)s) document ON document.id = message.res_id
                   JOIN res_partner partner ON partner.id = document.partner_id
                   WHERE message.model = %(model)s AND message.message_type IN %(types)s
                   AND COALESCE(document.company_id, message.record_company_id, 0)
                       IN %(nowhere_or_ours)s
                   AND (document.company_id IS NOT NULL OR message.record_company_id IS NOT NULL
                        OR EXISTS (SELECT FROM res_users author
                                   WHERE author.partner_id = message.author_id AND %(works)s))
                   %(only)s""",
                documents=documents,
                model=model,
                types=MESSAGE_TYPES,
                nowhere_or_ours=(0, *members),
                works=metrics._works_for(scope, SQL("author.id")),
                only=self._only(scope),
            )
            for model, documents in metrics._activity_documents().items()
        ]

    @api.model
    def _change_entries(self, scope):
        """Changes of segment and the like; scores move too often to be told here."""
        return SQL(
            """SELECT profile.partner_id, %s AS moment, 'change'::varchar AS kind,
                      'retention.change'::varchar AS res_model, change.id AS res_id
               FROM retention_change change
               JOIN retention_profile profile ON profile.id = change.profile_id
               WHERE profile.company_id = %s AND change.what != 'rfm_score' %s""",
            self._morning(scope, SQL("change.date")),
            scope.company.id,
            self.env["retention.metrics"]._only_partners(scope, SQL("profile.partner_id")),
        )

    @api.model
    def _only(self, scope):
        return self.env["retention.metrics"]._only_partners(
            scope, SQL("partner.commercial_partner_id")
        )
