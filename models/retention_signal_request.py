"""Signs in what customers ask for and complain about, wherever the company keeps it."""

import numpy as np

from odoo import api, models

from ..analytics.closures import to_days
from ..analytics.purchases import window_start
from ..analytics.requests import RISE_MONTHS, rise_percent
from .retention_metrics_request_signal import RequestFigures
from .retention_signal import SignalType


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    @api.model
    def _signal_types(self):
        """The service group's; how often, standards and ratings are kept as they are today."""
        count = {"group": "service", "unit": "count"}
        return super()._signal_types() | {
            "requests_open": SignalType(
                self.env._("Open service requests"), points=1, thresholds=(2,), **count
            ),
            "request_oldest": SignalType(
                self.env._("Waiting long for a solution"), "service", "days", 2, (7, 30)
            ),
            "requests_rise": SignalType(
                self.env._("More requests than usual"), "service", "percent", 1, (100,)
            ),
            "tickets_month": SignalType(
                self.env._("Many complaints in a month"),
                points=2,
                thresholds=(3, 5),
                opens_alert=True,
                alert_from=3,
                **count,
            ),
            "request_repeated": SignalType(
                self.env._("The same problem again"), points=1, thresholds=(2,), **count
            ),
            "request_reopened": SignalType(
                self.env._("Solved problem came back"),
                points=1,
                thresholds=(0,),
                replayable=False,
                **count,
            ),
            "sla_missed": SignalType(
                self.env._("Service standard missed"),
                points=1,
                thresholds=(1,),
                replayable=False,
                **count,
            ),
            "bad_rating": SignalType(
                self.env._("Bad ratings"),
                points=1,
                thresholds=(0,),
                opens_alert=True,
                replayable=False,
                **count,
            ),
            "reply_slow": SignalType(
                self.env._("Slow first reply"),
                "service",
                "days",
                thresholds=(1,),
                opens_alert=True,
                alert_from=1,
            ),
        }

    # ---------------------------------------------------------------- measures
    @api.model
    def _request_read(self, chunk):
        """Return (Recorded or None, {name of RequestFigures: array}) of the chunk, read once."""

        def read():
            metrics = self.env["retention.metrics"]
            requests = metrics._requests(chunk.scope.company)
            recorded = requests and metrics._requests_known(chunk.scope, requests)
            if not recorded or not recorded.any:
                return None, {}
            rows = metrics._request_figures(chunk.scope, requests)
            return recorded, {
                name: chunk.filled((row.customer, getattr(row, name)) for row in rows)
                for name in RequestFigures._fields[1:]
            }

        return chunk.once("requests", read)

    def _request_measure(self, chunk, name, needs="any"):
        """Return a figure of the customers' requests; None where nobody records it."""
        recorded, figures = self._request_read(chunk)
        return figures[name] if recorded and getattr(recorded, needs) else None

    def _collect_requests_open(self, chunk):
        return self._request_measure(chunk, "open")

    def _collect_request_oldest(self, chunk):
        return self._request_measure(chunk, "oldest")

    def _collect_tickets_month(self, chunk):
        return self._request_measure(chunk, "month")

    def _collect_request_repeated(self, chunk):
        return self._request_measure(chunk, "same", "same")

    def _collect_request_reopened(self, chunk):
        return self._request_measure(chunk, "reopened", "reopened")

    def _collect_sla_missed(self, chunk):
        return self._request_measure(chunk, "missed", "sla")

    def _collect_bad_rating(self, chunk):
        return self._request_measure(chunk, "bad", "rating")

    def _collect_reply_slow(self, chunk):
        late = self._request_measure(chunk, "late", "reply")
        return None if late is None else np.maximum(late, 0)

    def _collect_requests_rise(self, chunk):
        recorded, figures = self._request_read(chunk)
        if not recorded or not recorded.year:
            return None
        # A customer who came later has no year to compare with.
        start = np.datetime64(window_start(chunk.scope.as_of, RISE_MONTHS + 12), "D")
        known = to_days(chunk.snap.customers["first_day"]) <= start
        return rise_percent(figures["recent"], figures["year"], known)

    # ---------------------------------------------------------------- sentences
    def _sentence_requests_open(self, reason):
        return self.env._("%s requests or complaints are open.", f"{reason._measure():.0f}")

    def _sentence_request_oldest(self, reason):
        return self.env._("A request has been open since %s.", reason._anchor())

    def _sentence_requests_rise(self, reason):
        return self.env._(
            "Requests of the last three months are %s %% above the usual.",
            f"{reason._measure():.0f}",
        )

    def _sentence_tickets_month(self, reason):
        return self.env._(
            "%s complaints came within one calendar month.", f"{reason._measure():.0f}"
        )

    def _sentence_request_repeated(self, reason):
        return self.env._(
            "%s requests in half a year are about the same category or product.",
            f"{reason._measure():.0f}",
        )

    def _sentence_request_reopened(self, reason):
        return self.env._(
            "What counted as solved was opened again %s times in half a year.",
            f"{reason._measure():.0f}",
        )

    def _sentence_sla_missed(self, reason):
        return self.env._(
            "The service standard was missed on %s requests in half a year.",
            f"{reason._measure():.0f}",
        )

    def _sentence_bad_rating(self, reason):
        return self.env._("%s bad ratings of service in half a year.", f"{reason._measure():.0f}")

    def _sentence_reply_slow(self, reason):
        return self.env._(
            "A first reply was or is %s days later than the response standard.",
            f"{reason._measure():.1f}",
        )

    # ---------------------------------------------------------------- records
    @api.model
    def _records_of_requests(self, profile):
        """Return {model: action that lists the customer's requests of it}. Hook for sources."""
        return {
            "retention.case": {
                "type": "ir.actions.act_window",
                "res_model": "retention.case",
                "view_mode": "list,form",
                "domain": [
                    ("commercial_partner_id", "=", profile.partner_id.id),
                    ("company_id", "child_of", profile.company_id.id),
                ],
                "name": self.env._("Cases"),
            }
        }

    def _open_customer_requests(self, reason):
        """Open the customer's requests where the reader sees any, else the customer."""
        profile = reason.profile_id
        for model, action in self._records_of_requests(profile).items():
            records = self.env[model]
            if records.has_access("read") and records.search_count(action["domain"], limit=1):
                return action
        return profile.action_open_partner()

    def _records_requests_open(self, reason):
        return self._open_customer_requests(reason)

    def _records_request_oldest(self, reason):
        return self._open_customer_requests(reason)

    def _records_requests_rise(self, reason):
        return self._open_customer_requests(reason)

    def _records_tickets_month(self, reason):
        return self._open_customer_requests(reason)

    def _records_request_repeated(self, reason):
        return self._open_customer_requests(reason)

    def _records_request_reopened(self, reason):
        return self._open_customer_requests(reason)

    def _records_sla_missed(self, reason):
        return self._open_customer_requests(reason)

    def _records_bad_rating(self, reason):
        return self._open_customer_requests(reason)

    def _records_reply_slow(self, reason):
        return self._open_customer_requests(reason)
