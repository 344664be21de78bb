from odoo import api, models


class ResPartner(models.Model):
    """The customer page: what it asks for and where its buttons lead."""

    _inherit = "res.partner"

    @api.readonly
    def retention_page(self):
        """Return what the customer page shows of this contact's company, as of today.

        :return: see ``retention.page._data``
        :raises AccessError: without access to the contact or without our group
        """
        self.ensure_one()
        partner = self.env["retention.timeline"]._allowed_partner(self.id)
        today = self.env.company._retention_company()._retention_today()
        return self.env["retention.page"]._data(partner, today)

    @api.readonly
    def retention_file(self):
        """Return the blocks of the customer file, see ``retention.page._file``.

        :raises AccessError: without access to the contact or without our group
        """
        self.ensure_one()
        partner = self.env["retention.timeline"]._allowed_partner(self.id)
        return self.env["retention.page"]._file(partner)

    def action_retention_quotation(self):
        """Open a new quotation for this contact."""
        self.ensure_one()
        self.check_access("read")
        self.env["sale.order"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [[False, "form"]],
            "context": {"default_partner_id": self.id},
            "name": self.env._("New Quotation"),
        }

    def action_retention_expectation(self):
        """Open the dialog for what its user knows better: a date by hand, a pause."""
        self.ensure_one()
        self.check_access("read")
        action = self.retention_profile_id.action_expectation()
        return {**action, "views": [[False, "form"]]}

    def action_retention_invoices(self):
        """List what this contact's company has not paid, for who may read invoices."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("read")
        company = self.env.company._retention_company()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "views": [[False, "list"], [False, "form"]],
            "domain": [
                ("move_type", "in", ("out_invoice", "out_receipt", "out_refund")),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
                ("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "in", company._retention_members()),
            ],
            "name": self.env._("Open Invoices"),
        }
