"""Further key figures, all behind "Advanced analysis": counts, work, procedures, value."""

from functools import partial

from odoo.tools.translate import LazyTranslate

from ..analytics import kpi, kpi_sales, kpi_service
from .kpi_definitions import HOURS, MONEY, NUMBER, SHARE, Kpi

_lt = LazyTranslate(__name__)


def _part_of_bridge(name):
    return lambda source: kpi.counted(getattr(kpi.bridge(source.period), name))


def _work(source, name):
    hours = source.found("_solution_work", ["customer", "hours"])["hours"]
    found = kpi_service.spread(hours)
    value = getattr(found, name)
    return kpi.Figure(value, (value or 0) * found.count, found.count)


def _of_results(source, column):
    rows = source.found("_procedure_results", ["customer", "answered", "bought"])
    return kpi_service.share_of_rows(rows, column)


def _compliance(source):
    rows = source.found("_procedure_steps", ["customer", "on_time"])
    return kpi_service.share_of_rows(rows, "on_time")


def _saved(source):
    rows = source.found("_saved_amounts", ["customer", "amount"])
    total = float(rows["amount"].sum())
    return kpi.Figure(total, total, 1, frozenset(rows["customer"]))


MORE_KPIS = {
    "customers": Kpi(
        _lt("Active Customers"),
        _lt("How many customers there are at the end, by the company's retention standard."),
        NUMBER,
        False,
        _part_of_bridge("end"),
    ),
    "lost": Kpi(
        _lt("Lost Customers"),
        _lt("Customers at the start who are none at the end, by list of names."),
        NUMBER,
        False,
        _part_of_bridge("lost"),
        "down",
    ),
    "new": Kpi(
        _lt("New Customers"),
        _lt("Who became a customer for the first time in the period and still is one at its end."),
        NUMBER,
        False,
        _part_of_bridge("new"),
    ),
    "back": Kpi(
        _lt("Customers Won Back"),
        _lt("Who was lost before the start, came back and is a customer at the end."),
        NUMBER,
        False,
        _part_of_bridge("reactivated"),
    ),
    "resolution_work": Kpi(
        _lt("Working Time to Solution"),
        _lt(
            "Hours from opening to solving a request in which the company works, on average of "
            "those solved: by its working hours, without breaks, weekends and holidays."
        ),
        HOURS,
        False,
        partial(_work, name="mean"),
        "down",
        rows=False,
    ),
    "resolution_work_median": Kpi(
        _lt("Working Time to Solution, Median"),
        _lt("Half of the requests solved took no more hours of work."),
        HOURS,
        False,
        partial(_work, name="median"),
        "down",
        rows=False,
    ),
    "resolution_work_p90": Kpi(
        _lt("Working Time to Solution, Nine in Ten"),
        _lt("Nine of ten requests solved took no more hours of work."),
        HOURS,
        False,
        partial(_work, name="p90"),
        "down",
        rows=False,
    ),
    "sop_response": Kpi(
        _lt("Response to Procedures"),
        _lt(
            "Of the times customers entered a procedure in the period, in how many they answered "
            "within its goal window. Control groups and windows not over are left out."
        ),
        SHARE,
        False,
        partial(_of_results, column="answered"),
        rows=False,
    ),
    "sop_repurchase": Kpi(
        _lt("Repurchase after Procedures"),
        _lt(
            "Of the same times, in how many they bought within the goal window. What they would "
            "have bought anyway is in it; the effect of a procedure is compared with its control "
            "group."
        ),
        SHARE,
        False,
        partial(_of_results, column="bought"),
        rows=False,
    ),
    "sop_compliance": Kpi(
        _lt("Steps Done on Time"),
        _lt(
            "Of the steps of procedures due in the period, how many were done by their deadline. "
            "Steps passed over or called off are left out."
        ),
        SHARE,
        False,
        _compliance,
        rows=False,
    ),
    "value_at_risk": Kpi(
        _lt("Value at Risk"),
        _lt(
            "What customers of high or critical risk at the end brought in the twelve months up "
            "to then: margin where all of it is known, else revenue."
        ),
        MONEY,
        False,
        lambda source: kpi_sales.value_at_risk(source.period),
        "down",
    ),
    "value_saved": Kpi(
        _lt("Value Saved"),
        _lt(
            "What customers whose alerts ended as saved in the period bought within 90 days "
            "after, verified by their purchases."
        ),
        MONEY,
        False,
        _saved,
        rows=False,
    ),
}
