"""Whether a procedure works: what customers did within its goal window, and what it cost."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import formatLang

from ..analytics.effect import Tally, percent, quotient
from .retention_metrics_sop_measure import MEASURED

MANAGER = "customer_retention.group_manager"


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    responded_on = fields.Date(
        readonly=True, help="First answer, or talk with the customer, within the goal window."
    )
    bought_before_on = fields.Date(
        "Had Bought On",
        readonly=True,
        help="Last purchase in an equally long window before the beginning, if any.",
    )
    window_over = fields.Boolean(
        "Goal Window Over", readonly=True, help="Nothing is judged before its window is over."
    )

    holdout = fields.Integer(
        "Held Out When Entering (%)",
        readonly=True,
        aggregator=None,
        help="Of a hundred customers who entered then, so many are only watched.",
    )

    _measured_idx = models.Index("(company_id, entered_on)")

    @api.model_create_multi
    def create(self, vals_list):
        """Keep the share of which the arm was drawn: it may be changed while nobody enters."""
        sops = self.env["retention.sop"].sudo()
        shares = [sops.browse(vals.get("sop_id")).holdout for vals in vals_list]
        return super().create(
            [{**vals, "holdout": share} for vals, share in zip(vals_list, shares)]
        )

    @api.model
    def _measure(self, company, as_of):
        """Bring purchases, answers and cost of all enrollments up to ``as_of``.

        Called under the company's lock. Doing it twice changes nothing the second time.

        :return: the number of enrollments that changed
        """
        changed = self.env["retention.metrics"].sudo()._measure_enrollments(company, as_of)
        if changed:
            self.invalidate_model([*MEASURED, "write_date", "write_uid"], flush=False)
        verdicts = self.env["retention.sop.verdict"].sudo()
        if changed or not verdicts.search_count([("company_id", "=", company.id)], limit=1):
            verdicts._judge(company, as_of)
        return changed


class RetentionSop(models.Model):
    """The effect of a version, for managers: figures of all customers who entered it."""

    _inherit = "retention.sop"

    currency_id = fields.Many2one(related="company_id.currency_id")
    effect_entered = fields.Integer(
        "Customers Entered",
        compute="_compute_effect",
        groups=MANAGER,
        help="Customers who took part, without those only watched.",
    )
    effect_open = fields.Integer(
        "Windows Still Open",
        compute="_compute_effect",
        groups=MANAGER,
        help="Customers who can still reach the goal.",
    )
    effect_judged = fields.Integer(
        "Windows Over",
        compute="_compute_effect",
        groups=MANAGER,
        help="Nothing is judged before its window is over.",
    )
    effect_responses = fields.Integer(
        "Responses",
        compute="_compute_effect",
        groups=MANAGER,
        help="Customers who answered or were talked to within the goal window.",
    )
    effect_purchases = fields.Integer(
        "Bought Within the Window",
        compute="_compute_effect",
        groups=MANAGER,
        help="Customers who bought within the goal window.",
    )
    effect_response_rate = fields.Float(
        "Response Rate (%)",
        compute="_compute_effect",
        groups=MANAGER,
        digits=(5, 1),
        help="Of the customers who took part and could be judged: those who answered or were "
        "talked to.",
    )
    effect_rate = fields.Float(
        "Repurchase Rate (%)",
        compute="_compute_effect",
        groups=MANAGER,
        digits=(5, 1),
        help="Of the customers who took part and whose goal window is over.",
    )
    effect_before_rate = fields.Float(
        "Repurchase Rate Before (%)",
        compute="_compute_effect",
        groups=MANAGER,
        digits=(5, 1),
        help="Of the same customers, in an equally long window before they entered.",
    )
    effect_control = fields.Integer(
        "Control Group Judged",
        compute="_compute_effect",
        groups=MANAGER,
        help="Customers only watched whose goal window is over.",
    )
    effect_control_rate = fields.Float(
        "Repurchase Rate of the Control Group (%)",
        compute="_compute_effect",
        groups=MANAGER,
        digits=(5, 1),
        help="Of the customers only watched who could be judged.",
    )
    effect_revenue = fields.Monetary(
        "Revenue per Customer",
        compute="_compute_effect",
        groups=MANAGER,
        help="Net purchases within the goal window, without tax, credit notes deducted.",
    )
    effect_cost = fields.Monetary(
        "Cost So Far",
        compute="_compute_effect",
        groups=MANAGER,
        help="Minutes, channels and other cost of everything done so far.",
    )
    effect_cost_per_purchase = fields.Monetary(
        "Cost per Purchase",
        compute="_compute_effect",
        groups=MANAGER,
        help="Cost so far divided by customers who bought again.",
    )
    verdict_text = fields.Char("Verdict", compute="_compute_effect", groups=MANAGER)

    @api.depends_context("lang")
    def _compute_effect(self):
        tallies = self._tallies()
        for sop in self:
            treated, control = tallies[sop.id, "treated"], tallies[sop.id, "control"]
            sop.effect_entered = treated.entered + control.entered
            sop.effect_open = treated.open + control.open
            sop.effect_judged = treated.judged
            sop.effect_responses = treated.responses
            sop.effect_purchases = treated.purchases
            sop.effect_response_rate = percent(treated.responses, treated.judged) or 0
            sop.effect_rate = percent(treated.purchases, treated.judged) or 0
            sop.effect_before_rate = percent(treated.before, treated.judged) or 0
            sop.effect_control = control.judged
            sop.effect_control_rate = percent(control.purchases, control.judged) or 0
            sop.effect_revenue = quotient(treated.revenue, treated.judged) or 0
            sop.effect_cost = treated.cost
            sop.effect_cost_per_purchase = quotient(treated.spent, treated.purchases) or 0
            sop.verdict_text = sop._verdict(treated, control)

    @api.model
    def _end_of_night(self, company, as_of, now):
        self.env["retention.enrollment"]._measure(company, as_of)
        return super()._end_of_night(company, as_of, now)

    def _tallies(self):
        """Return {(procedure id, arm): Tally} of these versions; one query."""
        rows = self.env["retention.enrollment"]._read_group(
            [("sop_id", "in", self.ids)],
            ["sop_id", "arm", "window_over"],
            [
                "__count",
                "responded_on:count",
                "purchased_on:count",
                "bought_before_on:count",
                "revenue:sum",
                "cost:sum",
            ],
        )
        tallies = defaultdict(Tally)
        for sop, arm, over, count, responses, purchases, before, revenue, cost in rows:
            tallies[sop.id, arm] += (
                Tally(count, count, responses, purchases, before, revenue, cost, cost)
                if over
                else Tally(entered=count, cost=cost)
            )
        return tallies

    def _verdict(self, treated, control):
        """Say in words what the rates say: no proof, only the numbers and their size."""
        self.ensure_one()
        if not treated.entered:
            return False
        if not treated.judged:
            return self.env._(
                "Nothing is judged before its window is over; still open: %s.", treated.open
            )
        if not control.entered:
            return self.env._(
                "Before and after, no control group: of %(count)s customers %(after)s%% bought "
                "within %(days)s days, %(before)s%% in as many days before.",
                count=treated.judged,
                days=self.goal_days,
                after=self._percent(treated.purchases, treated.judged),
                before=self._percent(treated.before, treated.judged),
            )
        if not control.judged:
            return self.env._(
                "Of %(count)s customers who took part %(rate)s%% bought; the windows of the "
                "control group are still open.",
                count=treated.judged,
                rate=self._percent(treated.purchases, treated.judged),
            )
        return self.env._(
            "Of %(count)s customers who took part %(rate)s%% bought within %(days)s days, of "
            "%(control)s who were only watched %(control_rate)s%%.",
            count=treated.judged,
            days=self.goal_days,
            rate=self._percent(treated.purchases, treated.judged),
            control=control.judged,
            control_rate=self._percent(control.purchases, control.judged),
        )

    def _percent(self, part, whole):
        return formatLang(self.env, percent(part, whole), digits=1)

    def action_effect(self):
        """Open the effect of these procedures, version by version."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_sop_report"
        )
        return {
            **action,
            "domain": [("root_id", "in", self.root_id.ids)],
            "context": {"search_default_over": 1, "search_default_group_version": 1},
        }
