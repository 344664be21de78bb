from odoo import api, fields, models


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    open_ticket_count = fields.Integer("Open Tickets", compute="_compute_open_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_ticket_count(self):
        """Count, in one query, the open tickets that the reader may see."""
        tickets, counts = self.env["helpdesk.ticket"], {}
        if tickets.has_access("read"):
            rows = tickets._read_group(
                [
                    ("commercial_partner_id", "in", self.partner_id.ids),
                    ("company_id", "child_of", self.company_id.ids),
                    ("stage_id.closed", "=", False),
                ],
                ["commercial_partner_id", "company_id"],
                ["__count"],
            )
            for partner, company, count in rows:
                key = partner.id, company._retention_company().id
                counts[key] = counts.get(key, 0) + count
        for profile in self:
            key = profile.partner_id.id, profile.company_id.id
            profile.open_ticket_count = counts.get(key, 0)

    def action_open_tickets(self):
        """Open this customer's open tickets."""
        action = self._action_tickets()
        action["domain"].append(("stage_id.closed", "=", False))
        return action | {"name": self.env._("Open Tickets")}

    def _action_tickets(self):
        """Return the action that lists this customer's tickets."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "view_mode": "list,form",
            "domain": [
                ("commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "child_of", self.company_id.id),
            ],
            "name": self.env._("Tickets"),
        }
