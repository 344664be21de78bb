from odoo import api, models

TICKET = "helpdesk.ticket"


class RatingRating(models.Model):
    """A rated ticket makes its customer be looked at again."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._retention_ask()
        return ratings

    def write(self, vals):
        result = super().write(vals)
        if {"consumed", "rating"} & vals.keys():
            self._retention_ask()
        return result

    def _retention_ask(self):
        rated = self.filtered(lambda rating: rating.consumed and rating.res_model == TICKET)
        if rated:
            self.env["retention.refresh.request"]._ask(TICKET, rated.mapped("res_id"))
