"""Print the figures of dev/bench as a table, and those of several sizes side by side.

python bench_table.py FOLDER CUSTOMERS [FILE.json]
python bench_table.py --compare FILE.json FILE.json …
"""

import json
import math
import sys
from pathlib import Path
from statistics import median
from typing import NamedTuple

MAX_MEMORY_MB = 500
MAX_ALL_MB = 2048
MAX_QUERIES = 15


class Row(NamedTuple):
    """A line of the table. ``number``: what is compared between sizes, None: nothing."""

    what: str = ""
    value: str = ""
    ratio: str = ""
    budget: str = ""
    said: str = ""
    note: str = ""
    number: float | None = None

    def __str__(self):
        line = f"{self.what:42} {self.value:>10} {self.ratio:>8} {self.budget:>8}"
        return f"{line}  {self.said:6}  {self.note}".rstrip()


def read(folder):
    """Return {phase: figures}; the plain database's confirm phase is called plain."""
    phases = {}
    for path in Path(folder).glob("*.json"):
        database, phase, _suffix = path.name.rsplit(".", 2)
        name = "plain" if database.endswith("_plain") else phase
        memory = json.loads(path.with_suffix(".memory").read_text(encoding="utf-8"))
        phases[name] = {**json.loads(path.read_text(encoding="utf-8")), "memory": memory}
    return phases


def verdict(ratio, budget):
    return "" if budget is None else "ok" if ratio <= budget else "MISSED"


def row(what, value, ratio="", budget="", said="", note="", number=None):
    return Row(what, value, ratio, budget, said, note, number)


def timing(what, seconds, base, budget, note=""):
    ratio = seconds / base
    limit = "" if budget is None else f"{budget:.1f}x"
    told = f"{seconds:.3f} s", f"{ratio:.2f}x", limit, verdict(ratio, budget), note
    return row(what, *told, number=seconds)


def memory_lines(figures):
    """How much memory a part took: Python, and everything together with PostgreSQL."""
    python = figures.get("peak_memory_mb", figures["memory"]["python_mb"])
    for title, found, limit in (
        ("  peak memory of Python", python, MAX_MEMORY_MB),
        ("  peak memory of all processes", figures["memory"]["all_mb"], MAX_ALL_MB),
    ):
        said = verdict(found, limit)
        yield row(title, f"{found} MB", "", f"{limit} MB", said, number=found)


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
    if "unchanged_whole" in middle:
        yield timing("run with nothing changed: scores", middle["unchanged_scores"], base, 1.5)
        yield timing("  stage, signals, risk and alerts", middle["unchanged_health"], base, 3)
        yield timing("  tiers", middle["unchanged_tiers"], base, 0.5)
        none = max(full["unchanged_written"])
        yield row("profiles written when nothing changed", str(none), "", "0", verdict(none, 0))
    yield timing("1,000 touched customers", middle["touched"], base, 0.3)
    yield timing("one customer", middle["single"], base, None)
    yield from memory_lines(full)
    for name in ("first_fill", "nightly", "unchanged", "touched", "single"):
        if queries := full.get(f"{name}_queries"):
            yield row(f"queries: {name.replace('_', ' ')}", str(queries), number=queries)


def ledger_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['rows']:,} rows; yardstick of this part {base:.3f} s"
    months = figures["months"]
    budget = 30 if months >= 36 else None
    yield timing(f"ledger of {months} months", median(figures["build"]), base, budget, note)
    yield timing("  a month of these", median(figures["build"]) / months, base, None)
    yield timing("  closing the last month alone", median(figures["month"]), base, None)
    yield timing("  1,000 touched customers, restated too", median(figures["touched"]), base, 0.3)
    yield row("  queries", str(figures["queries"]))
    yield from memory_lines(figures)


def purchase_lines(figures, full):
    base, fit = median(figures["yardstick"]), median(figures["fit"])
    nights = median(full["yardstick"])
    judged, health = (median(full[f"nightly_{n}"]) / nights for n in ("judged", "health"))
    note = f"{figures['forecasts']:,} forecasts; yardstick of this part {base:.3f} s"
    yield timing("purchase model: fit and forecasts", fit, base, None, note)
    yield timing("  with scoring and reasons of a night", fit + judged * base, base, 3)
    yield timing("  with last contacts and alerts too", fit + health * base, base, None)
    yield timing("  reading purchases, where no run has", median(figures["reading"]), base, None)
    if "months" in figures:
        months = figures["months_made"]
        yield timing(f"  forecasts of {months} month ends", median(figures["months"]), base, None)
    yield row("  queries", str(figures["queries"]))
    yield from memory_lines(figures)


def card_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['customers']:,} customers, {figures['state']}; once a month"
    yield timing("learning a risk card", median(figures["learn"]), base, None, note)
    yield timing("  a night judged by the expert card", median(figures["expert"]), base, 3)
    if "fitted" in figures:
        yield timing("  a night judged by the fitted card", median(figures["fitted"]), base, 3)
    yield from memory_lines(figures)


def dashboard_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['rows']:,} rows of the ledger, {figures['rolled']:,} of its roll-up"
    yield timing("yardstick: bare aggregate of the ledger", base, base, None, note)
    for what, title, budget in (
        ("opened", "opening the dashboard", 1),
        ("cohorts", "  its heat map", 5),
        ("flows", "  its moves", None),
        ("filtered", "  opened for one stage only", None),
        ("advanced", "  all further key figures", None),
        ("review", "  generating a review", None),
        ("customers", "  counting the customers of a number", None),
    ):
        yield timing(title, median(figures[what]), base, budget)
    queries = figures["opened_queries"]
    yield row(
        "  queries to open it", str(queries), "", str(MAX_QUERIES), verdict(queries, MAX_QUERIES)
    )
    yield from memory_lines(figures)


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
        number=queries,
    )
    yield row(
        "confirming an order: time",
        f"{seconds * 1000:.1f} ms",
        f"{seconds / without['confirm_s']:.2f}x",
        "",
        "",
        f"{without['confirm_s'] * 1000:.1f} ms without the addon",
        number=seconds,
    )


def sweep_lines(figures):
    base = median(figures["yardstick"])
    note = f"{figures['entered']:,} passes of 3 procedures begun"
    yield timing("procedures: who enters", median(figures["entering"]), base, None, note)
    nobody = median(figures["nobody"])
    yield timing("  asked again, nobody enters", nobody, base, 0.5)
    note = f"{figures['steps_done']:,} steps"
    yield timing("  steps that are due", median(figures["steps"]), base, None, note)
    thousand = 1000 * median(figures["steps"]) / max(1, figures["steps_done"])
    yield timing("  1,000 of them", thousand, base, None)
    yield from memory_lines(figures)


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
    yield from memory_lines(figures)


def chunk_lines(figures):
    for what, count in figures.items():
        if what != "memory":
            yield row(f"queries: {what}", str(count), number=count)


# Each part: (its phases, what makes the lines of them).
PARTS = (
    (("full",), full_lines),
    (("chunks",), chunk_lines),
    (("ledger",), ledger_lines),
    (("purchase_model", "full"), purchase_lines),
    (("fitted_card",), card_lines),
    (("sweep",), sweep_lines),
    (("dashboard",), dashboard_lines),
    (("confirm", "plain"), confirm_lines),
    (("contacts",), contact_lines),
)


def table(phases):
    """Return the rows of all parts that were measured."""
    found = []
    for names, lines in PARTS:
        if all(name in phases for name in names):
            found += [Row(), *lines(*(phases[name] for name in names))]
    return found[1:]


def unique(rows):
    """Return {(title, how many of that title came before): row}; lines repeat their titles."""
    found, seen = {}, {}
    for line in rows:
        number = seen[line.what] = seen.get(line.what, -1) + 1
        found[line.what, number] = line
    return found


def compare(paths):
    """Print several sizes side by side, with the exponent of growth from each to the next."""
    runs = [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths]
    runs.sort(key=lambda run: run["customers"])
    sizes, tables = [run["customers"] for run in runs], [unique(table(run)) for run in runs]
    keys = list(dict.fromkeys(key for rows in tables for key in rows))
    head = "".join(f"{size:>14,}{'ratio':>9}" for size in sizes)
    print(f"{'customers':42}{head}   exponents")
    for key in keys:
        rows = [rows.get(key, Row()) for rows in tables]
        if rows[0].value == "median":
            continue
        cells = "".join(f"{line.value:>14}{line.ratio:>9}" for line in rows)
        grown = zip(rows, rows[1:], sizes, sizes[1:])
        exponents = " ".join(exponent(*pair) for pair in grown)
        print(f"{key[0]:42}{cells}   {exponents}  {rows[-1].said}".rstrip())


def exponent(before, after, small, large):
    """Return the slope of the logarithms, as text: 1 grows as the customers do."""
    if not before.number or not after.number or small == large:
        return "     "
    return f"{math.log(after.number / before.number) / math.log(large / small):5.2f}"


def main(folder, customers, target=None):
    phases = read(folder)
    print("\n".join(map(str, table(phases))))
    if target:
        text = json.dumps({"customers": int(customers), **phases}, indent=1, sort_keys=True)
        Path(target).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "--compare":
        compare(sys.argv[2:])
    else:
        main(*sys.argv[1:])
