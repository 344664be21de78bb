from odoo import api, fields, models
from odoo.exceptions import UserError

MARKS = ("pricelist", "tag", "early")
LISTED = 5000  # contacts shown; all are put back
TAG = "res.partner.category"


class RetentionGiveBack(models.TransientModel):
    """What tiers and procedures changed on contacts, to be put back before the addon goes.

    Of all companies: the addon goes from all of them. Contacts are as they were before, unless
    a person changed them since.
    """

    _name = "retention.give.back"
    _description = "Take Back Benefits"
    _allow_sudo_commands = False

    uninstall_id = fields.Many2one("base.module.uninstall", readonly=True, ondelete="cascade")
    line_ids = fields.One2many("retention.give.back.line", "wizard_id", "Benefits")
    done = fields.Boolean(readonly=True)
    done_count = fields.Integer("Contacts Put Back", readonly=True)
    left_count = fields.Integer("Contacts That Keep Something", readonly=True)

    # ---------------------------------------------------------------- what there is
    @api.model
    def action_of_all(self):
        """Open the dialog with what would be put back."""
        return self._of_all()._open()

    @api.model
    def _of_all(self, uninstall=None):
        self.check_access("create")
        wizard = self.create({"uninstall_id": uninstall.id if uninstall else False})
        rows = [*wizard._benefit_rows(), *wizard._tag_rows()]
        wizard.line_ids.create([{"wizard_id": wizard.id, **row} for row in rows])
        return wizard

    @api.model
    def _held(self):
        """Return [(benefit, its grants)] of marks that customers have from tiers now."""
        found = (
            self.env["retention.tier.grant"]
            .sudo()
            ._read_group(
                [
                    ("live", "=", True),
                    ("state", "=", "given"),
                    ("benefit_id.type", "in", MARKS),
                ],
                ["company_id", "benefit_id"],
                ["id:recordset"],
            )
        )
        return [
            (benefit, grants._engine(company))
            for company, benefit, grants in found
            if benefit.type != "early" or benefit.tag_id
        ]

    @api.model
    def _benefit_rows(self):
        rows = []
        for benefit, grants in self._held():
            standing = benefit.with_env(grants.env)._standing(grants)
            rows.append(
                {
                    "benefit_id": benefit.id,
                    "company_id": benefit.company_id.id,
                    "name": (benefit.pricelist_id or benefit.tag_id).display_name,
                    "given_by": f"{benefit.tier_id.name} · {benefit.name}",
                    "contact_count": len(standing),
                    "left_count": len(grants) - len(standing),
                }
            )
        return rows

    @api.model
    def _tag_rows(self):
        """Return the rows of tags that steps of procedures put on contacts."""
        rows = []
        for tag in self._step_tags():
            contacts = self._tagged(tag)
            if contacts:
                rows.append(
                    {
                        "tag_id": tag.id,
                        "name": tag.display_name,
                        "given_by": self.env._("Procedures"),
                        "contact_count": len(contacts),
                    }
                )
        return rows

    @api.model
    def _step_tags(self):
        """Return the tags that steps put on contacts which did not have them."""
        found = (
            self.env["retention.sop.step.run"]
            .sudo()
            ._read_group([("res_model", "=", TAG)], ["res_id"])
        )
        return self.env[TAG].sudo().browse(key for (key,) in found).exists()

    @api.model
    def _tagged(self, tag):
        """Return the contacts that have ``tag`` from a step and still have it."""
        runs = self.env["retention.sop.step.run"].sudo()
        found = runs.search([("res_model", "=", TAG), ("res_id", "=", tag.id)])
        return found.enrollment_id.contact_id.filtered(lambda c: tag in c.category_id)

    @api.model
    def _holders(self, tag):
        """Return the contacts to whom a benefit gives ``tag`` now."""
        given = [("live", "=", True), ("state", "=", "given"), ("benefit_id.tag_id", "=", tag.id)]
        return self.env["retention.tier.grant"].sudo().search(given).partner_id

    # ---------------------------------------------------------------- putting back
    def action_put_back(self):
        """Put back what is ticked.

        :raises UserError: while the figures are being computed
        """
        self.ensure_one()
        self.check_access("write")
        lines = self.line_ids.filtered("selected")
        wanted, tags = lines.benefit_id, lines.tag_id
        contacts = left = self.env["res.partner"]
        companies, stood = {}, []
        for benefit, grants in self._held():
            if benefit in wanted:
                standing = benefit.with_env(grants.env)._standing(grants)
                contacts |= standing.partner_id.with_env(self.env)
                stood.append((benefit.with_env(grants.env), standing))
                companies.setdefault(benefit.company_id, []).append(grants)
        for company, parts in companies.items():
            self._take_back(company, parts[0].concat(*parts[1:]))
        for tag in tags:
            # Who has it from a benefit that is not ticked keeps it.
            tagged, holders = self._tagged(tag), self._holders(tag)
            contacts |= tagged.with_env(self.env)
            left |= (tagged & holders).with_env(self.env)
            (tagged - holders).write({"category_id": [fields.Command.unlink(tag.id)]})
        for benefit, standing in stood:
            # What could not be written, or stands on another benefit, is still there.
            left |= benefit._standing(standing).partner_id.with_env(self.env)
        self.write(
            {"done": True, "done_count": len(contacts - left), "left_count": len(left)},
        )
        return self._open()

    @api.model
    def _take_back(self, company, grants):
        if not self.env["retention.metrics"].sudo()._try_lock(company.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        engine = self.env["retention.tier.benefit"]._engine(company)
        now = fields.Datetime.now()
        engine._take_back(grants, company._retention_today(), now, {}, "leaving")

    def action_back(self):
        """Go back to the dialog of the uninstallation, which this one stands in front of."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.uninstall_id._name,
            "res_id": self.uninstall_id.id,
            "view_mode": "form",
            "name": self.env._("Uninstall module"),
            "target": "new",
        }

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "name": self.env._("Take Back Benefits"),
            "target": "new",
        }


class RetentionGiveBackLine(models.TransientModel):
    """A benefit of a tier, or a tag that procedures put on contacts."""

    _name = "retention.give.back.line"
    _description = "Benefit to Take Back"
    _order = "company_id, id"
    _allow_sudo_commands = False

    wizard_id = fields.Many2one(
        "retention.give.back", required=True, readonly=True, ondelete="cascade"
    )
    selected = fields.Boolean(
        "Put Back", default=True, help="Otherwise it stays as it is when the addon is gone."
    )
    name = fields.Char("Pricelist or Tag", readonly=True)
    given_by = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    benefit_id = fields.Many2one("retention.tier.benefit", readonly=True, ondelete="cascade")
    tag_id = fields.Many2one("res.partner.category", readonly=True, ondelete="cascade")
    contact_count = fields.Integer(
        "Contacts", readonly=True, help="Contacts from which it would be taken."
    )
    left_count = fields.Integer(
        "Stay as They Are",
        readonly=True,
        help="They had it before, or a person has changed it since.",
    )

    def action_open_contacts(self):
        """List the contacts that would be put back."""
        self.ensure_one()
        self.check_access("read")
        if self.tag_id:
            contacts = self.wizard_id._tagged(self.tag_id)
        else:
            contacts = self.env["res.partner"].sudo()
            for benefit, grants in self.wizard_id._held():
                if benefit == self.benefit_id:
                    contacts |= benefit.with_env(grants.env)._standing(grants).partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "view_mode": "list,form",
            "name": self.name,
            "domain": [("id", "in", contacts.ids[:LISTED])],
        }


class BaseModuleUninstall(models.TransientModel):
    """The dialog of an uninstallation offers to put back first what contacts were given."""

    _inherit = "base.module.uninstall"

    retention_benefits = fields.Boolean(compute="_compute_retention_benefits")

    @api.depends("module_ids")
    def _compute_retention_benefits(self):
        give_back = self.env["retention.give.back"]
        for wizard in self:
            going = "customer_retention" in wizard._get_modules().mapped("name")
            wizard.retention_benefits = going and bool(
                give_back._held() or any(give_back._tagged(tag) for tag in give_back._step_tags())
            )

    def action_retention_give_back(self):
        """Look at the benefits first."""
        self.ensure_one()
        return self.env["retention.give.back"]._of_all(self)._open()
