"""Print the figures of dev/bench as a table; optionally write them to a JSON file."""

import json
import sys
from pathlib import Path
from statistics import median

MAX_MEMORY_MB = 500
MAX_QUERIES = 15


def read(folder):
    """Return {phase: figures}; the plain database's confirm phase is called plain."""
    phases = {}
    for path in Path(folder).glob("*.json"):
        database, phase, _suffix = path.name.rsplit(".", 2)
        name = "plain" if database.endswith("_plain") else phase
        phases[name] = json.loads(path.read_text(encoding="utf-8"))
    return phases


def verdict(ratio, budget):
    return "" if budget is None else "ok" if ratio <= budget else "MISSED"


def row(what, value, ratio="", budget="", said="", note=""):
    return f"{what:42} {value:>10} {ratio:>8} {budget:>8}  {said:6}  {note}".rstrip()


def timing(what, seconds, base, budget, note=""):
    ratio = seconds / base
    limit = "" if budget is None else f"{budget:.1f}x"
    return row(what, f"{seconds:.3f} s", f"{ratio:.2f}x", limit, verdict(ratio, budget), note)


def full_lines(full):
    middle = {name: median(v) for name, v in full.items() if isinstance(v, list)}
    base = middle["yardstick"]
    written = full["nightly_written"]
    yield row("", "median", "ratio", "budget")
    yield timing(
        "yardstick: customer, day, amount",
        base,
        base,
        None,
        f"{full['purchase_days']:,} purchase days, counted on the server",
    )
    yield timing("orders grouped by customer (information)", middle["bare"], base, None)
    yield timing(
        "first fill", middle["first_fill_scores"], base, 4, f"{full['profiles']:,} profiles"
    )
    yield timing("  and first stage, signals and risk", middle["first_fill_health"], base, None)
    yield timing(
        "nightly run, a day later: scores",
        middle["nightly_scores"],
        base,
        1.5,
        f"profiles written: {min(written):,}-{max(written):,}",
    )
    yield timing("  stage, signals, risk and alerts", middle["nightly_health"], base, 3)
    yield timing("  tiers", middle["nightly_tiers"], base, 0.5)
    yield timing("  tiers, first load", middle["tier_first_tiers"], base, None)
    yield timing("  the whole night", middle["nightly_whole"], base, 6)
    yield timing("run with nothing changed: scores", middle["unchanged_scores"], base, 1.5)
    yield timing("  stage, signals, risk and alerts", middle["unchanged_health"], base, 3)
    yield timing("  tiers", middle["unchanged_tiers"], base, 0.5)
    yield timing("1,000 touched customers", middle["touched"], base, 0.3)
    yield timing("one customer", middle["single"], base, None)
    none = max(full["unchanged_written"])
    yield row("profiles written when nothing changed", str(none), "", "0", verdict(none, 0))
    memory = full["peak_memory_mb"]
    yield row(
        "peak Python memory",
        f"{memory} MB",
        "",
        f"{MAX_MEMORY_MB} MB",
        verdict(memory, MAX_MEMORY_MB),
    )
    for name in ("first_fill", "nightly", "unchanged", "touched", "single"):
        yield row(f"queries: {name.replace('_', ' ')}", str(full[f"{name}_queries"]))


def ledger_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['rows']:,} rows; yardstick of this part {base:.3f} s"
    months = figures["months"]
    yield timing(f"ledger of {months} months", median(figures["build"]), base, 30, note)
    yield timing("  closing one month", median(figures["month"]), base, None)
    yield timing("  1,000 touched customers, restated too", median(figures["touched"]), base, 0.3)
    yield row("  queries", str(figures["queries"]))


def purchase_lines(figures, full):
    base, fit = median(figures["yardstick"]), median(figures["fit"])
    health = median(full["nightly_health"]) / median(full["yardstick"])
    note = f"{figures['forecasts']:,} forecasts; yardstick of this part {base:.3f} s"
    yield timing("purchase model: fit and forecasts", fit, base, None, note)
    yield timing("  with stage, signals and risk of a night", fit + health * base, base, 3)
    yield timing("  reading purchases, where no run has", median(figures["reading"]), base, None)
    months = figures["months_made"]
    yield timing(f"  forecasts of {months} month ends", median(figures["months"]), base, None)
    yield row("  queries", str(figures["queries"]))
    memory = figures["peak_memory_mb"]
    yield row("  peak Python memory", f"{memory} MB", "", f"{MAX_MEMORY_MB} MB")


def card_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['customers']:,} customers, {figures['state']}; once a month"
    yield timing("learning a risk card", median(figures["learn"]), base, None, note)
    yield timing("  a night judged by the expert card", median(figures["expert"]), base, 3)
    if "fitted" in figures:
        yield timing("  a night judged by the fitted card", median(figures["fitted"]), base, 3)
    memory = figures["peak_memory_mb"]
    yield row("  peak Python memory", f"{memory} MB", "", f"{MAX_MEMORY_MB} MB")


def dashboard_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['rows']:,} rows of the ledger, {figures['rolled']:,} of its roll-up"
    yield timing("yardstick: bare aggregate of the ledger", base, base, None, note)
    for what, title, budget in (
        ("opened", "opening the dashboard", 1),
        ("cohorts", "  its heat map", 5),
        ("flows", "  its moves", None),
        ("customers", "  counting the customers of a number", None),
    ):
        yield timing(title, median(figures[what]), base, budget)
    queries = figures["opened_queries"]
    yield row(
        "  queries to open it", str(queries), "", str(MAX_QUERIES), verdict(queries, MAX_QUERIES)
    )


def confirm_lines(with_addon, without):
    seconds, queries = with_addon["confirm_s"], with_addon["confirm_statements"]
    more = queries - without["confirm_statements"]
    yield row(
        "confirming an order: statements",
        f"{queries:.0f}",
        f"+{more:.0f}",
        "+2",
        verdict(more, 2),
        f"{without['confirm_statements']:.0f} without the addon",
    )
    yield row(
        "confirming an order: time",
        f"{seconds * 1000:.1f} ms",
        f"{seconds / without['confirm_s']:.2f}x",
        "",
        "",
        f"{without['confirm_s'] * 1000:.1f} ms without the addon",
    )


def contact_lines(figures):
    budgets = {"opened": 3, "counted": 3, "grouped": 6}
    titles = {"opened": "list filtered", "counted": "count filtered", "grouped": "grouped"}
    yield row(f"Contacts, {figures['contacts']:,}", "segment", "ratio", "budget", "", "by country")
    for what, budget in budgets.items():
        segment = median(figures[f"{what}_retention_segment_id"])
        country = median(figures[f"{what}_country_id"])
        note = f"{country:.3f} s"
        if what == "counted":
            note += f"; found {figures['found_retention_segment_id']:,}"
            note += f" and {figures['found_country_id']:,}"
        yield timing(f"{titles[what]} by segment", segment, country, budget, note)


def main(folder, target=None):
    phases = read(folder)
    lines = [*full_lines(phases["full"])]
    lines += [row(f"queries: {what}", str(n)) for what, n in phases["chunks"].items()]
    lines += ledger_lines(phases["ledger"])
    lines += purchase_lines(phases["purchase_model"], phases["full"])
    lines += card_lines(phases["fitted_card"])
    lines += ["", *dashboard_lines(phases["dashboard"]), ""]
    lines += confirm_lines(phases["confirm"], phases["plain"])
    if "contacts" in phases:
        lines += ["", *contact_lines(phases["contacts"])]
    print("\n".join(lines))
    if target:
        Path(target).write_text(json.dumps(phases, indent=1, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
