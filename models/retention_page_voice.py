from odoo import api, models

from .retention_page_file import Block

TONES = {"good": "text-bg-success", "middle": "text-bg-light", "bad": "text-bg-danger"}


class RetentionPage(models.AbstractModel):
    """What the customer answered, with the class of NPS and where it is going."""

    _inherit = "retention.page"

    @api.model
    def _blocks(self):
        answers = Block(
            "voice",
            "retention.feedback",
            self.env._("What they say of us"),
            [],
            "date desc, id desc",
            "_feedback",
        )
        return [*super()._blocks(), answers]

    @api.model
    def _block(self, partner, block):
        found = super()._block(partner, block)
        if block.key == "voice" and found["entries"]:
            found["label"] = self._join(found["label"], self._voice_trend(partner))
        return found

    @api.model
    def _voice_trend(self, partner):
        """Return the class of NPS and the answer before it, in words; "" without any."""
        profile, label = partner.retention_profile_id, self.env["retention.timeline"]._label
        if not profile.nps_class:
            return ""
        if not profile.nps_before_class:
            return label(profile, "nps_class")
        arrow = "↗" if profile.nps_score > profile.nps_before else "→"
        if profile.nps_score < profile.nps_before:
            arrow = "↘"
        moved = f"{profile.nps_before} {arrow} {profile.nps_score}"
        return f"{label(profile, 'nps_class')} ({moved})"

    @api.model
    def _tell_feedback(self, answer, customer):
        timeline = self.env["retention.timeline"]
        label, comment = timeline._label, timeline._short(answer.comment or "")
        waiting = answer.reply_state == "open" and label(answer, "reply_state")
        return {
            "title": comment or label(answer, "kind"),
            "badge": answer.score_text or "",
            "tone": TONES.get(answer.answer_class, "text-bg-light"),
            "note": self._join(
                label(answer, "kind") if comment else "",
                self._day(answer.date),
                self._person(answer, customer),
                waiting,
            ),
        }
