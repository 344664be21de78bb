"""Which procedures work: what the night found out about each of them, ranked."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..analytics import uplift, uplift_money
from ..analytics.effect import Tally, percent, quotient

ARMS = ("treated", "control")


class RetentionSopVerdict(models.Model):
    """The verdict on a procedure, all versions together; one row for each that anybody entered.

    Written at night, since only then windows are measured. Each customer counts once, in the
    arm drawn on entering, and only against customers of the same draw.
    """

    _name = "retention.sop.verdict"
    _description = "Verdict on a Procedure"
    _order = "rank, id"
    _rec_name = "root_id"
    _allow_sudo_commands = False

    root_id = fields.Many2one(
        "retention.sop", "Procedure", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    purpose = fields.Selection(related="root_id.purpose", store=True)
    is_on = fields.Boolean(
        "Switched On Now", compute="_compute_is_on", search="_search_is_on", compute_sudo=True
    )
    judged_on = fields.Date("As Of", readonly=True)
    rank = fields.Integer(readonly=True, aggregator=None)
    code = fields.Selection(
        [
            ("works", "Works"),
            ("harms", "Does harm"),
            ("inconclusive", "Not proven"),
            ("too_early", "Too early to say"),
            ("no_control", "Nothing to compare with"),
        ],
        "Verdict",
        required=True,
        readonly=True,
        help="Of twenty procedures without any effect, about one looks on a given day as if it "
        "had one: look again before you spend much.",
    )
    advice = fields.Selection(
        [
            ("more", "Put more here"),
            ("go_on", "Go on as it is"),
            ("stop", "Stop this"),
            ("wait", "Wait and see"),
        ],
        required=True,
        readonly=True,
    )
    entered = fields.Integer(
        "Customers Entered",
        readonly=True,
        help="Customers who took part, without those only watched.",
    )
    judged = fields.Integer(readonly=True, help="Took part, and their window is over.")
    control = fields.Integer(
        "Control Group Judged",
        readonly=True,
        help="Customers only watched whose goal window is over.",
    )
    rate = fields.Float(
        "Repurchase Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Bought within the goal window, of customers who took part.",
    )
    control_rate = fields.Float(
        "Repurchase Rate of the Control Group (%)",
        readonly=True,
        aggregator="avg",
        help="Of the customers only watched who could be judged.",
    )
    before_rate = fields.Float(
        "Repurchase Rate Before (%)",
        readonly=True,
        aggregator="avg",
        help="The same rate in the months before it was switched on.",
    )
    response_rate = fields.Float(
        "Response Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Of the customers who took part and could be judged: those who answered or were "
        "talked to.",
    )
    control_response_rate = fields.Float(
        "Response Rate of the Control Group (%)",
        readonly=True,
        aggregator="avg",
        help="Of the customers only watched who could be judged: those who got in touch anyway.",
    )
    difference = fields.Float(
        "Difference (points)",
        readonly=True,
        aggregator="avg",
        help="Repurchase rate less that of the control group.",
    )
    low = fields.Float("Difference at Least (points)", readonly=True, aggregator="avg")
    high = fields.Float("Difference at Most (points)", readonly=True, aggregator="avg")
    needed = fields.Integer(
        "Customers Still Needed", readonly=True, help="About so many more, until it is known."
    )
    needed_control = fields.Integer(
        "Of Them Only Watched",
        readonly=True,
        help="Of the customers still needed: those to be only watched.",
    )
    ratio_chance = fields.Float(
        "Chance of Such a Draw",
        readonly=True,
        aggregator=None,
        help="Below 0.001 the groups do not have the size that was set.",
    )
    expected_control = fields.Integer(
        "Control Group Expected",
        readonly=True,
        aggregator=None,
        help="As many as the set share of all who entered.",
    )
    entered_control = fields.Integer(
        "Control Group Entered",
        readonly=True,
        aggregator=None,
        help="Customers who were only watched.",
    )
    revenue_per_customer = fields.Monetary(
        "Revenue per Customer",
        readonly=True,
        aggregator="avg",
        help="Net revenue within the goal window per customer who took part.",
    )
    control_revenue = fields.Monetary(
        "Revenue per Customer of the Control Group",
        readonly=True,
        aggregator="avg",
        help="Net revenue within the goal window per customer only watched.",
    )
    has_gain = fields.Boolean(readonly=True)
    gain = fields.Monetary(
        "Additional Revenue",
        readonly=True,
        help="Of those judged, beyond what the control group bought anyway.",
    )
    gain_low = fields.Monetary(
        "Additional Revenue, at Least",
        readonly=True,
        help="Lower end of what the procedure brought, with 95 % certainty.",
    )
    gain_high = fields.Monetary(
        "Additional Revenue, at Most",
        readonly=True,
        help="Upper end of what the procedure brought, with 95 % certainty.",
    )
    cost = fields.Monetary(readonly=True, help="Of those judged.")
    net_gain = fields.Monetary(readonly=True, help="Additional revenue less cost.")
    gain_per_cost = fields.Float(
        "Net Gain per Cost",
        readonly=True,
        aggregator=None,
        help="Additional revenue less cost, divided by cost.",
    )

    _root_uniq = models.Constraint(
        "UNIQUE (root_id, company_id)", "There is one verdict on a procedure."
    )

    @api.depends("root_id")
    def _compute_is_on(self):
        switched_on = set(self._switched_on().ids)
        for verdict in self:
            verdict.is_on = verdict.root_id.id in switched_on

    def _search_is_on(self, operator, value):
        if operator != "in":
            return NotImplemented
        on = Domain("root_id", "in", self.sudo()._switched_on().ids)
        return Domain.OR(on if wanted else ~on for wanted in value)

    @api.model
    def _switched_on(self):
        """Return the first versions of what is switched on."""
        return self.env["retention.sop"].search([("state", "in", ("active", "paused"))]).root_id

    # ---------------------------------------------------------------- judging
    @api.model
    def _judge(self, company, as_of):
        """Bring the verdicts of a company up to what was measured. Only what differs is written."""
        rows = self.env["retention.metrics"].sudo()._first_passes(company)
        tallies, amounts = self._by_arm(rows)
        found = {
            root_id: self._judged(root_id, tallies[root_id], amounts[root_id])
            for root_id in tallies
        }
        order = sorted(found, key=lambda root_id: (_worth(found[root_id]), root_id))
        for rank, root_id in enumerate(order, 1):
            found[root_id]["rank"] = rank
        known = {v.root_id.id: v for v in self.search([("company_id", "=", company.id)])}
        self.browse(v.id for root_id, v in known.items() if root_id not in found).unlink()
        for root_id, values in found.items():
            if root_id in known:
                known[root_id]._update(values | {"judged_on": as_of})
        self.create(
            [
                {"root_id": root_id, "company_id": company.id, "judged_on": as_of, **values}
                for root_id, values in found.items()
                if root_id not in known
            ]
        )

    def _update(self, values):
        """Write what differs, but for the last digits of sums that were added up anew."""

        def differs(name, value):
            if self._fields[name].type == "monetary":
                value = self.currency_id.round(value)
            known = self[name]
            return abs(known - value) > 1e-6 if isinstance(value, float) else known != value

        if changed := {name: value for name, value in values.items() if differs(name, value)}:
            self.write(changed)

    @api.model
    def _by_arm(self, rows):
        """Return {root: {(share, arm): Tally}} and {root: {(share, arm): [(amount, count)]}}."""
        tallies = defaultdict(lambda: defaultdict(Tally))
        amounts = defaultdict(lambda: defaultdict(list))
        for root_id, share, arm, over, revenue, count, answers, bought, before, cost in rows:
            tallies[root_id][share, arm] += (
                Tally(count, count, answers, bought, before, revenue * count, cost, cost)
                if over
                else Tally(entered=count, cost=cost)
            )
            if over:
                amounts[root_id][share, arm].append((revenue, count))
        return tallies, amounts

    @api.model
    def _judged(self, root_id, tallies, amounts):
        """Return the values of a procedure's row, but for its rank."""
        shares = sorted({share for share, _arm in tallies})
        treated, control = ([tallies[share, arm] for share in shares] for arm in ARMS)
        verdict = uplift.judge(treated, control)
        mine, other = self._compared_arms(treated, control)
        gain = uplift_money.revenue_difference(
            *([list(zip(*amounts[share, arm])) or [(), ()] for share in shares] for arm in ARMS),
            seed=root_id,
        )
        if gain:
            gain = uplift.Range(*(value * mine.judged for value in gain))
        drawn = self._drawn(shares, treated, control)
        advice = uplift_money.advise(verdict.code, mine.spent, gain)
        return {
            "code": verdict.code,
            "advice": "wait" if drawn["ratio_chance"] < uplift.SUSPICIOUS else advice,
            "judged": verdict.judged,
            "control": verdict.control_judged,
            **{
                name: 100.0 * (getattr(verdict, name) or 0)
                for name in ("rate", "control_rate", "difference", "low", "high")
            },
            "needed": verdict.needed,
            "needed_control": verdict.needed_control,
            **drawn,
            **self._told(mine, other),
            **self._money(mine, gain),
        }

    @api.model
    def _compared_arms(self, treated, control):
        """Return both arms added up: without a counterpart of the same draw nobody counts."""
        fair = [mine.judged and other.judged for mine, other in zip(treated, control)]
        fair = fair if any(fair) else [True] * len(fair)
        return (
            sum((tally for tally, counts in zip(arm, fair) if counts), Tally())
            for arm in (treated, control)
        )

    @api.model
    def _drawn(self, shares, treated, control):
        """Return how many entered and were drawn, and the chance that a draw comes out so."""
        entered = [mine.entered + other.entered for mine, other in zip(treated, control)]
        watched = [other.entered for other in control]
        chance = uplift.sample_ratio(entered, watched, [share / 100 for share in shares])
        expected = sum(count * share / 100 for count, share in zip(entered, shares))
        return {
            "entered": sum(entered),
            "entered_control": sum(watched),
            "expected_control": round(expected),
            "ratio_chance": 1.0 if chance is None else chance,
        }

    @api.model
    def _told(self, mine, other):
        return {
            "before_rate": percent(mine.before, mine.judged) or 0.0,
            "response_rate": percent(mine.responses, mine.judged) or 0.0,
            "control_response_rate": percent(other.responses, other.judged) or 0.0,
            "revenue_per_customer": quotient(mine.revenue, mine.judged) or 0.0,
            "control_revenue": quotient(other.revenue, other.judged) or 0.0,
        }

    @api.model
    def _money(self, mine, gain):
        value, low, high = gain or (0.0, 0.0, 0.0)
        return {
            "has_gain": bool(gain),
            "gain": value,
            "gain_low": low,
            "gain_high": high,
            "cost": mine.spent,
            "net_gain": value - mine.spent if gain else 0.0,
            "gain_per_cost": uplift_money.per_cost(gain, mine.spent) or 0.0,
        }


def _worth(values):
    """Return what ranks a row: net gain per cost; free gains first, what is unknown last."""
    if not values["has_gain"]:
        return (2, 0.0)
    if not values["cost"]:
        return (0 if values["gain"] > 0 else 1, -values["gain"])
    return (1, -values["gain_per_cost"])
