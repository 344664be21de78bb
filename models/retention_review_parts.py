"""The tables of a review, after its first page."""

from odoo import api, models
from odoo.fields import Domain

from ..analytics import charts
from ..analytics.effect import quotient
from ..analytics.kpi import figure
from .kpi_definitions import HOURS, MONEY, NUMBER, POINTS, SHARE
from .retention_dashboard_tables import _months_apart
from .retention_review_figures import plain
from .review_part import DELTA, MONTH, NAME, WORD, Column, Part, bridge

GROUP_CODES = ("retention", "repeat", "order_value", "nps", "resolution")
COHORTS, AGES = 12, 12
OUTCOMES = ("saved", "gone", "false_alarm", "unreachable")


class RetentionReview(models.Model):
    _inherit = "retention.review"

    def _review_parts(self):
        """Return {code: :class:`review_part.Part`}, in the order they are shown.

        Hook: who adds a part calls super(); its rows are kept when a review is generated, and of
        a review made before it was there nothing is shown.
        """
        groups = self._group_columns()
        return {
            "segment": Part(
                self.env._("By Segment"),
                {"name": Column(self.env._("Segment"), NAME), **groups},
                lambda numbers: self._group_rows(numbers, "segment_id", "retention.segment"),
                self.env._("Customers count in the segment they were in when the period began."),
                self._retention_bars,
            ),
            "user": Part(
                self.env._("By Account Manager"),
                {"name": Column(self.env._("Account Manager"), NAME), **groups},
                lambda numbers: self._group_rows(numbers, "user_id", "res.users"),
                self.env._("Customers count for who cared for them when the period began."),
            ),
            "sop": Part(
                self.env._("Procedures"),
                self._sop_columns(),
                self._sop_rows,
                self.env._(
                    "Rates are of customers whose goal window ended in the period; who was only "
                    "watched is the control group."
                ),
            ),
            "alert": Part(self.env._("Alerts"), self._alert_columns(), self._alert_rows),
            "cohort": Part(
                self.env._("Cohorts"),
                self._cohort_columns(),
                self._cohort_rows,
                self.env._(
                    "Of those who first bought in a month, how many bought so many months later."
                ),
                self._cohort_heat,
                table=False,
            ),
        }

    @api.model
    def _names(self, records):
        """Return {id: {language: name}}: English, and where they differ, the others.

        So names stay as they were, whoever reads them.
        """
        names = {record.id: {"en_US": record.name} for record in records.with_context(lang="en_US")}
        for lang, _label in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=lang):
                if record.name != names[record.id]["en_US"]:
                    names[record.id][lang] = record.name
        return names

    # ---------------------------------------------------------------- groups of customers
    def _group_columns(self):
        return {
            "start": Column(self.env._("At Start")),
            "lost": Column(self.env._("Lost")),
            "new": Column(self.env._("Newly Won")),
            "reactivated": Column(self.env._("Regained")),
            "end": Column(self.env._("At End")),
            "retention": Column(self.env._("Retention Rate"), SHARE),
            "retention_before": Column(self.env._("Retention before"), SHARE, paper=False),
            "retention_change": Column(self.env._("Change (points)"), DELTA),
            "start_before": Column(self.env._("At start before"), paper=False),
            "buyers": Column(self.env._("Buyers"), paper=False),
            "repeat": Column(self.env._("Repeat Rate"), SHARE),
            "repeat_before": Column(self.env._("Repeat before"), SHARE, paper=False),
            "repeat_change": Column(self.env._("Change (points)"), DELTA),
            "buyers_before": Column(self.env._("Buyers before"), paper=False),
            "orders": Column(self.env._("Orders"), paper=False),
            "revenue": Column(self.env._("Net Revenue"), MONEY),
            "order_value": Column(self.env._("Order Value"), MONEY),
            "revenue_per_customer": Column(self.env._("Per Buyer"), MONEY, paper=False),
            "nps": Column(self.env._("NPS"), POINTS),
            "resolution": Column(self.env._("Time to Solution (h)"), HOURS, paper=False),
        }

    @api.model
    def _group_rows(self, numbers, by, model):
        """Return a row for each group with customers in the period, the largest first."""
        now, then = numbers.groups(by), numbers.groups(by, numbers.before)
        names = self._names(numbers.env[model].browse(key for key in now if key).exists())
        rows = []
        for key, totals in now.items():
            moved, figures = bridge(totals), self._group_figures(numbers, totals)
            if not (any(moved.values()) or totals["orders"]):
                continue
            before = self._group_figures(numbers, then[key]) if key in then else {}
            rows.append(
                {
                    "key": key,
                    "name": names.get(key),
                    "model": model,
                    **moved,
                    **{code: plain(item.value) for code, item in figures.items()},
                    "buyers": totals["buyers"],
                    "revenue": plain(totals["revenue"]),
                    "orders": int(totals["orders"]),
                    **self._compared(figures, before, "retention", "start_before"),
                    **self._compared(figures, before, "repeat", "buyers_before"),
                }
            )
        return sorted(rows, key=lambda row: (-row["start"], -row["end"], row["key"] or 0))

    @api.model
    def _group_figures(self, numbers, totals):
        """Return {code: Figure} from the totals of a group."""
        told = {code: numbers.model._told(code, totals) for code in GROUP_CODES}
        told["revenue_per_customer"] = figure(totals["revenue"], totals["buyers"])
        return told

    @api.model
    def _compared(self, figures, before, code, base):
        then = before.get(code)
        value, old = figures[code].value, then and then.value
        return {
            f"{code}_before": plain(old),
            f"{code}_change": None if None in (value, old) else 100 * (value - old),
            base: int(then.denominator) if then else 0,
        }

    def _retention_bars(self, rows):
        return charts.bars(
            [
                (
                    self._row_name(row),
                    row["retention"],
                    self._format(row["retention"], SHARE),
                )
                for row in rows
                if row["start"]
            ],
            width=700,
        )

    # ---------------------------------------------------------------- procedures
    def _sop_columns(self):
        return {
            "name": Column(self.env._("Procedure"), NAME),
            "entered": Column(self.env._("Customers Entered")),
            "judged": Column(self.env._("Windows Over")),
            "purchases": Column(self.env._("Bought"), paper=False),
            "rate": Column(self.env._("Repurchase"), SHARE),
            "judged_before": Column(self.env._("Windows over before"), paper=False),
            "rate_before": Column(self.env._("Repurchase before"), SHARE),
            "control": Column(self.env._("Control Group")),
            "control_rate": Column(self.env._("Repurchase of control"), SHARE),
            "revenue": Column(self.env._("Net Revenue"), MONEY),
            "cost": Column(self.env._("Cost"), MONEY),
            "return_per_cost": Column(self.env._("Return per Cost"), NUMBER),
            "verdict": Column(self.env._("Verdict"), WORD),
        }

    @api.model
    def _sop_rows(self, numbers):
        """Return a row for each procedure, all of its versions together."""
        sops = numbers.env["retention.sop"].with_context(active_test=False)
        sops = sops.search([("company_id", "=", numbers.company.id)], order="version, id")
        latest = {sop.root_id.id: sop for sop in sops}
        names = self._names(sops)
        now, then = (self._sop_tallies(numbers, sops, s) for s in (numbers.span, numbers.before))
        entered = self._sop_entered(numbers, sops)
        verdicts, rows = numbers.env["retention.sop"]._verdicts(numbers.company), []
        for root, sop in latest.items():
            treated, control = now.get((root, "treated")), now.get((root, "control"))
            before = then.get((root, "treated"))
            if not (treated or control or entered.get(root)):
                continue
            rows.append(
                {
                    "key": root,
                    "name": names[sop.id],
                    "model": sop._name,
                    "entered": entered.get(root, 0),
                    "judged": treated[0] if treated else 0,
                    "purchases": treated[1] if treated else 0,
                    "rate": self._quotient(treated),
                    "judged_before": before[0] if before else 0,
                    "rate_before": self._quotient(before),
                    "control": control[0] if control else 0,
                    "control_rate": self._quotient(control),
                    "revenue": plain(treated[2]) if treated else 0.0,
                    "cost": plain(treated[3]) if treated else 0.0,
                    "return_per_cost": plain(quotient(treated[2], treated[3])) if treated else None,
                    "verdict": verdicts.get(root, {}).get("code"),
                }
            )
        return sorted(rows, key=lambda row: (-row["judged"], -row["entered"], row["key"]))

    @api.model
    def _quotient(self, tally):
        return quotient(tally[1], tally[0]) if tally else None

    @api.model
    def _sop_tallies(self, numbers, sops, span):
        """Return {(procedure, arm): (judged, purchases, revenue, cost)} of windows that ended."""
        ended = Domain.FALSE
        for days, versions in sops.grouped("goal_days").items():
            first, end = numbers.window(span, days)
            ended |= (
                Domain("sop_id", "in", versions.ids)
                & Domain("entered_on", ">=", first)
                & Domain("entered_on", "<=", end)
            )
        found = numbers.env["retention.sop.report"]._read_group(
            ended
            & Domain("window_over", "=", True)
            & Domain("company_id", "=", numbers.company.id),
            ["root_id", "arm"],
            ["judged:sum", "purchases:sum", "revenue:sum", "cost:sum"],
        )
        return {(root.id, arm): tuple(sums) for root, arm, *sums in found}

    @api.model
    def _sop_entered(self, numbers, sops):
        found = numbers.env["retention.sop.report"]._read_group(
            [
                ("sop_id", "in", sops.ids),
                ("company_id", "=", numbers.company.id),
                ("entered_on", ">=", numbers.span.first),
                ("entered_on", "<=", numbers.span.end),
            ],
            ["root_id"],
            ["__count"],
        )
        return {root.id: count for root, count in found}

    # ---------------------------------------------------------------- alerts
    def _alert_columns(self):
        return {
            "code": Column(self.env._("What Happened"), WORD),
            "count": Column(self.env._("In the Period")),
            "count_before": Column(self.env._("Period Before")),
            "amount": Column(self.env._("Amount"), MONEY),
            "amount_before": Column(self.env._("Amount before"), MONEY),
        }

    @api.model
    def _alert_rows(self, numbers):
        now, then = (self._alert_counts(numbers, span) for span in (numbers.span, numbers.before))
        return [
            {
                "key": code,
                "code": code,
                "count": now[code][0],
                "count_before": then[code][0],
                "amount": now[code][1],
                "amount_before": then[code][1],
            }
            for code in now
        ]

    @api.model
    def _alert_counts(self, numbers, span):
        """Return {what happened: (alerts, value at stake; what came back of those saved)}."""
        report = numbers.env["retention.alert.report"]
        mine = Domain("company_id", "=", numbers.company.id)

        def read(name, groupby, *sums):
            between = Domain(name, ">=", span.first) & Domain(name, "<=", span.end)
            return report._read_group(mine & between, groupby, ["__count", *sums])

        [(opened, contacted, stake)] = read(
            "opened_on", [], "days_to_touch:count", "value_at_stake:sum"
        )
        found = {
            "opened": (opened, plain(stake) or 0.0),
            "contacted": (contacted, None),
            **dict.fromkeys(OUTCOMES, (0, 0.0)),
        }
        closed = read("closed_on", ["outcome"], "value_at_stake:sum", "recovered_amount:sum")
        for outcome, count, at_stake, recovered in closed:
            if outcome in OUTCOMES:
                amount = recovered if outcome == "saved" else at_stake
                found[outcome] = count, plain(amount) or 0.0
        return found

    # ---------------------------------------------------------------- cohorts
    def _cohort_columns(self):
        return {
            "month": Column(self.env._("First Purchase Month"), MONTH),
            "size": Column(self.env._("Customers")),
            **{f"m{age}": Column(self.env._("Month %s", age), SHARE) for age in range(1, AGES + 1)},
        }

    @api.model
    def _cohort_rows(self, numbers):
        span = numbers.months()
        sizes, bought, _revenue = numbers.env["retention.dashboard"]._cohort_values(span, False)
        return [
            {
                "key": str(cohort),
                "month": str(cohort),
                "size": sizes[cohort],
                **{
                    f"m{age}": bought[cohort, age] / sizes[cohort]
                    if sizes[cohort] and age <= _months_apart(cohort, span.last)
                    else None
                    for age in range(1, AGES + 1)
                },
            }
            for cohort in sorted(sizes)[-COHORTS:]
        ]

    def _cohort_heat(self, rows):
        ages = range(1, AGES + 1)
        return charts.heat(
            [str(age) for age in ages],
            [
                (
                    self._format(row["month"], MONTH),
                    str(row["size"]),
                    [(row[f"m{age}"], self._format(row[f"m{age}"], SHARE, 0)) for age in ages],
                )
                for row in rows
            ],
        )
