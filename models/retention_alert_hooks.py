"""What happens elsewhere in Odoo and moves alerts at once."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            alerts = self.env["retention.alert"].sudo()
            found = alerts.search([("partner_id", "in", self.ids), ("live", "=", True)])
            for company, mine in found.grouped("company_id").items():
                today = company._retention_today()
                engine = mine._engine(company)
                engine._close_archived(company, today, mine.partner_id.ids)
                engine._fill_slots(company, today)
        return result


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if {"active", "group_ids", "company_ids", "share"} & vals.keys():
            alerts = self.env["retention.alert"].sudo()
            found = alerts.search([("user_id", "in", self.ids), ("live", "=", True)])
            for company, mine in found.grouped("company_id").items():
                today = company._retention_today()
                engine = mine._engine(company)
                engine._replace_owners(company, today, self)
                engine._fill_slots(company, today)
        return result
