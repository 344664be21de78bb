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
        label = self.env["retention.timeline"]._label
        source = label(alert, "action" if alert.state == "open" else "state")
        due = alert.date_deadline and self.env._("by %s", self._day(alert.date_deadline))
        return {
            "text": self._join(alert.sentence_summary, alert.user_id.sudo().name, due),
            "source": source,
            "color": 1,
            "res_model": alert._name,
            "res_id": alert.id,
        }
