"""What happens around the server: its database, its disk, its mail server, its clock, its twin.

Works in a database cluster of its own, which it may kill.
"""

import asyncio
import contextlib
import os
import random
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import freezegun
from faults import check
from faults_server import OFF, Copy, Process, load

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron

OURS = "customer_retention.cron_"
STOPS = 6
TURNS = 3
USERS = 2
CALLS = 5  # of jobs while the clock is wrong


class Cluster:
    """The PostgreSQL server in ``folder``."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.prefix = shlex.split(os.environ.get("AS_POSTGRES", ""))

    def control(self, *words):
        subprocess.run(
            [*self.prefix, "pg_ctl", "-D", str(self.folder / "data"), "-w", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )

    def again(self, mode):
        """Stop it: politely ("fast") or as a power cut would ("immediate"); start it again."""
        self.control("-m", mode, "stop")
        self.control("-l", str(self.folder / "log"), "start")


class World:
    def __init__(self, name, source, cluster):
        self.copy, self.cluster, self.results = Copy(name, source), Cluster(cluster), []
        self.copy.renew()
        self.copy.execute(OFF)
        load(name)
        self.base = Copy(source, None).read()
        self.jobs = {xmlid: job for job, xmlid in self.copy.jobs()}
        self.calm = {}

    def say(self, what, right, found):
        self.results.append(check(what, right, found))

    def ours(self, *names):
        return [self.jobs[OURS + name] for name in names]

    def undisturbed(self, *jobs):
        """Return the State that these jobs lead to when nothing happens; leave it in the copy."""
        if jobs not in self.calm:
            self.copy.renew()
            self.copy.only(*jobs)
            start = time.monotonic()
            self.copy.turn().wait()
            seconds = time.monotonic() - start
            self.copy.finish(*jobs)
            self.calm[jobs] = self.copy.read(self.base), seconds
        return self.calm[jobs]

    def begin(self, *jobs):
        self.copy.renew()
        self.copy.only(*jobs)

    def same(self, what, expected, note=""):
        left, found = self.copy.read(self.base), self.copy.audit()
        same = left == expected
        self.say(f"{what}: the same state", same, note or "equal")
        if not same:
            print(*expected.difference(left), sep="\n", flush=True)
        self.say(f"{what}: audit", not found, found or "clean")

    def same_figures(self, what, expected):
        left, found = self.copy.execute(FIGURES)[0], self.copy.audit()
        self.say(f"{what}: the same figures, months, days and mails", left == expected, left)
        self.say(f"{what}: audit", not found, found or "clean")


# What does not depend on the order in which jobs come: figures, months, nights, mails sent.
FIGURES = """
SELECT (SELECT MD5(STRING_AGG(ROW(partner_id, rfm_score, segment_id, stage, revenue_total,
            last_order_date, expected_gap_days)::text, '|' ORDER BY partner_id))
        FROM retention_profile),
       (SELECT COUNT(*)::text || MD5(STRING_AGG((TO_JSONB(l) - 'id')::text, '|'
            ORDER BY partner_id, company_id, month)) FROM retention_ledger l),
       (SELECT STRING_AGG(DISTINCT as_of::text, ' ') FROM retention_run
        WHERE as_of > (SELECT MAX(as_of) - 4 FROM retention_run)),
       (SELECT COUNT(*) FROM retention_sop_step_run WHERE mail_id IS NOT NULL)
"""


# ---------------------------------------------------------------- the database server
def restarts(world):
    """Restart the database in the middle of a night, politely and by a power cut."""
    jobs = world.ours("nightly", "fresh", "sop")
    expected, seconds = world.undisturbed(*jobs)
    for mode in ("fast", "immediate"):
        pick, met = random.Random(7), 0
        world.begin(*jobs)
        for _stop in range(STOPS):
            process = world.copy.turn()
            time.sleep(pick.uniform(0, seconds))
            alive = process.alive()
            met += alive
            world.cluster.again(mode)
            # Without a connection its call ends; a server's thread then waits for the next.
            ended = process.wait()
            if alive and ended:
                world.say(f"database restarted ({mode}): the server lives on", False, ended)
        world.copy.finish(*jobs)
        what = f"database restarted in the middle ({mode})"
        world.say(what, met >= STOPS // 2, f"{met} of {STOPS} times at work")
        world.same(what, expected)


# ---------------------------------------------------------------- the disk
def disk(world):
    """Let the disk of the figures and of working tables run full, at more and more places."""
    small = world.cluster.folder / "small"
    if not small.is_mount():
        print("--   disk full: not shown, only root can mount a small one", flush=True)
        return
    jobs = world.ours("nightly", "fresh", "sop")
    world.begin(*jobs)
    world.copy.finish(*jobs)
    expected = world.copy.execute(FIGURES)[0]
    world.begin(*jobs)
    name = world.copy.name
    world.copy.execute_alone(f"CREATE TABLESPACE small LOCATION '{small}'")
    for table in ("retention_profile", "retention_reason", "retention_change", "mail_activity"):
        world.copy.execute_alone(f'ALTER TABLE "{table}" SET TABLESPACE small')
    world.copy.execute_alone(f'ALTER DATABASE "{name}" SET default_tablespace = small')
    world.copy.execute_alone(f'ALTER DATABASE "{name}" SET temp_tablespaces = small')
    ballast, full = small / "ballast", Counter()
    for spare in (0, 16, 64, 128, 256, 512, 1024, 2048, 4096):
        room = os.statvfs(small)
        size = room.f_bavail * room.f_frsize - spare * 1024
        if size > 0:
            ballast.write_bytes(b"\0" * size)
        world.copy.due(*jobs)
        process = world.copy.turn()
        process.wait()
        world.copy.quiet()
        rows = world.copy.execute("SELECT error FROM retention_run WHERE live")
        full["No space left" in (rows[0][0] or "") if rows else "through"] += 1
        ballast.unlink(missing_ok=True)
    world.copy.finish(*jobs)
    world.say("disk full: the run says so", full[True] >= 2, dict(full))
    for table in ("retention_profile", "retention_reason", "retention_change", "mail_activity"):
        world.copy.execute_alone(f'ALTER TABLE "{table}" SET TABLESPACE pg_default')
    world.same_figures("disk full", expected)
    world.copy.execute_alone(f'ALTER DATABASE "{name}" RESET default_tablespace')
    world.copy.execute_alone(f'ALTER DATABASE "{name}" RESET temp_tablespaces')


# ---------------------------------------------------------------- users meanwhile
def edits(world):
    """Users change the same customers and tasks all the time; nothing of it is lost."""
    jobs = world.ours("nightly", "fresh", "sop")
    [[customers]] = world.copy.execute(
        "SELECT ARRAY(SELECT partner_id FROM retention_profile ORDER BY id LIMIT 40)"
    )
    world.begin(*jobs)
    for number in range(USERS):
        world.copy.ask(lambda env, n=number: busy(world.copy.name, customers, n))
    world.copy.finish(*jobs)
    expected = world.copy.execute(FIGURES)[0]

    world.begin(*jobs)
    users = [
        Process(lambda n=number: busy(world.copy.name, customers, n)) for number in range(USERS)
    ]
    calls = failed = 0
    while any(user.alive() for user in users):
        world.copy.due(*jobs)
        world.copy.turn().wait()
        [[failures]] = world.copy.execute("SELECT SUM(failure_count) FROM ir_cron")
        calls, failed = calls + 1, failed + failures
    codes = [user.wait() for user in users]
    told = f"{calls} rounds of jobs, {USERS * TURNS * len(customers)} edits"
    world.say("users edit meanwhile: nobody is refused", not any(codes), told)
    world.say("users edit meanwhile: no job fails", not failed, failed)
    world.copy.finish(*jobs)
    world.same_figures("users edit meanwhile", expected)
    [[kept]] = world.copy.execute(
        "SELECT COUNT(*) FROM retention_interaction WHERE note LIKE '%edit _ _%'"
    )
    world.say("users edit meanwhile: all is kept", kept == USERS * TURNS * len(customers), kept)


def change(env, customers, words):
    for customer in env["res.partner"].browse(customers):
        customer.write({"comment": words, "function": words})
    alerts = env["retention.alert"].search([("partner_id", "in", customers)])
    for task in alerts.task_id.sorted("id"):
        task.write({"feedback": words})
    return len(alerts)


def talk(env, customer, words):
    """Log a talk of long ago, which asks for fresh figures and changes none."""
    env["retention.interaction"].create(
        {
            "partner_id": customer,
            "kind": "call",
            "date": datetime.now() - timedelta(days=900),
            "note": words,
        }
    )


def busy(name, customers, number):
    """Edit customer after customer as a user's requests do, each in a transaction."""
    registry = Registry(name)
    for turn in range(TURNS):
        # Two users meet in the middle.
        for customer in customers if number % 2 else reversed(customers):
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})

                def request(env=env, customer=customer, words=f"edit {number} {turn}"):
                    change(env, [customer], words)
                    talk(env, customer, words)

                retrying(request, env)
                cr.commit()


# ---------------------------------------------------------------- the clock
def clock(world):
    """The server's clock is set back and right again, and ahead and right again."""
    jobs = world.ours("nightly", "fresh", "sop", "cases", "key_dates", "agreement_lapsed")
    world.begin(*jobs)
    world.copy.finish(*jobs)
    expected = world.copy.execute(FIGURES)[0]
    for what, jump in (("two days", timedelta(days=2)), ("a year", timedelta(days=365))):
        world.begin(*jobs)
        for _again in range(2):
            at(world.copy, datetime.now() - jump, jobs)
            world.copy.finish(*jobs)
        world.same_figures(f"clock set back by {what}, then right again", expected)
    nightly = world.ours("nightly", "fresh")
    world.begin(*nightly)
    world.copy.finish(*nightly)
    expected = world.copy.execute(FIGURES)[0]
    world.begin(*nightly)
    at(world.copy, datetime.now() + timedelta(days=4), nightly)
    found = world.copy.audit()
    world.say("clock four days ahead, then right again: it is found", len(found) == 1, found)
    world.copy.ask(take_back)
    world.copy.finish(*nightly)
    world.same_figures("clock ahead, taken back", expected)


def take_back(env):
    last = env["retention.run"].search([("state", "=", "done")], limit=1)
    last.action_take_back()
    return True


def at(copy, moment, jobs):
    """Have jobs called by a server whose clock says ``moment``."""

    def work():
        with freezegun.freeze_time(moment, tick=True, ignore=["psycopg2"]):
            for _call in range(CALLS):
                IrCron._process_jobs(copy.name)

    copy.due(*jobs)
    Process(work).wait()
    copy.quiet()


# ---------------------------------------------------------------- the mail server
class Post(threading.Thread):
    """An SMTP server that keeps what it is given: {message id: times}."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.got, self.loop = port, Counter(), asyncio.new_event_loop()

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", self.port))
        self.loop.run_forever()

    async def serve(self, reader, writer):
        async def say(text):
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        await say("220 post")
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                await say("354 go on")
                text = await reader.readuntil(b"\r\n.\r\n")
                for header in text.decode(errors="replace").split("\r\n"):
                    if header.lower().startswith("message-id:"):
                        self.got[header[11:].strip()] += 1
                await say("250 kept")
            elif word == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


HOUR_LATER = """
UPDATE retention_sop_step_run SET mail_retry_at = mail_retry_at - INTERVAL '1 hour',
    due_at = due_at - INTERVAL '1 hour';
UPDATE ir_cron_trigger SET call_at = call_at - INTERVAL '1 hour'
"""
MAILS = """
SELECT COUNT(*), COUNT(*) FILTER (WHERE mail.state = 'sent'),
       COUNT(*) FILTER (WHERE mail.state = 'exception'), COUNT(*) FILTER (WHERE run.state = 'done')
FROM retention_sop_step_run run LEFT JOIN mail_mail mail ON mail.id = run.mail_id
JOIN retention_sop_step step ON step.id = run.step_id WHERE step.type = 'mail'
"""


def mail(world):
    """No mail server for a day, and then one again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    [[queue]] = world.copy.execute(
        "SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_mail_scheduler_action'"
    )
    jobs = [*world.ours("sop"), queue]
    world.begin(*jobs)
    world.copy.execute("UPDATE mail_mail SET state = 'cancel', auto_delete = FALSE")
    world.copy.execute("UPDATE mail_template SET auto_delete = FALSE")
    world.copy.execute("UPDATE ir_mail_server SET smtp_port = %s", [port])
    down = []
    for _hour in range(24):
        world.copy.due(*jobs)
        world.copy.turn().wait()
        down.append(world.copy.execute(MAILS)[0])
        world.copy.execute(HOUR_LATER)
    mails = down[-1][0]
    world.say(
        "mail server down for a day: nothing is lost", mails and down[-1][3] == mails, down[-1]
    )
    found = world.copy.audit()
    world.say("mail server down for a day: audit", not found, found or "clean")
    post = Post(port)
    post.start()
    for _hour in range(6):
        world.copy.due(*jobs)
        world.copy.turn().wait()
        world.copy.execute(HOUR_LATER)
    world.copy.finish(*jobs)
    after = world.copy.execute(MAILS)[0]
    world.say("mail server up again: all sent", after[1] == after[0] == after[3], after)
    once = set(post.got.values()) == {1} and len(post.got) >= after[0]
    world.say("mail server up again: each once", once, Counter(post.got.values()))
    found = world.copy.audit()
    world.say("mail server up again: audit", not found, found or "clean")


# ---------------------------------------------------------------- two servers
class Server:
    """A real server without a website: its threads look for jobs."""

    def __init__(self, name, number):
        log = Path(config["data_dir"]) / f"{name}-{number}.log"
        self.log = log
        self.process = subprocess.Popen(
            [
                sys.executable,
                os.environ["ODOO_BIN"],
                "-d",
                name,
                "--no-http",
                "--max-cron-threads=2",
                f"--db_host={os.environ['PGHOST']}",
                f"--logfile={log}",
            ],
            start_new_session=True,
        )

    def stop(self, how=signal.SIGTERM):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait()
        self.log.unlink(missing_ok=True)


def servers(world):
    """Two servers with all jobs due, one of them killed, the database restarted meanwhile."""
    jobs = list(world.jobs.values())
    world.undisturbed(*jobs)
    expected = world.copy.execute(FIGURES)[0]
    world.begin(*jobs)
    running = [Server(world.copy.name, number) for number in range(2)]
    try:
        end = time.monotonic() + 900
        wait_for_work(world, end)
        running[0].stop(signal.SIGKILL)
        running[0] = Server(world.copy.name, 0)
        time.sleep(8)
        world.cluster.again("fast")
        # Without workers a server loses its threads for jobs with the database, and has to be
        # started again as well; with workers Odoo starts new ones by itself.
        for number, server in enumerate(running):
            server.stop()
            running[number] = Server(world.copy.name, number)
        while world.copy.ready() and time.monotonic() < end:
            time.sleep(1)
        idle = not world.copy.ready()
    finally:
        for server in running:
            server.stop()
    world.say("two servers, one killed, database restarted: all jobs through", idle, idle)
    world.copy.finish(*jobs)
    world.same_figures("two servers", expected)


def wait_for_work(world, end):
    while time.monotonic() < end:
        if world.copy.execute("SELECT 1 FROM ir_cron_progress WHERE done > 0 LIMIT 1"):
            return
        time.sleep(0.2)


PARTS = {
    "restarts": restarts,
    "disk": disk,
    "edits": edits,
    "clock": clock,
    "mail": mail,
    "servers": servers,
}


def run(name, source, cluster, *chosen):
    world = World(name, source, cluster)
    for part in chosen or PARTS:
        PARTS[part](world)
    return all(world.results)


if __name__ == "__main__" and not run(*sys.argv[1:]):
    sys.exit(1)
