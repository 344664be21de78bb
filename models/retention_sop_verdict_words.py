"""What a verdict says, and what it means for Monday morning."""

from odoo import api, fields, models
from odoo.tools import formatLang

from ..analytics.uplift import SUSPICIOUS
from .amounts import amount_text
from .retention_sop_words import NO_HOLDOUT

MANAGER = "customer_retention.group_manager"


class RetentionSopVerdict(models.Model):
    _inherit = "retention.sop.verdict"

    interval_text = fields.Char("Between (points)", compute="_compute_sentences")
    sentence = fields.Char(compute="_compute_sentences")
    advice_sentence = fields.Char("What to Do", compute="_compute_sentences")
    warning_text = fields.Char("Careful", compute="_compute_sentences")

    @api.depends("code", "advice", "judged_on")
    @api.depends_context("lang")
    def _compute_sentences(self):
        for verdict in self:
            compared = verdict.code in ("works", "harms", "inconclusive")
            verdict.interval_text = compared and self.env._(
                "%(low)s to %(high)s",
                low=verdict._points(verdict.low),
                high=verdict._points(verdict.high),
            )
            verdict.warning_text = verdict._ratio_words()
            verdict.sentence = getattr(verdict, f"_say_{verdict.code}")()
            verdict.advice_sentence = getattr(verdict, f"_advise_{verdict.advice}")()

    # ---------------------------------------------------------------- the verdict
    def _say_works(self):
        return self.env._("It works: %(facts)s %(interval)s", **self._compared())

    def _say_harms(self):
        return self.env._("It does harm: %(facts)s %(interval)s", **self._compared())

    def _say_inconclusive(self):
        return self.env._("Not proven: %(facts)s %(interval)s", **self._compared())

    def _compared(self):
        facts = self.env._(
            "of %(count)s customers who took part %(rate)s%% bought, of %(control)s who were only "
            "watched %(control_rate)s%%.",
            count=self._number(self.judged),
            rate=self._rate(self.rate),
            control=self._number(self.control),
            control_rate=self._rate(self.control_rate),
        )
        interval = self.env._(
            "The difference of %(difference)s points lies between %(low)s and %(high)s.",
            difference=self._points(self.difference),
            low=self._points(self.low),
            high=self._points(self.high),
        )
        return {"facts": facts, "interval": interval}

    def _say_too_early(self):
        return self.env._(
            "Too early: nothing is judged before its window is over. Judged so far: %(judged)s of "
            "those who took part, %(control)s of those who are only watched.",
            judged=self._number(self.judged),
            control=self._number(self.control),
        )

    def _say_no_control(self):
        if not self.judged:
            return self.env._("Too early: nothing is judged before its window is over.")
        return self.env._(
            "Nobody knows what would have come anyway: of %(count)s customers %(rate)s%% bought, "
            "%(before)s%% in as many days before, and there is no control group.",
            count=self._number(self.judged),
            rate=self._rate(self.rate),
            before=self._rate(self.before_rate),
        )

    def _ratio_words(self):
        if self.ratio_chance >= SUSPICIOUS:
            return False
        return self.env._(
            "Of %(entered)s customers %(control)s are only watched where about %(expected)s "
            "should be. Chance does not do that: find out who was added or taken out before you "
            "trust the comparison.",
            entered=self._number(self.entered),
            control=self._number(self.entered_control),
            expected=self._number(self.expected_control),
        )

    # ---------------------------------------------------------------- the advice
    def _advise_more(self):
        return self.env._(
            "Put more here: it brought %(gain)s more than would have come anyway, and cost "
            "%(cost)s.",
            gain=self._amount(self.gain),
            cost=self._amount(self.cost),
        )

    def _advise_stop(self):
        if self.code == "harms":
            return self.env._("Stop this: customers who are left alone buy more.")
        return self.env._(
            "Stop this or make it cheaper: it cost %(cost)s and brought at most %(gain)s more than "
            "would have come anyway.",
            gain=self._amount(max(self.gain_high, 0)),
            cost=self._amount(self.cost),
        )

    def _advise_go_on(self):
        if self.code == "works":
            return self.env._(
                "Go on: it works; whether it earns the %s it cost is not sure yet.",
                self._amount(self.cost),
            )
        if self.code == "inconclusive":
            return self.env._(
                "Go on until about %(needed)s more customers have entered, about %(control)s of "
                "them only watched.",
                needed=self._number(self.needed),
                control=self._number(self.needed_control),
            )
        if self.purpose in NO_HOLDOUT:
            return self.env._(
                "Go on: who needs help gets it, so nobody is held out. Compare with the time "
                "before."
            )
        return self.env._(
            "Go on, but have 10 of a hundred customers only watched: press Change and set "
            "“Control Group (%)”."
        )

    def _advise_wait(self):
        if self.ratio_chance < SUSPICIOUS:
            return self.env._("Wait: first find out why the groups are not of the size set.")
        return self.env._("Wait until goal windows of both groups are over.")

    # ---------------------------------------------------------------- numbers
    def _number(self, value):
        return formatLang(self.env, value, digits=0)

    def _rate(self, value):
        return formatLang(self.env, value, digits=1)

    def _points(self, value):
        text = formatLang(self.env, abs(value), digits=1)
        return f"{'−' if round(value, 1) < 0 else '+'}{text}"

    def _amount(self, value):
        return amount_text(self.env, value, self.currency_id)

    def _as_dict(self):
        self.ensure_one()
        compared = self.code in ("works", "harms", "inconclusive")
        told = {
            "rate": bool(self.judged),
            "control_rate": bool(self.control),
            "difference": compared,
            "low": compared,
            "high": compared,
        }
        return {
            **{name: self[name] for name in ("code", "advice", "sentence", "advice_sentence")},
            **{name: self[name] for name in ("rank", "entered", "judged", "control", "cost")},
            "warning": self.warning_text or None,
            **{name: self[name] / 100 if known else None for name, known in told.items()},
            **{
                name: self[name] if self.has_gain else None
                for name in ("gain", "gain_low", "gain_high", "net_gain")
            },
            "gain_per_cost": self.gain_per_cost if self.has_gain and self.cost else None,
        }

    # ---------------------------------------------------------------- where it leads
    def action_open_sop(self):
        """Open the procedure as it is now."""
        self.ensure_one()
        self.check_access("read")
        family = self.root_id.sudo().version_ids
        now = family.filtered(lambda sop: sop.state in ("active", "paused")) or family
        return now[:1].with_env(self.env)._open()

    def action_open_effect(self):
        """Open the customers behind the verdict."""
        self.ensure_one()
        self.check_access("read")
        return self.root_id.action_effect()


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    verdict_sentence = fields.Char(
        "Does It Work",
        compute="_compute_verdict_sentence",
        groups=MANAGER,
        help="All versions together, each customer once, as of last night.",
    )
    verdict_advice = fields.Char("Advice", compute="_compute_verdict_sentence", groups=MANAGER)
    verdict_warning = fields.Char(
        "Warning of the Verdict", compute="_compute_verdict_sentence", groups=MANAGER
    )

    @api.depends("root_id")
    @api.depends_context("lang")
    def _compute_verdict_sentence(self):
        found = self.env["retention.sop.verdict"].search([("root_id", "in", self.root_id.ids)])
        verdicts = {verdict.root_id: verdict for verdict in found}
        for sop in self:
            verdict = verdicts.get(sop.root_id, found.browse())
            sop.verdict_sentence = verdict.sentence
            sop.verdict_advice = verdict.advice_sentence
            sop.verdict_warning = verdict.warning_text

    @api.model
    def _verdicts(self, company, sops=None):
        """Return {first version's id: dict} of what each procedure is worth; a query or two.

        Keys ``code advice sentence advice_sentence warning entered judged control rate
        control_rate difference low high gain gain_low gain_high cost net_gain gain_per_cost
        rank``. Rates, differences and their limits are shares (0.03 is 3 points), None where
        there is nothing to compare; amounts are in company currency, None where there is no
        control group to tell. All customers of the company count, whoever asks: the caller sees
        to it that only managers are shown amounts. In the order of ``rank``; procedures that
        nobody has entered are left out.

        :param sops: only these (any version); None for all
        """
        domain = [("company_id", "=", company.id)]
        if sops is not None:
            domain.append(("root_id", "in", sops.sudo().root_id.ids))
        found = self.env["retention.sop.verdict"].sudo().search(domain)
        return {verdict.root_id.id: verdict._as_dict() for verdict in found}
