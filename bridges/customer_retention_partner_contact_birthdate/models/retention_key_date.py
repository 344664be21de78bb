from odoo import api, models


class RetentionKeyDate(models.Model):
    _inherit = "retention.key.date"

    @api.model
    def _birthday_values(self, birthdate):
        return {
            "kind": "birthday",
            "calendar": "solar",
            "year": birthdate.year,
            "month": birthdate.month,
            "day": birthdate.day,
            "leap_month": False,
            "yearly": True,
        }

    @api.model
    def _birthdays_of(self, partners):
        return self.search(
            [("partner_id", "in", partners.ids), ("kind", "=", "birthday")], order="id"
        )

    def _says(self, birthdate):
        self.ensure_one()
        day = birthdate and (birthdate.year, birthdate.month, birthdate.day)
        return self.calendar == "solar" and (self.year, self.month, self.day) == day

    def _follow_birthdate(self, birthdate, old):
        """Have a contact's birthdays in one company follow; return those that are to go."""
        solar = self.filtered(lambda d: d.calendar == "solar")
        kept = solar.filtered(lambda d: d._says(old) or d._says(birthdate))
        if self - solar or not birthdate:
            return kept
        (kept or solar)[:1].write(self._birthday_values(birthdate))
        return self.browse()

    @api.model_create_multi
    def create(self, vals_list):
        """What a person enters takes the place of the day that was kept in step."""
        records = super().create(vals_list)
        born = records.sudo().filtered(lambda d: d.kind == "birthday")
        if born.partner_id.filtered("birthdate_date"):
            places = {(d.partner_id, d.company_id) for d in born}
            (self.sudo()._birthdays_of(born.partner_id) - born).filtered(
                lambda d: (
                    (d.partner_id, d.company_id) in places and d._says(d.partner_id.birthdate_date)
                )
            ).unlink()
        return records

    def unlink(self):
        """Without the lunar birthday, the birthdate counts again."""
        lunar = self.sudo().filtered(lambda d: d.kind == "birthday" and d.calendar == "lunar")
        partners = lunar.partner_id.filtered("birthdate_date")
        result = super().unlink()
        if partners:
            partners._sync_birthdays()
        return result
