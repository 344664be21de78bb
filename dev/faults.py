"""Disturbs nightly runs in processes of their own and compares what is left behind."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import psycopg2

CHUNK = 200
CRON = """
env["ir.config_parameter"].set_param("customer_retention.chunk", {chunk})
env.cr.commit()
env["retention.run"]._cron_nightly()
env["retention.refresh.request"]._cron_fresh()
env.cr.commit()
"""
CONFIRM = """
import time
partners = env["res.partner"].search([("ref", "!=", False)], limit=40)
product = env["product.product"].search([], limit=1)
failed = 0
for partner in partners:
    try:
        env["sale.order"].create({
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "price_unit": 7})],
        }).action_confirm()
        env.cr.commit()
    except Exception as error:
        env.cr.rollback()
        failed += 1
        print("FAILED", error)
    time.sleep(0.05)
print("CONFIRMED", len(partners) - failed, "FAILED", failed)
"""
# What a run leaves behind, without ids, times and the account of the run itself.
STATE = """
SELECT MD5(STRING_AGG(row::text, '|' ORDER BY row::text)) FROM (
    SELECT 'profile', ROW(partner_id, company_id, first_order_date, last_order_date, order_count,
           revenue_total, avg_order_value, expected_gap_days, next_order_date, is_core,
           rfm_frequency, rfm_monetary, rfm_r, rfm_f, rfm_m, rfm_score, segment_id, stage,
           stage_since, churned_on, won_back_on, is_falling, risk_score, risk_level,
           risk_coverage, value_at_stake)::text
    FROM retention_profile
    UNION ALL
    SELECT 'reason', ROW(p.partner_id, s.type, r.points, r.earned, r.fires, r.since)::text
    FROM retention_reason r JOIN retention_profile p ON p.id = r.profile_id
    JOIN retention_signal s ON s.id = r.signal_id
    UNION ALL
    SELECT 'alert', ROW(a.partner_id, a.state, a.user_id, a.live, a.value_at_stake,
           (SELECT COUNT(*) FROM retention_alert_line l WHERE l.alert_id = a.id),
           (SELECT COUNT(*) FROM mail_activity t WHERE t.res_model = 'retention.alert'
            AND t.res_id = a.id AND t.active))::text
    FROM retention_alert a) row
"""
START_ALERTS = "UPDATE res_company SET retention_alerts_started = TRUE"
TWICE = """
SELECT COUNT(*), COUNT(*) FILTER (WHERE tasks > 1) FROM (
    SELECT partner_id, COUNT(*) AS alerts, SUM((
        SELECT COUNT(*) FROM mail_activity t WHERE t.res_model = 'retention.alert'
        AND t.res_id = a.id AND t.active)) AS tasks
    FROM retention_alert a WHERE live GROUP BY partner_id) open WHERE alerts > 1 OR tasks > 1
"""


def orders(customers):
    """Print a CSV of purchases with every kind of past."""
    pick = random.Random(7)
    today = date.today()
    print("customer,date,amount")
    for customer in range(customers):
        for _order in range(pick.choice((1, 1, 1, 2, 3, 6, 12))):
            day = today - timedelta(days=pick.randrange(900))
            print(f"F{customer:06d},{day},{pick.randrange(100, 90000) / 100}")


class Database:
    def __init__(self, name, python, odoo):
        self.name, self.command = (
            name,
            [python, odoo, "shell", "-d", name, "--no-http", "--log-level=error"],
        )

    def connect(self):
        environ = {"host": os.environ["PGHOST"], "user": os.environ.get("PGUSER", "odoo")}
        return psycopg2.connect(dbname=self.name, **environ)

    def execute(self, sql, values=None):
        """Run one statement and commit it; return its rows, if it has any."""
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def start(self, script):
        process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        process.stdin.write(script)
        process.stdin.close()
        return process

    def cron(self):
        process = self.start(CRON.format(chunk=CHUNK))
        process.stdout.read()
        return process.wait()

    def state(self):
        return self.execute(STATE)[0][0]

    def kill_when_done(self, phase, share):
        """Run until ``share`` of the customers are done in a phase, then SIGKILL; say how far."""
        process = self.start(CRON.format(chunk=CHUNK))
        far = "SELECT phase, done_count, row_count FROM retention_run WHERE live AND phase = %s"
        while process.poll() is None:
            rows = self.execute(far, (phase,))
            if rows and rows[0][2] and rows[0][1] >= rows[0][2] * share:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return self.execute(far, (phase,))
            time.sleep(0.02)
        return []


def check(what, right, found):
    print(f"{'ok  ' if right else 'FAIL'} {what}: {found}", flush=True)
    return right


def run(source, python, odoo):
    def database(kind):
        return Database(f"{source}_{kind}", python, odoo)

    for kind in ("calm", "kill", "two", "busy"):
        database(kind).execute(START_ALERTS)
    calm = database("calm")
    calm.cron()
    expected = calm.state()
    results = [check("undisturbed run", expected, f"state {expected}")]

    kill = database("kill")
    places = (("write", 0), ("write", 0.5), ("assess", 0), ("assess", 0.5))
    killed_at = [kill.kill_when_done(phase, share) for phase, share in places]
    kill.cron()
    results.append(check("was killed half-way", any(killed_at), killed_at))
    results.append(check("after SIGKILL the same state", kill.state() == expected, kill.state()))

    two = database("two")
    workers = [two.start(CRON.format(chunk=CHUNK)) for _worker in range(2)]
    for worker in workers:
        worker.stdout.read()
        worker.wait()
    two.cron()
    runs = two.execute("SELECT COUNT(*), SUM(changed_count) FROM retention_run")[0]
    profiles = two.execute("SELECT COUNT(*) FROM retention_profile")[0][0]
    results.append(check("two workers, one run", runs[0] == 1, runs[0]))
    # Once with its scores, once with its stage and risk.
    once = runs[1] == 2 * profiles
    results.append(check("every profile written once in each half", once, (runs[1], profiles)))
    twice = two.execute(TWICE)[0]
    results.append(check("one alert, one task", twice == (0, 0), twice))
    results.append(check("two workers, the same state", two.state() == expected, two.state()))

    busy = database("busy")
    worker = busy.start(CRON.format(chunk=20))
    seller = busy.start(CONFIRM)
    said = seller.stdout.read().strip().splitlines()[-1:]
    worker.stdout.read()
    worker.wait()
    busy.cron()
    results.append(check("orders confirmed meanwhile", said == ["CONFIRMED 40 FAILED 0"], said))
    missed = busy.execute(
        """SELECT COUNT(*) FROM sale_order so JOIN retention_profile p USING (partner_id)
           WHERE so.state = 'sale' AND p.last_order_date < so.date_order::date"""
    )[0][0]
    results.append(check("and all counted at the end", missed == 0, f"{missed} missed"))
    return all(results)


if __name__ == "__main__":
    if sys.argv[1] == "orders":
        orders(int(sys.argv[2]))
    elif not run(*sys.argv[2:]):
        sys.exit(1)
