"""The phase of dev/bench that learns a risk card and judges everybody by it."""

import time
from datetime import timedelta

import bench

SETTLED = 4  # nights after a switch: all points once, then the levels


def fitted_card(env):
    """Measure, in turn: yardstick, learning a card, a settled night by each card.

    Wants the profiles and runs that :func:`bench.full` leaves; the last night is after them.
    """
    figures, company = {}, env.company
    cards, runs = env["retention.risk.card"], env["retention.run"]

    def night():
        """Run the next night; return the seconds its stage, signals, risk and alerts took."""
        run = runs._plan(company, runs._last_done(company).as_of + timedelta(days=1))
        spent = 0
        while run.state != "done":
            start, phase = time.perf_counter(), run.phase
            run._step()
            env.cr.commit()
            if phase not in ("aggregate", "write", "tier"):
                spent += time.perf_counter() - start
        return round(spent, 4)

    for _round in range(bench.option("runs")):
        with bench.timed(figures, "yardstick"):
            bench.yardstick(env)
        night()
        figures.setdefault("expert", []).append(night())
        with bench.timed(figures, "learn"):
            card = cards._learn(company, runs._last_done(company).as_of)
            env.cr.commit()
        figures["state"], figures["customers"] = card.state, card.customer_count
        if card.state != "draft" or bench.option("quick"):
            break
        card.action_use()
        for _night in range(SETTLED):
            night()
        figures.setdefault("fitted", []).append(night())
        card.action_back_to_expert()
        env.cr.commit()
        for _night in range(SETTLED):
            night()
    figures["peak_memory_mb"] = bench.peak_memory()
    bench.write_figures(figures)
