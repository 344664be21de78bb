"""Compensations on the customer page."""

from odoo import api, models

from .retention_page_file import Block


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _blocks(self):
        label = self.env._("Compensations")
        given = Block(
            "compensation",
            "retention.compensation",
            label,
            [],
            "given_on desc, id desc",
            "_compensation",
        )
        return [*super()._blocks(), given]

    @api.model
    def _tell_compensation(self, compensation, customer):
        kind = self.env["retention.timeline"]._label(compensation, "kind")
        return {
            "title": self._join(kind, self._person(compensation, customer)),
            "badge": compensation.currency_id.format(compensation.amount),
            "tone": "text-bg-light",
            "note": self._join(self._day(compensation.given_on), compensation.reason),
        }
