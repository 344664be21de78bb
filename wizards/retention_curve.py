"""How long until customers buy again, and how long they stay: curves by cohort."""

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang, groupby

from ..analytics import survival

FEWEST = 10  # customers who must still be watched for a point of the curve
STEPS = {"second": range(0, 366, 7), "stay": range(25)}
SHOWN = {"second": (30, 90, 180, 365), "stay": (3, 6, 12, 24)}


class RetentionCurve(models.TransientModel):
    """Cohorts by first purchase, with what happened by which day or month (Kaplan–Meier)."""

    _name = "retention.curve"
    _description = "Second Purchases and Staying"
    _inherit = "retention.analysis.mixin"
    _allow_sudo_commands = False

    kind = fields.Selection(
        [("second", "When second purchases come"), ("stay", "How long customers stay")],
        "Question",
        required=True,
        default="second",
        help="What the curves show: when customers come again, or how long they stay.",
    )
    width = fields.Selection(
        [("1", "A month each"), ("3", "A quarter each"), ("12", "A year each")],
        "Cohorts",
        required=True,
        default="3",
        help="How many months of first purchases make one curve.",
    )
    line_ids = fields.One2many("retention.curve.line", "curve_id", readonly=True)
    done = fields.Boolean(readonly=True)

    def _months_before(self):
        return 23

    def action_compute(self):
        """Work out the curves of customers whose first purchase is in these months."""
        first, last = self._period()
        rows = self._rows(first, last)
        cohorts = [
            (None, rows),
            *groupby(sorted(rows), lambda row: self._cohort(row[0])),
        ]
        self.line_ids.unlink()
        lines = self.line_ids.create(
            [
                {"curve_id": self.id, "rank": n, **self._line(start, found)}
                for n, (start, found) in enumerate(cohorts)
                if found
            ]
        )
        self.env["retention.curve.point"].create(
            [
                {"curve_id": self.id, "line_id": line.id, "cohort": line.name, **point}
                for line, (_start, found) in zip(lines, [c for c in cohorts if c[1]])
                for point in self._points(found)
            ]
        )
        self.write({"first": first, "last": last, "done": True, "sentence": self._words(lines[:1])})
        return True

    def action_graph(self):
        """Show the curves."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_curve_point"
        )
        return {
            **action,
            "name": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "domain": [("curve_id", "=", self.id)],
        }

    # ---------------------------------------------------------------- reading
    def _rows(self, first, last):
        """Return rows (day or month of the first purchase, how long, whether it happened)."""
        metrics, company = self.env["retention.metrics"].sudo(), self.company_id
        if self.kind == "stay":
            months = metrics._months_as_customer(company, self._last_month())
            return [
                (cohort, (end.year - cohort.year) * 12 + end.month - cohort.month, lost)
                for cohort, end, lost in months
                if first <= cohort <= last
            ]
        found = metrics._days_to_second(company, company._retention_today())
        end = last + relativedelta(months=1)
        return [row for row in found if first <= row[0] < end]

    def _cohort(self, day):
        """Return the first day of the cohort that ``day`` is in."""
        width = int(self.width)
        return date(day.year, (day.month - 1) // width * width + 1, 1)

    def _curve(self, found):
        durations, happened = [row[1] for row in found], [row[2] for row in found]
        return survival.kaplan_meier(durations, happened, FEWEST), survival.watched_until(
            durations, FEWEST
        )

    def _line(self, start, found):
        curve, until = self._curve(found)
        shares = survival.share_at(curve, SHOWN[self.kind])
        values = {
            "name": self._label(start),
            "count": len(found),
            "happened": sum(row[2] for row in found),
            "half_by": survival.reached(curve, 0.5) or 0,
            "most_by": survival.reached(curve, 0.8) or 0,
            "until": max(until, 0),
        }
        for n, (at, share) in enumerate(zip(SHOWN[self.kind], shares), 1):
            values |= {f"share_{n}": self._shown(share), f"open_{n}": at > until}
        return values

    def _points(self, found):
        curve, until = self._curve(found)
        times = [at for at in STEPS[self.kind] if at <= until]
        shares = survival.share_at(curve, times)
        return [{"at": at, "share": self._shown(share)} for at, share in zip(times, shares)]

    def _shown(self, share):
        """Return what is shown in percent: who has come back, or who has stayed."""
        return 100 * float(1 - share if self.kind == "stay" else share)

    # ---------------------------------------------------------------- words
    @api.model
    def _label(self, start):
        if not start:
            return self.env._("All cohorts")
        return format_date(self.env, start, date_format="yyyy-MM")

    def _words(self, line):
        if not line:
            return self.env._("Nobody bought for the first time in these months.")
        if self.kind == "stay":
            if line.open_3:
                return self.env._("No cohort has been watched for a year yet.")
            return self.env._(
                "Of a hundred new customers %(stay)s are still customers after a year.",
                stay=formatLang(self.env, line.share_3, digits=0),
            )
        if not line.happened or not line.half_by:
            return self.env._("Too few have bought a second time to say when they do.")
        return self.env._(
            "Of those who buy again half do so within %(half)s days and 80%% within %(most)s: have "
            "the procedure after the first purchase remind them before day %(half)s, and call who "
            "has not come by day %(most)s.",
            half=line.half_by,
            most=line.most_by,
        )


class RetentionCurveLine(models.TransientModel):
    """A cohort and what became of it."""

    _name = "retention.curve.line"
    _description = "Cohort of a Curve"
    _order = "curve_id, rank, id"
    _allow_sudo_commands = False

    curve_id = fields.Many2one("retention.curve", required=True, index=True, ondelete="cascade")
    rank = fields.Integer()
    name = fields.Char("First Purchase")
    count = fields.Integer("Customers")
    happened = fields.Integer(
        "To Whom It Happened", help="Customers to whom it happened within the time watched."
    )
    half_by = fields.Integer(
        "Half of Them By", help="Day or month by which half of those who did it had done it."
    )
    most_by = fields.Integer(
        "80% of Them By", help="Day or month by which 80 % of those who did it had done it."
    )
    until = fields.Integer("Watched Until")
    share_1 = fields.Float("Share 1 (%)", help="Share of the cohort at the first point in time.")
    share_2 = fields.Float("Share 2 (%)", help="Share of the cohort at the second point in time.")
    share_3 = fields.Float("Share 3 (%)", help="Share of the cohort at the third point in time.")
    share_4 = fields.Float("Share 4 (%)", help="Share of the cohort at the fourth point in time.")
    open_1 = fields.Boolean(export_string_translation=False)
    open_2 = fields.Boolean(export_string_translation=False)
    open_3 = fields.Boolean(export_string_translation=False)
    open_4 = fields.Boolean(export_string_translation=False)


class RetentionCurvePoint(models.TransientModel):
    """A point of a curve."""

    _name = "retention.curve.point"
    _description = "Point of a Curve"
    _order = "curve_id, line_id, at"
    _allow_sudo_commands = False

    curve_id = fields.Many2one("retention.curve", required=True, index=True, ondelete="cascade")
    line_id = fields.Many2one("retention.curve.line", required=True, ondelete="cascade")
    cohort = fields.Char("First Purchase")
    at = fields.Integer("Days or Months After", aggregator=None)
    share = fields.Float("Share (%)", aggregator="avg")
