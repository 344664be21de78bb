"""Answers of customers, worked by hand."""

from datetime import date

import pytest
from customer_retention.analytics import voice
from customer_retention.analytics.tabular import guess_columns
from customer_retention.analytics.voice_table import ANSWER_WORDS, row_keys


def test_nps_of_a_hundred():
    """50 promoters, 30 passives, 20 detractors: 50 − 20 = 30.

    Variance 0.5 + 0.2 − 0.3² = 0.61; √(0.61 / 100) = 0.0781; 1.96 · 7.81 = 15.3.
    """
    found = voice.nps(50, 30, 20)
    assert found.score == pytest.approx(30)
    assert found.low == pytest.approx(14.69, abs=0.005)
    assert found.high == pytest.approx(45.31, abs=0.005)


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ((0, 0, 0), None),
        ((1, 0, 0), (100, None, None)),
        ((0, 0, 10), (-100, -100, -100)),  # nobody differs: no variance
        ((5, 0, 5), (0, -61.98, 61.98)),  # variance 1; 196 / √10
        ((9, 0, 1), (80, 42.81, 100)),  # variance 0.36; 80 + 37.19 is more than all
    ],
)
def test_nps_at_the_ends(counts, wanted):
    found = voice.nps(*counts)
    assert found == (wanted and pytest.approx(wanted, abs=0.005))


def test_classes():
    classes = [voice.nps_class(score) for score in range(11)]
    assert classes == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2
    assert [voice.answer_class("nps", score) for score in (0, 6, 7, 8, 9)] == [
        *("bad", "bad", "middle", "middle", "good")
    ]
    assert [voice.answer_class("csat", score) for score in range(1, 6)] == [
        *("bad", "bad", "middle", "good", "good")
    ]
    assert voice.answer_class("interview", voice.NO_SCORE) is None
    assert voice.answer_class("nps", voice.NO_SCORE) is None


def test_periods():
    day = date(2026, 8, 31)
    assert [voice.period_start(day, months) for months in (1, 3, 6, 12)] == [
        date(2026, 8, 1),
        date(2026, 7, 1),
        date(2026, 7, 1),
        date(2026, 1, 1),
    ]


def test_the_latest_answer_of_a_period_counts():
    answers = [
        (1, 7, date(2026, 1, 1)),
        (2, 7, date(2026, 3, 31)),  # the quarter's last
        (3, 7, date(2026, 3, 30)),
        (4, 7, date(2026, 4, 1)),  # the next quarter
        (5, 8, date(2026, 2, 2)),
        (6, 8, date(2026, 2, 2)),  # of the same day, noted later
        (7, None, date(2026, 2, 2)),
        (8, None, date(2026, 2, 2)),
    ]
    assert voice.counting(answers, 3) == {2, 4, 6, 7, 8}
    assert voice.counting(reversed(answers), 3) == {2, 4, 6, 7, 8}
    assert voice.counting(answers, 12) == {4, 6, 7, 8}
    assert voice.counting([], 3) == set()


@pytest.mark.parametrize(
    ("cell", "nps", "csat"),
    [
        (0, 0, None),
        (10.0, 10, None),
        ("9", 9, None),
        ("4", 4, 4),
        ("9 - very likely", 9, None),
        ("4/5", 4, 4),
        ("10/10", 10, None),
        ("５分", 5, 5),
        ("5.0", 5, 5),
        ("4.5", None, None),
        ("11", None, None),
        ("Very satisfied", None, 5),
        ("很不满意", None, 1),
        ("一般", None, 3),
        ("", None, None),
        (None, None, None),
        ("likely", None, None),
        ("2024-05-01", None, None),
    ],
)
def test_scores_as_people_write_them(cell, nps, csat):
    assert (voice.parse_score(cell, "nps"), voice.parse_score(cell, "csat")) == (nps, csat)


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("Please call me about this", True),
        ("Could you get in touch?", True),
        ("请尽快联系我", True),
        ("麻烦给我回个电话", True),
        ("They called me twice, very kind", False),
        ("Nice contact", False),
        ("联系方便", False),
        ("", False),
        (None, False),
    ],
)
def test_asks_for_contact(comment, wanted):
    assert voice.asks_for_contact(comment) is wanted


def test_headers_of_survey_services():
    monkey = ["Respondent ID", "Date Modified", "Email Address", "How likely are you to recommend"]
    assert guess_columns([*monkey, "Why?"], ANSWER_WORDS) == {
        "outside": 0,
        "day": 1,
        "email": 2,
        "score": 3,
        "comment": 4,
    }
    tencent = [
        "编号",
        "开始答题时间",
        "结束答题时间",
        "姓名",
        "手机号码",
        "推荐意愿(0-10分)",
        "您的建议",
    ]
    assert guess_columns(tencent, ANSWER_WORDS) == {
        "outside": 0,
        "day": 2,
        "name": 3,
        "phone": 4,
        "score": 5,
        "comment": 6,
    }


def test_row_keys():
    first = row_keys([("a", "9"), ("a", "9"), ("b", "9")])
    assert len(set(first)) == 3
    assert row_keys([("a", "9"), ("b", "9"), ("a", "9")]) == [first[0], first[2], first[1]]
    assert row_keys([("ab", "c")]) != row_keys([("a", "bc")])


def test_keys_of_rows_are_those_of_earlier_versions():
    """They are stored: others would import a table that is known a second time."""
    rows = [("9", "ok"), ("9o", "k"), ("9", "ok")]
    first, other, again = row_keys(rows)
    assert (first, again) == ("3b91f619d5d8d9d76ccc-1", "3b91f619d5d8d9d76ccc-2")
    assert other.endswith("-1") and other != first
