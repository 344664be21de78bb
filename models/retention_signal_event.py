"""Signals from outside events: logins and the use of key features."""

import numpy as np

from odoo import api, models
from odoo.fields import Domain

from ..analytics import events
from .retention_signal import SignalType

STEPS = (25, 50, 75)  # percent below the own base


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.model
    def _signal_types(self):
        # Without points of their own: the group's are spent on contact that every company
        # has. Whoever has such events may move points here.
        falling = {
            "group": "engagement",
            "unit": "percent",
            "thresholds": STEPS,
            "opens_alert": True,
            "alert_from": 50,
            "only_high_value": True,
        }
        return {
            **super()._signal_types(),
            "logins_fall": SignalType(self.env._("Logs in less often"), **falling),
            "features_fall": SignalType(self.env._("Uses key features less"), **falling),
        }

    # ---------------------------------------------------------------- measures
    def _collect_logins_fall(self, chunk):
        return self._use_fall(chunk, "login")

    def _collect_features_fall(self, chunk):
        return self._use_fall(chunk, "feature", self.company_id.sudo()._retention_key_features())

    @api.model
    def _use_fall(self, chunk, kind, names=()):
        """Return by how many percent each customer's use fell, or None without such events."""
        metrics = self.env["retention.metrics"]
        if not metrics._feed_alive(chunk.scope, kind):
            return None
        rows = metrics._uses(chunk.scope, kind, names)
        recent = chunk.filled((customer, now) for customer, now, _before in rows)
        base = chunk.filled((customer, before) for customer, _now, before in rows)
        return events.fall(recent, base)

    def _collect_quiet_login(self, chunk):
        """Days since the latest login, to the portal or to another system of the company."""
        portal = super()._collect_quiet_login(chunk)
        metrics = self.env["retention.metrics"]
        rows = metrics._last_outside_logins(chunk.scope)
        if not rows:
            return portal
        outside = chunk.snap.days_since(chunk.on_days(rows))
        if metrics._feed_alive(chunk.scope, "login"):
            return np.fmin(portal, outside)
        # Whoever used to log in there may still do so: nobody tells us any more.
        return np.where(np.isnan(outside), portal, np.nan)

    # ---------------------------------------------------------------- words and records
    def _sentence_logins_fall(self, reason):
        return self.env._(
            "Logins in 30 days are %s %% below the customer's own three months before.",
            f"{reason._measure():.0f}",
        )

    def _sentence_features_fall(self, reason):
        return self.env._(
            "Key features are used %s %% less in 30 days than in the three months before.",
            f"{reason._measure():.0f}",
        )

    def _open_events(self, reason, kind):
        domain = Domain("kind", "=", kind)
        return self._open("retention.event", domain, reason, self.env._("Outside Events"))

    def _records_logins_fall(self, reason):
        return self._open_events(reason, "login")

    def _records_features_fall(self, reason):
        return self._open_events(reason, "feature")
