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

    def _is_birthdate(self, birthdate=None):
        """Return whether this says what the contact's birthdate says, or a given one."""
        self.ensure_one()
        told = (birthdate, self.partner_id.birthdate_date)
        return self.calendar == "solar" and (self.year, self.month, self.day) in {
            (day.year, day.month, day.day) for day in told if day
        }

    @api.model_create_multi
    def create(self, vals_list):
        """What a person enters takes the place of the day that was kept in step."""
        records = super().create(vals_list)
        born = records.sudo().filtered(lambda d: d.kind == "birthday")
        if born.partner_id.filtered("birthdate_date"):
            places = {(d.partner_id, d.company_id) for d in born}
            (self.sudo()._birthdays_of(born.partner_id) - born).filtered(
                lambda d: (d.partner_id, d.company_id) in places and d._is_birthdate()
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
