from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """Agreements: for the retention standard "agreement in force"."""

    _inherit = "retention.metrics"

    @api.model
    def _agreement_query(self, scope):
        """Return SQL (partner_id, in_force, last_end), one row per commercial partner.

        Only agreements that were signed and had begun by ``scope.as_of``. ``in_force``: one
        of them runs on that day, or the one that follows it is signed and not over;
        ``last_end``: the latest last day, NULL if one has none.
        """
        self.env["retention.agreement"].flush_model(
            ["partner_id", "company_id", "signed_on", "start", "end", "renewed_by_id"]
        )
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      BOOL_OR(agreement."end" IS NULL OR agreement."end" >= %(as_of)s
                              OR COALESCE(next.signed_on <= %(as_of)s, FALSE)
                                 AND (next."end" IS NULL OR next."end" >= %(as_of)s))
                          AS in_force,
                      CASE WHEN BOOL_OR(agreement."end" IS NULL) THEN NULL
                           ELSE MAX(agreement."end") END AS last_end
               FROM retention_agreement agreement
               JOIN res_partner partner ON partner.id = agreement.partner_id
               LEFT JOIN retention_agreement next ON next.id = agreement.renewed_by_id
               WHERE agreement.company_id IN %(members)s AND agreement.signed_on <= %(as_of)s
               AND agreement.start <= %(as_of)s %(only)s
               GROUP BY partner.commercial_partner_id""",
            as_of=scope.as_of,
            members=scope.company._retention_members(),
            only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )
