from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RetentionReferral(models.Model):
    """Who brought us a customer; noted once, thanked and counted later."""

    _name = "retention.referral"
    _description = "Referral"
    _inherit = ["retention.file.record"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id", "referred_by_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(string="New Customer", ondelete="cascade")
    referred_by_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        help="The customer who recommended you.",
    )
    date = fields.Date("Referred On", required=True, default=fields.Date.context_today)
    note = fields.Text()

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "A customer has one referral in each company."
    )

    @api.constrains("partner_id", "referred_by_id")
    def _check_not_itself(self):
        for record in self:
            if record.referred_by_id.commercial_partner_id == record.commercial_partner_id:
                raise ValidationError(self.env._("A customer cannot be referred by itself."))

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        result = super()._merge_partners(src_partners, dst_partner)
        self._merge_unique(src_partners, dst_partner, ("note",))
        # Two that referred one another and turn out to be one customer.
        merged = (src_partners | dst_partner).ids
        self.search([("partner_id", "in", merged), ("referred_by_id", "in", merged)]).unlink()
        self.env.flush_all()
        return result
