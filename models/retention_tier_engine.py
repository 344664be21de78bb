"""The engine's part for tiers: after the segment, before stage and risk."""

from collections import defaultdict

import numpy as np
import pandas as pd

from odoo import api, fields, models
from odoo.tools import SQL

from ..analytics import tier, tier_review

# Position in analytics.tier: the profile's tier.
POSITIONS = {"position": "tier_id", "before": "tier_before_id", "pending": "tier_pending"}
# Profile column: its type in PostgreSQL. tier_id and tier_since are states.
PLAIN = {
    "tier_valid_until": "date",
    "tier_grace_until": "date",
    "tier_locked_until": "date",
    "tier_earned_on": "date",
    "tier_missed_on": "date",
    "tier_before_id": "int4",
    "tier_before_until": "date",
    "tier_before_on": "date",
    "tier_pending": "int4",
    "tier_pending_on": "date",
    "tier_rule_version": "int4",
    "tier_spend": "numeric",
    "tier_orders": "int4",
    "tier_notice": "int4",
}
STATES = {"tier_id": "int4", "tier_since": "date"}
REFERENCES = ("tier_id", "tier_before_id", "tier_pending")


class RetentionRun(models.Model):
    """Tiers are a part of the nightly run, once they have been started."""

    _inherit = "retention.run"

    phase = fields.Selection(
        selection_add=[("tier", "Reviewing tiers"), ("assess",)], ondelete={"tier": "cascade"}
    )
    tier_regrade = fields.Integer(
        "Tiers by New Rules",
        readonly=True,
        aggregator=None,
        help="The version of rules that everybody is given the tier of, quietly. 0: none is new.",
    )

    def _step_read(self, size):
        result = super()._step_read(size)
        if self.phase == "assess" and self.company_id.sudo().retention_tiers_started:
            self.write({"phase": "tier", "tier_regrade": self._new_tier_rules()})
        return result

    def _new_tier_rules(self):
        """Return the version of rules that not everybody has been given the tier of; 0: none."""
        company = self.company_id.sudo()
        return company.retention_tier_regrade and company.retention_tier_rule_version

    def _step_tier(self, size):
        """Review the tiers of the next ``size`` customers."""
        company, metrics = self.company_id, self.env["retention.metrics"]
        if self.day_count and not metrics._days_exist(company.id):
            self.write({"phase": "aggregate", "cursor": 0, "done_count": 0})
            return
        new_rules = self._new_tier_rules()
        if new_rules and new_rules != self.tier_regrade:
            # Changed meanwhile: those already reviewed have the tier of the old ones.
            self.write({"tier_regrade": new_rules, "cursor": 0})
        upper, _count = metrics._health_upper(company, self.cursor, size)
        if upper is None:
            if self.tier_regrade:
                company.sudo().retention_tier_regrade = False
            self.write({"phase": "assess", "cursor": 0})
            return
        condition = SQL("profile.partner_id > %s AND profile.partner_id <= %s", self.cursor, upper)
        written = self.env["retention.profile"]._review_tiers(
            company,
            self.as_of,
            metrics._days_table(company.id),
            condition,
            self.cause,
            regrade=bool(self.tier_regrade),
        )
        self._advance_to(upper, 0, written)


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    # ---------------------------------------------------------------- everybody, or a few
    @api.model
    def _review_tiers(self, company, as_of, days, condition, cause, regrade=False):
        """Bring the tiers of these profiles up to ``as_of``; return how many changed.

        :param days: SQL relation of their purchases by day, see ``Reading``
        :param condition: SQL on ``profile``
        :param regrade: the rules are new: everybody gets what they say, at once and quietly
        """
        rules = company._retention_tier_rules()
        self.flush_model()
        old = self.env["retention.metrics"]._tier_rows(company, condition)
        if not rules.levels or old.empty:
            return 0
        new = self._tiers_judged(company, as_of, days, old, rules, cause != "fresh", regrade)
        changed = self._store_tiers(company, as_of, old, new, cause, regrade)
        if changed:
            self._forget_profiles()
        if cause != "fresh" or changed:
            self._tell_of_grace(company, as_of, condition)
        return changed

    @api.model
    def _review_some(self, company, as_of, days, partner_ids):
        """Review the tiers of these customers now, once tiers have been started."""
        settings = company.sudo()
        if not settings.retention_tiers_started:
            return 0
        condition = SQL("profile.partner_id = ANY(%s)", list(partner_ids))
        regrade = settings.retention_tier_regrade
        return self._review_tiers(company, as_of, days, condition, "fresh", regrade)

    @api.model
    def _plan_tiers(self, company, as_of, rules=None, regrade=True, partner_ids=None):
        """Return what a review on ``as_of`` would make of the tiers. No side effect.

        :param rules: :class:`analytics.tier.Rules` to try instead of the company's; each key
            is the id of a tier, or a negative number for one that is not there yet
        :return: DataFrame indexed by customer: ``id`` of the profile, ``old`` and ``new``
            tier (0: none), the profile's tier columns, ``cause``
        """
        engine = self.sudo().with_company(company)
        company, metrics = company.with_env(engine.env), engine.env["retention.metrics"]
        rules = rules or company._retention_tier_rules()
        engine.flush_model()
        condition = SQL("TRUE")
        if partner_ids is not None:
            condition = SQL("profile.partner_id = ANY(%s)", list(partner_ids))
        old = metrics._tier_rows(company, condition)
        if not rules.levels or old.empty:
            return pd.DataFrame(columns=["id", "old", "new", *STATES, *PLAIN, "cause"])
        partners = metrics._partner_table(old.index.tolist())
        rows = metrics._purchase_rows(metrics._scope(company, as_of, partners))
        days = SQL("(%s)", rows)
        new = engine._tiers_judged(company, as_of, days, old, rules, True, regrade)
        return new.assign(id=old["id"], old=old["tier_id"], new=new["tier_id"])

    @api.model
    def _tiers_judged(self, company, as_of, days, old, rules, nightly, regrade):
        """Return the profiles' tier columns as they are from ``as_of`` on, and ``cause``."""
        metrics = self.env["retention.metrics"]
        version = company.sudo().retention_tier_rule_version
        customers = _state(old, rules, version)
        scope = metrics._scope(company, as_of, metrics._partner_table(old.index.tolist()))
        spans = tier.windows(customers, rules, as_of)
        figures = metrics._tier_figures(scope, days, spans)
        found = tier_review.review(
            customers, figures, rules, as_of, nightly=nightly, regrade=regrade
        )
        return _columns(found, old, figures, rules, version)

    @api.model
    def _tier_as_of(self, scope, table, days=None):
        """Return the tier that the figures of ``table`` earn on ``scope.as_of``.

        What a tier was kept by, grace or a lock, is no figure of that day.

        :param days: SQL relation of purchases by day, where they have been read already
        """
        company, metrics = scope.company, self.env["retention.metrics"]
        rules = company._retention_tier_rules()
        if not company.sudo().retention_tiers_started or not rules.levels or table.empty:
            return pd.DataFrame(index=table.index)
        nobody = dict.fromkeys(tier.STATE, pd.Series(pd.NaT, index=table.index))
        customers = pd.DataFrame(nobody | {"position": -1}, index=table.index)
        partners = metrics._partner_table([int(partner) for partner in table.index])
        scope = scope._replace(partners=partners)
        days = days or SQL("(%s)", metrics._purchase_rows(scope))
        figures = metrics._tier_figures(scope, days, tier.windows(customers, rules, scope.as_of))
        place = tier.earned(
            rules,
            figures["now_cents"].to_numpy(),
            figures["now_count"].to_numpy(),
            table["segment_id"].fillna(0).to_numpy(dtype="int64"),
        )
        keys = np.array([level.key for level in rules.levels])
        bought = table["last_order_date"].notna().to_numpy()
        return pd.DataFrame(
            {
                "tier_id": np.where(bought, keys[place], 0),
                "tier_spend": figures["now_cents"] / 100,
                "tier_orders": figures["now_count"],
            },
            index=table.index,
        )

    # ---------------------------------------------------------------- writing
    @api.model
    def _store_tiers(self, company, as_of, old, new, cause, regrade):
        """Write what differs between ``old`` and ``new``; return how many profiles changed."""
        metrics = self.env["retention.metrics"]
        new = new.assign(id=old["id"])
        plain, moved = _differing(old, new, PLAIN), _differing(old, new, ["tier_id"])
        rows = new.copy()
        for name in REFERENCES:
            rows[name] = rows[name].astype("Int64").replace(0, pd.NA)
        # Nobody had a tier before the first load: nothing to note and nobody to tell.
        first = moved & regrade & (old["tier_id"] == 0).to_numpy()
        metrics._store_health_columns(PLAIN, rows[plain & ~first])
        metrics._store_health_columns(PLAIN | STATES, rows[first])
        self.invalidate_model()
        moves = _moves(old, new[moved], company.sudo().retention_tier_rule_version)
        entered = set(new["id"][first])
        noted = [move for move in moves if move["profile_id"] not in entered]
        self._move_tiers(company, as_of, noted, "rescore" if regrade else cause)
        if moves:
            self.env["retention.tier.benefit"]._follow_moves(company, moves, as_of, regrade)
        return int((plain | moved).sum())

    @api.model
    def _move_tiers(self, company, as_of, moves, cause):
        """Write changed tiers through the ORM, one write per (old, new), and note them.

        :param moves: see :meth:`retention.tier.benefit._follow_moves`
        """
        groups = defaultdict(list)
        for move in moves:
            groups[move["old"], move["new"]].append(move["profile_id"])
        for (_old, new), ids in groups.items():
            self.browse(ids).write({"tier_id": new, "tier_since": as_of})
        self.env["retention.change"].create(
            [
                {
                    "profile_id": move["profile_id"],
                    "company_id": company.id,
                    "date": as_of,
                    "what": "tier",
                    "old_value": move["old"] and str(move["old"]),
                    "new_value": move["new"] and str(move["new"]),
                    "cause": cause,
                    "evidence": move["evidence"],
                }
                for move in moves
            ]
        )
        self.env.flush_all()


def _moves(old, rows, version):
    """Return the moves of the customers in ``rows``, with what each was decided on."""
    return [
        {
            "profile_id": int(row.id),
            "old": int(old.at[row.Index, "tier_id"]) or False,
            "new": int(row.tier_id) or False,
            "cause": row.cause,
            "evidence": {
                "why": row.cause,
                "spend": round(float(row.tier_spend), 2),
                "orders": int(row.tier_orders),
                "segment": int(old.at[row.Index, "segment_id"]) or None,
                "rule_version": version,
            },
        }
        for row in rows.itertuples()
    ]


def _state(old, rules, version):
    """Return the profiles ``old`` as :func:`analytics.tier_review.review` knows customers."""
    place = {level.key: position for position, level in enumerate(rules.levels)}
    state = {
        name: old[column].map(place).fillna(-1).astype("int64")
        for name, column in POSITIONS.items()
    }
    state |= {name: old[f"tier_{name}"] for name in tier.DAYS}
    # What other rules once earned proves nothing by these.
    state["earned_on"] = old["tier_earned_on"].where(old["tier_rule_version"] == version)
    return pd.DataFrame(state | {"segment": old["segment_id"], "buyer": old["buyer"]})


def _columns(found, old, figures, rules, version):
    """Return the result of a review as columns of profiles, tiers by id, none as 0."""
    keys = np.array([*(level.key for level in rules.levels), 0])
    table = {column: keys[found[name].to_numpy()] for name, column in POSITIONS.items()}
    table |= {f"tier_{name}": found[name] for name in tier.DAYS}
    grace = found["grace_until"].notna()
    for name, what, parts in (("spend", "cents", 100), ("orders", "count", 1)):
        value = figures[f"hold_{what}"].where(grace, figures[f"now_{what}"])
        table[f"tier_{name}"] = value / parts if parts > 1 else value
    table["tier_rule_version"] = np.where(found["earned_on"].notna(), version, 0)
    table["tier_notice"] = old["tier_notice"].where(grace, 0)
    return pd.DataFrame(table | {"cause": found["cause"]}, index=old.index)


def _differing(old, new, names):
    """Return which rows differ in any of the columns; two missing days are equal."""
    differs = np.zeros(len(old), dtype=bool)
    for name in names:
        before, after = old[name], new[name]
        if name == "tier_spend":
            before, after = ((column * 100).round() for column in (before, after))
        missing = (before.isna() & after.isna()).to_numpy()
        differs |= (before.to_numpy() != after.to_numpy()) & ~missing
    return differs
