"""Disturbs the runner of procedures in processes of its own and counts what was done twice."""

import os
import random
import signal
import sys
import time

from faults import CONFIRM, Database, check

KILLS = 20
PREPARE = """
company = env["res.company"]._retention_companies()[:1]
env["retention.run"]._cron_nightly()
company.write({"retention_send": True, "retention_quiet_from": 0, "retention_quiet_to": 0,
               "retention_mail_per_hour": 10 ** 6})
env["res.partner"].search([("ref", "=like", "F%")]).write({"email": "a@x.test"})
env["ir.mail_server"].create({"name": "Nowhere", "smtp_host": "localhost", "smtp_port": 9})
env.ref("mail.ir_cron_mail_scheduler_action").active = False
template = env["mail.template"].create({
    "name": "Hello", "model_id": env["ir.model"]._get_id("retention.enrollment"),
    "subject": "Hello {{ object.contact_id.name }}", "body_html": "<p>Hello</p>"})
tag = env["res.partner.category"].create({"name": "Once"})
sop = env["retention.sop"].create({
    "name": "Faults", "company_id": company.id, "trigger": "no_purchase", "trigger_days": 30,
    "include_existing": True, "purpose": "service", "goal": "none", "reentry": "each",
    "step_ids": [
        (0, 0, {"name": "Task", "type": "activity", "sequence": 1}),
        (0, 0, {"name": "Mail", "type": "mail", "template_id": template.id, "sequence": 2}),
        (0, 0, {"name": "Tag", "type": "tag", "tag_id": tag.id, "sequence": 3}),
        (0, 0, {"name": "Another mail", "type": "mail", "template_id": template.id,
                "sequence": 4}),
        (0, 0, {"name": "Last", "type": "activity", "sequence": 5})]})
sop.action_start()
env.cr.commit()
"""
# Everybody enters in the last phase of a full run; then the runner does what is due.
WORK = """
company = env["res.company"]._retention_companies()[:1]
live = env["retention.run"]._live(company)
if not live and {again}:
    env["retention.run"]._request_rescore(company)
    env.cr.precommit.run()
    env.cr.commit()
print("READY", flush=True)
import freezegun, contextlib
back = {back}
with freezegun.freeze_time(back, ignore=["psycopg2"]) if back else contextlib.nullcontext():
    env["retention.run"]._cron_nightly()
    env["retention.refresh.request"]._cron_fresh()
    env["retention.sop"]._cron_run()
    env.cr.commit()
"""
# What procedures leave behind, without ids and times.
STATE = """
SELECT MD5(STRING_AGG(row::text, '|' ORDER BY row::text)), COUNT(*) FROM (
    SELECT 'run', ROW(r.partner_id, s.name->>'en_US', r.number, r.state)::text
    FROM retention_sop_step_run r JOIN retention_sop_step s ON s.id = r.step_id
    UNION ALL
    SELECT 'task', ROW(e.partner_id, a.summary, COUNT(*))::text
    FROM mail_activity a JOIN retention_enrollment e ON e.id = a.res_id
    WHERE a.res_model = 'retention.enrollment' GROUP BY e.partner_id, a.summary
    UNION ALL
    SELECT 'mail', ROW(rel.res_partner_id, COUNT(*))::text
    FROM mail_mail m JOIN mail_mail_res_partner_rel rel ON rel.mail_mail_id = m.id
    GROUP BY rel.res_partner_id
    UNION ALL
    SELECT 'touch', ROW(partner_id, state, COUNT(*))::text
    FROM retention_touch GROUP BY partner_id, state
    UNION ALL
    SELECT 'tag', ROW(partner_id)::text FROM res_partner_res_partner_category_rel) row
"""
COUNTS = """
SELECT (SELECT COUNT(*) FROM retention_enrollment),
       (SELECT COUNT(*) FROM retention_sop_step_run WHERE state IN ('done', 'open')),
       (SELECT COUNT(*) FROM mail_activity WHERE res_model = 'retention.enrollment'),
       (SELECT COUNT(*) FROM mail_mail m JOIN mail_message g ON g.id = m.mail_message_id
        WHERE g.model = 'retention.enrollment')
"""


class SopDatabase(Database):
    def work(self, again=True, back=None):
        return self.start(WORK.format(again=again, back=repr(back)))

    def finish(self, **how):
        process = self.work(**how)
        process.stdout.read()
        return process.wait()

    def state(self):
        return self.execute(STATE)[0]

    def counts(self):
        return self.execute(COUNTS)[0]


def kill_at_random(database, pick):
    """Start the work and kill it a moment later; return the counts it left."""
    process = database.work()
    for line in process.stdout:
        if line.startswith("READY"):
            break
    time.sleep(pick.uniform(0.05, 2.5))
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return alive, database.counts()


def run(source, python, odoo):
    calm, kill, two, back = (
        SopDatabase(f"{source}_{kind}", python, odoo) for kind in ("calm", "kill", "two", "back")
    )
    calm.finish()
    calm.finish()
    expected, counts = calm.state(), calm.counts()
    customers, runs, tasks, mails = counts
    exact = customers and (runs, tasks, mails) == (5 * customers, 2 * customers, 2 * customers)
    results = [check("undisturbed: enrollments, steps, tasks, mails", exact, counts)]

    pick = random.Random(11)
    killed = [kill_at_random(kill, pick) for _kill in range(KILLS)]
    partly = sum(alive and 0 < left[1] < runs for alive, left in killed)
    results.append(check(f"killed {KILLS} times, in the middle of it", partly >= 3, f"{partly}"))
    kill.finish()
    kill.finish()
    results.append(check("after SIGKILL the same", kill.state() == expected, kill.counts()))

    workers = [two.work() for _worker in range(2)] + [two.start(CONFIRM)]
    for worker in workers:
        said = worker.stdout.read()
        worker.wait()
    calm_orders = "CONFIRMED 40 FAILED 0" in said
    results.append(check("orders confirmed meanwhile", calm_orders, said.strip()[-40:]))
    two.finish()
    # Who has just bought does not enter any more; everybody else does, once.
    found = two.counts()
    once = found[1:] == (5 * found[0], 2 * found[0], 2 * found[0])
    right = once and customers - 40 <= found[0] <= customers
    results.append(check("two runners: everything once", right, found))

    back.finish()
    [[days_ago]] = back.execute("SELECT (NOW() AT TIME ZONE 'UTC' - INTERVAL '2 days')::text")
    back.finish(back=days_ago[:19])
    back.finish()
    results.append(check("clock set back: the same, once", back.state() == expected, back.counts()))
    return all(results)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        database = SopDatabase(*sys.argv[2:])
        process = database.start(PREPARE)
        process.stdout.read()
        sys.exit(process.wait())
    elif not run(*sys.argv[2:]):
        sys.exit(1)
