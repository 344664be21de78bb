from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RetentionPainLink(models.Model):
    """That somebody said so: a customer, and the case, ticket or answer it was said in."""

    _name = "retention.pain.link"
    _description = "Product Pain of a Customer"
    _order = "id desc"
    _rec_name = "partner_id"
    _allow_sudo_commands = False

    pain_id = fields.Many2one(
        "retention.pain",
        required=True,
        index=True,
        ondelete="cascade",
        help="The pain of which the customer spoke.",
    )
    company_id = fields.Many2one(related="pain_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: anonymous.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer"
    )
    res_model = fields.Char("Said In Model", readonly=True)
    res_id = fields.Many2oneReference("Said In", model_field="res_model", readonly=True)
    note = fields.Char("In Their Words")
    told_on = fields.Date(readonly=True, copy=False)
    activity_id = fields.Many2one(
        "mail.activity",
        "Task to Tell",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )

    _once = models.Constraint(
        "UNIQUE (pain_id, res_model, res_id)", "This was linked to the pain already."
    )

    @api.constrains("activity_id")
    def _check_activity(self):
        for link in self:
            link.activity_id._check_hangs_on(link.pain_id)

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links.pain_id._store_hits()
        return links

    def write(self, vals):
        pains = self.pain_id
        result = super().write(vals)
        if {"pain_id", "partner_id"} & vals.keys():
            (pains | self.pain_id)._store_hits()
        return result

    def unlink(self):
        pains = self.pain_id
        result = super().unlink()
        pains._store_hits()
        return result

    # ---------------------------------------------------------------- telling
    def _told(self):
        """Note that the customers know; who was told once is not told again."""
        for company, links in self.filtered(lambda k: not k.told_on).grouped("company_id").items():
            links.told_on = company._retention_today()

    def action_told(self):
        self.check_access("write")
        self._told()

    def action_open_source(self):
        """Open the case, ticket or answer, for who may."""
        self.ensure_one()
        if not self.res_id:
            return self.partner_id.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


class RetentionPainSource(models.AbstractModel):
    """Something a customer said, that may be about a product pain. For tickets and the like.

    The record has ``partner_id`` and ``company_id``.
    """

    _name = "retention.pain.source"
    _description = "What May Be About a Product Pain"

    retention_pain_id = fields.Many2one(
        "retention.pain",
        "Product Pain",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="customer_retention.group_user",
        help="What the product team has to mend: it counts this customer, and tells when it is.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.sudo().filtered("retention_pain_id")._sync_pain_links()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "retention_pain_id" in vals or (
            {"partner_id", "company_id"} & vals.keys() and self.sudo().retention_pain_id
        ):
            self.sudo()._sync_pain_links()
        return result

    def unlink(self):
        links = self._pain_links()
        result = super().unlink()
        links.unlink()
        return result

    def _pain_links(self):
        links = self.env["retention.pain.link"].sudo()
        return links.search([("res_model", "=", self._name), ("res_id", "in", self.ids)])

    def _sync_pain_links(self):
        """Have one link per record say what the record says; runs with all rights."""
        known = {link.res_id: link for link in self._pain_links()}
        added, gone = [], self.env["retention.pain.link"].sudo()
        for record in self:
            pain, partner, link = record.retention_pain_id, record.partner_id, known.get(record.id)
            if pain:
                record._check_pain_company()
            if not pain:
                gone |= link or gone
            elif not link:
                reference = {"res_model": self._name, "res_id": record.id}
                added.append({"pain_id": pain.id, "partner_id": partner.id, **reference})
            elif (link.pain_id, link.partner_id) != (pain, partner):
                link.write({"pain_id": pain.id, "partner_id": partner.id})
        gone.unlink()
        self.env["retention.pain.link"].sudo().create(added)

    def _check_pain_company(self):
        company = self.company_id or self.env.company
        pain = self.retention_pain_id
        if company._retention_company() != pain.company_id._retention_company():
            raise ValidationError(
                self.env._("%(pain)s belongs to another company.", pain=pain.display_name)
            )


class RetentionCase(models.Model):
    _name = "retention.case"
    _inherit = ["retention.case", "retention.pain.source"]


class RetentionFeedback(models.Model):
    _name = "retention.feedback"
    _inherit = ["retention.feedback", "retention.pain.source"]
