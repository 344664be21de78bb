from odoo import api, models


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """Leave one open alert: core would delete all alerts of the sources on a conflict."""
        self.env["retention.alert"].sudo()._merge_alerts(src_partners, dst_partner)
        return super()._merge_profiles(src_partners, dst_partner)

    @api.model
    def _profile_children(self):
        return [*super()._profile_children(), ("retention_alert", "profile_id")]


class RetentionAlert(models.Model):
    """Merging contacts: one open alert with both histories."""

    _inherit = "retention.alert"

    @api.model
    def _merge_alerts(self, src_partners, dst_partner):
        """Join the open alerts of contacts that are about to be merged.

        Per company the destination's is kept, else the oldest. Closed alerts stay as they
        are; core moves them by their customer.
        """
        found = self.search(
            [("partner_id", "in", (src_partners | dst_partner).ids), ("live", "=", True)],
            order="id",
        )
        for company, alerts in found.grouped("company_id").items():
            kept = alerts.filtered(lambda alert: alert.partner_id == dst_partner) or alerts[:1]
            others = alerts - kept
            if others:
                engine = kept._engine(company)
                engine._absorb_alerts(others.with_env(engine.env))
                engine._fill_slots(company, company._retention_today())

    def _absorb_alerts(self, others):
        """Take over causes and messages of ``others`` and close them."""
        self.ensure_one()
        today = self.company_id._retention_today()
        mine = {line._cause() for line in self.line_ids if line.state == "active"}
        for line in others.line_ids:
            if line.state == "active" and line._cause() in mine:
                # One customer now, so it is the same cause.
                line.write({"state": "resolved", "gone_on": today})
            elif line.state == "active":
                mine.add(line._cause())
        others.write({"state": "closed", "closed_on": today, "close_reason": "merged"})
        others._finish_tasks(
            lambda alert: alert.env._("Joined with another alert of the same customer."),
            contact=False,
        )
        others.line_ids.write({"alert_id": self.id})
        messages = self.env["mail.message"].search(
            [("model", "=", self._name), ("res_id", "in", others.ids)]
        )
        messages.write({"res_id": self.id})
        self.write(
            {
                "opened_on": min((self | others).mapped("opened_on")),
                "attempt": "\n".join(filter(None, (self | others).mapped("attempt"))) or False,
            }
        )


class RetentionAlertLine(models.Model):
    _inherit = "retention.alert.line"

    def _cause(self):
        self.ensure_one()
        return self.signal_id.id or self.level
