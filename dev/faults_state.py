"""What a database says, without ids, moments and tokens: two runs that did the same say the same.

Rows made since a base line are told by what they say, not by their numbers, also where others
point at them: a transaction that was rolled back leaves holes in every sequence.
"""

from collections import Counter

from psycopg2 import sql

# The machinery's own accounts: who ran when, how far, and who has to be told over the bus.
IGNORED = (
    "bus_%",
    "ir_attachment",
    "ir_cron%",
    "ir_logging",
    "ir_model%",
    "ir_profile",
    "ir_sequence%",
    "mail_tracking_value",
    "orm_signaling%",
    "base_registry%",
    "queue_job%",
    "res_users_log",
    "retention_days_%",
    "retention_talks_%",
    "retention_work_%",
)
TOKENS = {
    "access_token",
    "create_uid",
    "id",
    "message_id",
    "parent_path",
    "references",
    "uuid",
    "write_uid",
}
# How a run got there may differ, what it leaves behind may not.
ACCOUNTS = {
    "retention_sop_step_run": {"late_hours"},
    "retention_run": {"changed_count", "cursor", "done_count", "error", "row_count"},
}
# Words with numbers of records in them.
WORDS = {"log", "body", "body_html", "note", "references", "reply_to", "feedback"}
# Records that tasks and messages hang on and that jobs make.
POINTED = tuple(
    f"retention_{name}" for name in ("alert", "case", "enrollment", "pain", "review", "risk_card")
)
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL), target.relname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum]
LEFT JOIN pg_class target ON target.oid = k.confrelid
WHERE c.relkind IN ('r', 'p') AND NOT c.relname LIKE ANY(%s)
ORDER BY c.relname, a.attname
"""


class Reader:
    """Reads a database's state through a cursor of psycopg2, relative to a base line."""

    def __init__(self, cursor, base=None):
        self.cursor, self.tables = cursor, {}
        cursor.execute(COLUMNS, [list(IGNORED)])
        for table, column, kind, target in dict.fromkeys(cursor.fetchall()):
            self.tables.setdefault(table, {})[column] = kind, target
        self.base = base if base is not None else self._newest()

    def _newest(self):
        """Return {table: its newest id}: the base line."""
        found = {}
        for table, columns in self.tables.items():
            if "id" in columns:
                self._execute("SELECT COALESCE(MAX(id), 0) FROM {}", table)
                found[table] = self.cursor.fetchone()[0]
        return found

    def _execute(self, text, *names):
        self.cursor.execute(sql.SQL(text).format(*map(sql.Identifier, names)))

    def hashes(self):
        """Return {table: checksum of its rows}."""
        found = {}
        for table in self.tables:
            self.cursor.execute(
                sql.SQL("SELECT MD5(STRING_AGG(line, '|' ORDER BY line)) FROM ({}) row").format(
                    self._lines(table)
                )
            )
            found[table] = self.cursor.fetchone()[0]
        return found

    def rows(self, table):
        """Return the Counter of a table's rows as text."""
        self.cursor.execute(self._lines(table))
        return Counter(line for (line,) in self.cursor.fetchall())

    def _lines(self, table):
        parts = [
            sql.SQL("{} || '=' || COALESCE(({})::text, '-')").format(
                sql.Literal(column), self._value(table, column, "t")
            )
            for column in self._telling(table)
        ]
        return sql.SQL("SELECT ROW({})::text AS line FROM {} t").format(
            sql.SQL(", ").join(parts), sql.Identifier(table)
        )

    def _telling(self, table):
        hidden = TOKENS | ACCOUNTS.get(table, set())
        return [
            column
            for column, (kind, _target) in self.tables[table].items()
            if column not in hidden and not kind.startswith("timestamp")
        ]

    def _value(self, table, column, alias):
        """Return SQL of what a column of row ``alias`` says.

        A pointer at a new row says what that row says; one of that row's own, that it is new.
        """
        kind, target = self.tables[table][column]
        field = sql.Identifier(alias, column)
        if column in WORDS:
            return sql.SQL("REGEXP_REPLACE({}::text, '[0-9]+', '#', 'g')").format(field)
        if target in self.base:
            return self._pointer(field, target, alias)
        if column == "res_id" and kind == "integer":
            return self._loose_pointer(table, field, alias)
        return field

    def _pointer(self, field, target, alias):
        text = self._label(field, target) if alias == "t" else sql.SQL("'new'")
        return sql.SQL(
            "CASE WHEN {0} <= {1} THEN {0}::text WHEN {0} IS NOT NULL THEN {2} END"
        ).format(field, sql.Literal(self.base[target]), text)

    def _label(self, field, target):
        parts = [self._value(target, column, "u") for column in self._telling(target)]
        return sql.SQL("(SELECT MD5(ROW({})::text) FROM {} u WHERE u.id = {})").format(
            sql.SQL(", ").join(sql.SQL("({})::text").format(part) for part in parts),
            sql.Identifier(target),
            field,
        )

    def _loose_pointer(self, table, field, alias):
        """A number of a record whose model stands beside it."""
        model = next((name for name in ("res_model", "model") if name in self.tables[table]), None)
        if not model:
            return field
        cases = [
            sql.SQL("WHEN {} THEN {}").format(
                sql.Literal(target.replace("_", ".")), self._pointer(field, target, alias)
            )
            for target in POINTED
        ]
        return sql.SQL("CASE {} {} ELSE {}::text END").format(
            sql.Identifier(alias, model), sql.SQL(" ").join(cases), field
        )
