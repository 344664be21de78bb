"""Tables as a workbook, read again by another library."""

import io
from datetime import date

import openpyxl
import pytest
from customer_retention.analytics.workbook import Sheet, make_workbook


def read(*sheets, **options):
    return openpyxl.load_workbook(io.BytesIO(make_workbook(sheets, "Review", **options)))


def test_numbers_stay_numbers_with_the_format_of_their_unit():
    columns = [("Name", "name"), ("Share", "share"), ("Revenue", "money"), ("Since", "day")]
    sheet = read(Sheet("Figures", columns, [["Ann", 0.5, 12.3, date(2026, 6, 30)]]))["Figures"]
    assert sheet["A1"].value == "Review · Figures"
    assert [cell.value for cell in sheet[3]] == ["Name", "Share", "Revenue", "Since"]
    assert [cell.value for cell in sheet[4]][:3] == ["Ann", 0.5, 12.3]
    assert sheet["D4"].value.date() == date(2026, 6, 30)
    formats = [cell.number_format for cell in sheet[4]]
    assert formats == ["General", "0.0%", "#,##0.00", "yyyy-mm-dd"]


@pytest.mark.parametrize(("decimals", "money"), [(0, "#,##0"), (3, "#,##0.000")])
def test_money_has_the_decimals_of_its_currency(decimals, money):
    sheet = read(Sheet("S", [("Revenue", "money")], [[5]]), decimals=decimals)["S"]
    assert sheet["A4"].number_format == money


def test_a_column_of_several_units():
    sheet = read(Sheet("S", [("Value", None)], [[(0.5, "share")], [(7, "count")], [(None, None)]]))
    assert [(c.value, c.number_format) for (c,) in sheet["S"].iter_rows(min_row=4)] == [
        (0.5, "0.0%"),
        (7, "#,##0"),
    ]


def test_what_is_not_known_stays_empty_and_zero_does_not():
    sheet = read(Sheet("S", [("A", "count"), ("B", "count"), ("C", "count")], [[None, False, 0]]))
    assert [cell.value for cell in sheet["S"][4]] == [None, None, 0]


def test_a_name_is_never_a_formula_or_a_link():
    rows = [["=1+1"], ["https://x.test"], ["+49 1"]]
    sheet = read(Sheet("S", [("Name", "name")], rows))["S"]
    for (cell,), (text,) in zip(sheet.iter_rows(min_row=4), rows, strict=True):
        assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_the_heading_stays_in_sight_and_can_be_filtered():
    one, two = read(
        Sheet("Full", [("A", "name"), ("B", "count")], [["x", 1], ["y", 2]]),
        Sheet("Empty", [("A", "name")], []),
    )
    assert one.freeze_panes == two.freeze_panes == "B4"
    assert one.auto_filter.ref == "A3:B5"
    assert two.auto_filter.ref is None
    assert one.page_setup.orientation == "landscape"
    assert one.print_title_rows == "$3:$3"


def test_columns_are_as_wide_as_their_texts_within_reason():
    rows = [["x" * 30, "客" * 10, "z" * 200, 1]]
    columns = [("A", "name"), ("B", "name"), ("C", "name"), ("A label of 24 characters", "count")]
    sheet = read(Sheet("S", columns, rows))["S"]
    found = [round(sheet.column_dimensions[name].width) for name in "ABCD"]
    assert found == [33, 23, 61, 29]  # text + 2, a Chinese character takes two, at most 60; + 1


def test_titles_of_sheets():
    """At most 31 letters, some not allowed, none twice whatever the case, none empty."""
    titles = ["Ann/Bob: [x]*?\\", "'quoted'", "", "long " * 9, "LONG " * 9, "long " * 9, "?"]
    book = read(*(Sheet(title, [("A", "name")], []) for title in titles))
    assert book.sheetnames == [
        "Ann Bob   x",
        "quoted",
        "-",
        "long long long long long long l",
        "LONG LONG LONG LONG LONG LO (2)",
        "long long long long long lo (3)",
        "- (2)",
    ]
