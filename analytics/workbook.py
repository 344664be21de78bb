"""Tables as a workbook: numbers stay numbers, with the format of their unit."""

import io
from typing import NamedTuple

import xlsxwriter

from .charts import units

WIDEST = 60  # letters
# Sheets may not be called otherwise.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
LONGEST_TITLE = 31


class Sheet(NamedTuple):
    """``columns``: (label, unit); unit None: each cell is (value, unit). None is left empty."""

    title: str
    columns: list
    rows: list


def number_formats(decimals):
    """Return {unit: number format}; ``decimals`` of the currency."""
    money = "#,##0" + ("." + "0" * decimals if decimals else "")
    return {
        "share": "0.0%",
        "money": money,
        "hours": "#,##0.0",
        "points": "#,##0.0",
        "number": "#,##0.00",
        "count": "#,##0",
        "delta": "+0.0;-0.0;0.0",
        "month": "yyyy-mm",
        "day": "yyyy-mm-dd",
    }


def make_workbook(sheets, title, decimals=2):
    """Return the bytes of an XLSX file with a sheet for each table, under a frozen heading."""
    target = io.BytesIO()
    # Names of customers and people are texts, whatever they begin with.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, plain) as book:
        book.set_properties({"title": title})
        styles = {
            unit: book.add_format({"num_format": text})
            for unit, text in number_formats(decimals).items()
        }
        heading = book.add_format(
            {"bold": True, "bg_color": "#e9ecef", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        bold = book.add_format({"bold": True, "font_size": 13})
        taken = set()
        for sheet in sheets:
            page = book.add_worksheet(_free_title(sheet.title, taken))
            page.write_string(0, 0, f"{title} · {sheet.title}", bold)
            for number, (label, _unit) in enumerate(sheet.columns):
                page.write_string(2, number, label, heading)
            for number, row in enumerate(sheet.rows, start=3):
                _write_row(page, number, row, sheet.columns, styles)
            _set_up(page, sheet)
    return target.getvalue()


def _write_row(page, number, row, columns, styles):
    for place, (cell, (_label, unit)) in enumerate(zip(row, columns, strict=True)):
        value, unit = cell if unit is None else (cell, unit)
        if value is None or value is False:
            continue
        if isinstance(value, str):
            page.write_string(number, place, value)
        elif hasattr(value, "year"):
            page.write_datetime(number, place, value, styles.get(unit))
        else:
            page.write_number(number, place, value, styles.get(unit))


def _set_up(page, sheet):
    """Freeze the heading and the first column, make columns as wide as what is in them."""
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    if sheet.rows:
        page.autofilter(2, 0, 2 + len(sheet.rows), len(sheet.columns) - 1)
    for number, (label, _unit) in enumerate(sheet.columns):
        texts = [row[number] for row in sheet.rows if isinstance(row[number], str)]
        widest = max(map(units, texts), default=0)
        page.set_column(number, number, min(max(widest + 2, units(label) + 4, 11), WIDEST))


def _free_title(title, taken):
    name = title.translate(FORBIDDEN).strip("' ")[:LONGEST_TITLE] or "-"
    number = 2
    while name.lower() in taken:
        tail = f" ({number})"
        name, number = name[: LONGEST_TITLE - len(tail)] + tail, number + 1
    taken.add(name.lower())
    return name
