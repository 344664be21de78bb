"""The rhythm strip, placed by hand."""

from datetime import date

from customer_retention.analytics.strip import expected_window, size_bands, strip

AS_OF = date(2026, 6, 30)


def test_size_bands_at_half_and_twice_the_median():
    assert size_bands([49.99, 50, 100, 200, 200.01]) == [1, 2, 2, 2, 3]
    assert size_bands([]) == []
    assert size_bands([7]) == [2]


def test_a_quarter_of_the_gap_to_either_side():
    day = date(2026, 7, 20)
    assert expected_window(day, 40) == (date(2026, 7, 10), date(2026, 7, 30))
    assert expected_window(day, 41) == (date(2026, 7, 10), date(2026, 7, 30))
    assert expected_window(day, 42) == (date(2026, 7, 9), date(2026, 7, 31))
    assert expected_window(day, 0) == (day, day)
    assert expected_window(None, 40) is None


def test_window_of_months_is_half_open():
    days = [date(2024, 6, 29), date(2024, 6, 30), date(2024, 7, 1), AS_OF, date(2026, 7, 1)]
    found = strip([(day, 10) for day in days], AS_OF, 24)
    assert [dot["day"] for dot in found["dots"]] == [date(2024, 7, 1), AS_OF]


def test_places_without_anything_expected():
    found = strip([(AS_OF, 5)], AS_OF, 24)
    # 2024-06-30 … 2026-07-14: 744 days, today is the 730th.
    assert (found["start"], found["end"]) == (date(2024, 6, 30), date(2026, 7, 14))
    assert found["today"] == round(730 / 744, 4)
    assert found["dots"] == [{"day": AS_OF, "amount": 5, "size": 2, "at": found["today"]}]
    assert found["window"] is None
    assert [tick["day"] for tick in found["ticks"]] == [
        date(2024, 7, 1),
        date(2025, 1, 1),
        date(2025, 7, 1),
        date(2026, 1, 1),
        date(2026, 7, 1),
    ]


def test_the_axis_reaches_to_the_end_of_the_window():
    found = strip([], AS_OF, 24, date(2026, 8, 10), 40)
    assert found["end"] == date(2026, 9, 3)  # 20 August and a margin of 14 days
    window = found["window"]
    assert (window["first"], window["last"]) == (date(2026, 7, 31), date(2026, 8, 20))
    assert window["from"] == round(761 / 795, 4)
    assert window["to"] == round(781 / 795, 4)


def test_an_overdue_window_lies_in_the_past_and_a_far_one_is_cut():
    late = strip([], AS_OF, 24, date(2026, 3, 1), 40)
    assert late["window"]["to"] < late["today"]
    far = strip([], AS_OF, 24, date(2027, 6, 1), 400)
    assert far["end"] == date(2027, 6, 30)
    assert far["window"]["to"] == 1
    assert strip([], AS_OF, 24, date(2029, 1, 1), 40)["window"] is None
    assert strip([], AS_OF, 24, date(2020, 1, 1), 40)["window"] is None


def test_closed_days_are_cut_to_the_axis():
    closed = [
        (date(2023, 1, 1), date(2023, 1, 5)),
        (date(2024, 6, 20), date(2024, 7, 10)),
        (date(2026, 2, 16), date(2026, 2, 22)),
    ]
    found = strip([], AS_OF, 24, closed=closed)["closed"]
    assert [span["first"] for span in found] == [date(2024, 6, 20), date(2026, 2, 16)]
    assert found[0]["from"] == 0
    assert found[0]["to"] == round(10 / 744, 4)
