"""The engine's second half: stage, signals, risk and reasons."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics import health, rhythm, risk
from ..analytics.closures import to_days
from ..analytics.snapshot import Snapshot
from .retention_metrics_health import TALK_DAYS, TALK_SHARE, Reading
from .retention_signal_collect import Chunk

NUMBERS = (
    "expected_gap_days",
    "risk_score",
    "risk_coverage",
    "risk_after_purchase",
    "risk_pending",
)
MEMORY = ("risk_level", "risk_pending", "risk_pending_on")
LEVEL_NUMBERS = {level: number for number, level in enumerate(risk.LEVELS)}


class Replay(NamedTuple):
    """What past dates are judged with, one after the other, instead of the company's rules.

    ``signals``: ``retention.signal`` records in the order of the card, unsaved ones with values
    of their own among them; ``before``: what ``_compute_as_of`` returned for the date
    before, None on the first: levels are left as if the nightly run came on these dates.
    The answer has in addition the columns MEMORY, ``fires`` (bool per signal), ``own_gap``
    (days, 0 for none) and ``archived``.
    """

    signals: object
    before: object = None


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    # ---------------------------------------------------------------- everybody
    @api.model
    def _assess_chunk(self, company, as_of, reading, after, upto, cause):
        """Judge the profiles with ``after < partner_id <= upto``; return how many changed."""
        condition = SQL("profile.partner_id > %s AND profile.partner_id <= %s", after, upto)
        return self._assess(company, as_of, reading, condition, cause)

    # ---------------------------------------------------------------- a few
    @api.model
    def _assess_some(self, company, as_of, partner_ids):
        """Judge these customers now; levels are left on nights only."""
        metrics, runs = self.env["retention.metrics"], self.env["retention.run"]
        last = runs._live(company) if runs._live(company).day_count else runs._last_done(company)
        scope = metrics._scope(company, as_of, metrics._partner_table(partner_ids))
        days, talks = SQL.identifier("retention_few_days"), SQL.identifier("retention_few_talks")
        metrics._create_days(scope, days, temporary=True)
        metrics._create_talks(scope, talks, temporary=True)
        reading = Reading(days, talks, last.company_gap or None, last.talks_known)
        reviewed = self._review_some(company, as_of, days, partner_ids)
        condition = SQL("profile.partner_id = ANY(%s)", list(partner_ids))
        changed = reviewed + self._assess(company, as_of, reading, condition, "fresh")
        if runs._live(company).phase in ("write", "read", "tier", "assess"):
            metrics._days_replace(company.id, days, talks, list(partner_ids))
        return changed

    # ---------------------------------------------------------------- any day
    @api.model
    def _health_as_of(self, scope, table, fitted=None, replay=None):
        """Return stage and risk of the customers of ``table`` on ``scope.as_of``.

        :param table: what :meth:`_as_columns` returned
        :param fitted: see :meth:`_card`; no side effect, see :meth:`_compute_as_of`
        :param replay: a :class:`Replay`; the answer then has what it says in addition
        """
        if replay:
            signals = replay.signals
        else:
            signals = self.env["retention.signal"]._of_company(scope.company)
            last = self.env["retention.run"]._last_done(scope.company)
            if last and scope.as_of < last.as_of:
                signals = signals.filtered("replayable")
        chunk, old = self._past_chunk(scope, table, replay and replay.before)
        snap = chunk.snap
        card, _measured = self._card(signals, chunk, fitted)
        judged = health.judge(snap, card, _state(old, snap.index), nightly=True).profiles
        judged["risk_level"] = np.array(risk.LEVELS)[judged["risk_level"].to_numpy(dtype=int)]
        judged[["amount_before_last", "value_at_stake"]] /= 100
        for name in ("churned_on", "won_back_on", "next_order_date"):
            days = judged[name].astype(object)
            judged[name] = [None if pd.isna(day) else day.date() for day in days]
        judged = judged.drop(columns=["entered", "signal_points"])
        if not replay:
            return judged.drop(columns=["risk_pending", "risk_pending_on"])
        return judged.assign(
            fires=list(card.fires), own_gap=snap.own_gap, archived=old.loc[snap.index, "archived"]
        )

    @api.model
    def _past_chunk(self, scope, table, before=None, reading=None):
        """Return (Chunk of all customers of ``table``, their profiles as they matter then).

        :param before: see :class:`Replay`
        :param reading: of everybody on that day, where ``table`` is only a part of them
        """
        metrics = self.env["retention.metrics"]
        buyers = table[table["last_order_date"].notna()]
        partners = metrics._partner_table([int(partner) for partner in buyers.index])
        scope = metrics._scope(scope.company, scope.as_of, partners, scope.basis)
        metrics._flush_signals()
        if reading:
            old = self._past_profiles(scope, buyers, before, reading.talks)
            return Chunk(scope, self._snapshot(scope, reading, old), reading), old
        days, talks = metrics._purchase_rows(scope), metrics._talks_query(scope)
        reading = Reading(SQL("(%s)", days), SQL("(%s)", talks), None, False)
        old = self._past_profiles(scope, buyers, before)
        snap = self._snapshot(scope, reading, old)
        gap = rhythm.company_gap(snap.gaps, snap.open_gap)
        reading = reading._replace(company_gap=gap, talks_known=_talks_known(snap))
        return Chunk(scope, replace(snap, company_gap=gap), reading), old

    @api.model
    def _past_profiles(self, scope, buyers, before=None, talks=None):
        """Return what the judgement of a past day has to know of the profiles.

        :param scope: its ``partners`` are those of ``buyers``
        :param talks: SQL relation (partner_id, day), where that has been read already
        """
        metrics = self.env["retention.metrics"]
        if talks:
            contacts = buyers["last_order_date"].to_dict()
            for partner, day in metrics._last_talks(talks, scope):
                contacts[partner] = max(contacts[partner], day)
        else:
            contacts = dict(self.env.execute_query(metrics._last_interaction_query(scope)))
        few = SQL("profile.partner_id IN (SELECT partner_id FROM %s)", scope.partners)
        now = metrics._health_rows(scope.company, few).reindex(buyers.index)
        later = now["expected_date_set_on"] > pd.Timestamp(scope.as_of)
        past = pd.DataFrame(index=buyers.index)
        past["last_interaction_date"] = to_days(
            pd.Series(contacts, dtype="object").reindex(buyers.index)
        )
        past["is_core"] = buyers["is_core"]
        past["tier_id"] = buyers.get("tier_id", 0)
        past["expected_date"] = now["expected_date"].mask(later)
        past["expected_date_set_on"] = now["expected_date_set_on"].mask(later)
        archived = now["archived"].fillna(False).astype(bool)
        past["archived"] = archived & ~(now["churned_on"] > pd.Timestamp(scope.as_of))
        past["churned_on"] = pd.NaT
        known = pd.DataFrame(columns=MEMORY) if before is None else before
        known = known[list(MEMORY)].reindex(buyers.index)
        past["risk_level"], past["risk_pending"] = known["risk_level"], known["risk_pending"]
        past["risk_pending_on"] = pd.to_datetime(known["risk_pending_on"])
        return past

    # ---------------------------------------------------------------- judging
    @api.model
    def _assess(self, company, as_of, reading, condition, cause):
        metrics = self.env["retention.metrics"]
        self.flush_model()
        metrics._flush_signals()
        old = metrics._health_rows(company, condition)
        if old.empty:
            return 0
        scope = metrics._scope(company, as_of, metrics._partner_table(old.index.tolist()))
        snap = self._snapshot(scope, reading, old)
        signals = self.env["retention.signal"]._of_company(company)
        card, measured = self._card(signals, Chunk(scope, snap, reading))
        judged = health.judge(snap, card, _state(old, snap.index), nightly=cause != "fresh")
        falls = card.points[:, [kind == "falling" for kind in signals.mapped("type")]]
        judged.profiles["is_falling"] = (np.nan_to_num(falls) > 0).any(axis=1)
        new = self._with_prospects(judged.profiles, old)
        changed = self._store_health(company, as_of, old, new, cause)
        self._store_reasons(company, as_of, old, judged, card, measured, signals)
        if changed:
            self._forget_profiles()
        return changed

    @api.model
    def _snapshot(self, scope, reading, old):
        """Return the Snapshot of the customers among the profiles ``old``."""
        metrics, company = self.env["retention.metrics"], scope.company
        bounds = (int(old.index.min()), int(old.index.max())) if len(old) else (0, 0)
        days = metrics._day_rows(reading.days, *bounds)
        days = days[days["day"] <= pd.Timestamp(scope.as_of)]
        bought = days[days["documents"] > 0].groupby("customer")["day"]
        customers = pd.DataFrame({"first_day": bought.min(), "last_day": bought.max()})
        known = old.reindex(customers.index)
        customers["last_contact"] = known["last_interaction_date"]
        customers["expected_date"] = known["expected_date"]
        customers["expected_set_on"] = known["expected_date_set_on"]
        customers["is_core"] = known["is_core"].fillna(False).astype(bool)
        customers["tier"] = pd.to_numeric(known["tier_id"]).fillna(0).astype("int64")
        talks = dict(metrics._last_talks(reading.talks, scope))
        found = pd.Series(talks, dtype="object").reindex(customers.index)
        customers["last_talk"] = to_days(found.where(found.notna(), None))
        agreement, agreement_end = self._agreements(scope, customers.index)
        return Snapshot(
            scope.as_of,
            customers,
            days,
            reading.company_gap,
            company._retention_closed(),
            company._retention_limits(),
            company.sudo().retention_standard,
            talks_of=lambda partners: metrics._talk_rows(reading.talks, partners),
            agreement=agreement,
            agreement_end=agreement_end,
            tier_limits=company._retention_tier_limits(),
            tiers_then=lambda partners, days: metrics._tiers_then(company, partners, days),
        )

    @api.model
    def _agreements(self, scope, customers):
        """Return (agreement, agreement_end) as a Snapshot has them."""
        if scope.company.sudo().retention_standard != "agreement":
            return None, None
        query = self.env["retention.metrics"]._agreement_query(scope)
        rows = self.env.execute_query(
            SQL("SELECT partner_id, in_force::int, last_end FROM (%s) a", query)
        )
        held = pd.DataFrame(rows, columns=["customer", "in_force", "last_end"])
        held = held.set_index("customer").reindex(customers)
        ends = held["last_end"].astype(object)
        return held["in_force"].to_numpy(dtype="float64"), to_days(ends.where(ends.notna(), None))

    @api.model
    def _card(self, signals, chunk, fitted=None):
        """Return (Card, measures by signal) of these customers.

        :param fitted: ``retention.risk.card`` instead of the company's; an empty recordset for
            the expert card
        """
        if fitted is None:
            fitted = chunk.scope.company.sudo().retention_risk_card_id
        weights = fitted._weights() if fitted else None
        chunk, size = replace(chunk, weights=weights), len(chunk.snap.index)
        maxima = [
            weights.most(signal._origin.id) if weights else signal.points for signal in signals
        ]
        weighed = [signal._weigh(chunk) for signal in signals] if size else []

        def columns(position):
            found = [columns[position] for columns in weighed]
            return np.column_stack(found) if found else np.empty((size, len(signals)))

        card = health.Card(
            np.array(signals.ids, dtype="int64"),
            columns(0),
            np.array(maxima, dtype="int64"),
            columns(1).astype(bool),
            **signals._card_columns(),
        )
        if weights:
            card = card._replace(fresh=signals._points_after(chunk), shares=weights.shares)
        return card, columns(2)

    @api.model
    def _with_prospects(self, profiles, old):
        """Return ``profiles`` with rows for those without a purchase: prospects, no risk."""
        new = profiles.reindex(old.index)
        prospects = ~old.index.isin(profiles.index)
        new.loc[prospects, "stage"] = "prospect"
        levels = new["risk_level"].fillna(-1).astype(int)
        new["risk_level"] = [risk.LEVELS[level] if level >= 0 else "" for level in levels]
        for name in ("amount_before_last", "value_at_stake"):
            new[name] = new[name].fillna(0) / 100
        for name in NUMBERS:
            new[name] = new[name].astype("Int64")
        new["expected_gap_days"] = new["expected_gap_days"].replace(0, pd.NA)
        new["signal_points"] = new["signal_points"].fillna("")
        new["is_falling"] = new["is_falling"].fillna(False).astype(bool)
        for name in ("expected_date", "expected_date_set_on"):
            # A date by hand has done its work once the next purchase came.
            over = old["expected_date_set_on"] < old["last_order_date"]
            new[name] = old[name].mask(over)
        return new

    @api.model
    def _forget_profiles(self):
        self.invalidate_model()
        names = [
            name
            for name, field in self.env["res.partner"]._fields.items()
            if field.related and field.related.startswith("retention_profile_id.")
        ]
        self.env["res.partner"].invalidate_model([*names, "retention_profile_id"])


def _talks_known(snap):
    """Say what retention.metrics._talks_are_known says, of a snapshot of all customers."""
    today, last = np.datetime64(snap.as_of, "D"), to_days(snap.customers["last_day"])
    active = last > today - np.timedelta64(int(snap.limits.lost), "D")
    talked = to_days(snap.customers["last_talk"]) > today - np.timedelta64(TALK_DAYS, "D")
    return bool(active.any()) and (talked & active).sum() * 100 >= active.sum() * TALK_SHARE


def _state(old, customers):
    """Return what :func:`analytics.health.judge` has to know of the profiles as they are."""
    known = old.loc[customers]
    return pd.DataFrame(
        {
            "risk_level": known["risk_level"].map(LEVEL_NUMBERS).fillna(-1).astype(int),
            "risk_pending": known["risk_pending"].fillna(0).astype(int),
            "risk_pending_on": known["risk_pending_on"],
            "churned_on": known["churned_on"],
            "archived": known["archived"].astype(bool),
        }
    )
