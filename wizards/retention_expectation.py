from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.batches import check_many


class RetentionExpectation(models.TransientModel):
    """An account manager says when to expect the next order, or pauses warnings."""

    _name = "retention.expectation"
    _description = "Expected Order and Pause"

    profile_ids = fields.Many2many(
        "retention.profile",
        string="Customers",
        required=True,
        help="The customers for whom you know better than the figures.",
    )
    customer_count = fields.Integer(compute="_compute_customer_count")
    figures_say = fields.Date("The Figures Say", compute="_compute_customer_count")
    expected_date = fields.Date(
        "Expect the Next Order On",
        compute="_compute_now",
        store=True,
        readonly=False,
        help="Counts until the next purchase. Empty: as the figures say.",
    )
    pause_until = fields.Date(
        "Pause Warnings Until",
        compute="_compute_now",
        store=True,
        readonly=False,
        help="No alert is opened up to and including this day.",
    )
    pause_reason = fields.Char(
        "Reason for the Pause",
        compute="_compute_now",
        store=True,
        readonly=False,
        help="Colleagues read it where the alert would stand.",
    )

    @api.depends("profile_ids")
    def _compute_customer_count(self):
        for wizard in self:
            wizard.customer_count = len(wizard.profile_ids)
            wizard.figures_say = len(wizard.profile_ids) == 1 and wizard.profile_ids.next_order_date

    @api.depends("profile_ids")
    def _compute_now(self):
        for wizard in self:
            # With the caller's rights: an unsaved form may name any customer.
            found = wizard.profile_ids._origin.sudo(False)._filtered_access("read")
            one = found if len(found) == len(wizard.profile_ids) == 1 else None
            wizard.expected_date = one and one.expected_date
            wizard.pause_until = one and one.pause_until
            wizard.pause_reason = one and one.pause_reason

    def action_apply(self):
        self.ensure_one()
        profiles = self.profile_ids
        profiles.check_access("read")
        check_many(profiles)
        for company, found in profiles.grouped("company_id").items():
            today = company._retention_today()
            if self.expected_date and self.expected_date <= today:
                raise UserError(self.env._("The expected date must lie in the future."))
            if self.pause_until and self.pause_until < today:
                raise UserError(self.env._("The pause must not end in the past."))
            if self.pause_until and not self.pause_reason:
                raise UserError(self.env._("Say why warnings are paused."))
            changed = found.filtered(lambda p: p.expected_date != self.expected_date)
            changed._set_expected(self.expected_date, today)
            found._set_pause(self.pause_until, self.pause_reason)
        return True
