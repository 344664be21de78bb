from odoo import api, models

from .retention_metrics_event import USAGE
from .retention_page_file import Block

HEARD = [("kind", "not in", USAGE)]
PAINFUL = [("told_on", "=", False), ("pain_id.state", "!=", "wont_fix")]


class RetentionPage(models.AbstractModel):
    """What was heard from outside, and which product pains the customer has."""

    _inherit = "retention.page"

    @api.model
    def _blocks(self):
        return [
            *super()._blocks(),
            Block(
                "event",
                "retention.event",
                self.env._("Heard from outside"),
                HEARD,
                "moment desc, id desc",
                "_event",
            ),
            Block(
                "pain",
                "retention.pain.link",
                self.env._("Product pains"),
                PAINFUL,
                "id desc",
                "_pain",
            ),
        ]

    @api.model
    def _tell_event(self, event, customer):
        label = self.env["retention.timeline"]._label
        tones = {"positive": "text-bg-success", "negative": "text-bg-danger"}
        return {
            "title": self._join(label(event, "kind"), event.name),
            "badge": label(event, "sentiment"),
            "tone": tones.get(event.sentiment, "text-bg-light"),
            "note": self._join(
                self._day(event.moment.date()), event.note, self._person(event, customer)
            ),
        }

    @api.model
    def _tell_pain(self, link, customer):
        pain = link.pain_id
        return {
            "title": pain.name,
            "badge": self.env["retention.timeline"]._label(pain, "state"),
            "tone": "text-bg-success" if pain.state == "fixed" else "text-bg-warning",
            "note": self._join(
                pain.product_id.sudo().display_name, link.note, self._person(link, customer)
            ),
        }
