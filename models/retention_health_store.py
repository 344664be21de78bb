"""Writing what the judgement changed: only rows that differ, states through the ORM."""

import io
from collections import defaultdict

import numpy as np
import pandas as pd

from odoo import api, models
from odoo.tools import SQL

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
REASON = {
    "profile_id": "int4",
    "signal_id": "int4",
    "points": "int4",
    "earned": "int4",
    "fires": "bool",
}


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _stage_rows(self, table, columns, rows):
        """Put the rows of a DataFrame into the temporary table ``table``, emptied before.

        :param columns: {column: type in PostgreSQL}; numbers, days and words without tabs
        """
        definition = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL.identifier(kind))
            for name, kind in columns.items()
        )
        name = SQL.identifier(table)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", name))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s (%s)", name, definition))
        text = rows[list(columns)].to_csv(
            sep="\t",
            na_rep="\\N",
            header=False,
            index=False,
            date_format="%Y-%m-%d",
        )
        self.env.cr.copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN",  # names of this file only
            io.StringIO(text),
        )
        self.env.cr.execute(SQL("ANALYZE %s", name))
        return name

    @api.model
    def _store_health_columns(self, columns, rows):
        """Write ``columns`` of the profiles in ``rows`` (column ``id``)."""
        if rows.empty:
            return
        table = self._stage_rows("retention_health_new", {"id": "int4", **columns}, rows)
        self.env.cr.execute(
            SQL(
                """UPDATE retention_profile p SET %s, write_date = %s, write_uid = %s
                   FROM %s s WHERE s.id = p.id""",
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), SQL.identifier("s", name))
                    for name in columns
                ),
                self.env.cr.now(),
                self.env.uid,
                table,
            )
        )

    @api.model
    def _store_reason_rows(self, company, as_of, profile_ids, rows):
        """Make ``rows`` (columns REASON and ``measure``) the reasons of these profiles.

        A reason whose points stay keeps the day it was first given.
        """
        table = self._stage_rows("retention_reason_new", REASON | {"measure": "float8"}, rows)
        self.env.cr.execute(
            SQL(
                """DELETE FROM retention_reason r WHERE profile_id = ANY(%s) AND NOT EXISTS (
                       SELECT FROM %s s WHERE s.profile_id = r.profile_id
                       AND s.signal_id = r.signal_id)""",
                profile_ids,
                table,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_reason AS r (%(columns)s, evidence, company_id, since,
                       create_date, create_uid, write_date, write_uid)
                   SELECT %(columns)s,
                          jsonb_build_object('measure', measure, 'on', %(as_of)s::text),
                          %(company)s, %(as_of)s, %(now)s, %(uid)s, %(now)s, %(uid)s
                   FROM %(table)s
                   ON CONFLICT (profile_id, signal_id) DO UPDATE SET
                       points = EXCLUDED.points, earned = EXCLUDED.earned,
                       fires = EXCLUDED.fires, evidence = EXCLUDED.evidence,
                       since = CASE WHEN (r.earned, r.fires) = (EXCLUDED.earned, EXCLUDED.fires)
                                    THEN r.since ELSE EXCLUDED.since END,
                       write_date = EXCLUDED.write_date, write_uid = EXCLUDED.write_uid""",
                columns=SQL(", ").join(SQL.identifier(name) for name in REASON),
                company=company.id,
                as_of=as_of,
                now=self.env.cr.now(),
                uid=self.env.uid,
                table=table,
            )
        )


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
