"""What single signals read: one grouped query each for all customers of a scope."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _signal_fields(self):
        """Return {model: field names} that the queries below read, to be flushed first."""
        return {
            "res.partner": ["active", "message_bounce", "commercial_partner_id"],
            "res.users": ["active", "share", "partner_id"],
            "sale.order": ["partner_id", "state", "date_order", "validity_date", "company_id"],
            "account.move": [
                "state",
                "move_type",
                "payment_state",
                "invoice_date_due",
                "commercial_partner_id",
                "company_id",
            ],
            "retention.interaction": ["partner_id", "company_id", "date", "outcome", "tag_ids"],
            "retention.intent.tag": ["leaving"],
            "calendar.event": ["start", "active", "user_id"],
            "calendar.attendee": ["event_id", "partner_id", "state"],
        }

    @api.model
    def _flush_signals(self):
        for model, names in self._signal_fields().items():
            self.env[model].flush_model(names)

    @api.model
    def _last_talks(self, talks, scope):
        """Return rows (customer, day of the last interaction that is no purchase)."""
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, MAX(day) FROM %s talk WHERE day <= %s %s
                   GROUP BY partner_id""",
                talks,
                scope.as_of,
                self._only_partners(scope, SQL("partner_id")),
            )
        )

    @api.model
    def _unanswered(self, scope, days):
        """Return rows (customer, day) of calls without an answer and meetings declined."""
        recorded, known = self._local_day(scope, SQL("record.date"))
        started, begun = self._local_day(scope, SQL("event.start"))
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, day FROM (
                       SELECT partner.commercial_partner_id AS partner_id, %(recorded)s AS day
                       FROM retention_interaction record
                       JOIN res_partner partner ON partner.id = record.partner_id
                       WHERE record.outcome = 'no_answer' AND record.company_id IN %(members)s
                       AND %(known)s %(only)s
                       UNION ALL
                       SELECT partner.commercial_partner_id, %(started)s
                       FROM calendar_event event
                       JOIN calendar_attendee attendee ON attendee.event_id = event.id
                       JOIN res_partner partner ON partner.id = attendee.partner_id
                       WHERE event.active AND attendee.state = 'declined'
                       AND partner.partner_share AND %(begun)s AND %(organised)s %(only)s
                   ) attempt WHERE day > %(since)s""",
                recorded=recorded,
                known=known,
                started=started,
                begun=begun,
                members=scope.company._retention_members(),
                organised=self._works_for(scope, SQL("event.user_id")),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
                since=scope.as_of - timedelta(days=days),
            )
        )

    @api.model
    def _last_logins(self, scope):
        """Return rows (customer, day of the last login of any of its portal users)."""
        day, known = self._local_day(scope, SQL("log.create_date"))
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, MAX(%s)
                   FROM res_users_log log
                   JOIN res_users member ON member.id = log.create_uid
                   JOIN res_partner partner ON partner.id = member.partner_id
                   WHERE member.share AND member.active AND %s %s
                   GROUP BY partner.commercial_partner_id""",
                day,
                known,
                self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )

    @api.model
    def _contacts_gone(self, scope):
        """Return rows (customer, 1) whose contact person is archived or cannot be mailed.

        The contact person is who placed the last order; mail to the customer itself counts too.
        Orders are read only of customers with any such contact.
        """
        return self.env.execute_query(
            SQL(
                """WITH suspect AS (
                       SELECT DISTINCT commercial_partner_id AS id FROM res_partner partner
                       WHERE (NOT partner.active OR partner.message_bounce > 0) %(only)s)
                   SELECT last.customer_id, 1 FROM (
                       SELECT DISTINCT ON (partner.commercial_partner_id)
                              partner.commercial_partner_id AS customer_id,
                              partner.active, partner.message_bounce
                       FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                       WHERE so.state = 'sale' AND so.company_id IN %(members)s
                       AND partner.commercial_partner_id IN (SELECT id FROM suspect)
                       ORDER BY partner.commercial_partner_id, so.date_order DESC, so.id DESC) last
                   JOIN res_partner customer ON customer.id = last.customer_id
                   WHERE customer.active AND (NOT last.active OR last.message_bounce > 0
                                              OR customer.message_bounce > 0)""",
                members=scope.company._retention_members(),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )

    @api.model
    def _lost_quotations(self, scope, days):
        """Return rows (customer, day) of quotations cancelled or expired."""
        day, known = self._local_day(scope, SQL("so.date_order"))
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, %(day)s
                   FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                   WHERE (so.state = 'cancel'
                          OR so.state IN ('draft', 'sent') AND so.validity_date < %(as_of)s)
                   AND %(known)s AND %(day)s > %(since)s AND so.company_id IN %(members)s
                   %(only)s""",
                as_of=scope.as_of,
                known=known,
                day=day,
                since=scope.as_of - timedelta(days=days),
                members=scope.company._retention_members(),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )

    @api.model
    def _invoices_exist(self, scope):
        [[found]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM account_move WHERE state = 'posted'
                       AND move_type = 'out_invoice' AND company_id IN %s
                       AND invoice_date <= %s)""",
                scope.company._retention_members(),
                scope.as_of,
            )
        )
        return found

    @api.model
    def _overdue_invoices(self, scope):
        """Return rows (customer, days since the oldest unpaid invoice was due)."""
        return self.env.execute_query(
            SQL(
                """SELECT move.commercial_partner_id, %s::date - MIN(move.invoice_date_due)
                   FROM account_move move
                   WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                   AND move.payment_state IN ('not_paid', 'partial')
                   AND move.invoice_date_due < %s AND move.company_id IN %s %s
                   GROUP BY move.commercial_partner_id""",
                scope.as_of,
                scope.as_of,
                scope.company._retention_members(),
                self._only_partners(scope, SQL("move.commercial_partner_id")),
            )
        )

    @api.model
    def _leaving_talks(self, scope, days):
        """Return rows (customer, day of the last talk that meant leaving)."""
        day, known = self._local_day(scope, SQL("record.date"))
        tags = self.env["retention.interaction"]._fields["tag_ids"]
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, MAX(%(day)s)
                   FROM retention_interaction record
                   JOIN res_partner partner ON partner.id = record.partner_id
                   WHERE record.company_id IN %(members)s AND %(known)s
                   AND %(day)s > %(since)s %(only)s AND EXISTS (
                       SELECT FROM %(said)s said
                       JOIN retention_intent_tag tag ON tag.id = said.%(tag)s
                       WHERE said.%(record)s = record.id AND tag.leaving)
                   GROUP BY partner.commercial_partner_id""",
                said=SQL.identifier(tags.relation),
                record=SQL.identifier(tags.column1),
                tag=SQL.identifier(tags.column2),
                day=day,
                members=scope.company._retention_members(),
                known=known,
                since=scope.as_of - timedelta(days=days),
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
