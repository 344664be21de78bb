"""Moves the clock of a demo database forward. Called by dev/advance inside Odoo's shell.

The clock is moved with freezegun for this process only, and the day it has come to is kept in a
parameter of the database, so that the next call goes on from there. Creation dates come from
PostgreSQL's own clock, which stays where it is.
"""

import os
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random

import freezegun

from odoo import fields

from odoo.addons.customer_retention.analytics import schedule

NIGHT_HOUR, RUNNER_HOURS, BUYING_HOUR, WORKING_HOUR = 1, (9, 12, 17), 10, 15
SEED = 20240303
REACHED = "customer_retention.demo_clock"
COLUMNS = ("entered", "steps done", "tasks given", "held back", "left", "stuck")


def main(env):
    as_of = env["retention.demo"]._as_of()
    company = env.ref("base.main_company")
    parameters = env["ir.config_parameter"].sudo()
    computed = env["retention.run"].sudo()._last_done(company).as_of
    reached = max(as_of, computed or as_of)
    reached = max(reached, fields.Date.to_date(parameters.get_param(REACHED)) or reached)
    print(f"{'day':<10}", *(f"{column:>11}" for column in COLUMNS))
    stuck = env["retention.enrollment"]
    for ahead in range(1, int(os.environ["ADVANCE_DAYS"]) + 1):
        day = reached + timedelta(days=ahead)
        before = env["retention.enrollment"].sudo().search([], order="id desc", limit=1).id
        live(env, company, day)
        parameters.set_param(REACHED, str(day))
        env.cr.commit()
        stuck = report(env, company, day, before, stuck)


@contextmanager
def at(env, company, day, hour):
    """Let this process believe that it is ``hour`` where the company is."""
    moment = schedule.to_utc(datetime.combine(day, time(hour)), company._retention_timezone())
    # psycopg2 turns dates into SQL by their type, which has to be the real one.
    with freezegun.freeze_time(moment, ignore=["psycopg2"]):
        yield
        env.cr.commit()


def live(env, company, day):
    with at(env, company, day, NIGHT_HOUR):
        env["retention.run"]._cron_nightly()
    for hour in sorted({*RUNNER_HOURS, BUYING_HOUR, WORKING_HOUR}):
        with at(env, company, day, hour):
            if hour == BUYING_HOUR:
                confirm(env, company, day, int(os.environ["ADVANCE_BUY"]))
                env.cr.commit()
                env["retention.refresh.request"]._cron_fresh()
            elif hour == WORKING_HOUR:
                work(env, company, day)
            else:
                env["retention.sop"]._cron_run()


def work(env, company, day):
    """Let the demo company's people finish their tasks as they did before, if asked for."""
    if not os.environ.get("ADVANCE_WORK") or day.weekday() >= 5:
        return
    demo = env["retention.demo"].sudo().with_company(company)
    demo = demo.with_context(mail_activity_quick_update=True, lang="en_US")
    demo._do_tasks(demo._as_of(), fields.Datetime.now())


def confirm(env, company, day, count):
    """Confirm ``count`` orders of the demo company's customers, the same for the same day."""
    rng = Random(f"{SEED}/{day}")
    customers = list(env["retention.demo"]._customers().filtered("active").sorted("id"))
    products = env["product.product"].search([("default_code", "=like", "__-___")], order="id")
    orders = env["sale.order"].with_company(company)
    for partner in rng.sample(customers, min(count, len(customers))):
        lines = [
            fields.Command.create({"product_id": product.id, "product_uom_qty": rng.randint(1, 5)})
            for product in rng.sample(list(products), rng.randint(1, 3))
        ]
        values = {"partner_id": partner.id, "user_id": partner.user_id.id, "order_line": lines}
        orders.create(values).action_confirm()


def report(env, company, day, before, stuck_before):
    """Print what came of a day; return the enrollments that need attention."""
    env.invalidate_all()
    zone = company._retention_timezone()
    start = schedule.day_start(day, zone)
    end = schedule.day_start(day + timedelta(days=1), zone)
    mine = [("company_id", "=", company.id)]
    enrollments = env["retention.enrollment"].sudo().with_context(lang="en_US")
    runs = env["retention.sop.step.run"].sudo()

    def on(name):
        return [*mine, (name, ">=", start), (name, "<", end)]

    left = enrollments.search([*on("ended_at"), ("state", "=", "left")])
    stuck = enrollments.search([*mine, ("state", "=", "stuck")])
    counts = (
        enrollments.search_count([*mine, ("id", ">", before)]),
        runs.search_count([*on("done_at"), ("state", "=", "done")]),
        runs.search_count([*on("due_at"), ("activity_id", "!=", False)]),
        len(runs.search([*mine, ("state", "=", "waiting")]).filtered("held_back")),
        len(left),
        len(stuck),
    )
    print(f"{day!s:<10}", *(f"{count:>11}" for count in counts))
    labels = enrollments._exit_reasons()
    for reason, count in Counter(left.mapped("exit_reason")).most_common():
        print(f"{'':<10} left: {labels[reason]} {count}")
    for enrollment in stuck - stuck_before:
        name, sop = enrollment.partner_id.name, enrollment.sop_id.name
        print(f"{'':<10} stuck: {name} in {sop}: {enrollment.error}")
    return stuck
