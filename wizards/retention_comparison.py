"""People and teams compared fairly, and what the best do differently; for managers."""

import pandas as pd

from odoo import api, fields, models
from odoo.tools import formatLang

from ..analytics import standardise
from ..models.joining import names_text, paragraph_text, sentences_text

COLUMNS = ("customers", "followups", "wait", "wait_of", "passes", "procedures")


class RetentionComparison(models.TransientModel):
    """Rates of people or teams as if all had the same mix of customers (risk × value)."""

    _name = "retention.comparison"
    _description = "Fair Comparison"
    _inherit = "retention.analysis.mixin"
    _allow_sudo_commands = False

    by = fields.Selection(
        [("user_id", "Account managers"), ("team_id", "Sales teams")],
        "Whom to Compare",
        required=True,
        default="user_id",
        help="Account managers or teams, each against all the others.",
    )
    measure = fields.Selection(
        [
            ("kept", "Customers kept"),
            ("bought", "Customers who bought again"),
            ("saved", "Alerts that ended with the customer saved"),
        ],
        "Measured By",
        required=True,
        default="kept",
        help="Which result is compared, among customers that are alike.",
    )
    overall = fields.Float(
        "Rate of All (%)", readonly=True, help="The same rate for everybody together."
    )
    practice_sentence = fields.Char("What the Best Do Differently", readonly=True)
    line_ids = fields.One2many(
        "retention.comparison.line", "comparison_id", "Standings", readonly=True
    )
    done = fields.Boolean(readonly=True)

    def action_compare(self):
        """Work out the standings of the period."""
        first, last = self._period()
        company = self.company_id
        found, overall = standardise.standings(self._rows(company, first, last))
        table = self._habit_table(company, first, last)
        self.line_ids.unlink()
        self.line_ids.create(
            [
                {**self._line(standing, table), "comparison_id": self.id, "rank": rank}
                for rank, standing in enumerate(found, 1)
            ]
        )
        self.write(
            {
                "first": first,
                "last": last,
                "done": True,
                "overall": 100 * (overall or 0),
                "sentence": self._words(found, overall),
                "practice_sentence": self._practice_words(standardise.habits(found, table)),
            }
        )
        return True

    # ---------------------------------------------------------------- reading
    def _rows(self, company, first, last):
        """Return what is compared as :func:`analytics.standardise.standings` reads it."""
        metrics = self.env["retention.metrics"].sudo()
        if self.measure == "saved":
            rows = metrics._ended_alerts(company, first, last)
            names = ("user_id", "team_id", "risk", "valuable", "saved")
            table = pd.DataFrame(rows, columns=names)
        else:
            rows = metrics._placed_customers(company, first, last)
            names = ("user_id", "team_id", "risk", "amount", "kept", "bought")
            table = pd.DataFrame(rows, columns=names)
            table["valuable"] = standardise.valuable(table["amount"])
        value = ["+" if valuable else "" for valuable in table["valuable"]]
        return pd.DataFrame(
            {
                "name": table[self.by].astype("Int64"),
                "stratum": table["risk"].fillna("").astype(str) + value,
                "hit": table[self.measure].astype(bool),
            }
        )

    def _habit_table(self, company, first, last):
        """Return what was done for whose customers, indexed by person or team."""
        rows = self.env["retention.metrics"].sudo()._habits(company, first, last, self.by)
        table = pd.DataFrame(rows, columns=("name", *COLUMNS)).set_index("name")
        table = table.fillna(0).astype("float64")
        # How many procedures somebody uses is a number of its own, not one for each customer.
        return table.assign(
            followups_of=table["customers"],
            passes_of=table["customers"],
            procedures_of=1.0,
        )

    def _line(self, standing, table):
        known = standing.fair is not None
        done = table.loc[standing.name] if standing.name in table.index else None
        return {
            self.by: int(standing.name),
            "code": standing.code,
            "count": standing.count,
            "raw": 100 * standing.raw,
            "fair": 100 * standing.fair if known else 0,
            "low": 100 * standing.low if known else 0,
            "high": 100 * standing.high if known else 0,
            **({} if done is None else self._habit_values(done)),
        }

    @api.model
    def _habit_values(self, done):
        return {
            "followups": done["followups"] / done["customers"],
            "wait": done["wait"] / done["wait_of"] if done["wait_of"] else 0,
            "has_wait": bool(done["wait_of"]),
            "passes": done["passes"] / done["customers"],
            "procedures": int(done["procedures"]),
        }

    # ---------------------------------------------------------------- words
    def _words(self, found, overall):
        if overall is None:
            return self.env._(
                "The ledger knows no customers for these months, or not yet who looked after them."
            )
        known = [standing for standing in found if standing.code != "too_few"]
        if not known:
            return self.env._(
                "Too few to say: nobody has %s customers of the usual mix.", standardise.FEWEST
            )
        names = self._names(known)
        above, below = names["above"], names["below"]
        if not above and not below:
            return self.env._(
                "Nobody stands out: with the same mix of customers all differences may be chance."
            )
        words = []
        if above:
            words.append(
                self.env._("With the same mix of customers better than the rest: %s.", above)
            )
        if below:
            words.append(self.env._("Behind the rest: %s; ask what stands in the way.", below))
        return paragraph_text(self.env, words)

    def _names(self, found):
        """Return {code: names of those who stand there, joined}."""
        people = self.env[self.line_ids._fields[self.by].comodel_name].sudo()
        people = people.browse(int(standing.name) for standing in found)
        names = dict(zip(people.ids, people.mapped("display_name")))
        return {
            code: names_text(self.env, [names[int(s.name)] for s in found if s.code == code])
            for code in ("above", "below")
        }

    def _practice_words(self, told):
        if not told:
            return False

        shown = {
            name: {"best": self._one(best), "rest": self._one(rest)}
            for name, (best, rest) in told.items()
            if best is not None and rest is not None
        }
        parts = []
        if words := shown.get("followups"):
            parts.append(
                self.env._("%(best)s follow-ups per customer (the others %(rest)s)", **words)
            )
        if words := shown.get("wait"):
            parts.append(
                self.env._(
                    "%(best)s days until the first contact after an alert (%(rest)s)", **words
                )
            )
        if words := shown.get("procedures"):
            parts.append(self.env._("%(best)s procedures in use (%(rest)s)", **words))
        if words := shown.get("passes"):
            parts.append(self.env._("%(best)s procedures per customer (%(rest)s)", **words))
        return self.env._(
            "The best have %s. That is no proof, but worth trying.", sentences_text(self.env, parts)
        )

    def _one(self, value):
        return formatLang(self.env, value, digits=1)


class RetentionComparisonLine(models.TransientModel):
    """Where one person or team stands."""

    _name = "retention.comparison.line"
    _description = "Standing in a Comparison"
    _order = "comparison_id, rank, id"
    _allow_sudo_commands = False

    comparison_id = fields.Many2one(
        "retention.comparison", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer(readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", ondelete="cascade")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="cascade")
    code = fields.Selection(
        [
            ("above", "Better than the rest"),
            ("alike", "Like the rest"),
            ("below", "Behind the rest"),
            ("too_few", "Too few to say"),
        ],
        "Standing",
        help="Only differences that chance cannot explain count as better or behind.",
    )
    count = fields.Integer("Customers or Alerts")
    raw = fields.Float("Plain Rate (%)", help="Without allowing for which customers somebody has.")
    fair = fields.Float("Fair Rate (%)", help="With the mix of customers that all have together.")
    low = fields.Float("At Least (%)", help="Lower end of the fair rate, with 95 % certainty.")
    high = fields.Float("At Most (%)", help="Upper end of the fair rate, with 95 % certainty.")
    followups = fields.Float(
        "Follow-ups per Customer", help="Follow-up records of these months per customer."
    )
    wait = fields.Float(
        "Days to First Contact After an Alert",
        help="Mean over the alerts whose customer was contacted.",
    )
    has_wait = fields.Boolean()
    passes = fields.Float(
        "Procedures per Customer", help="How often a customer went through a procedure."
    )
    procedures = fields.Integer(
        "Procedures in Use", help="Different procedures in use with these customers."
    )
