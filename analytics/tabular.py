"""Reading a table from elsewhere, csv or xlsx, and guessing what its columns hold.

A file that cannot be read raises :class:`TableError`; :mod:`cells` reads the cells.
"""

import csv
import io
import re
from collections import Counter
from typing import NamedTuple

import openpyxl

from .cells import cell_text, narrow

MAX_ROWS = 100_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# The words of each field's header, the best first. They are compared without case, blanks
# and signs: first whole, then as a part of the header.
HEADER_WORDS = {
    "email": "email emailaddress mail 邮箱 电子邮箱 电子邮件 邮件",
    "phone": "phone phonenumber telephone tel mobile 电话 联系电话 手机号 手机",
    "vat": "taxnumber taxid vatnumber vat tin 税号 纳税人识别号 统一社会信用代码",
    "reference": "customerreference customernumber customerno customercode customerid customerref"
    " clientcode reference ref 客户编号 客户编码 客户代码 客户号",
    "currency": "currency currencycode 币种 货币",
    "amount": "netamount untaxedamount amountuntaxed net untaxed amount subtotal revenue"
    " 不含税金额 未税金额 净额 金额",
    "day": "date orderdate invoicedate purchasedate day 日期 订单日期 下单日期 开票日期 购买日期",
    "outside": "outsidenumber ordernumber invoicenumber documentnumber orderno invoiceno orderid"
    " document number 单号 订单号 订单编号 发票号码 发票号",
    "name": "customername customer companyname company client name 客户名称 客户 公司名称 名称",
}
WITH_TAX = re.compile(r"gross|inclu|taxincl|inclvat|(?<!不)(?<!未)含税")


class TableError(Exception):
    """``args[0]`` says why: empty, old_excel, bad_excel, bad_text or too_long."""


class Table(NamedTuple):
    """``rows``: (row number in the file, cells), blank rows left out, all equally wide."""

    kind: str
    headers: list
    rows: list


# ---------------------------------------------------------------- files
def read_table(content, max_rows=MAX_ROWS):
    """Return the Table in the bytes of a csv or xlsx file; its first row names the columns."""
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise TableError("old_excel")
    excel = content[:4] == b"PK\x03\x04"
    headers, rows = None, []
    try:
        kind, records = ("xlsx", _excel_records(content)) if excel else _text_records(content)
        for number, record in enumerate(records, 1):
            cells = [cell.strip() if isinstance(cell, str) else cell for cell in record]
            if all(cell in (None, "") for cell in cells):
                continue
            if headers is None:
                headers = [cell_text(cell) for cell in cells]
                continue
            if len(rows) >= max_rows:
                raise TableError("too_long")
            rows.append((number, cells))
    except csv.Error as error:
        raise TableError("bad_text") from error
    if not rows:
        raise TableError("empty")
    width = max(len(headers), max(len(cells) for _number, cells in rows))
    headers += [""] * (width - len(headers))
    for _number, cells in rows:
        cells.extend([None] * (width - len(cells)))
    return Table(kind, headers, rows)


def _excel_records(content):
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what other programs write there is often wrong
        yield from sheet.iter_rows(values_only=True)
        book.close()
    except Exception as error:  # openpyxl raises whatever its parts do on a broken file
        raise TableError("bad_excel") from error


def _text_records(content):
    encoding = detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableError("bad_text") from error
    delimiter = detect_delimiter(text)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return f"csv, {encoding.removesuffix('-sig')}, {DELIMITERS[delimiter]}", records


def detect_encoding(content):
    """Return utf-8(-sig), utf-16, gb18030 or cp1252."""
    if content[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return encoding
        # Chinese bytes come in pairs; an accented letter stands alone among plain ones.
        runs = re.findall(rb"[\x80-\xff]+", content)
        alone = sum(len(run) == 1 for run in runs)
        return "cp1252" if alone * 2 > len(runs) else "gb18030"
    return "cp1252"


def detect_delimiter(text):
    """Return the delimiter that cuts most of the first lines into equally many fields."""
    lines = text.splitlines()[:50]

    def score(delimiter):
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter))
        widths.pop(0, None)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (width > 1, count, width)

    return max(DELIMITERS, key=score)


def guess_columns(headers, header_words=None):
    """Return {field: column index} for the headers that name a field, in any language.

    :param header_words: like HEADER_WORDS, for a table of something else
    """
    plain = [re.sub(r"[\W_]+", "", narrow(header).lower()) for header in headers]
    guess = {}
    for whole in (True, False):
        for field, words in (header_words or HEADER_WORDS).items():
            for word in words.split():
                if field in guess or not (whole or len(word) >= (5 if word.isascii() else 2)):
                    continue
                for index, header in enumerate(plain):
                    fits = header == word if whole else word in header
                    taxed = field == "amount" and WITH_TAX.search(header)
                    if fits and not taxed and index not in guess.values():
                        guess[field] = index
                        break
    return guess
