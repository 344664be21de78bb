import io
from datetime import date, datetime

import openpyxl
import pytest
from customer_retention.analytics import cells, tabular


def excel(*rows):
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


# ---------------------------------------------------------------- files
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_of_any_delimiter_and_encoding(delimiter, encoding):
    lines = [
        ["客户名称", "日期", "金额"],
        ["上海贸易公司", "2024-03-05", "12.5"],
        [],
        ["北京制造厂", "2024年3月6日", "7"],
    ]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    table = tabular.read_table(content)
    assert table.headers == lines[0]
    assert table.rows == [(2, lines[1]), (4, lines[3])]
    assert encoding.removesuffix("-sig") in table.kind


def test_quotes_keep_delimiters_and_line_breaks():
    table = tabular.read_table(b'name;note;amount\n"A; B";"two\nlines";"1,50"\nC;;2\n')
    assert table.rows == [(2, ["A; B", "two\nlines", "1,50"]), (3, ["C", "", "2"])]


def test_a_title_above_the_table_hides_no_delimiter():
    content = "Orders\n" + "name;amount;note\n" + 'A;1,50;x\nB;2,50;"y, z"\n' * 9
    assert tabular.detect_delimiter(content) == ";"


def test_western_bytes_are_not_taken_for_chinese():
    content = "Kunde;Betrag\nMüller;1\nJäger;2\nCafé Noël;3\n".encode("cp1252")
    assert [row[0] for _number, row in tabular.read_table(content).rows] == [
        "Müller",
        "Jäger",
        "Café Noël",
    ]


def test_excel_keeps_types_and_row_numbers():
    table = tabular.read_table(
        excel(
            ["Name", "Date", "Amount"], ["A", datetime(2024, 3, 5), 1.5], [None], ["B", None, 2, 9]
        )
    )
    assert table.headers == ["Name", "Date", "Amount", ""]
    assert table.rows == [(2, ["A", datetime(2024, 3, 5), 1.5, None]), (4, ["B", None, 2, 9])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"name;amount\n", "empty"),
        (b"PK\x03\x04 no workbook", "bad_excel"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"\xff\xfea", "bad_text"),
        (b'a;b\n"' + b"x" * 200_000, "bad_text"),  # a quote that is never closed
        (b"a;b\n" + b"1;2\n" * 60 + b'"' + b"x" * 200_000, "bad_text"),
    ],
)
def test_files_that_cannot_be_read_say_why(content, reason):
    with pytest.raises(tabular.TableError, match=reason):
        tabular.read_table(content)


def test_headers_show_what_their_cells_show():
    table = tabular.read_table(excel(["Name", datetime(2024, 3, 5, 14, 30), 2024.0, 0.5], ["A"]))
    assert table.headers == ["Name", "2024-03-05", "2024", "0.5"]


def test_too_long():
    with pytest.raises(tabular.TableError, match="too_long"):
        tabular.read_table(b"a,b\n1,2\n3,4\n", max_rows=1)


@pytest.mark.parametrize(
    ("headers", "guess"),
    [
        (
            "Customer Reference|Tax number|E-mail|Phone|Name|Date|Amount|Currency|Order No.",
            "reference vat email phone name day amount currency outside",
        ),
        (
            "客户编号|税号|邮箱|电话|客户名称|日期|金额|币种|单号",
            "reference vat email phone name day amount currency outside",
        ),
        ("Total|Net Amount (EUR)|Customer e-mail|Invoice date", "- amount email day"),
        ("含税金额|不含税金额|客户|订单日期|订单编号", "- amount name day outside"),
        ("Salesperson|Gross amount|Gross|x", "- - - -"),
    ],
)
def test_columns_are_guessed_from_their_headers(headers, guess):
    found = tabular.guess_columns(headers.split("|"))
    assert found == {field: i for i, field in enumerate(guess.split()) if field != "-"}


# ---------------------------------------------------------------- cells
@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        (datetime(2024, 3, 5, 10), "ymd", date(2024, 3, 5)),
        (date(2024, 3, 5), "dmy", date(2024, 3, 5)),
        ("2024-03-05", "mdy", date(2024, 3, 5)),
        ("2024/3/5 14:05:00", "dmy", date(2024, 3, 5)),
        ("2024-03-05T14:05:00Z", "ymd", date(2024, 3, 5)),
        ("2024年3月5日", "dmy", date(2024, 3, 5)),
        ("２０２４年３月５日 14:05", "dmy", date(2024, 3, 5)),
        ("20240305", "ymd", date(2024, 3, 5)),
        (20240305, "ymd", date(2024, 3, 5)),
        ("05/03/2024", "dmy", date(2024, 3, 5)),
        ("05/03/2024", "mdy", date(2024, 5, 3)),
        ("5.3.24", "dmy", date(2024, 3, 5)),
        ("05/03/2024", "ymd", None),
        ("13/13/2024", "dmy", None),
        ("2024-02-30", "ymd", None),
        ("0024-02-03", "ymd", None),
        ("soon", "ymd", None),
        ("", "ymd", None),
        (None, "ymd", None),
        (12.5, "dmy", None),
    ],
)
def test_dates(cell, order, expected):
    assert cells.parse_date(cell, order) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["05/03/2024", "25/03/2024"], ("dmy", True)),
        (["05/03/2024", "03/25/2024"], ("mdy", True)),
        (["05/03/2024"], ("dmy", False)),
        (["2024-03-05", datetime(2024, 1, 1), None], ("ymd", True)),
    ],
)
def test_the_order_of_day_and_month_is_detected(texts, expected):
    assert cells.detect_date_order(texts) == expected


@pytest.mark.parametrize(
    ("cell", "decimal", "expected"),
    [
        ("1,234.56", ".", 1234.56),
        ("1.234,56", ",", 1234.56),
        ("￥1,234", ".", 1234),
        ("¥ 12.50元", ".", 12.5),
        ("1 234,5 €", ",", 1234.5),
        ("1'234.50", ".", 1234.5),
        ("(12.50)", ".", -12.5),
        ("-12.5", ".", -12.5),
        ("12.5-", ".", -12.5),
        ("−7", ".", -7),
        (".5", ".", 0.5),
        (3, ".", 3),
        (2.25, ",", 2.25),
        ("１２３．５", ".", 123.5),
        ("0", ".", 0),
        ("1,23", ".", None),
        ("1.234,56", ".", None),
        ("abc", ".", None),
        ("-", ".", None),
        ("12 USD", ".", None),
        ("", ".", None),
        (None, ".", None),
        (True, ".", None),
        ("1e5", ".", None),
        ("--5", ".", None),
    ],
)
def test_amounts(cell, decimal, expected):
    assert cells.parse_amount(cell, decimal) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1,234.56"], "."),
        (["1.234,56"], ","),
        (["12,5", "1.234"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["1,234"], "."),
        ([3.5, None], "."),
        ([], "."),
    ],
)
def test_the_decimal_separator_is_detected(texts, expected):
    assert cells.detect_decimal(texts) == expected
