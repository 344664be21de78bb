"""One day of a review of tiers: the arrays it works on and what it does with some of them."""

import numpy as np
import pandas as pd

from .closures import to_days
from .tier import DAYS, NONE, STATE, earned, grace_end, validity, window_after, year_end


class Day:
    """The arrays of one review: ``old`` and ``new``, and the positions each window earns.

    ``figures``: earned by figures alone; ``now``, ``hold``, ``last``: by the segment too.
    """

    def __init__(self, customers, figures, rules, as_of):
        self.rules, self.as_of, self.index = rules, as_of, customers.index
        self.new = {name: to_days(customers[name]).copy() for name in DAYS}
        for name in ("position", "before", "pending"):
            self.new[name] = customers[name].to_numpy(dtype="int64").copy()
        self.cause = np.full(len(customers), "", dtype="<U8")
        self.old, self.since = self.new["position"].copy(), self.new["since"].copy()
        segments = customers["segment"].to_numpy()
        cents = {name[:-6]: figures[name].to_numpy() for name in figures if "_cents" in name}
        counts = {name[:-6]: figures[name].to_numpy() for name in figures if "_count" in name}
        self.figures = {name: earned(rules, cents[name], counts[name]) for name in cents}
        self.now = earned(rules, cents["now"], counts["now"], segments)
        self.hold = earned(rules, cents["hold"], counts["hold"], segments)
        self.last = earned(rules, cents["last"], counts["last"], segments)
        self.valid = validity(customers, as_of)
        self.in_grace = ~np.isnat(self.new["grace_until"])
        locked = self.new["locked_until"]
        by_hand = np.array([level.manual_only for level in rules.levels])[self.old]
        # The lowest tier is everybody's, whatever it says.
        by_hand &= (self.old > 0) & np.isnat(locked) & ~self.in_grace
        self.held = (locked >= as_of) | by_hand
        self.cause[locked >= as_of] = "locked"
        # Who never bought has no tier but by hand.
        self.free = ~self.held & (customers["buyer"].to_numpy(dtype=bool) | (self.old >= 0))

    def _open(self):
        return self.free & (self.cause == "")

    def _stayed(self):
        return ~(self.since + np.timedelta64(self.rules.min_stay_days, "D") > self.as_of)

    def _window_end(self, level):
        """Return until when ``level`` holds: this window earned it, or last year's did."""
        today = np.full(len(level), self.as_of)
        end = window_after(today, self.rules.window)
        if self.rules.window == "calendar":
            end = np.where(self.now < level, year_end(today), end)
        return end

    def _earned_on(self, level):
        """Return the end of the window whose figures earn ``level``, NaT if none's do."""
        on = np.where(self.figures["now"] >= level, self.as_of, NONE)
        last = year_end(np.full(len(level), self.as_of), -1)
        return np.where(np.isnat(on) & (self.figures["last"] >= level), last, on)

    def _earn(self, rows, level):
        """Move ``rows`` to the position ``level`` as of today."""
        self.cause[rows] = np.where(level > self.old, "up", "down")[rows]
        self.new["position"][rows] = level[rows]
        self.new["since"][rows] = self.as_of
        self.new["valid_until"][rows] = self._window_end(self._by_today(level))[rows]
        self.new["earned_on"][rows] = self._earned_on(level)[rows]
        for name in ("grace_until", "missed_on"):
            self.new[name][rows] = NONE

    def _by_today(self, level):
        """A tier that nobody's figures gave, as one step down, holds like one of today."""
        return np.where(np.maximum(self.now, self.last) < level, -1, level)

    def _renew(self, rows):
        """Let the tier hold for one window more."""
        end = self._window_end(self.old)
        if self.rules.window == "rolling":
            later = window_after(self.valid, "rolling")
            end = np.where(later < self.as_of, end, later)
        on = self._earned_on(self.old)
        reviewed = ~self.in_grace & (self.figures["hold"] >= self.old)
        on = np.where(np.isnat(on) & reviewed, self.valid, on)
        best = np.maximum(self.figures["hold"], self.figures["now"])
        saved = self.in_grace & (best >= self.old)
        self.new["valid_until"][rows] = end[rows]
        self.new["earned_on"][rows] = np.where(saved, self.as_of, on)[rows]
        self.new["missed_on"][rows] = np.where(saved, self.valid, NONE)[rows]
        self.new["grace_until"][rows] = NONE
        self.cause[rows] = "kept"

    def _resume_grace(self, rows):
        """Let the grace go on whose missed mark was not made up for after all."""
        missed = self.new["missed_on"].copy()
        self.new["valid_until"][rows] = missed[rows]
        self.new["grace_until"][rows] = grace_end(missed, self.since, self.rules)[rows]
        for name in ("earned_on", "missed_on"):
            self.new[name][rows] = NONE
        self.cause[rows] = "grace"

    def _next_below(self):
        """Return the position one step down, past tiers that are given by hand only."""
        below, found = np.zeros(len(self.rules.levels) + 1, dtype="int64"), 0
        for place, level in enumerate(self.rules.levels):
            below[place] = found
            if not level.manual_only:
                found = place
        return below[self.old]

    def _base(self):
        """The lowest tier never ends, so it has nothing to be earned or lost."""
        base = self.free & (self.new["position"] == 0)
        for name in ("valid_until", "grace_until", "earned_on", "missed_on"):
            self.new[name][base] = NONE

    def result(self):
        table = {name: self.new[name] for name in STATE}
        for name in DAYS:
            table[name] = table[name].astype("datetime64[s]")
        return pd.DataFrame(table | {"cause": self.cause}, index=self.index)
