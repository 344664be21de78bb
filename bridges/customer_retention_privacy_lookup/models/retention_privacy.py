from odoo import api, models


class RetentionPrivacy(models.AbstractModel):
    _inherit = "retention.privacy"

    @api.model
    def _log_erasure(self, partner, companies, counts):
        """Note it where Odoo notes what was done with personal data, without the name."""
        result = super()._log_erasure(partner, companies, counts)
        self.env["privacy.log"].sudo().create(
            {
                "user_id": self.env.uid,
                "anonymized_name": partner.name or "-",
                # Core refuses what is no address.
                "anonymized_email": partner.email_normalized or "unknown@example.com",
                "records_description": "\n".join(
                    f"{label} ({count})" for label, (count, _fate) in counts.items()
                ),
                "execution_details": self.env._(
                    "Retention: personal data of contact #%s erased", partner.id
                ),
            }
        )
        return result
