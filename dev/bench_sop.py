"""Time 10,000 due steps of a procedure; read by Odoo's shell, prints a table."""

import os
import time
from datetime import datetime, timedelta

COUNT = int(os.environ["BENCH_STEPS"])
NOW = datetime(2026, 6, 3, 10)
BUDGET = 3.0
env = globals()["env"]  # given by the shell

company = env["res.company"].create({"name": "Bench", "retention_tz": "UTC"})
env.user.company_ids |= company
env = env(context={"allowed_company_ids": company.ids, "tracking_disable": True})
company = company.with_env(env)
company.write({"retention_send": True, "retention_mail_per_hour": 10**6})
env["ir.mail_server"].create({"name": "Nowhere", "smtp_host": "localhost", "smtp_port": 9})
owner = env["res.users"].create(
    {
        "name": "Owner",
        "login": "bench_owner",
        "company_id": company.id,
        "company_ids": [(6, 0, company.ids)],
        "group_ids": [(4, env.ref("customer_retention.group_user").id)],
    }
)
template = env["mail.template"].create(
    {
        "name": "Hello",
        "model_id": env["ir.model"]._get_id("retention.enrollment"),
        "subject": "Hello {{ object.contact_id.name }}",
        "body_html": "<p>Hello <t t-out='object.contact_id.name'/></p>",
    }
)
tag = env["res.partner.category"].create({"name": "Bench"})
partners = env["res.partner"].create(
    [
        {
            "name": f"B{n}",
            "is_company": True,
            "email": f"b{n}@x.test",
            "phone": "+1 555 0100",
            "user_id": owner.id,
        }
        for n in range(COUNT)
    ]
)
profiles = (
    env["retention.profile"]
    .sudo()
    .create(
        [
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "first_order_date": "2025-01-01",
                "last_order_date": "2026-05-01",
                "order_count": 3,
            }
            for partner in partners
        ]
    )
)
env.flush_all()
rows = [
    {
        "partner_id": profile.partner_id.id,
        "contact_id": profile.partner_id.id,
        "anchor_date": NOW.date(),
        "source_model": None,
        "source_id": None,
        "profile_id": profile.id,
    }
    for profile in profiles
]
KINDS = {
    "activity": {"type": "activity"},
    "activity that is a call": {"type": "activity", "channel": "call"},
    "mail": {"type": "mail", "template_id": template.id},
    "tag": {"type": "tag", "tag_id": tag.id},
    "branch": {"type": "branch", "condition": "[('order_count', '>', 2)]"},
    "notify": {"type": "notify"},
}


def timed(work):
    env.flush_all()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    result = work()
    env.flush_all()
    return result, time.perf_counter() - start, env.cr.sql_log_count - queries


def procedure(values):
    sop = env["retention.sop"].create(
        {
            "name": "Bench",
            "company_id": company.id,
            "trigger": "manual",
            "purpose": "service",
            "goal": "none",
            "step_ids": [
                (0, 0, {"name": "First", "sequence": 1, **values}),
                (0, 0, {"name": "Then", "type": "wait", "delay_count": 9, "sequence": 2}),
            ],
        }
    )
    sop._start(NOW.date())
    return sop._engine_env()


def enter(sop):
    made = env["retention.enrollment"]
    for at in range(0, COUNT, 500):
        made |= sop._enroll(rows[at : at + 500], NOW.date(), NOW, "hand")
    return made


def ticks():
    runs, moment, batches = env["retention.sop.step.run"], NOW + timedelta(minutes=1), 0
    while runs._tick(company, moment):
        batches += 1
    return batches


print(f"{'':34}{'seconds':>9}{'ratio':>9}{'queries a batch of 500':>26}")
base = None
for name, values in KINDS.items():
    enrollments, entering, entering_queries = timed(lambda v=values: enter(procedure(v)))
    if base is None:
        bare = enrollments.with_context(mail_activity_quick_update=True)
        _made, base, _queries = timed(
            lambda b=bare: b.activity_schedule(
                "customer_retention.activity_type_sop_task",
                date_deadline=NOW.date(),
                summary="First",
                user_id=owner.id,
            )
        )
        print(f"{'one batched activity_schedule':34}{base:9.2f}{1:8.2f}x")
    batches, running, queries = timed(ticks)
    budget = name == "activity"
    said = f"  budget {BUDGET}x {'ok' if running <= BUDGET * base else 'MISSED'}" if budget else ""
    each = entering_queries * 500 / COUNT
    print(f"{'entering, ' + name:34}{entering:9.2f}{entering / base:8.2f}x{each:26.0f}")
    each = queries / max(batches, 1)
    print(f"{'step: ' + name:34}{running:9.2f}{running / base:8.2f}x{each:26.0f}{said}")
env.cr.rollback()
