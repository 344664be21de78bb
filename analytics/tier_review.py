"""The review of tiers: one day's moves, from what was and from the windows' figures."""

import numpy as np

from .tier import NONE, ONE, grace_end, window_after
from .tier_day import Day


def review(customers, figures, rules, as_of, *, nightly=True, regrade=False):
    """Return what the tiers of ``customers`` are from ``as_of`` on.

    :param customers: columns STATE of :mod:`analytics.tier`, ``segment``, and ``buyer``: has a
        purchase
    :param figures: same rows; ``<window>_cents`` and ``<window>_count`` of the windows that
        :func:`analytics.tier.windows` returned
    :param nightly: a tier by segment is given on the second night only; other times leave it
    :param regrade: the rules are new: everybody gets what these rules say, at once
    :return: same rows; columns STATE and ``cause``: "" or what happened (up, down, grace, kept,
        reversed, locked)
    """
    day = _Day(customers, figures, rules, np.datetime64(as_of, "D"))
    if regrade:
        day.regrade()
    else:
        day.rise(nightly)
        day.reverse()
        day.fall_due()
        day.confirm()
    day.end_locks()
    return day.result()


class _Day(Day):
    """What happens on the day; each method leaves alone whom an earlier one moved."""

    def regrade(self):
        """Give everybody the tier of the new rules, but for locks and the minimum stay."""
        level = np.maximum(self.now, self.last)
        stays = self.free & (level < self.old) & ~self._stayed()
        free = self.free & ~stays
        same = free & (level == self.old)
        self._earn(free & ~same, level)
        stale = same & ((self.valid < self.as_of) | np.isnat(self.new["valid_until"]))
        self.new["valid_until"][stale] = self._window_end(level)[stale]
        self.new["earned_on"][same] = self._earned_on(level)[same]
        self.new["grace_until"][free] = NONE
        for name in ("before_until", "before_on", "missed_on"):
            self.new[name][self.free] = NONE
        self.new["before"][self.free] = -1
        # The day of a mark that no longer counts proves nothing.
        self.new["earned_on"][stays] = NONE
        self._base()

    def rise(self, nightly):
        """Move up at once what the figures earn, and what the segment earns since last night."""
        pending = self.free & (self.now > np.maximum(self.figures["now"], self.old))
        if nightly:
            asked = self.new["pending_on"]
            sure = pending & (self.new["pending"] == self.now) & (asked < self.as_of)
            # A tier already asked for keeps the night on which it was.
            again = pending & ~sure & (self.new["pending"] != self.now)
            self.new["pending"][again] = self.now[again]
            asked[again] = self.as_of
            over = ~pending | sure
            self.new["pending"][over] = -1
            asked[over] = NONE
        else:
            sure = np.zeros(len(pending), dtype=bool)
        target = np.where(sure, self.now, self.figures["now"])
        up = self.free & (target > self.old)
        kept = up & (self.old > 0)
        self.new["before"][up] = np.where(kept, self.old, -1)[up]
        until = np.fmax(self.new["valid_until"], self.new["grace_until"])
        self.new["before_until"][up] = np.where(kept, until, NONE)[up]
        # What was made up for in a grace is proved by more than one window.
        plain = kept & np.isnat(self.new["missed_on"])
        self.new["before_on"][up] = np.where(plain, self.new["earned_on"], NONE)[up]
        self._earn(up, target)
        self._base()

    def reverse(self):
        """Take back at once what was earned by purchases that are no more."""
        then, on = self.figures["then"], self.new["earned_on"].copy()
        gone = self._open() & ~np.isnat(on) & (then < self.old) & (on <= self.as_of)
        still = gone & (self.now >= self.old)
        self.new["earned_on"][still] = self._earned_on(self.old)[still]
        self.new["missed_on"][still] = NONE
        missed = self.new["missed_on"]
        saved = gone & ~still & ~np.isnat(missed)
        goes_on = saved & (grace_end(missed, self.since, self.rules) >= self.as_of)
        self._resume_grace(goes_on)
        gone &= ~still & ~goes_on
        before = np.where(self.new["before_until"] >= self.as_of, self.new["before"], -1)
        target = np.maximum(np.maximum(self.now, self.last), np.maximum(then, before))
        if self.rules.down == "one":
            target = np.where(saved, np.maximum(target, self._next_below()), target)
        gone &= target < self.old
        until, before_on = self.new["before_until"].copy(), self.new["before_on"].copy()
        self._earn(gone, target)
        of_then = gone & ~saved & (then == target) & (self.now < target)
        self.new["valid_until"][of_then] = window_after(on, self.rules.window)[of_then]
        self.new["earned_on"][of_then] = on[of_then]
        back = gone & (before == target)
        self.new["valid_until"][back] = until[back]
        self.new["earned_on"][back] = before_on[back]
        for name, nothing in (("before", -1), ("before_until", NONE), ("before_on", NONE)):
            self.new[name][gone] = nothing
        self.cause[gone] = "reversed"
        self._base()

    def fall_due(self):
        """Renew, let grace begin, or move down those whose tier is no longer valid."""
        due = self._open() & (self.old > 0) & (self.valid < self.as_of)
        below = due & (np.maximum(np.maximum(self.hold, self.last), self.now) < self.old)
        self._renew(due & ~below)
        begins = below & ~self.in_grace
        self.new["valid_until"][begins] = self.valid[begins]
        grace = grace_end(np.full(len(due), self.as_of - ONE), self.since, self.rules)
        self.new["grace_until"][begins] = grace[begins]
        self.new["missed_on"][begins] = NONE
        self.cause[begins] = "grace"
        down = below & (self.new["grace_until"] < self.as_of) & self._stayed()
        target = np.maximum(np.maximum(self.now, self.hold), self.last)
        if self.rules.down == "one":
            target = np.maximum(target, self._next_below())
        self._earn(down, target)
        self.cause[down] = "down"
        self._base()

    def confirm(self):
        """Drop the memory of an earlier tier that would no longer be valid."""
        past = self.new["before_until"] < self.as_of
        self.new["before"][past] = -1
        for name in ("before_on", "before_until"):
            self.new[name][past] = NONE

    def end_locks(self):
        self.new["locked_until"][self.new["locked_until"] < self.as_of] = NONE
