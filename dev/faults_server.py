"""A database and the server's processes that work on it, forked from one that has loaded Odoo.

Loading takes seconds, a fork none; what is killed is a process with connections of its own all the
same.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter

from faults import Database
from faults_state import Reader

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron

LONGEST = 300  # seconds a process may take
ROUNDS = 60  # calls of a job until it must be through
# Not Odoo's own vacuum, in which our models tidy up as well: it shuffles what it does.
JOBS = """
SELECT cron.id, COALESCE(data.module || '.' || data.name, cron.cron_name)
FROM ir_cron cron
JOIN ir_act_server action ON action.id = cron.ir_actions_server_id
JOIN ir_model model ON model.id = action.model_id
LEFT JOIN ir_model_data data ON data.model = 'ir.cron' AND data.res_id = cron.id
WHERE data.module LIKE 'customer\\_retention%' OR model.model LIKE 'retention.%'
ORDER BY cron.priority, cron.id
"""
ONLY = """
UPDATE ir_cron SET active = id = ANY(%(jobs)s);
UPDATE ir_cron SET nextcall = NOW() AT TIME ZONE 'UTC' - INTERVAL '1 minute', failure_count = 0
WHERE active;
"""
READY = """
SELECT COUNT(*) FROM ir_cron
WHERE active AND (nextcall <= NOW() AT TIME ZONE 'UTC' OR id IN (
    SELECT cron_id FROM ir_cron_trigger WHERE call_at <= NOW() AT TIME ZONE 'UTC'))
"""
OTHERS = """
SELECT COUNT(*) FROM pg_stat_activity
WHERE datname = %s AND backend_type = 'client backend' AND pid <> PG_BACKEND_PID()
"""
OFF = "UPDATE ir_cron SET active = FALSE"


def load(name):
    """Make this process one that can serve database ``name``."""
    server = f"--db_host={os.environ['PGHOST']}"
    config.parse_config(["-d", name, "--no-http", "--log-level=critical", server])
    registry = Registry(name)
    odoo.sql_db.close_all()
    return registry


class Process:
    """A forked one."""

    def __init__(self, work):
        odoo.sql_db.close_all()  # no connection may have two owners
        sys.stdout.flush()
        self.pid, self.code = os.fork(), None
        if not self.pid:
            code = 1
            try:
                work()
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                os._exit(code)

    def alive(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def wait(self):
        end = time.monotonic() + LONGEST
        while self.alive() and time.monotonic() < end:
            time.sleep(0.005)
        if self.kill():
            raise TimeoutError(f"a process took more than {LONGEST} seconds")
        return self.code

    def kill(self):
        """End it as a crash would; say whether it was still at work."""
        if not self.alive():
            return False
        os.kill(self.pid, signal.SIGKILL)
        _pid, status = os.waitpid(self.pid, 0)
        self.code = os.waitstatus_to_exitcode(status)
        return True


class Copy(Database):
    """A copy of database ``source``, renewed as often as needed under one name."""

    def __init__(self, name, source):
        super().__init__(name, "", "")
        self.source = source

    def renew(self):
        self.quiet()
        quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
        for command in (
            ["dropdb", "--if-exists", "--force", self.name],
            ["createdb", "-T", self.source, self.name],
        ):
            subprocess.run(command, check=True, env=quiet)

    def quiet(self):
        """Wait until nobody works on it: a killed process' statement goes on for a while."""
        odoo.sql_db.close_all()
        end = time.monotonic() + LONGEST
        with contextlib.suppress(Exception):
            while self.execute(OTHERS, [self.name])[0][0] and time.monotonic() < end:
                time.sleep(0.02)

    def execute_alone(self, sql):
        """Run a statement that may be in no transaction."""
        odoo.sql_db.close_all()
        with contextlib.closing(self.connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)

    def jobs(self):
        return self.execute(JOBS)

    # ---------------------------------------------------------------- at work
    def only(self, *jobs):
        """Make these jobs due and no others."""
        self.execute("DELETE FROM ir_cron_trigger")
        self.due(*jobs)

    def due(self, *jobs):
        self.execute(ONLY, {"jobs": list(jobs)})

    def ready(self):
        return self.execute(READY)[0][0]

    def turn(self):
        """Begin what a server's thread does when it wakes up."""
        return Process(lambda: IrCron._process_jobs(self.name))

    def finish(self, *jobs):
        """Have these jobs called until nothing is left to do, and once more."""
        self.quiet()
        for _again in range(2):
            self.due(*jobs)
            for _round in range(ROUNDS):
                if not self.ready():
                    break
                self.turn().wait()
            else:
                raise TimeoutError(f"jobs {jobs} are not through after {ROUNDS} calls")
        self.quiet()

    def ask(self, work):
        """Return what ``work(env)`` returns in a process of its own, and commit."""
        receiving, sending = os.pipe()

        def answer():
            os.close(receiving)
            with Registry(self.name).cursor() as cr:
                found = work(api.Environment(cr, SUPERUSER_ID, {}))
            with os.fdopen(sending, "w") as pipe:
                json.dump(found, pipe)

        process = Process(answer)
        os.close(sending)
        with os.fdopen(receiving) as pipe:
            text = pipe.read()
        if process.wait():
            raise RuntimeError("a process failed, see above")
        return json.loads(text)

    # ---------------------------------------------------------------- what it says
    def read(self, base=None):
        """Return a State: checksums, and the rows of tables that differ from ``base``."""
        odoo.sql_db.close_all()
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            reader = Reader(cursor, base.newest if base else None)
            hashes = reader.hashes()
            changed = [t for t in hashes if base and base.hashes.get(t) != hashes[t]]
            return State(hashes, {table: reader.rows(table) for table in changed}, reader.base)

    def audit(self):
        """Return the lines of what must hold and does not."""
        return self.ask(audit)


def audit(env):
    found = [
        f"{company.name}: {finding.sentence} ({finding.count})"
        for company in env["res.company"]._retention_companies()
        for finding in env["retention.audit"]._audit(company)
    ]
    # A bridge's jobs, or a run that stands still, would not be through.
    running = env["retention.run"].search_count([("state", "=", "running")])
    return found + (["a run is still under way"] if running else [])


class State:
    """What a database says, see faults_state.py."""

    def __init__(self, hashes, rows, newest):
        self.hashes, self.rows, self.newest = hashes, rows, newest

    def __eq__(self, other):
        return self.hashes == other.hashes

    __hash__ = None

    def changed(self, base):
        return sorted(t for t in self.hashes if self.hashes[t] != base.hashes.get(t))

    def difference(self, other, most=2):
        """Return lines that tell where another state differs."""
        lines = []
        for table in sorted(self.hashes.keys() | other.hashes.keys()):
            if self.hashes.get(table) == other.hashes.get(table):
                continue
            mine, theirs = (s.rows.get(table, Counter()) for s in (self, other))
            lines.append(f"    {table}: {mine.total()} rows, {theirs.total()} rows")
            for sign, rows in (("-", mine - theirs), ("+", theirs - mine)):
                lines += [f"      {sign} {row[:300]}" for row in list(rows)[:most]]
        return lines
