"""Fair rates by hand: the same mix of customers for everybody."""

import numpy as np
import pandas as pd
import pytest
from customer_retention.analytics.standardise import habits, standings, valuable
from customer_retention.analytics.uplift import wilson


def rows(**people):
    """Make rows of {name: {stratum: (hits, customers)}}."""
    return pd.DataFrame(
        [
            {"name": None if name == "nobody" else name, "stratum": stratum, "hit": n < hits}
            for name, strata in people.items()
            for stratum, (hits, count) in strata.items()
            for n in range(count)
        ],
        columns=["name", "stratum", "hit"],
    ).astype({"hit": bool})


def test_who_has_the_harder_customers_is_not_worse():
    """Ann keeps 32 of 40, Ben 27 of 40; half of all customers are at risk.

    Ann: 27/30 safe, 5/10 at risk: (.9 + .5) / 2. Ben: 9/10 and 18/30: (.9 + .6) / 2.
    """
    found, overall = standings(
        rows(
            ann={"safe": (27, 30), "risk": (5, 10)},
            ben={"safe": (9, 10), "risk": (18, 30)},
        )
    )
    assert overall == pytest.approx(59 / 80)
    assert [standing.name for standing in found] == ["ben", "ann"]
    ben, ann = found
    assert (ann.raw, ann.fair) == (pytest.approx(0.8), pytest.approx(0.7))
    assert (ben.raw, ben.fair) == (pytest.approx(0.675), pytest.approx(0.75))
    assert {ann.code, ben.code} == {"alike"}
    assert ann.low < 0.7 < ann.high


def test_one_stratum_is_wilson():
    """18 of 30: Wilson's 95 % is 42.3 to 75.4 %."""
    found, _overall = standings(rows(ann={"all": (18, 30)}))
    assert [round(found[0].low, 3), round(found[0].high, 3)] == [0.423, 0.754]


def test_above_and_below():
    found, overall = standings(
        rows(
            ann={"safe": (190, 200), "risk": (80, 100)},
            ben={"safe": (150, 200), "risk": (20, 100)},
            cid={"safe": (170, 200), "risk": (52, 100)},
        )
    )
    assert [(s.name, s.code) for s in found] == [
        ("ann", "above"),
        ("cid", "alike"),
        ("ben", "below"),
    ]
    assert overall == pytest.approx(662 / 900)


def test_too_few_to_say_is_not_ranked():
    found, _overall = standings(
        rows(
            ann={"safe": (19, 19)},
            ben={"safe": (10, 60), "risk": (5, 40)},
            # Enough, but nothing of those at risk, who are more than a fifth of all.
            cid={"safe": (30, 30)},
        )
    )
    assert [s.name for s in found] == ["ben", "cid", "ann"]
    assert [s.code for s in found[1:]] == ["too_few", "too_few"]
    assert (found[1].fair, found[1].raw, found[1].count) == (None, 1, 30)


def test_who_has_nobody_of_a_small_stratum_counts_as_all_do_there():
    """Of 100: 90 safe, 10 at risk, of whom 4 were kept. Ann: .9 × 38/40 + .1 × .4."""
    found, _overall = standings(
        rows(ann={"safe": (38, 40)}, ben={"safe": (45, 50), "risk": (4, 10)})
    )
    ann = next(s for s in found if s.name == "ann")
    assert ann.fair == pytest.approx(0.9 * 38 / 40 + 0.1 * 0.4)
    # What is taken from all makes her figure neither surer nor less sure.
    low, high = wilson(np.array([38]), np.array([40]))
    assert ann.fair - ann.low == pytest.approx(0.9 * (38 / 40 - low[0]))
    assert ann.high - ann.fair == pytest.approx(0.9 * (high[0] - 38 / 40))


def test_customers_of_nobody_are_part_of_the_mix():
    found, overall = standings(rows(ann={"safe": (20, 40)}, nobody={"safe": (0, 40)}))
    assert [s.name for s in found] == ["ann"]
    assert overall == 0.25
    assert found[0].code == "above"


def test_nobody_at_all():
    assert standings(rows()) == ([], None)


def test_valuable():
    assert valuable([]).tolist() == []
    assert valuable([0, 0, 0]).tolist() == [False] * 3
    assert valuable(np.arange(10)).sum() == 2
    assert valuable([5, 5, 5, 1]).tolist() == [True, True, True, False]


def test_what_the_best_do_differently():
    """Above: 300 follow-ups for 100 customers. Others: 90 and 10 for 150."""
    found, _overall = standings(
        rows(ann={"x": (95, 100)}, ben={"x": (50, 100)}, cid={"x": (25, 50)}, dan={"x": (1, 1)})
    )
    assert [s.code for s in found] == ["above", "below", "below", "too_few"]
    table = pd.DataFrame(
        {
            "followups": [300, 90, 10, 99],
            "followups_of": [100, 100, 50, 1],
            "wait": [20.0, 60.0, 0.0, 0.0],
            "wait_of": [10, 15, 0, 0],
        },
        index=["ann", "ben", "cid", "dan"],
    )
    told = habits(found, table)
    assert told["followups"] == (3, pytest.approx(100 / 150))
    assert told["wait"] == (2, 4)
    assert habits(found[1:], table) == {}
