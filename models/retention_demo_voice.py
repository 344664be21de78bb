from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

from ..demo import customer_file as story_file
from ..demo import voice


class RetentionDemo(models.AbstractModel):
    """Answers of the demo company's customers, see ``demo/voice.py``."""

    _inherit = "retention.demo"

    @api.model
    def _tell_more(self, plan, partners):
        result = super()._tell_more(plan, partners)
        themes = self._keep(
            "retention.theme", {f"theme_{key}": {"name": names[0]} for key, names in self._themes()}
        )
        self._name_in_chinese({themes[f"theme_{key}"]: names[1] for key, names in self._themes()})
        rows = {}
        for key, customer, ago, score, text, theme, chinese in voice.answers(plan):
            rows[key] = {
                "partner_id": partners[story_file.person(customer)].id,
                "date": plan.as_of - timedelta(days=ago),
                "kind": "nps",
                "score": score,
                "comment": text,
                "survey": voice.SURVEY[chinese],
                "theme_ids": [Command.set(themes[f"theme_{theme}"].ids)] if theme else False,
            }
        self._keep("retention.feedback", rows)
        return result

    @api.model
    def _themes(self):
        return list(voice.THEMES.items())
