from odoo import api, fields, models


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Give enrollments new keys: core would delete all of the sources on a conflict."""
        enrollments = self.env["retention.enrollment"]._engine()
        enrollments._merge_enrollments(src_partners, dst_partner)
        return super()._merge_profiles(src_partners, dst_partner)

    @api.model
    def _profile_children(self):
        return [*super()._profile_children(), ("retention_enrollment", "profile_id")]


class RetentionEnrollment(models.Model):
    """Merging contacts: every pass is kept, one of each procedure goes on."""

    _inherit = "retention.enrollment"

    @api.model
    def _merge_enrollments(self, src_partners, dst_partner):
        """Move the sources' enrollments to the destination before core does.

        Of several under way in one procedure for one contact the oldest goes on.
        """
        everybody = src_partners | dst_partner
        found = self.search(
            ["|", ("partner_id", "in", everybody.ids), ("contact_id", "in", everybody.ids)],
            order="id",
        )
        customer = dst_partner.commercial_partner_id
        taken = set()
        # Those that stay as they are keep their number.
        moving = found.filtered(lambda e: (e.partner_id | e.contact_id) & src_partners)
        for enrollment in found - moving:
            taken.add(enrollment._occasion(enrollment.partner_id, enrollment.contact_id)[-1])
        for enrollment in moving:
            partner = customer if enrollment.partner_id in everybody else enrollment.partner_id
            contact = enrollment.contact_id
            contact = dst_partner if contact in src_partners else contact
            occasion, key = enrollment._occasion(partner, contact)
            number = enrollment.number
            while key in taken:
                number += 1
                key = (*occasion, number)
            taken.add(key)
            enrollment.write({"partner_id": partner.id, "contact_id": contact.id, "number": number})
        live = found.filtered("live")
        for same in live.grouped(lambda e: (e.root_id, e.company_id, e.contact_id)).values():
            same[1:]._leave("joined", fields.Datetime.now())
        self.env.flush_all()

    def _occasion(self, partner, contact):
        """Return (what the occasion is for these, the same with the number)."""
        occasion = (self.root_id.id, partner.id, contact.id, self.company_id.id, self.anchor_date)
        return occasion, (*occasion, self.number)
