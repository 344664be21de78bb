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
        self.flush_model()
        changed = metrics._store_last_contact(scope, talks)
        if changed:
            self.invalidate_model(["last_interaction_date", "write_date", "write_uid"])
        return changed

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Core moves follow-up records by their columns; a contact's customer changes too."""
        result = super()._merge_profiles(src_partners, dst_partner)
        self._follow_contacts(self.env["retention.interaction"], src_partners, dst_partner)
        return result
