from odoo import api, models
from odoo.tools import SQL


class RetentionProfile(models.Model):
    """Merging contacts: one profile per company is left, with both histories."""

    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Move everything that hangs on the sources' profiles to the one that is kept.

        Per company the kept profile is the destination's, else the sources' oldest.
        """
        everybody = self.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="id"
        )
        for profiles in everybody.grouped("company_id").values():
            kept = profiles.filtered(lambda p: p.partner_id == dst_partner) or profiles[0]
            others = profiles - kept
            if others:
                kept._absorb(others)

    @api.model
    def _follow_contacts(self, records, src_partners, dst_partner):
        """Have records of the sources, which core moves after this, know the customer they go to.

        :param records: of a model with ``partner_id`` and a stored ``commercial_partner_id``
        """
        records.flush_model(["partner_id", "commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET commercial_partner_id = %s WHERE partner_id = ANY(%s)",
                SQL.identifier(records._table),
                dst_partner.commercial_partner_id.id,
                src_partners.ids,
            )
        )
        records.invalidate_model(["commercial_partner_id"])

    def _absorb(self, others):
        """Take over the children of ``others`` and delete them. Hook: further children."""
        self.ensure_one()
        self.env.flush_all()
        for table, column in self._profile_children():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    self.id,
                    SQL.identifier(column),
                    others.ids,
                )
            )
        self.env.invalidate_all()
        if not self.user_id:
            self.user_id = others.filtered("user_id")[:1].user_id
        others.unlink()

    @api.model
    def _profile_children(self):
        """Return (table, column) of what a merge moves from profile to profile."""
        return [("retention_change", "profile_id")]
