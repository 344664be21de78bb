"""Replaying a back-test month by month, and keeping what it found."""

import base64
import io

import numpy as np
import pandas as pd

from odoo import fields, models
from odoo.exceptions import UserError

from ..analytics import backtest, risk
from ..analytics.backtest_figures import by_month, by_tenth, figures, lead_days
from .retention_health import MEMORY, Replay

OUTCOMES = {backtest.OPEN: "open", backtest.WRONG: "wrong", backtest.RIGHT: "right"}
DAYS = "datetime64[s]"


class RetentionBacktest(models.Model):
    _inherit = "retention.backtest"

    def _days(self):
        """Return the month ends, oldest first."""
        return backtest.month_ends(self.months, self.as_of)

    def _step(self):
        """Replay the next month end; after the last one write what was found.

        The caller commits.
        """
        self.ensure_one()
        days = self._days()
        day = days[self.cursor]
        purchases = self._purchases_after(day)
        for result in self.result_ids:
            result._replay(day, purchases)
        self.write({"state": "running", "cursor": self.cursor + 1})
        for result in self.result_ids:
            result._write_progress(days[: self.cursor])
        if self.cursor < len(days):
            return
        for result in self.result_ids:
            result._write_found(days)
        self.write({"state": "done", "ended_at": fields.Datetime.now()})

    def _purchases_after(self, day):
        metrics = self.env["retention.metrics"].with_company(self.company_id)
        return metrics._next_purchases(metrics._scope(self.company_id, self.as_of), day)


class RetentionBacktestResult(models.Model):
    _inherit = "retention.backtest.result"

    # ---------------------------------------------------------------- one month
    def _replay(self, day, purchases):
        """Go on by the month that ends on ``day``.

        :param purchases: {customer: next purchase day after it}
        """
        self.ensure_one()
        company, test = self.company_id, self.backtest_id
        state, before = self._remembered()
        signals = self.env["retention.signal"].sudo()._replayed(self.config)
        card = self.env["retention.risk.card"].browse(self.config["card"] or []).exists()
        if self.config["card"] and not card:
            raise UserError(self.env._("The card whose points were tried is no longer there."))
        table = self.env["retention.profile"]._compute_as_of(
            company, day, card=card, replay=Replay(signals, before)
        )
        table = table[table["last_order_date"].notna()]
        month = _month(table, len(signals), purchases, test.horizon_days)
        state = backtest.step(state, month, day, test.as_of)
        self.memory = _packed(state, table[list(MEMORY)])

    def _remembered(self):
        """Return (State, what ``_compute_as_of`` returned for the date before or None)."""
        if not self.memory:
            return backtest.begin(), None
        return _unpacked(self.memory)

    # ---------------------------------------------------------------- what was found
    def _write_progress(self, days):
        """Write the months and tenths up to the last of ``days``."""
        state, _before = self._remembered()
        own = [("backtest_id", "=", self.backtest_id.id), ("side", "=", self.side)]
        months, tenths = self.env["retention.backtest.month"], self.env["retention.backtest.decile"]
        months.search(own).unlink()
        tenths.search(own).unlink()
        base = {"backtest_id": self.backtest_id.id, "side": self.side}
        months.create(
            [
                {
                    **base,
                    "month": row.Index.date(),
                    "alerts": row.alerts,
                    "live": row.live,
                    "judged": row.judged,
                    "right": row.right,
                    "left": row.left,
                    "found": row.found,
                    "value": row.cents / 100,
                }
                for row in by_month(state, days).itertuples()
            ]
        )
        table = by_tenth(state)
        tenths.create(
            [
                {
                    **base,
                    "number": len(table) - row.Index,
                    "customers": row.customers,
                    "left": row.left,
                    "share": 100 * row.share,
                    "lift": row.lift,
                }
                for row in table[table["customers"] > 0].fillna(0).itertuples()
            ]
        )

    def _write_found(self, days):
        """Write the figures and the alerts; the memory is needed no more."""
        state, _before = self._remembered()
        found, lead = figures(state, days), lead_days(state.alerts)
        owners = self._write_alerts(state.alerts)
        self.write(
            {
                "alerts": found.alerts,
                "judged": found.judged,
                "right": found.right,
                "left": found.left,
                "found": found.found,
                "lead_days": 0 if np.isnan(found.lead) else found.lead,
                "lead_count": len(lead),
                "owners": len(owners),
                "weekly": found.weekly,
                "value": found.cents / 100,
                "value_right": found.cents_right / 100,
                "memory": False,
            }
        )

    def _write_alerts(self, alerts):
        """Write the alerts; return the users who would own any."""
        profiles = self.env["retention.profile"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "in", [int(one) for one in alerts["customer"].unique()]),
            ],
            order="value_at_stake desc, partner_id",
        )
        engine = self.env["retention.alert"]._engine(self.company_id)
        chosen = engine._choose_owners(self.company_id, profiles.with_env(engine.env))
        owner = {profile.partner_id.id: user.id for profile, (user, _team) in chosen.items()}

        def day(moment):
            return False if pd.isna(moment) else moment.date()

        self.env["retention.backtest.alert"].search(
            [("backtest_id", "=", self.backtest_id.id), ("side", "=", self.side)]
        ).unlink()
        self.env["retention.backtest.alert"].create(
            [
                {
                    "backtest_id": self.backtest_id.id,
                    "side": self.side,
                    "partner_id": row.customer,
                    "user_id": owner.get(row.customer, False),
                    "opened_on": day(row.opened),
                    "closed_on": day(row.closed),
                    "lost_on": day(row.lost_on),
                    "outcome": OUTCOMES[row.outcome],
                    "value": row.cents / 100,
                }
                for row in alerts.itertuples()
            ]
        )
        return {user for user in owner.values() if user}


def _month(table, signals, purchases, least):
    """Return what :func:`analytics.backtest.step` has to know, from ``_compute_as_of``."""
    level = table["risk_level"].map({name: number for number, name in enumerate(risk.LEVELS)})
    fires = np.array(table["fires"].tolist(), dtype=bool).reshape(len(table), signals)
    after = pd.Series(purchases, dtype="object").reindex(table.index)
    lost = table["stage"] == "lost"
    month = pd.DataFrame(
        {
            "wanted": backtest.wanted(level.to_numpy(dtype="int64"), fires),
            "score": table["risk_score"].astype("int64"),
            "lost": lost,
            "archived": table["archived"].astype(bool),
            "cents": (table["value_at_stake"] * 100).round().astype("int64"),
            "window": backtest.windows(table["own_gap"].to_numpy(), least),
        },
        index=table.index,
    )
    days = {
        "last_day": table["last_order_date"],
        "lost_on": table["churned_on"].where(lost),
        "next_day": after,
    }
    return month.assign(**{name: pd.to_datetime(day).astype(DAYS) for name, day in days.items()})


def _packed(state, levels):
    """Return a month's end in the form it is kept in between two transactions."""
    arrays = {"tenths": state.tenths}
    levels = levels.assign(
        risk_level=levels["risk_level"].astype("U"),
        risk_pending=levels["risk_pending"].astype("int64"),
        risk_pending_on=pd.to_datetime(levels["risk_pending_on"]).astype(DAYS),
    )
    tables = {"memory": state.memory, "alerts": state.alerts, "left": state.left, "levels": levels}
    for name, table in tables.items():
        arrays[f"{name}/index"] = table.index.to_numpy(dtype="int64")
        for column in table:
            values = table[column].to_numpy()
            arrays[f"{name}/{column}"] = values.astype("U") if values.dtype == object else values
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)
    return base64.b64encode(target.getvalue())


def _unpacked(packed):
    """Return (State, levels) as they were given to :func:`_packed`."""
    with np.load(io.BytesIO(base64.b64decode(packed)), allow_pickle=False) as arrays:
        tables = {}
        for key in arrays.files:
            name, _slash, column = key.partition("/")
            tables.setdefault(name, {})[column] = arrays[key]
    tenths = tables.pop("tenths")[""]
    frames = {
        name: pd.DataFrame(
            {column: values for column, values in columns.items() if column != "index"},
            index=columns["index"],
        )
        for name, columns in tables.items()
    }
    levels = frames.pop("levels")
    return backtest.State(**frames, tenths=tenths), levels
