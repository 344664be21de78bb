import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

MANAGER = "customer_retention.group_manager"


class RetentionPrivacyRequest(models.TransientModel):
    """What is known of a contact, counted; handed out as a file, or erased. For managers."""

    _name = "retention.privacy.request"
    _description = "Personal Data of a Contact"
    _allow_sudo_commands = False

    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True)
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        readonly=True,
        default=lambda self: self._own_companies(),
        help="Those that you are working in. What others keep is not shown and stays, but for "
        "figures and alerts: the contact objects to being judged anywhere.",
    )
    person_count = fields.Integer(
        "Contacts of the Customer",
        compute="_compute_person_count",
        help="Whose data are meant: the customer and its people.",
    )
    line_ids = fields.One2many(
        "retention.privacy.request.line", "request_id", "What Is There", readonly=True
    )
    total_count = fields.Integer(
        "Records", compute="_compute_total_count", help="All kinds of data together."
    )
    blocking_text = fields.Text("Finish First", compute="_compute_person_count")
    file = fields.Binary("Export", readonly=True, attachment=False)
    file_name = fields.Char(readonly=True)

    @api.model
    def _own_companies(self):
        companies = self.env["res.company"]
        for company in self.env.companies:
            companies |= company._retention_company()
        return companies

    @api.model_create_multi
    def create(self, vals_list):
        """Count what there is; kept in rows, as a saved dialog shows no others."""
        requests = super().create([{**vals, "line_ids": []} for vals in vals_list])
        for request in requests.filtered(lambda request: request._may_look()):
            parts = self.env["retention.privacy"]._found(request.partner_id, request.company_ids)
            request.line_ids = [
                Command.create({"label": p.label, "count": len(p.records), "fate": p.fate})
                for p in parts
            ]
        return requests

    @api.depends("line_ids.count")
    def _compute_total_count(self):
        for request in self:
            request.total_count = sum(request.line_ids.mapped("count"))

    @api.depends("partner_id", "company_ids")
    def _compute_person_count(self):
        for request in self:
            partner = request.partner_id._origin
            blocking, persons = [], partner
            if partner and request._may_look():
                privacy = self.env["retention.privacy"]
                persons = privacy._persons(partner)
                blocking = privacy._blocking(partner, request.company_ids._origin)
            request.person_count = max(len(persons) - 1, 0)
            request.blocking_text = "\n".join(blocking)

    def _may_look(self):
        """Ids may come from anywhere: the caller is a manager who may read the contact here."""
        return (
            self.env.user.has_group(MANAGER)
            and self.partner_id._origin.has_access("read")
            and self.company_ids._origin <= self._own_companies()
        )

    def _check_asked(self):
        self.ensure_one()
        if not self._may_look():
            raise AccessError(
                self.env._("Only managers of Retention hand out or erase personal data.")
            )

    # ---------------------------------------------------------------- actions
    def action_export_xlsx(self):
        return self._export("xlsx", "_as_workbook")

    def action_export_json(self):
        return self._export("json", "_as_json")

    def _export(self, kind, method):
        self._check_asked()
        privacy = self.env["retention.privacy"]
        content = getattr(privacy, method)(privacy._export(self.partner_id, self.company_ids))
        self.write(
            {
                "file": base64.b64encode(content),
                "file_name": f"personal-data-C{self.partner_id.id:06d}.{kind}",
            }
        )
        self.env["retention.trail"]._note(
            "privacy",
            [
                {
                    "company": company,
                    "what": self.env._("Personal data handed out"),
                    "record": self.partner_id,
                    "new_value": self.file_name,
                }
                for company in self.company_ids
            ],
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}?download=true",
            "target": "download",
        }

    def action_erase(self):
        """Erase what the companies know of the contact; see ``retention.privacy._erase``."""
        self._check_asked()
        partner = self.partner_id
        counts = self.env["retention.privacy"]._erase(partner, self.company_ids)
        deleted = sum(number for number, fate in counts.values() if fate == "delete")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Erased: %s records. The contact itself stays.", deleted),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class RetentionPrivacyRequestLine(models.TransientModel):
    _name = "retention.privacy.request.line"
    _description = "Personal Data of One Kind"

    request_id = fields.Many2one(
        "retention.privacy.request", required=True, index=True, ondelete="cascade"
    )
    label = fields.Char("Kind of Data", readonly=True)
    count = fields.Integer("How Many", readonly=True)
    fate = fields.Selection(
        [
            ("delete", "Is deleted"),
            ("figures", "Stays as a figure of nobody"),
            ("keep", "Stays: it is the contact's own wish"),
        ],
        "When Erased",
        readonly=True,
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_retention_privacy(self):
        """Open what is known of this contact, to hand it out or erase it."""
        self.ensure_one()
        self.check_access("read")
        self.env["retention.privacy.request"].check_access("create")
        request = self.env["retention.privacy.request"].create({"partner_id": self.id})
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_privacy_request"
        )
        return {**action, "res_id": request.id}
