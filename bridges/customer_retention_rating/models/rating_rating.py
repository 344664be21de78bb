from odoo import api, fields, models

from odoo.addons.customer_retention.analytics import schedule

WATCHED = {"rating", "consumed", "feedback", "partner_id"}
SOURCE = "rating"


class RatingRating(models.Model):
    """A rating that a customer has given is an answer about satisfaction."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings.filtered("consumed")._retention_note()
        return ratings

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._retention_note()
        return result

    def unlink(self):
        self._retention_answers().unlink()
        return super().unlink()

    # ---------------------------------------------------------------- answers
    def _retention_answers(self):
        """Return the answers that these ratings became."""
        return (
            self.env["retention.feedback"]
            .sudo()
            .search([("source", "=", SOURCE), ("outside_id", "in", list(map(str, self.ids)))])
        )

    def _retention_note(self, **values):
        """Keep an answer for each of these that a customer gave; take back that of the others."""
        given = self.sudo().filtered(
            lambda one: one.consumed and one.rating >= 1 and one.partner_id.partner_share
        )
        (self - given)._retention_answers().unlink()
        companies = given._retention_companies()
        vals_list = [one._retention_values(companies[one]) | values for one in given]
        if vals_list:
            self.env["retention.feedback"].sudo()._note(vals_list)

    def _retention_companies(self):
        """Return {rating: company} of what was rated, else of the customer, else the current."""
        found = {}
        for model, ratings in self.grouped("res_model").items():
            records = self.env["retention.feedback"]
            if model in self.env and "company_id" in self.env[model]._fields:
                records = self.env[model].sudo().browse(ratings.mapped("res_id")).exists()
            company = {record.id: record.company_id for record in records}
            for one in ratings:
                owner = company.get(one.res_id) or one.partner_id.company_id or self.env.company
                found[one] = owner._retention_company()
        return found

    def _retention_values(self, company):
        self.ensure_one()
        moment = self.rated_on or self.write_date or fields.Datetime.now()
        model = self.env["ir.model"]._get(self.res_model) if self.res_model else None
        return {
            "company_id": company.id,
            "source": SOURCE,
            "outside_id": str(self.id),
            "partner_id": self.partner_id.id,
            "date": schedule.local(moment, company._retention_timezone()).date(),
            "kind": "csat",
            # Halves count for the customer, as people round.
            "score": int(self.rating + 0.5),
            "comment": self.feedback or False,
            "survey": model.name if model else False,
        }
