from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered("birthdate_date")._sync_birthdays()
        return partners

    def write(self, vals):
        if "birthdate_date" not in vals:
            return super().write(vals)
        before = {partner.id: partner.birthdate_date for partner in self}
        result = super().write(vals)
        changed = self.filtered(lambda partner: partner.birthdate_date != before[partner.id])
        changed._sync_birthdays(before)
        return result

    def _sync_birthdays(self, before=None):
        """Keep a Gregorian key date beside the birthdate of each of these contacts.

        A lunar birthday was entered by hand: it stays as it is, and the only one. In companies
        that keep a birthday of the contact already, that one follows; where there is none, the
        contact's company gets one, else the present company.

        :param before: {id: the birthdate until now}
        """
        dates, before = self.env["retention.key.date"].sudo(), before or {}
        known = dates._birthdays_of(self).grouped("partner_id") if self else {}
        missing, gone = [], dates
        for partner in self.sudo():
            places = known.get(partner, dates).grouped("company_id")
            for here in places.values():
                gone |= here._follow_birthdate(partner.birthdate_date, before.get(partner.id))
            own = partner._birthday_company()
            if partner.birthdate_date and own not in places:
                values = dates._birthday_values(partner.birthdate_date)
                missing.append({"partner_id": partner.id, "company_id": own.id, **values})
        gone.unlink()
        dates.create(missing)

    def _birthday_company(self):
        return (self.company_id or self.env.company)._retention_company()
