from odoo import api, fields, models
from odoo.fields import Domain

from .retention_signal import SignalType
from .retention_signal_collect import RECENT_DAYS

BAD_DAYS = 90  # for how long a bad answer speaks


class RetentionSignal(models.Model):
    """What customers answer when they are asked."""

    _inherit = "retention.signal"

    unit = fields.Selection(selection_add=[("classes", "classes of NPS")])

    @api.model
    def _signal_types(self):
        return {
            **super()._signal_types(),
            "nps_drop": SignalType(
                self.env._("Recommends us less than before"), "voice", "classes", 2, (0, 1)
            ),
            "bad_answer": SignalType(
                self.env._("Unhappy answer"), "voice", "yes", 1, opens_alert=True
            ),
        }

    # ---------------------------------------------------------------- measures
    def _collect_nps_drop(self, chunk):
        return dict(self.env["retention.metrics"]._nps_drops(chunk.scope, RECENT_DAYS))

    def _collect_bad_answer(self, chunk):
        return dict(self.env["retention.metrics"]._bad_answers(chunk.scope, BAD_DAYS))

    # ---------------------------------------------------------------- words
    def _sentence_nps_drop(self, reason):
        if reason._measure() > 1:
            return self.env._("A promoter has become a detractor.")
        if reason.profile_id.nps_class == "detractor":
            return self.env._("Recommended us half-heartedly, and now advises against us.")
        return self.env._("No longer recommends us as before: one class of NPS down.")

    def _sentence_bad_answer(self, reason):
        return self.env._("The latest answer to a survey is unhappy.")

    def _remedy_bad_answer(self, reason):
        return self.env._("Answer the customer, put it right, and ask again.")

    def _open_answers(self, reason):
        answers = Domain("commercial_partner_id", "=", reason.partner_id.id)
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_feedback")
        action["domain"] = list(answers & Domain("company_id", "=", reason.company_id.id))
        action["context"] = {}
        return action

    def _records_nps_drop(self, reason):
        return self._open_answers(reason)

    def _records_bad_answer(self, reason):
        return self._open_answers(reason)
