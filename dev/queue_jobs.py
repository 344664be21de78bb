"""Compares a night computed by one process with nights of jobs on two workers."""

import os
import signal
import subprocess
import sys
import time

from faults import START_ALERTS, Database, check

TIMEOUT = 300  # seconds
SETTINGS = """
env["ir.config_parameter"].set_param("customer_retention.chunk", {size})
env["ir.config_parameter"].set_param("customer_retention.jobs", "{jobs}")
env.cr.commit()
env["retention.run"]._cron_nightly()
env.cr.commit()
"""
DONE = "SELECT EXISTS (SELECT FROM retention_run WHERE state = 'done')"
SECONDS = """
SELECT ROUND(EXTRACT(EPOCH FROM ended_at - started_at)::numeric, 1), changed_count,
       (SELECT COUNT(*) FROM retention_profile)
FROM retention_run WHERE state = 'done'
"""
JOBS = """
SELECT COUNT(*), COUNT(DISTINCT worker_pid), COUNT(*) FILTER (WHERE state != 'done')
FROM queue_job WHERE channel = 'root.retention'
"""


class Server:
    """Odoo with two workers and the queue's runner, in a process group of its own."""

    def __init__(self, database, python, odoo, port):
        self.database = database
        environment = {
            **os.environ,
            "ODOO_QUEUE_JOB_CHANNELS": "root:2",
            "ODOO_QUEUE_JOB_PORT": str(port),
        }
        command = [
            *(python, odoo, "-d", database.name, "--db-filter", f"^{database.name}$"),
            *("--load=base,web,queue_job", "--workers=2", "--max-cron-threads=0"),
            *(f"--http-port={port}", f"--gevent-port={int(port) + 1}"),
            *("--http-interface=127.0.0.1", "--log-level=warn"),
        ]
        with open(os.path.join(os.environ["RETENTION_HOME"], "log", "queue-jobs.log"), "a") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, how=signal.SIGTERM):
        os.killpg(self.process.pid, how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ask(database, size, jobs):
    """Do the night here until its run is done, or ask for its jobs.

    The months of the ledger come after the run and are not measured.
    """
    database.execute(START_ALERTS)
    process = database.start(SETTINGS.format(size=size, jobs=jobs))
    if not jobs:
        wait(database, DONE)
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.read()
    return process.wait()


def wait(database, question):
    """Say whether the answer becomes true in time."""
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        [[answer]] = database.execute(question)
        if answer:
            return True
        time.sleep(0.1)
    return False


def main(source, python, odoo, port, size):
    one, jobs, kill = (
        Database(f"{source}_{kind}", python, odoo) for kind in ("one", "jobs", "kill")
    )
    ask(one, size, 0)
    expected = one.state()
    [[alone, _written, _profiles]] = one.execute(SECONDS)
    results = [check("one process", expected, f"{alone} s, state {expected}")]
    server = Server(jobs, python, odoo, port)
    time.sleep(15)  # workers are up before the clock of the run starts
    ask(jobs, size, 1)
    ended = wait(jobs, DONE)
    server.stop()
    results.append(check("two workers end", ended, ended))
    [[together, written, profiles]] = jobs.execute(SECONDS) or [[None] * 3]
    results.append(check("the same state", jobs.state() == expected, jobs.state()))
    results.append(check("every profile written once a half", written == 2 * profiles, written))
    [[number, workers, left]] = jobs.execute(JOBS)
    what = f"{number} jobs by {workers} processes, {left} left, {together} s against {alone} s"
    results.append(check("two processes did them", workers >= 2, what))

    server = Server(kill, python, odoo, port)
    time.sleep(15)
    ask(kill, size, 1)
    far = """SELECT EXISTS (SELECT FROM retention_run WHERE phase = 'assess'
             AND done_count > row_count / 3)"""
    wait(kill, far)
    server.stop(signal.SIGKILL)
    [[rest]] = kill.execute("SELECT COUNT(*) FROM retention_run WHERE state = 'running'")
    server = Server(kill, python, odoo, port)
    ended = wait(kill, DONE)
    server.stop()
    results.append(check("killed half-way and started again, ends", rest and ended, ended))
    results.append(check("the same state", kill.state() == expected, kill.state()))
    return all(results)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
