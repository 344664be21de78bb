from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

USER = "customer_retention.group_user"


class RetentionFileRecord(models.AbstractModel):
    """What every record of the customer file has: a contact, its customer, a company."""

    _name = "retention.file.record"
    _description = "Record of the Customer File"
    _rec_names_search = ["partner_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="restrict"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="cascade",
    )

    @api.depends("partner_id")
    def _compute_company_id(self):
        for record in self:
            company = record.partner_id.company_id or record.company_id or self.env.company
            record.company_id = company._retention_company()

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        for record in self:
            owner = record.partner_id.company_id
            if owner and owner._retention_company() != record.company_id._retention_company():
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to another company than what you note here.",
                        contact=record.partner_id.display_name,
                    )
                )

    # ---------------------------------------------------------------- owners and files
    @api.model
    def _owner_domain(self):
        """People who can open the record: with our group, in a company that may see it."""
        group = self.env.ref(USER).id
        return (
            f"[('share', '=', False), ('all_group_ids', 'in', [{group}]),"
            " ('company_ids', 'child_of', company_id)]"
        )

    def _check_owner_access(self):
        """Refuse an owner (``user_id``) who could not open the record."""
        for record in self.filtered("user_id"):
            user = record.user_id
            members = set(record.company_id._retention_company()._retention_members())
            if not (user.active and user.has_group(USER) and members & set(user.company_ids.ids)):
                raise ValidationError(
                    self.env._(
                        "%(user)s could not open it. Choose a user of Retention in the same "
                        "company as owner.",
                        user=user.name,
                    )
                )

    def _claim_files(self, name):
        """Let everybody who may read the record see what was uploaded for it."""
        for record in self.filtered(name):
            new = record[name].filtered(lambda file: not file.res_id)
            new.write({"res_model": self._name, "res_id": record.id})

    # ---------------------------------------------------------------- partners
    @api.model
    def _of_partner_domain(self, partner):
        """Return the domain of a contact's records, or of all contacts of a customer."""
        customer = partner.commercial_partner_id == partner
        return [("commercial_partner_id" if customer else "partner_id", "=", partner.id)]

    @api.model
    def _file_models(self):
        """Return the stored models that keep records of the customer file."""
        base = self.env.registry["retention.file.record"]
        return [
            model
            for name, model in self.env.items()
            if not model._abstract and issubclass(self.env.registry[name], base)
        ]

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        """Prepare this model for a merge: core moves ``partner_id`` after this.

        Hook: a model with a unique key joins its own rows here, because core deletes all
        source rows of a table on one conflict.
        """
        self.env["retention.profile"]._follow_contacts(self, src_partners, dst_partner)
        return True

    @api.model
    def _merge_unique(self, src_partners, dst_partner, join):
        """Leave one row per company among the merged contacts, the destination's if it has one.

        :param join: names of fields that the kept row takes over where it has nothing; of
            many2many fields it gets all; a tuple of names is taken over as one
        """
        everybody = self.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)], order="id"
        )
        for rows in everybody.grouped("company_id").values():
            kept = rows.filtered(lambda row: row.partner_id == dst_partner)[:1] or rows[0]
            for other in rows - kept:
                taken = {}
                for names in join:
                    names = names if isinstance(names, tuple) else (names,)
                    if self._fields[names[0]].type == "many2many":
                        links = [Command.link(i) for i in other[names[0]].ids]
                        taken[names[0]] = links
                    elif not any(kept[name] for name in names):
                        taken.update((name, other[name]) for name in names if other[name])
                kept.write(taken)
            (rows - kept).unlink()
        self.env.flush_all()


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        result = super()._merge_profiles(src_partners, dst_partner)
        for model in self.env["retention.file.record"]._file_models():
            model.sudo()._merge_partners(src_partners, dst_partner)
        return result
