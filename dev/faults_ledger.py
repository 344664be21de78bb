"""Disturbs the building of the ledger in processes of its own and compares what it is then."""

import os
import random
import signal
import sys
import time

from faults import CHUNK, CRON, START_ALERTS, Database, check

KILLS = 8
# All that the ledger says, without ids (profiles are numbered as they are made) and times.
LEDGER = """
SELECT (SELECT MD5(STRING_AGG(line, '|' ORDER BY line)) FROM (
           SELECT (TO_JSONB(l) - 'id' - 'profile_id')::text AS line FROM retention_ledger l) a),
       (SELECT MD5(STRING_AGG(ROW(company_id, month, state, recorded, row_count, error)::text, '|'
                              ORDER BY company_id, month)) FROM retention_ledger_month),
       (SELECT COUNT(*) FROM retention_ledger),
       (SELECT COUNT(*) FROM retention_ledger_month WHERE state = 'closed')
"""
# Rows that are there twice, and those that do not say which profile they are of.
WRONG = """
SELECT (SELECT COUNT(*) - COUNT(DISTINCT (partner_id, company_id, month)) FROM retention_ledger),
       (SELECT COUNT(*) FROM retention_ledger l LEFT JOIN retention_profile p
            ON p.id = l.profile_id AND p.partner_id = l.partner_id
            AND p.company_id = l.company_id WHERE p.id IS NULL),
       (SELECT COUNT(*) FROM pg_class WHERE relname LIKE 'retention\\_ledger\\_days\\_%'
            AND relkind = 'r')
"""
CLOSED = "SELECT COUNT(*) FILTER (WHERE state = 'closed'), COUNT(*) FROM retention_ledger_month"
REBUILD = """
env["retention.ledger.month"].action_rebuild()
env.cr.commit()
"""


def ledger(database):
    return database.execute(LEDGER)[0]


def wait_for(database, process, months):
    """Wait until so many months are closed or the process ends; return (closed, all) months."""
    while True:
        closed, planned = database.execute(CLOSED)[0]
        if closed >= months or process.poll() is not None:
            return closed, planned
        time.sleep(0.02)


def kill(process):
    """End it as a crash would; say whether it was still at work."""
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive


def kill_at_random(database, pick, months):
    process = database.start(CRON.format(chunk=CHUNK))
    wait_for(database, process, months)
    time.sleep(pick.uniform(0, 0.4))
    return kill(process), database.execute(CLOSED)[0]


def killed(database, expected):
    """Kill the work again and again while months are built; then let it end."""
    pick, months = random.Random(5), expected[3]
    places = [1 + number * (months - 1) // KILLS for number in range(KILLS)]
    found = [kill_at_random(database, pick, place) for place in places]
    partly = sum(alive and 0 < closed < planned for alive, (closed, planned) in found)
    results = [check(f"ledger: killed {KILLS} times, half-built", partly >= KILLS // 2, found)]
    database.cron()
    results.append(check("ledger: after SIGKILL the same", *same(database, expected)))
    return results


def same(database, expected):
    found, wrong = ledger(database), database.execute(WRONG)[0]
    return found == expected and wrong == (0, 0, 0), (*found, wrong)


def crowded(database, expected):
    """Have others begin while one builds, which is killed half-way."""
    first = database.start(CRON.format(chunk=CHUNK))
    wait_for(database, first, 2)
    others = [database.start(CRON.format(chunk=CHUNK)) for _worker in range(2)]
    closed, planned = wait_for(database, first, expected[3] // 2)
    alive = kill(first)
    for worker in others:
        worker.stdout.read()
        worker.wait()
    database.cron()
    results = [check("ledger: one of three killed half-way", alive, (closed, planned))]
    results.append(check("ledger: three at once, the same", *same(database, expected)))
    return results


def again(database, expected):
    """Do it twice, and build all again from documents."""
    database.cron()
    results = [check("ledger: a second run, the same", *same(database, expected))]
    process = database.start(REBUILD)
    process.stdout.read()
    process.wait()
    waiting = database.execute(CLOSED)[0]
    database.cron()
    right, found = same(database, expected)
    results.append(check("ledger: built again, the same", right and not waiting[0], found))
    return results


def run(source, python, odoo):
    calm, disturbed, other = (
        Database(f"{source}_{kind}", python, odoo) for kind in ("calm", "months", "crowd")
    )
    for database in (calm, disturbed, other):
        database.execute(START_ALERTS)
    calm.cron()
    expected = ledger(calm)
    right = expected[2] > 0 and expected[3] > 0 and calm.execute(WRONG)[0] == (0, 0, 0)
    results = [check("ledger: undisturbed, rows and months", right, expected)]
    results += killed(disturbed, expected)
    results += crowded(other, expected)
    results += again(calm, expected)
    return all(results)


if __name__ == "__main__" and not run(*sys.argv[1:]):
    sys.exit(1)
