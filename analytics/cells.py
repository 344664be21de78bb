"""Cells of a table from elsewhere: dates and amounts as people write them.

What cannot be read is None.
"""

import re
import unicodedata
from collections import Counter
from datetime import date, datetime

YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*\d{1,2}:.*)?$"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T\s]+\d{1,2}:.*)?$")
AMOUNT = {
    sign: re.compile(rf"(?:\d{{1,3}}(?:\{other}\d{{3}})+|\d+)?(?:\{sign}\d*)?$")
    for sign, other in ((".", ","), (",", "."))
}


def narrow(text):
    return unicodedata.normalize("NFKC", text)


def cell_text(cell):
    """Return what a cell shows: 1001 rather than 1001.0, a date in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    return "" if cell is None else str(cell).strip()


def parse_date(cell, order):
    """Return the date; ``order`` (ymd, dmy, mdy) tells how to read 05/03/2024."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = narrow(cell_text(cell))
    if found := YEAR_FIRST.match(text) or COMPACT.match(text):
        year, month, day = map(int, found.groups())
    elif (found := YEAR_LAST.match(text)) and order != "ymd":
        one, two, year = map(int, found.groups())
        day, month = (one, two) if order == "dmy" else (two, one)
        if year < 100:
            year += 2000 if year < 70 else 1900
    else:
        return None
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


def detect_date_order(cells):
    """Return (order, sure): not sure when dmy and mdy both fit every date."""
    texts = [cell for cell in cells if isinstance(cell, str) and YEAR_LAST.match(narrow(cell))]
    fits = {o: sum(parse_date(text, o) is not None for text in texts) for o in ("dmy", "mdy")}
    if not texts:
        return "ymd", True
    return max(fits, key=fits.get), fits["dmy"] != fits["mdy"]


def parse_amount(cell, decimal):
    """Return the amount as a float; ``decimal`` is the decimal separator, "." or ","."""
    if isinstance(cell, bool) or cell is None:
        return None
    if not isinstance(cell, str):
        return float(cell) if isinstance(cell, int | float) else None
    text = "".join(
        char
        for char in narrow(cell)
        if not char.isspace() and unicodedata.category(char) != "Sc" and char not in "元'’"
    ).replace("−", "-")
    negative = False
    if text[:1] + text[-1:] == "()":
        negative, text = True, text[1:-1]
    elif text[:1] in ("-", "+"):
        negative, text = text[0] == "-", text[1:]
    elif text[-1:] == "-":
        negative, text = True, text[:-1]
    if not any(char.isdigit() for char in text) or not AMOUNT[decimal].match(text):
        return None
    value = float(text.replace("." if decimal == "," else ",", "").replace(decimal, "."))
    return -value if negative else value


def detect_decimal(cells):
    """Return the decimal separator, "." or ",", that reads more of these amounts."""
    votes = Counter()
    for cell in cells:
        if isinstance(cell, str):
            marks = re.findall(r"[.,]", narrow(cell))
            tail = re.search(r"[.,](\d*)\D*$", narrow(cell))
            if marks and (len(set(marks)) > 1 or len(tail[1]) != 3):
                votes[marks[-1]] += 1
            elif len(marks) > 1:  # 1.234.567: the other one
                votes["," if marks[-1] == "." else "."] += 1
    return "," if votes[","] > votes["."] else "."
