"""Writing what the judgement of health changed."""

from tempfile import SpooledTemporaryFile

from odoo import api, models
from odoo.tools import SQL

IN_MEMORY = 16 * 2**20  # characters of rows on their way to the database
# Column of a reason: its type in PostgreSQL.
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
        # A million rows as one text take more memory than all that is computed of them; those of
        # a chunk do not, and need no disk.
        with SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="") as file:
            rows[list(columns)].to_csv(
                file,
                sep="\t",
                na_rep="\\N",
                header=False,
                index=False,
                date_format="%Y-%m-%d",
            )
            file.seek(0)
            # Names of this file only.
            self.env.cr.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", file)
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
        stamp = {"as_of": as_of, "now": self.env.cr.now(), "uid": self.env.uid, "table": table}
        evidence = SQL("jsonb_build_object('measure', s.measure, 'on', %s::text)", as_of)
        self.env.cr.execute(
            SQL(
                """UPDATE retention_reason r SET
                       points = s.points, earned = s.earned, fires = s.fires,
                       evidence = %(evidence)s,
                       since = CASE WHEN (r.earned, r.fires) = (s.earned, s.fires)
                                    THEN r.since ELSE %(as_of)s::date END,
                       write_date = %(now)s, write_uid = %(uid)s
                   FROM %(table)s s
                   WHERE s.profile_id = r.profile_id AND s.signal_id = r.signal_id""",
                **stamp,
                evidence=evidence,
            )
        )
        # Not ON CONFLICT: that draws an id for each row it then only updates, and of millions of
        # customers the ids would be used up within years.
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_reason (%(columns)s, evidence, company_id, since,
                       create_date, create_uid, write_date, write_uid)
                   SELECT %(values)s, %(evidence)s, %(company)s, %(as_of)s,
                          %(now)s, %(uid)s, %(now)s, %(uid)s
                   FROM %(table)s s WHERE NOT EXISTS (
                       SELECT FROM retention_reason r
                       WHERE r.profile_id = s.profile_id AND r.signal_id = s.signal_id)""",
                **stamp,
                evidence=evidence,
                columns=SQL(", ").join(SQL.identifier(name) for name in REASON),
                values=SQL(", ").join(SQL.identifier("s", name) for name in REASON),
                company=company.id,
            )
        )
