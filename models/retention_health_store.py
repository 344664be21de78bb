"""Writing what the judgement changed: only rows that differ, states through the ORM."""

from collections import defaultdict

import numpy as np
import pandas as pd

from odoo import api, models

from ..analytics.closures import timestamps

# Profile column: its type in PostgreSQL.
PLAIN = {
    "expected_gap_days": "int4",
    "next_order_date": "date",
    "churned_on": "date",
    "won_back_on": "date",
    "is_falling": "bool",
    "expected_date": "date",
    "expected_date_set_on": "date",
    "risk_score": "int4",
    "risk_coverage": "int4",
    "risk_after_purchase": "int4",
    "risk_pending": "int4",
    "risk_pending_on": "date",
    "amount_before_last": "numeric",
    "value_at_stake": "numeric",
    "signal_points": "varchar",
}
STATES = {"stage": "stage_since", "risk_level": "risk_level_since"}


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    @api.model
    def _store_health(self, company, as_of, old, new, cause):
        """Write what differs between ``old`` and ``new``; return how many profiles changed."""
        new = new.assign(id=old["id"])
        plain = _differing(old, new, PLAIN)
        moved = _differing(old, new, STATES)
        if cause == "first":
            # No history yet, hence nothing to note and nobody to tell.
            new["stage_since"] = new["entered"]
            new["risk_level_since"] = np.datetime64(as_of, "s")
            new["risk_level"] = new["risk_level"].replace("", None)
            states = {name: "varchar" for name in STATES} | {s: "date" for s in STATES.values()}
            rows = new[plain | moved]
            self.env["retention.metrics"]._store_health_columns(PLAIN | states, rows)
        else:
            self.env["retention.metrics"]._store_health_columns(PLAIN, new[plain])
            for name in STATES:
                rows = new[_differing(old, new, [name])]
                self._move_states(company, name, old, rows, as_of, cause)
        return int((plain | moved).sum())

    @api.model
    def _move_states(self, company, name, old, rows, as_of, cause):
        """Write a changed state through the ORM, one write per (old, new), and note it."""
        groups = defaultdict(list)
        for row in rows.itertuples():
            groups[old.at[row.Index, name] or "", getattr(row, name)].append(row)
        changes = []
        for (before, after), found in groups.items():
            self.browse(row.id for row in found).write(
                {name: after or False, STATES[name]: as_of if after else False}
            )
            changes += [
                {
                    "profile_id": row.id,
                    "company_id": company.id,
                    "date": as_of,
                    "what": name,
                    "old_value": before or False,
                    "new_value": after or False,
                    "cause": cause,
                    "evidence": self._state_evidence(name, row, old.loc[row.Index]),
                }
                for row in found
            ]
        self.env["retention.change"].create(changes)
        self.env.flush_all()

    @api.model
    def _state_evidence(self, name, row, before):
        """Return what the change of one customer was decided on."""
        if name == "risk_level":
            return {"risk_score": None if pd.isna(row.risk_score) else int(row.risk_score)}
        return {
            field: None if pd.isna(before[field]) else str(before[field].date())
            for field in ("last_order_date", "last_interaction_date")
        }

    @api.model
    def _store_reasons(self, company, as_of, old, judged, card, measured, signals):
        """Write the reasons of those whose points or purchases changed."""
        before = old["signal_points"].fillna("")
        after = judged.profiles["signal_points"].reindex(old.index).fillna("")
        changed = old.index[(before != after).to_numpy()]
        if changed.empty:
            return
        place = judged.profiles.index.get_indexer(changed)
        place = place[place >= 0]
        points, fires = card.points[place], card.fires[place]
        row, column = np.nonzero((np.nan_to_num(points) > 0) | fires)
        partners = judged.profiles.index[place][row]
        rows = pd.DataFrame(
            {
                "profile_id": old.loc[partners, "id"].to_numpy(),
                "signal_id": card.codes[column],
                "points": judged.parts[place][row, column],
                "earned": np.nan_to_num(points[row, column]).astype("int64"),
                "fires": fires[row, column],
                "measure": measured[place][row, column].round(2),
            }
        )
        ids = [int(profile) for profile in old.loc[changed, "id"]]
        self.env["retention.metrics"]._store_reason_rows(company, as_of, ids, rows)
        self.env["retention.reason"].invalidate_model()


def _differing(old, new, names):
    """Return which rows differ in any of the columns; two missing values are equal."""
    differs = np.zeros(len(old), dtype=bool)
    for name in names:
        before, after = old[name], new[name]
        if PLAIN.get(name) == "numeric":
            before, after = ((column.fillna(0) * 100).round() for column in (before, after))
        elif PLAIN.get(name) == "int4":
            before, after = (pd.to_numeric(column).fillna(0) for column in (before, after))
        elif PLAIN.get(name) == "date":
            before, after = (timestamps(column) for column in (before, after))
        else:
            before, after = (column.fillna("").astype(object) for column in (before, after))
        same = (before.to_numpy() == after.to_numpy()) | (before.isna() & after.isna()).to_numpy()
        differs |= ~same
    return differs
