"""What will work less well than one thinks: nobody suitable, no addresses, nothing to send by."""

from odoo import api, fields, models

FEW = 0.8  # below this share of customers with an address it is worth a word


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    warning_text = fields.Text("Good to Know", compute="_compute_warning_text")

    @api.depends("audience_domain", "step_ids.type", "step_ids.channel", "trigger", "state")
    @api.depends_context("lang")
    def _compute_warning_text(self):
        for sop in self:
            sop.warning_text = "\n".join(sop._warnings()) or False

    def _warnings(self):
        """Return what does not keep the procedure from running, in words. Hook for bridges."""
        self.ensure_one()
        if not self.company_id or self.state == "archived":
            return []
        found, kinds = [], set(self.step_ids.mapped("type"))
        suitable = self._suitable_count()
        if not suitable:
            found.append(self.env._("At the moment no customer is suitable."))
        elif "mail" in kinds:
            reached = self._suitable_count([("partner_id.email_normalized", "!=", False)])
            if reached < suitable * FEW:
                found.append(
                    self.env._(
                        "Only %(reached)s of %(suitable)s suitable customers have a mail address "
                        "of their own; a message by the preferred way reaches the others too.",
                        reached=reached,
                        suitable=suitable,
                    )
                )
        if "alert" in kinds and not self.company_id.sudo().retention_alerts_started:
            found.append(
                self.env._("Alerts are not started yet; this procedure opens its own all the same.")
            )
        return found

    def _suitable_count(self, further=()):
        """Return how many customers are suitable now."""
        domain = [("company_id", "=", self.company_id.id), ("partner_id.active", "=", True)]
        domain += [*self._audience(), *further]
        return self.env["retention.profile"].search_count(domain)
