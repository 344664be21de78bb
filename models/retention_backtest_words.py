"""What a back-test means for Monday morning, in words."""

from odoo import api, fields, models

from .joining import names_text

CLOSE = 2  # points of percent within which two shares are the same


class RetentionBacktestResult(models.Model):
    _inherit = "retention.backtest.result"

    @api.depends(
        *("alerts", "judged", "right", "left", "found", "weekly", "owners"),
        *("lead_days", "lead_count", "backtest_id.state", "backtest_id.horizon_days"),
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for result in self:
            over = result.backtest_id.state == "done"
            result.sentence = over and result._words()

    def _words(self):
        if not self.alerts:
            return self.env._("No alert would have opened in these months.")
        if not self.judged:
            return self.env._(
                "%(alerts)s alerts, %(weekly)s a week for each owner. None can be judged yet: "
                "their %(days)s days are not over.",
                alerts=self.alerts,
                weekly=_short(self.owner_weekly),
                days=self.backtest_id.horizon_days,
            )
        figures = {
            "right": round(self.precision),
            "weekly": _short(self.owner_weekly),
            "found": round(self.recall),
            "days": round(self.lead_days),
        }
        if not self.lead_count:
            return self.env._(
                "Of 100 alerts, %(right)s were right; %(weekly)s a week for each owner; it finds "
                "%(found)s of 100 who leave.",
                **figures,
            )
        return self.env._(
            "Of 100 alerts, %(right)s were right; %(weekly)s a week for each owner; it finds "
            "%(found)s of 100 who leave, %(days)s days before they are lost.",
            **figures,
        )


class RetentionBacktest(models.Model):
    _inherit = "retention.backtest"

    sentence = fields.Char("What It Means", compute="_compute_sentence")
    skipped_sentence = fields.Char("What Is Not Replayed", compute="_compute_skipped_sentence")

    @api.depends("state", "result_ids.sentence")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for test in self:
            sides = {result.side: result for result in test.result_ids}
            if test.state != "done":
                test.sentence = False
            elif "changed" in sides:
                test.sentence = test._compare_words(sides["present"], sides["changed"])
            else:
                test.sentence = sides["present"].sentence if sides else False

    def _compare_words(self, now, then):
        if not now.judged or not then.judged:
            return self.env._(
                "Too few alerts to compare: the changed rules open %(then)s, the present ones "
                "%(now)s. Decide by whom they name, not by these figures.",
                then=then.alerts,
                now=now.alerts,
            )
        figures = {
            "weekly": _short(then.owner_weekly),
            "weekly_now": _short(now.owner_weekly),
            "right": round(then.precision),
            "right_now": round(now.precision),
            "found": round(then.recall),
            "found_now": round(now.recall),
        }
        precise, finds = then.precision - now.precision, then.recall - now.recall
        if max(abs(precise), abs(finds)) <= CLOSE:
            return self.env._(
                "Both rules do alike: of 100 alerts %(right)s instead of %(right_now)s right, "
                "%(found)s instead of %(found_now)s of 100 who leave found, %(weekly)s instead of "
                "%(weekly_now)s alerts a week for each owner. No reason to change.",
                **figures,
            )
        if precise >= -CLOSE and finds >= -CLOSE:
            return self.env._(
                "Take it over: of 100 alerts %(right)s instead of %(right_now)s are right, and "
                "%(found)s instead of %(found_now)s of 100 who leave are found, with %(weekly)s "
                "instead of %(weekly_now)s alerts a week for each owner.",
                **figures,
            )
        if precise <= CLOSE and finds <= CLOSE:
            return self.env._(
                "Keep the present rules: of 100 alerts only %(right)s instead of %(right_now)s "
                "would be right, and %(found)s instead of %(found_now)s of 100 who leave found.",
                **figures,
            )
        if finds > 0:
            return self.env._(
                "It finds more (%(found)s instead of %(found_now)s of 100 who leave), but fewer "
                "alerts are right (%(right)s instead of %(right_now)s of 100). Take it over if "
                "each owner has time for %(weekly)s instead of %(weekly_now)s a week.",
                **figures,
            )
        return self.env._(
            "More alerts are right (%(right)s instead of %(right_now)s of 100), but it finds fewer "
            "(%(found)s instead of %(found_now)s of 100 who leave). Take it over if %(weekly_now)s "
            "alerts a week are too many for each owner; it would be %(weekly)s.",
            **figures,
        )

    @api.depends("skipped", "state")
    @api.depends_context("lang")
    def _compute_skipped_sentence(self):
        types = self.env["retention.signal"]._signal_types()
        for test in self:
            codes = test._skipped_types() if test.state == "draft" else test.skipped or []
            names = [types[code].label for code in codes if code in types]
            test.skipped_sentence = names and self.env._(
                "Left out, because nobody can tell their past values: %s. Answers and pauses by "
                "people are not replayed either.",
                names_text(self.env, names),
            )


def _short(number):
    """Return a number of alerts as people say it."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"
