from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ..analytics.kpi_tables import JOINED, LEFT
from .retention_dashboard import _divided, _text
from .retention_metrics_kpi_tables import AXES

MEASURES = ("customers", "share", "revenue")


class RetentionDashboard(models.AbstractModel):
    _inherit = "retention.dashboard"

    # ---------------------------------------------------------------- cohorts
    @api.model
    @api.readonly
    def get_cohorts(self, options):
        """Return what became of the customers of each month of a first purchase.

        Further options: ``measure`` ("customers", "share" or "revenue") and ``cumulative``: up
        to that month instead of in it; see :func:`analytics.kpi_tables.cohorts`.

        :return: {months, cohorts: [{month, size, cells}], mean}; cells that lie ahead are None.
            The mean is the share of all customers whose cell is known, or revenue per customer.
        """
        span = self._asked(options)
        measure = options.get("measure") or "customers"
        if measure not in MEASURES:
            raise UserError(self.env._("Cohorts cannot be measured by %s.", measure))
        if not span.first:
            return {"months": 0, "cohorts": [], "mean": []}
        sizes, customers, revenue = self._cohort_values(span, bool(options.get("cumulative")))
        values = revenue if measure == "revenue" else customers
        ages = max((_months_apart(cohort, span.last) for cohort in sizes), default=-1) + 1
        found = []
        for cohort in sorted(sizes):
            reached = _months_apart(cohort, span.last)
            cells = [values[cohort, age] if age <= reached else None for age in range(ages)]
            found.append((cohort, sizes[cohort], cells))
        told = [
            {
                "month": _text(cohort),
                "size": size,
                "cells": [_share(cell, size) for cell in cells] if measure == "share" else cells,
            }
            for cohort, size, cells in found
        ]
        return {"months": ages, "cohorts": told, "mean": _means(found, ages)}

    @api.model
    def _cohort_values(self, span, cumulative):
        """Return {cohort: size} and, by (cohort, age), customers and revenue."""
        metrics = self.env["retention.metrics"]
        sizes, customers, revenue = {}, defaultdict(int), defaultdict(float)
        for cohort, month, count, bought, amount in metrics._cohort_cells(span):
            age = _months_apart(cohort, month)
            customers[cohort, age], revenue[cohort, age] = bought, amount
            sizes[cohort] = sizes.get(cohort, 0) + (0 if age else count)
        if not cumulative:
            return sizes, customers, revenue
        later = defaultdict(int)
        for cohort, month, count in metrics._cohort_returns(span):
            later[cohort, _months_apart(cohort, month)] = count
        for cohort in sizes:
            for age in range(1, _months_apart(cohort, span.last) + 1):
                revenue[cohort, age] += revenue[cohort, age - 1]
                later[cohort, age] += later[cohort, age - 1]
                customers[cohort, age] = later[cohort, age]
        return sizes, customers, revenue

    # ---------------------------------------------------------------- moves
    @api.model
    @api.readonly
    def get_flows(self, options):
        """Return who moved from where to where between both ends of the period.

        Further option: ``axis``, one of AXES. See :func:`analytics.kpi_tables.migration`.

        :return: {values: [{key, label}] in order, key None: not recorded; cells: [{old, new,
            customers, revenue}]}; revenue is that of the period
        """
        span = self._asked(options)
        axis = self._asked_axis(options.get("axis"))
        if not span.first:
            return {"values": [], "cells": []}
        cells = [
            {
                "old": old if was else JOINED,
                "new": new if stays else LEFT,
                "customers": count,
                "revenue": revenue,
            }
            for was, old, stays, new, count, revenue in self.env["retention.metrics"]._move_counts(
                span, axis
            )
        ]
        seen = {cell[end] for cell in cells for end in ("old", "new")} - {JOINED, LEFT}
        values = self._axis_values(axis, seen)
        order = {value["key"]: number for number, value in enumerate(values)}
        cells.sort(key=lambda cell: (order.get(cell["old"], -1), order.get(cell["new"], -1)))
        return {"values": values, "cells": cells}

    @api.model
    def _asked_axis(self, axis):
        axis = axis or AXES[0]
        if axis not in AXES:
            raise UserError(self.env._("Moves cannot be shown by %s.", axis))
        return axis

    @api.model
    def _axis_values(self, axis, seen):
        """Return [{key, label}] of the values that occur, in their order."""
        field = self.env["retention.ledger"]._fields[axis]
        if field.type == "selection":
            labels = field._description_selection(self.env)
        else:
            records = self.env[field.comodel_name].with_context(active_test=False)
            found = records.search([("id", "in", [key for key in seen if key])])
            labels = [(record.id, record.display_name) for record in found]
        values = [{"key": key, "label": label} for key, label in labels if key in seen]
        if None in seen:
            values.append({"key": None, "label": self.env._("Not recorded")})
        return values

    # ---------------------------------------------------------------- as of today
    @api.model
    def _profile_tables(self, span):
        """Return {grid, risk}: today's customers by scores, and those not lost by risk."""
        grid, risk = defaultdict(lambda: [0, 0.0]), defaultdict(lambda: [0, 0.0])
        rows = self.env["retention.metrics"]._profile_counts(span)
        for r, f, core, level, lost, count, revenue, stake in rows:
            if r and f:
                _add(grid[r, f], count, revenue)
            if not lost:
                _add(risk[core, level], count, stake)
        return {
            "grid": [
                {"r": r, "f": f, "customers": count, "revenue": amount}
                for (r, f), (count, amount) in sorted(grid.items())
            ],
            "risk": [
                {"core": core, "level": level, "customers": count, "amount": amount}
                for (core, level), (count, amount) in sorted(
                    risk.items(), key=lambda item: (not item[0][0], item[0][1] or "")
                )
            ],
        }

    # ---------------------------------------------------------------- follow-up
    @api.model
    def _follow_up(self, span):
        """Return {funnel, sops}."""
        counts = self.env["retention.metrics"]._funnel_counts(span)
        labels = {
            "opened": self.env._("Alerts opened"),
            "contacted": self.env._("Customers contacted"),
            "ended": self.env._("Outcome known"),
            "saved": self.env._("Saved"),
            "verified": self.env._("Bought again"),
        }
        funnel = [
            {"code": code, "label": labels[code], "count": count} for code, count in counts.items()
        ]
        return {"funnel": funnel, "sops": self._sops(span)}


def _months_apart(first, last):
    return (last.year - first.year) * 12 + last.month - first.month


def _share(cell, size):
    return None if cell is None else _divided(cell, size)


def _means(found, ages):
    """Return the sum of each age's known cells divided by the sizes of their cohorts."""
    means = []
    for age in range(ages):
        known = [(cells[age], size) for _cohort, size, cells in found if cells[age] is not None]
        means.append(_divided(sum(v for v, _s in known), sum(size for _v, size in known)))
    return means


def _add(cell, count, amount):
    cell[0] += count
    cell[1] += amount or 0.0
