"""The phase of dev/bench that takes customers into procedures, as the end of a night does."""

from datetime import datetime, time

import bench

TRIGGERS = {"no_purchase": {"trigger_days": 60}, "purchase": {}, "first_purchase": {}}


def sweep(env):
    """Measure, in turn: yardstick, the first sweep, one that finds nobody, the steps that are due.

    Wants the profiles and runs that :func:`bench.full` leaves. Every round begins with new
    procedures, and nothing is kept.
    """
    figures, company = {}, env.company
    as_of = env["retention.run"]._last_done(company).as_of
    now = datetime.combine(as_of, time(10))
    for _round in range(bench.option("runs")):
        with bench.timed(figures, "yardstick"):
            bench.yardstick(env)
        sops = env["retention.sop"]
        for trigger, values in TRIGGERS.items():
            sops |= procedure(env, trigger, values)
        for sop in sops:
            sop._start(as_of)
        # Orders end with the year; the nights of the other parts are a few days after that.
        since = (as_of - bench.LAST_DAY).days + 2
        sops = sops._engine_env().with_context(retention_look_back=since)
        before = env.cr.sql_log_count
        with bench.timed(figures, "entering"):
            figures["entered"] = sum(enter(sop, as_of, now) for sop in sops)
            env.flush_all()
        figures["queries"] = env.cr.sql_log_count - before
        env.invalidate_all()
        with bench.timed(figures, "nobody"):
            again = sum(enter(sop, as_of, now) for sop in sops)
        assert not again, again
        with bench.timed(figures, "steps"):
            figures["steps_done"] = 0
            while taken := env["retention.sop.step.run"]._tick(company, now):
                figures["steps_done"] += taken
                env.flush_all()
        env.cr.rollback()
        env.invalidate_all()
    bench.write_figures(figures)


def enter(sop, as_of, now):
    entered = 0
    while count := sop._enter(as_of, now):
        entered += count
    return entered


def procedure(env, trigger, values):
    return env["retention.sop"].create(
        {
            "name": trigger,
            "company_id": env.company.id,
            "trigger": trigger,
            "purpose": "service",
            "goal": "none",
            "step_ids": [(0, 0, {"name": "Look at it", "type": "activity"})],
            **values,
        }
    )
