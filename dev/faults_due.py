"""Gives each scheduled job something to do: {external id: function(env, company)}.

A job that is not here, or that finds nothing to do, makes dev/job-faults fail: whoever adds a job
says here what it works on, and so gets its kill test.
"""

from datetime import UTC, date, datetime, timedelta

from odoo.fields import Command

DAYS_MISSED = 3
STORY_CUSTOMERS = 40
STORY_MONTHS = 3


def story(env):
    """Fill the main company with the demo company's past, which ends some nights ago."""
    today = env.ref("base.main_company")._retention_today()
    env["retention.demo"]._generate(
        today - timedelta(days=DAYS_MISSED), size=STORY_CUSTOMERS, months=STORY_MONTHS
    )


def nightly(env, company):
    """Some nights were missed."""
    last = env["retention.run"]._last_done(company).as_of
    assert last < company._retention_today(), last


def fresh(env, company):
    """Every fifth order was cancelled meanwhile."""
    orders = env["sale.order"].search([("state", "=", "sale")]).filtered(lambda o: o.id % 5 == 0)
    env.cr.execute("UPDATE sale_order SET state = 'cancel' WHERE id = ANY(%s)", [orders.ids])
    env.invalidate_all()
    env["retention.refresh.request"]._ask("sale.order", orders.ids)


def alert_summary(env, company):
    """It is nine o'clock where the owners are, and nobody has been told."""
    hours = 9 - datetime.now(UTC).hour
    # The sign of these zones is the other way round.
    zone = f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
    env["res.users"].search([]).write({"tz": zone, "retention_summary_on": False})
    alerts = env["retention.alert"].search([("state", "=", "open")])
    assert alerts
    alerts.write({"risk_level": "high", "told_on": False})


def festivals(env, company):
    """Nobody has listed days for four years."""
    year = company._retention_today().year + 6
    env["retention.festival.day"].search([("date", ">", date(year, 12, 31))]).unlink()
    env["retention.festival"].search([]).write({"filled_until": year})


def key_dates(env, company):
    """The next times of key dates were all a year ago."""
    env.cr.execute("UPDATE retention_key_date SET next_date = next_date - 365")
    assert env.cr.rowcount


def reviews(env, company):
    """Nobody has prepared the last month's review yet."""
    env["retention.review"].search([("state", "!=", "done")]).unlink()
    company.write(
        {
            "retention_review_kind": "monthly",
            "retention_review_day": 1,
            "retention_review_until": False,
        }
    )


def affinity(env, company):
    """Products bought together were never looked for."""
    env["retention.affinity"].search([]).unlink()
    company.retention_affinity_date = False


def backtest(env, company):
    for months in (6, 7):
        env["retention.backtest"].create(
            {"company_id": company.id, "months": months}
        ).action_start()


def procedures(env, company):
    """A procedure with tasks, mails and a tag that everybody is in, due now."""
    company.write(
        {
            "retention_send": True,
            "retention_quiet_from": 0,
            "retention_quiet_to": 0,
            "retention_mail_per_hour": 10**6,
        }
    )
    env["retention.demo"]._customers().write({"email": "somebody@example.test"})
    env["ir.mail_server"].create({"name": "Faults", "smtp_host": "localhost", "smtp_port": 9})
    template = env["mail.template"].create(
        {
            "name": "Hello",
            "model_id": env["ir.model"]._get_id("retention.enrollment"),
            "subject": "Hello {{ object.contact_id.name }}",
            "body_html": "<p>Hello</p>",
        }
    )
    tag = env["res.partner.category"].create({"name": "Once"})
    steps = [
        {"name": "Task", "type": "activity"},
        {"name": "Mail", "type": "mail", "template_id": template.id},
        {"name": "Tag", "type": "tag", "tag_id": tag.id},
        {"name": "Another mail", "type": "mail", "template_id": template.id},
        {"name": "Last", "type": "activity"},
    ]
    sop = env["retention.sop"].create(
        {
            "name": "Faults",
            "company_id": company.id,
            "trigger": "no_purchase",
            "trigger_days": 1,
            "include_existing": True,
            "purpose": "service",
            "goal": "none",
            "reentry": "each",
            "step_ids": [Command.create({**step, "sequence": n}) for n, step in enumerate(steps)],
        }
    )
    sop.action_start()
    as_of = env["retention.run"]._last_done(company).as_of
    while not sop._enter_safely(as_of, datetime.now()) and sop.state == "active":
        env.flush_all()
    assert sop.state == "active", sop.error
    assert env["retention.enrollment"].search_count([("sop_id", "=", sop.id)])


def cases(env, company):
    """Nobody has answered in time."""
    customers = env["retention.demo"]._customers()[:40]
    found = env["retention.case"].create(
        [
            {"name": f"Late {n}", "partner_id": customer.id, "company_id": company.id}
            for n, customer in enumerate(customers)
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE retention_case SET reply_due_at = NOW() AT TIME ZONE 'UTC' - INTERVAL '1 day', "
        "late_told = FALSE WHERE id = ANY(%s)",
        [found.ids],
    )


def agreements(env, company):
    """Agreements ran out on different days."""
    today = company._retention_today()
    for n, customer in enumerate(env["retention.demo"]._customers()[:30]):
        env["retention.agreement"].create(
            {
                "name": f"Over {n}",
                "partner_id": customer.id,
                "company_id": company.id,
                "signed_on": today - timedelta(days=400),
                "start": today - timedelta(days=400),
                "end": today - timedelta(days=1 + n),
            }
        )


def pains(env, company):
    """Nobody has counted whom they hit."""
    customers = env["retention.demo"]._customers()
    for n in range(20):
        env["retention.pain"].create(
            {
                "name": f"Pain {n}",
                "company_id": company.id,
                "link_ids": [Command.create({"partner_id": c.id}) for c in customers[n : n + 9]],
            }
        )
    env.flush_all()
    env.cr.execute("UPDATE retention_pain SET customer_count = 0, value = 0")


def storage(env, company):
    """What is older than a month is kept no longer."""
    company.retention_keep_scores = 1
    old = company._retention_today() - timedelta(days=45)
    env.cr.execute(
        "UPDATE retention_change SET create_date = date WHERE what = 'rfm_score' AND date < %s",
        [old],
    )
    assert env.cr.rowcount


OURS = "customer_retention.cron_"
DUE = {
    OURS + "nightly": nightly,
    OURS + "fresh": fresh,
    OURS + "alert_summary": alert_summary,
    OURS + "festivals": festivals,
    OURS + "key_dates": key_dates,
    OURS + "reviews": reviews,
    OURS + "affinity": affinity,
    OURS + "backtest": backtest,
    OURS + "sop": procedures,
    OURS + "cases": cases,
    OURS + "agreement_lapsed": agreements,
    OURS + "pain_hits": pains,
    OURS + "storage": storage,
    OURS + "risk_card": lambda env, company: None,  # learns from the past that is there
}


def prepare(env):
    """Let a company live, then make every job of this database due."""
    boss = env.ref("base.user_admin").id
    env = env(user=boss, su=True, context={**env.context, "tracking_disable": True})
    company = env.ref("base.main_company")
    story(env)
    env.cr.commit()
    for name, make_due in DUE.items():
        make_due(env, company)
        env.flush_all()
        print("due:", name, flush=True)
    env.cr.commit()
