from itertools import pairwise
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics import risk

WEIGHING_FIELDS = {
    "active",
    "points",
    "threshold_1",
    "threshold_2",
    "threshold_3",
    "opens_alert",
    "alert_from",
    "only_high_value",
}


class SignalType(NamedTuple):
    """What a signal measures and what it is worth unless a company says otherwise.

    ``label``: translated; ``group``: one of :data:`analytics.risk.GROUP_MAXIMA`, whose maximum
    all signals of the group share; ``unit``: a value of the field unit; ``points``: maximum on
    the card, 0 for a signal that only opens alerts; ``thresholds``: up to three, ascending:
    each one that a measure is *above* earns an equal part of the points, and with none the
    measure itself is the part earned (0 to 1); ``opens_alert``: whether
    it opens an alert whatever the score;
    ``alert_from``: from above which measure; ``only_high_value``: for those customers only;
    ``replayable``: whether a past day's measure can be told from what is kept.
    """

    label: str
    group: str
    unit: str
    points: int = 0
    thresholds: tuple = ()
    opens_alert: bool = False
    alert_from: float = 0
    only_high_value: bool = False
    replayable: bool = True


class RetentionSignal(models.Model):
    """One sign of a customer drifting away, as one company weighs it."""

    _name = "retention.signal"
    _description = "Churn Signal"
    _order = "company_id, sequence, id"
    _rec_name = "type"
    _allow_sudo_commands = False

    type = fields.Selection("_selection_type", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group = fields.Selection(
        [
            ("purchase", "Purchases"),
            ("trend", "Rhythm and trend"),
            ("service", "Service"),
            ("voice", "Voice"),
            ("engagement", "Engagement"),
            ("commercial", "Quotations and invoices"),
        ],
        compute="_compute_from_type",
        help="Where the signal stands in lists.",
    )
    unit = fields.Selection(
        [
            ("days", "days"),
            ("times", "× the usual gap"),
            ("percent", "%"),
            ("count", "cases"),
            ("month_ends", "month ends"),
            ("yes", "yes or no"),
        ],
        compute="_compute_from_type",
    )
    threshold_count = fields.Integer(compute="_compute_from_type")
    replayable = fields.Boolean(
        compute="_compute_from_type",
        help="A past day's value can be told from what is kept.",
    )
    points = fields.Integer(
        "Maximum Points", help="Zero: not part of the score, only opens alerts."
    )
    threshold_1 = fields.Float("Above", digits=(10, 1))
    threshold_2 = fields.Float("Above (2)", digits=(10, 1))
    threshold_3 = fields.Float("Above (3)", digits=(10, 1))
    opens_alert = fields.Boolean("Opens an Alert", help="Whatever the score says.")
    alert_from = fields.Float("Alert Above", digits=(10, 1))
    only_high_value = fields.Boolean(
        "Only High-Value Customers", help="The alert, not the points: core customers only."
    )

    _company_type_uniq = models.Constraint(
        "UNIQUE (company_id, type)", "A company has each signal once."
    )

    # ---------------------------------------------------------------- types
    @api.model
    def _signal_types(self):
        """Return {type: SignalType}, in the order of the card. Hook for bridges.

        A type also needs ``_collect_<type>(chunk)``, and may bring ``_share_<type>``,
        ``_sentence_<type>``, ``_remedy_<type>`` and ``_records_<type>``; on a fitted card its
        bands are its thresholds unless it brings ``_scales_<type>``, ``_values_<type>`` and
        ``_band_label_<type>``.
        """
        return {
            "recency": SignalType(
                self.env._("No purchase for long"),
                "purchase",
                "days",
                risk.GROUP_MAXIMA["purchase"],
            ),
            "overdue": SignalType(self.env._("Later than usual"), "trend", "times", 3, (1, 1.5, 2)),
            "lengthening": SignalType(self.env._("Gaps grow longer"), "trend", "yes", 1),
            "frequency_drop": SignalType(
                self.env._("Buys less often"), "trend", "percent", 2, (25, 50, 75)
            ),
            "spend_drop": SignalType(
                self.env._("Spends less"), "trend", "percent", 2, (25, 50, 75)
            ),
            "value_drop": SignalType(
                self.env._("Smaller orders"), "trend", "percent", 1, (25, 50, 75)
            ),
            "falling": SignalType(
                self.env._("R, F and M keep falling"), "trend", "month_ends", 1, (2,)
            ),
            "no_contact": SignalType(
                self.env._("No talk for long"), "engagement", "days", 3, (60, 90, 180)
            ),
            "no_answer": SignalType(
                self.env._("Calls unanswered, meetings declined"),
                "engagement",
                "count",
                2,
                (1, 2),
            ),
            "quiet_login": SignalType(
                self.env._("Portal login gone quiet"),
                "engagement",
                "days",
                1,
                (30, 60, 90),
                opens_alert=True,
                alert_from=30,
                only_high_value=True,
                replayable=False,
            ),
            "contact_gone": SignalType(
                self.env._("Contact person gone"), "engagement", "yes", 2, replayable=False
            ),
            "lost_quotation": SignalType(
                self.env._("Quotations refused or expired"), "commercial", "count", 2, (1, 3)
            ),
            "overdue_invoice": SignalType(
                self.env._("Invoices overdue"),
                "commercial",
                "days",
                3,
                (15, 30, 60),
                replayable=False,
            ),
            "leave_intent": SignalType(
                self.env._("Said they will leave"), "voice", "yes", 4, opens_alert=True
            ),
            "core_silent": SignalType(
                self.env._("High-value customer without purchase"),
                "purchase",
                "days",
                thresholds=(30,),
                opens_alert=True,
                only_high_value=True,
            ),
            "untouched": SignalType(
                self.env._("No contact of any kind"),
                "engagement",
                "days",
                thresholds=(180,),
                opens_alert=True,
                alert_from=180,
            ),
        }

    @api.model
    def _selection_type(self):
        return [(code, kind.label) for code, kind in self._signal_types().items()]

    @api.model
    def _type(self, code):
        """Return the SignalType of ``code``.

        :raises ValidationError: for a type nobody defines, naming it
        """
        kind = self._signal_types().get(code)
        if not kind or not hasattr(self, f"_collect_{code}"):
            raise ValidationError(self.env._("Nothing measures signals of the type %s.", code))
        return kind

    @api.depends("type")
    @api.depends_context("lang")
    def _compute_from_type(self):
        types = self._signal_types()
        for signal in self:
            kind = types.get(signal.type)
            signal.group = kind and kind.group
            signal.unit = kind and kind.unit
            signal.threshold_count = len(kind.thresholds) if kind else 0
            signal.replayable = bool(kind and kind.replayable)

    # ---------------------------------------------------------------- per company
    @api.model
    def _of_company(self, company):
        """Return the company's active signals, in card order, adding types it lacks."""
        found = (
            self.sudo().with_context(active_test=False).search([("company_id", "=", company.id)])
        )
        types = self._signal_types()
        missing = [code for code in types if code not in set(found.mapped("type"))]
        if missing:
            left = self._points_left(found)
            values = []
            for code in missing:
                kind = types[code]
                points = min(kind.points, left.get(kind.group, 0))
                left[kind.group] = left.get(kind.group, 0) - points
                defaults = {**self._defaults(kind), "points": points}
                values.append({"company_id": company.id, "type": code, **defaults})
            found |= self.sudo().create(values)
        order = {code: position for position, code in enumerate(types)}
        # A type whose bridge was uninstalled is left out, its settings are kept.
        known = found.filtered(lambda signal: signal.active and signal.type in order)
        return known.sorted(lambda signal: order[signal.type])

    @api.model
    def _points_left(self, signals):
        """Return {group: points that signals of it may still have}.

        A company that gave more to others of a group has less for those that come later.
        """
        left = dict(risk.GROUP_MAXIMA)
        for signal in signals:
            if signal.active and signal.group in left:
                left[signal.group] = max(left[signal.group] - signal.points, 0)
        return left

    @api.constrains("points", "active")
    def _check_points(self):
        groups = dict(self._fields["group"]._description_selection(self.env))
        for company in self.company_id:
            signals = self._of_company(company)
            if any(signal.points < 0 for signal in signals):
                raise ValidationError(self.env._("Points cannot be below zero."))
            for group, most in risk.GROUP_MAXIMA.items():
                total = sum(s.points for s in signals if s.group == group)
                if total > most:
                    raise ValidationError(
                        self.env._(
                            "%(group)s: the signals have %(total)s points together, at most "
                            "%(most)s are allowed. Lower another signal of this group first.",
                            group=groups[group],
                            total=total,
                            most=most,
                        )
                    )

    @api.constrains("threshold_1", "threshold_2", "threshold_3", "type")
    def _check_thresholds(self):
        for signal in self:
            steps = signal._thresholds()
            if any(low >= high for low, high in pairwise(steps)) or any(s < 0 for s in steps):
                raise ValidationError(
                    self.env._(
                        "%(signal)s: each threshold must be above the one before, and none "
                        "below zero.",
                        signal=signal.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if WEIGHING_FIELDS & vals.keys():
            self.env["retention.run"].sudo()._request_rescore(self.company_id)
        return result

    @api.model
    def action_of_company(self):
        """Open the signals of the current company, those of new bridges among them."""
        self.check_access("read")
        self._of_company(self.env.company._retention_company())
        return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_signal")

    @api.model
    def _defaults(self, kind):
        steps = (*kind.thresholds, 0, 0, 0)
        return {
            "points": kind.points,
            "threshold_1": steps[0],
            "threshold_2": steps[1],
            "threshold_3": steps[2],
            "opens_alert": kind.opens_alert,
            "alert_from": kind.alert_from,
            "only_high_value": kind.only_high_value,
        }

    def _thresholds(self):
        """Return the thresholds this signal's type has, as a tuple."""
        self.ensure_one()
        return tuple(self[f"threshold_{k}"] for k in range(1, self.threshold_count + 1))
