from odoo import api, fields, models
from odoo.tools import SQL


class RetentionProfile(models.Model):
    """The day of the last contact, whatever kind it was."""

    _inherit = "retention.profile"

    last_interaction_date = fields.Date(
        "Last Contact",
        readonly=True,
        help="The last talk, done activity, message from the customer, meeting or purchase.",
    )

    @api.model
    def _store_interactions(self, company, as_of, partner_ids=None, talks=None):
        """Bring ``last_interaction_date`` up to ``as_of``, in one statement.

        Reads ``last_order_date``, so purchases are stored first.

        :param partner_ids: commercial partners to look at, as ids or as an SQL relation
            with one column partner_id; None for everybody
        :param talks: SQL relation (partner_id, day) of interactions already read
        :return: the number of profiles that changed
        """
        metrics = self.env["retention.metrics"]
        if partner_ids is None or isinstance(partner_ids, SQL):
            partners = partner_ids
        else:
            partners = SQL("(SELECT unnest(%s::int[]) AS partner_id) few", list(partner_ids))
        scope = metrics._scope(company, as_of, partners)
        last = (
            SQL("SELECT partner_id, MAX(day) AS day FROM %s talk GROUP BY partner_id", talks)
            if talks
            else metrics._last_interaction_query(scope, purchases=False)
        )
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile profile
                   SET last_interaction_date = found.day, write_date = %(now)s,
                       write_uid = %(uid)s
                   FROM (SELECT known.id, GREATEST(known.last_order_date, last.day) AS day
                         FROM retention_profile known
                         LEFT JOIN (%(last)s) last ON last.partner_id = known.partner_id
                         WHERE known.company_id = %(company)s %(only)s) found
                   WHERE found.id = profile.id
                   AND profile.last_interaction_date IS DISTINCT FROM found.day""",
                now=self.env.cr.now(),
                uid=self.env.uid,
                last=last,
                company=company.id,
                only=metrics._only_partners(scope, SQL("known.partner_id")),
            )
        )
        changed = self.env.cr.rowcount
        if changed:
            self.invalidate_model(["last_interaction_date", "write_date", "write_uid"])
        return changed

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Core moves follow-up records by their columns; a contact's customer changes too."""
        result = super()._merge_profiles(src_partners, dst_partner)
        records = self.env["retention.interaction"]
        records.flush_model(["partner_id", "commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE retention_interaction SET commercial_partner_id = %s
                   WHERE partner_id = ANY(%s)""",
                dst_partner.commercial_partner_id.id,
                src_partners.ids,
            )
        )
        records.invalidate_model(["commercial_partner_id"])
        return result
