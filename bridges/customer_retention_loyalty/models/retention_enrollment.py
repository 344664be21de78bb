from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.customer_retention.analytics import schedule

KEPT_ON = {"goal", "purchase"}  # reasons to leave with which a coupon stays good


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    coupon_id = fields.Many2one(
        "loyalty.card",
        compute="_compute_coupon",
        compute_sudo=True,
        help="The last one given in this enrollment.",
    )
    coupon_code = fields.Char(compute="_compute_coupon", compute_sudo=True)
    coupon_expires_on = fields.Date(compute="_compute_coupon", compute_sudo=True)
    coupon_expiry_text = fields.Char(
        "Last Day of the Coupon",
        compute="_compute_coupon_expiry_text",
        help="As the contact writes dates, for messages.",
    )
    coupon_used_on = fields.Date(
        "Coupon Redeemed On", compute="_compute_coupon_used_on", compute_sudo=True
    )

    @api.depends("run_ids.coupon_id.code", "run_ids.coupon_id.expiration_date")
    def _compute_coupon(self):
        for enrollment in self:
            card = enrollment.run_ids.coupon_id.sorted("id")[-1:]
            enrollment.coupon_id = card
            enrollment.coupon_code = card.code
            enrollment.coupon_expires_on = card.expiration_date

    @api.depends("coupon_expires_on", "contact_id.lang")
    def _compute_coupon_expiry_text(self):
        for enrollment in self:
            day = enrollment.coupon_expires_on
            enrollment.coupon_expiry_text = day and format_date(
                self.env, day, lang_code=enrollment.contact_id.lang, date_format="long"
            )

    @api.depends("coupon_id")
    def _compute_coupon_used_on(self):
        used = self.env["retention.metrics"]._coupons_used(self.coupon_id.ids)
        for enrollment in self:
            moment = used.get(enrollment.coupon_id.id)
            zone = enrollment.zone or enrollment.company_id._retention_timezone()
            enrollment.coupon_used_on = moment and schedule.local(moment, zone).date()

    def _leave(self, reason, now):
        """Take coupons back where the step says so and nobody has used them."""
        given = self.filtered("live").run_ids.filtered("step_id.coupon_take_back")
        result = super()._leave(reason, now)
        if reason not in KEPT_ON:
            for company, runs in given.grouped("company_id").items():
                runs.coupon_id._retention_take_back(company, now)
        return result
