from odoo import api, models


class RetentionPage(models.AbstractModel):
    """An alert comes before the segment's standard action."""

    _inherit = "retention.page"

    @api.model
    def _action(self, profile):
        action = super()._action(profile)
        alert = self.env["retention.alert"].search(
            [
                ("partner_id", "=", profile.partner_id.id),
                ("company_id", "=", profile.company_id.id),
                ("live", "=", True),
            ],
            limit=1,
        )
        if not alert:
            return action
        timeline = self.env["retention.timeline"]
        source = timeline._label(alert, "action" if alert.state == "open" else "state")
        why = timeline._short(alert.sentence_summary or "")
        due = alert.date_deadline and self.env._("by %s", self._day(alert.date_deadline))
        return {
            "text": self._join(why, alert.user_id.sudo().name, due),
            "source": source,
            "color": 1,
            "res_model": alert._name,
            "res_id": alert.id,
        }
