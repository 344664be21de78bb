"""Life-cycle stages at every limit, in order of precedence, and spells replayed from dates."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics import closures, rhythm, spells, stage

AS_OF = date(2026, 6, 30)


def ago(count):
    return None if count is None else AS_OF - timedelta(days=count)


def stage_of(
    last,
    first=1000,
    talk=None,
    gap=0,
    returned=None,
    limits=None,
    closed=closures.NONE,
    as_of=AS_OF,
):
    """Return the stage of one customer; everything in days before AS_OF, None = never."""
    moments = [[ago(first if last is not None else None)], [ago(last)], [ago(talk)]]
    return stage.stages(as_of, *moments, [gap], [ago(returned)], limits, closed)[0]


# ---------------------------------------------------------------- limits: −1, 0, +1
@pytest.mark.parametrize(
    ("last", "talk", "code"),
    [
        (89, None, "active"),
        (90, None, "active"),
        (91, None, "silent"),
        (179, None, "silent"),
        (180, None, "silent"),
        (181, None, "at_risk"),
        (364, None, "at_risk"),
        (365, None, "at_risk"),
        (366, None, "lost"),
        # A talk keeps from at risk, not from silent and not from lost.
        (200, 179, "silent"),
        (200, 180, "silent"),
        (200, 181, "at_risk"),
        (365, 0, "silent"),
        (366, 0, "lost"),
        (0, 500, "active"),  # a purchase is an interaction
    ],
)
def test_fixed_limits(last, talk, code):
    assert stage_of(last, talk=talk) == code


@pytest.mark.parametrize(
    ("gap", "last", "code"),
    [
        # 1.5 · 60 = 90: the setting; 1.5 · 61 = 91.5 → more than 91
        (60, 90, "active"),
        (60, 91, "silent"),
        (61, 91, "active"),
        (61, 92, "silent"),
        # a gap of 200: 300, 400, 600
        (200, 299, "active"),
        (200, 300, "active"),
        (200, 301, "silent"),
        (200, 400, "silent"),
        (200, 401, "at_risk"),
        (200, 600, "at_risk"),
        (200, 601, "lost"),
        # a short rhythm never tightens the settings
        (7, 90, "active"),
        (7, 181, "at_risk"),
        (7, 365, "at_risk"),
        (7, 366, "lost"),
        # 3 · 121 = 363 < 365 < 366 = 3 · 122
        (121, 366, "lost"),
        (122, 366, "at_risk"),
        (122, 367, "lost"),
    ],
)
def test_limits_by_own_rhythm(gap, last, code):
    assert stage_of(last, gap=gap) == code


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(89, 89, "new"), (90, 90, "new"), (91, 0, "active"), (91, 91, "silent"), (90, 0, "new")],
)
def test_new(first, last, code):
    assert stage_of(last, first=first) == code


@pytest.mark.parametrize(
    ("returned", "last", "code"),
    [
        (89, 10, "won_back"),
        (90, 10, "won_back"),
        (91, 10, "active"),
        (90, 90, "won_back"),
        (91, 91, "silent"),
        (0, 0, "won_back"),
    ],
)
def test_won_back(returned, last, code):
    assert stage_of(last, returned=returned) == code


def test_prospect():
    assert stage_of(None) == "prospect"
    assert stage_of(None, talk=400) == "prospect"


# ---------------------------------------------------------------- order of precedence
def test_lost_before_at_risk_before_silent_before_new_before_won_back():
    tight = stage.Limits(silent=5, at_risk=10, lost=20, new=300, won_back=300)
    customer = {"first": 100, "returned": 30, "limits": tight}
    assert stage_of(21, **customer) == "lost"
    assert stage_of(20, **customer) == "at_risk"
    assert stage_of(10, **customer) == "silent"
    assert stage_of(5, **customer) == "new"
    assert stage_of(5, **{**customer, "first": 301}) == "won_back"
    assert stage_of(5, **{**customer, "first": 301, "returned": 301}) == "active"


def test_retail_standard_of_90_days():
    """Lost at 90 leaves no room for silent and at risk."""
    limits = stage.Limits(lost=90)
    assert [stage_of(n, limits=limits) for n in (90, 91)] == ["active", "lost"]


def test_limits_per_customer():
    last = [ago(50), ago(50)]
    limits = stage.Limits(silent=np.array([49, 50]))
    found = stage.stages(AS_OF, [ago(900)] * 2, last, [None] * 2, [0, 0], [None] * 2, limits)
    assert list(found) == ["silent", "active"]


def test_monthly_and_yearly_buyers_differ():
    assert [stage_of(200, gap=gap) for gap in (30, 365)] == ["at_risk", "active"]


def test_multiples_are_not_spoiled_by_binary_fractions():
    assert stage.limit(0, 1.15, 100) == 115  # 114.99999999999999 in binary


def test_nobody():
    assert len(stage.stages(AS_OF, [], [], [], [], [])) == 0


# ---------------------------------------------------------------- closures
def test_spring_festival_stops_the_clock():
    closed = closures.closures([(ago(60), ago(52))])  # nine days
    assert stage_of(99, closed=closed) == "active"
    assert stage_of(100, closed=closed) == "silent"
    assert stage_of(99, first=99, closed=closed) == "new"
    assert stage_of(0, returned=99, closed=closed) == "won_back"
    assert stage_of(0, returned=100, closed=closed) == "active"
    assert stage_of(51, closed=closed) == "active"


# ---------------------------------------------------------------- spells
def spells_of(offsets, talks=(), limits=None, closed=closures.NONE, as_of=AS_OF):
    """Return the days before AS_OF of purchases that ended a spell, and what won_back_on says."""
    purchases = pd.DataFrame({"customer": 7, "day": [ago(n) for n in offsets]})
    interactions = pd.DataFrame({"customer": 7, "day": [ago(n) for n in talks]})
    gaps = rhythm.purchase_gaps(purchases, as_of, closed)
    ended = spells.ended_spell(gaps, interactions, limits, closed)
    found = sorted((pd.Timestamp(AS_OF) - gaps.loc[ended, "end"]).dt.days)
    latest = spells.won_back_on(pd.Index([7]), gaps, ended)[0]
    assert str(latest) == (str(ago(found[0])) if found else "NaT")
    return found


@pytest.mark.parametrize(
    ("offsets", "ended"),
    [
        ([10, 189], []),  # 179 days
        ([10, 190], []),  # 180: still silent on the day of the purchase
        ([10, 191], [10]),  # 181: at risk
        ([10, 376], [10]),
        ([10], []),  # a first purchase ends nothing
        ([10, 30, 230], [30]),  # a later purchase leaves the return where it was
        ([10, 230, 450], [10, 230]),
    ],
)
def test_spells(offsets, ended):
    assert spells_of(offsets) == ended


@pytest.mark.parametrize(
    ("talk", "ended"),
    [
        (20, []),  # spoken with 10 days before the purchase: no longer at risk
        (190, []),  # 180 days before
        (191, [10]),  # 181 days before
        (10, [10]),  # on the day of the purchase: too late to be "just before"
        (5, [10]),  # after it
        (300, [10]),  # before the purchase that began the gap
    ],
)
def test_a_talk_ends_at_risk_before_the_purchase_does(talk, ended):
    assert spells_of([10, 210], [talk]) == ended


def test_a_talk_does_not_end_lost():
    assert spells_of([10, 376], [20]) == [10]
    assert spells_of([10, 375], [20]) == []


@pytest.mark.parametrize(("gap", "ended"), [(240, []), (241, [0])])
def test_own_gap_as_it_was_then(gap, ended):
    """Gaps of 120 before: at risk after 240. The long gap itself does not count yet."""
    assert spells_of([0, gap, gap + 120, gap + 240, gap + 360]) == ended


@pytest.mark.parametrize(("gap", "ended"), [(180, []), (181, [0])])
def test_two_earlier_gaps_are_no_rhythm(gap, ended):
    assert spells_of([0, gap, gap + 120, gap + 240]) == ended


def test_returning_each_spring_is_no_win_back_once_two_seasons_are_known():
    season = [0, 30, 60, 90]
    offsets = [20 + 365 * year + day for year in range(5) for day in season]
    # Pauses of 275 days, oldest first: the first two end a spell, the later ones are expected.
    assert spells_of(offsets) == [20 + 365 * 2 + 90, 20 + 365 * 3 + 90]


def test_spells_leave_closures_out():
    closed = closures.closures([(ago(60), ago(52))])
    assert spells_of([10, 199], closed=closed) == []
    assert spells_of([10, 200], closed=closed) == [10]


def test_nobody_had_a_spell():
    gaps = rhythm.purchase_gaps(pd.DataFrame({"customer": [], "day": []}), AS_OF)
    assert len(spells.ended_spell(gaps)) == 0


def test_tiers_of_then_are_asked_for_only_where_a_gap_was_long():
    purchases = pd.DataFrame({"customer": 7, "day": [ago(40), ago(10)]})
    gaps = rhythm.purchase_gaps(purchases, AS_OF)
    tiers = {1: stage.Limits(at_risk=20)}

    def nobody_asks(_customers, _days):
        raise AssertionError("asked without a long gap")

    nothing = np.zeros(len(gaps), dtype=bool)
    limits = spells.limits_then(gaps, nothing, stage.Limits(), tiers, nobody_asks)
    assert list(limits.at_risk) == [stage.Limits().at_risk] * len(gaps)
    for known in (({}, nobody_asks), (tiers, None)):
        assert spells.limits_then(gaps, ~nothing, stage.Limits(), *known) == stage.Limits()


# ---------------------------------------------------------------- a life, replayed day by day
def test_two_years_of_one_customer():
    """Purchases on day 0, 30, 60, 500 and 520; a call on day 100. Worked out by hand.

    New to day 90, then active until 90 days after day 60, silent from 151. The call on day
    100 delays at risk to day 281; lost from 426. The purchase on day 500 ended lost: won back
    to day 590, active until 90 days after day 520, silent from 611, at risk from 701. (Gaps
    30, 30, 440, 20: own gap 30, too short to matter.)
    """
    stages = {
        0: "new",
        91: "active",
        151: "silent",
        281: "at_risk",
        426: "lost",
        500: "won_back",
        591: "active",
        611: "silent",
        701: "at_risk",
    }
    begins = sorted(stages)
    days = {day + k for day in begins for k in (-1, 0, 1)} | {100, 280, 520, 540, 729}
    for day in sorted(days - {-1}):
        wanted = stages[max(begin for begin in begins if begin <= day)]
        assert (day, replay(day, [0, 30, 60, 500, 520], [100])) == (day, wanted)


def replay(day, bought, called):
    """Return the stage on a day, from what had happened by then."""
    start = date(2024, 6, 1)
    as_of = start + timedelta(days=day)
    seen = [start + timedelta(days=n) for n in bought if n <= day]
    heard = [start + timedelta(days=n) for n in called if n <= day]
    purchases = pd.DataFrame({"customer": 7, "day": seen})
    gaps = rhythm.purchase_gaps(purchases, as_of)
    own = rhythm.own_rhythm(purchases, gaps, as_of)
    own_gap = rhythm.own_gap(own, rhythm.expected_gap(own, None))
    talks = pd.DataFrame({"customer": 7, "day": heard})
    returned = spells.won_back_on(own.index, gaps, spells.ended_spell(gaps, talks))
    talk = heard[-1:] or [None]
    return stage.stages(as_of, seen[:1], seen[-1:], talk, own_gap, returned)[0]


# ---------------------------------------------------------------- agreement in force
@pytest.mark.parametrize(
    ("end", "code", "first"),
    [
        (-1, "silent", 9),  # ends tomorrow: in force, and judged by days otherwise
        (0, "silent", 9),  # its last day
        (1, "lost", 0),  # the day after it, whatever the days
        (2, "lost", 1),
        (None, "silent", 9),  # never had one: judged by days
    ],
)
def test_agreement_around_its_last_day(end, code, first):
    in_force = np.nan if end is None else float(end <= 0)
    moments = [[ago(500)], [ago(100)], [None], [0], [None]]
    standard = {"standard": stage.BY_AGREEMENT}
    found = stage.stages(AS_OF, *moments, **standard, agreement=np.array([in_force]))
    assert found[0] == code
    entered = stage.entered(found, *moments, **standard, agreement_end=[ago(end)])
    assert entered[0] == np.datetime64(ago(first), "D")


def test_an_agreement_in_force_outlasts_any_silence():
    moments = [[ago(5000)] * 2, [ago(4000)] * 2, [None] * 2, [0] * 2, [None] * 2]
    standard = {"standard": stage.BY_AGREEMENT, "agreement": np.array([1.0, np.nan])}
    assert list(stage.stages(AS_OF, *moments, **standard)) == ["at_risk", "lost"]


def test_a_loss_by_agreement_does_not_wait_for_closures():
    closed = closures.closures([(ago(30), ago(0))])
    moments = [[ago(500)], [ago(100)], [None], [0], [None]]
    entered = stage.entered(
        ["lost"], *moments, None, closed, stage.BY_AGREEMENT, agreement_end=[ago(5)]
    )
    assert entered[0] == np.datetime64(ago(4), "D")


@pytest.mark.parametrize(
    ("standard", "first"),
    [
        (stage.BY_DAYS, 534),  # the 366th day after the purchase, whatever was said since
        (stage.BY_CONTACT, 34),  # after the talk
        (stage.BY_AGREEMENT, 4),  # the day after the last one
        (None, 534),  # by agreement, of which nothing is known
    ],
)
def test_the_day_of_a_loss_is_the_standards(standard, first):
    ended = {} if standard is None else {"agreement_end": [ago(5)]}
    moments = [[ago(950)], [ago(900)], [ago(400)], [0], [None]]
    entered = stage.entered(["lost"], *moments, standard=standard or stage.BY_AGREEMENT, **ended)
    assert entered[0] == np.datetime64(ago(first), "D")


@pytest.mark.parametrize(
    ("standard", "code"), [(stage.BY_DAYS, "silent"), (stage.BY_AGREEMENT, "lost")]
)
def test_agreements_are_read_only_where_they_are_the_standard(standard, code):
    moments = [[ago(950)], [ago(100)], [None], [0], [None]]
    options = {"standard": standard, "agreement": np.array([0.0])}
    assert stage.stages(AS_OF, *moments, **options)[0] == code
