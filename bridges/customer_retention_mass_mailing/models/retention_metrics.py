from odoo import api, models
from odoo.tools import SQL

# Of a mail that left; one that came back has touched nobody.
REACHED = ("pending", "sent", "open", "reply")


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _mailings_received(self, scope):
        """Return SQL (partner_id, contact_id, moment, trace_id) of mass mailings.

        Those that went out to contacts of the customers of ``scope``: to the contact's own
        record or, from a list or a lead, to its address. One row per customer and mail, of the
        contact it was addressed to, where there is one.
        """
        for model, names in self._mailing_fields().items():
            self.env[model].flush_model(names)
        return SQL(
            """SELECT DISTINCT ON (contact.commercial_partner_id, trace.id)
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      trace.sent_datetime AS moment, trace.id AS trace_id
               FROM res_partner contact
               JOIN mailing_trace trace ON trace.email = contact.email_normalized
                    OR trace.model = 'res.partner' AND trace.res_id = contact.id
               JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
               WHERE trace.trace_type = 'mail' AND trace.trace_status IN %s
               AND trace.sent_datetime IS NOT NULL AND trace.is_test_trace IS NOT TRUE
               AND (contact.company_id IN %s OR contact.company_id IS NULL AND %s) %s
               ORDER BY contact.commercial_partner_id, trace.id,
                        (trace.model = 'res.partner' AND trace.res_id = contact.id) DESC,
                        contact.id""",
            REACHED,
            scope.company._retention_members(),
            self._works_for(scope, SQL("mailing.user_id")),
            self._only_partners(scope, SQL("contact.commercial_partner_id")),
        )

    @api.model
    def _mailing_fields(self):
        return {
            "res.partner": ["commercial_partner_id", "company_id", "email_normalized"],
            "res.users": ["company_ids"],
            "mailing.mailing": ["user_id"],
            "mailing.trace": [
                "email",
                "is_test_trace",
                "mass_mailing_id",
                "model",
                "res_id",
                "sent_datetime",
                "trace_status",
                "trace_type",
            ],
        }

    @api.model
    def _touch_history(self, company, partner_ids, since):
        history = super()._touch_history(company, partner_ids, since)
        few = SQL("(SELECT UNNEST(%s::int[]) AS partner_id) few", list(partner_ids))
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, moment, 'mail', contact_id FROM (%s) mailing
                   WHERE moment > %s""",
                self._mailings_received(self._scope(company, None, few)),
                since,
            )
        )
        for partner_id, *touch in rows:
            history.setdefault(partner_id, []).append(tuple(touch))
        return history
