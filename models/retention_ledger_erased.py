from odoo import api, fields, models
from odoo.tools import SQL

from .retention_metrics_ledger import month_of


class RetentionLedgerErased(models.Model):
    """What the documents of erased customers came to in closed months when they were erased.

    The months went to an archived contact that says nothing, the documents stay with the erased
    one: by so much restating reads more for the former and less for the latter. What changes in
    the documents afterwards then counts for the company, once, and no row points at another.
    """

    _name = "retention.ledger.erased"
    _description = "Closed Months of Erased Customers"
    _order = "month desc, id"
    _rec_name = "month"
    _log_access = False
    _allow_sudo_commands = False

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="The first day of the month.")
    amount = fields.Monetary(
        "Revenue Moved",
        readonly=True,
        help="Above zero for who has the closed month now, below zero for who has its documents.",
    )

    _company_month_idx = models.Index("(company_id, month)")


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _erased_rows(self, scope):
        """Return SQL (partner_id, day, amount) of what restating reads besides documents."""
        self.env["retention.ledger.erased"].flush_model()
        return SQL(
            """SELECT contact.commercial_partner_id AS partner_id, erased.month AS day,
                      erased.amount
               FROM retention_ledger_erased erased
               JOIN res_partner contact ON contact.id = erased.partner_id
               WHERE erased.company_id = %s %s""",
            scope.company.id,
            self._only_partners(scope, SQL("contact.commercial_partner_id")),
        )

    @api.model
    def _keep_restated(self, person, nobody):
        """Have the months of ``nobody``, who was ``person`` until now, stay as they are restated.

        What was given away with them, such as imported purchases, is found with ``nobody`` anyway.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, MIN(month), MAX(month) FROM retention_ledger
                   WHERE partner_id = %s GROUP BY company_id""",
                nobody.id,
            )
        )
        for company_id, first, last in rows:
            company = self.env["res.company"].browse(company_id)
            only = self._partner_table(nobody.ids)
            scope = self._scope(company, month_of(company, last).last, only)
            found = self._restated_rows(scope, first, last, None)
            self._insert_erased(company, person, nobody, found)

    @api.model
    def _insert_erased(self, company, person, nobody, found):
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_ledger_erased (partner_id, company_id, month, amount)
                   SELECT side.partner_id, ledger.company_id, ledger.month,
                          side.sign * (ledger.revenue_restated - COALESCE(found.revenue, 0))
                   FROM retention_ledger ledger
                   LEFT JOIN (%(found)s) found ON found.month = ledger.month
                   CROSS JOIN (VALUES (%(nobody)s, 1), (%(person)s, -1)) side (partner_id, sign)
                   WHERE ledger.company_id = %(company)s AND ledger.partner_id = %(nobody)s
                   AND ledger.revenue_restated != COALESCE(found.revenue, 0)""",
                found=found,
                nobody=nobody.id,
                person=person.id,
                company=company.id,
            )
        )

    @api.model
    def _forget_erased(self, company_id, month):
        """Leave documents with whom they belong to: the month is made from them again."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM retention_ledger_erased WHERE company_id = %s AND month = %s",
                company_id,
                month,
            )
        )
        self.env["retention.ledger.erased"].invalidate_model(flush=False)
