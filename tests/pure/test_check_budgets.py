"""The check of budgets finds what it says it finds."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("check_budgets", ROOT / "dev" / "check_budgets.py")
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)


def found(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [text for _line, text in check.problems(path, tmp_path)]


def test_long_files(tmp_path):
    assert not found(tmp_path, "models/a.py", "x = 1\n" * 400)
    assert found(tmp_path, "models/a.py", "x = 1\n" * 401) == ["401 lines, at most 400"]
    assert found(tmp_path, "tests/a.py", "x = 1\n" * 401)
    assert not found(tmp_path, "analytics/a.py", "x = 1\n" * 200)
    assert found(tmp_path, "analytics/a.py", "x = 1\n" * 201) == ["201 lines, at most 200"]


def test_long_methods(tmp_path):
    body = "    x = 1\n" * 40
    assert not found(tmp_path, "models/a.py", "def f():\n" + body[10:])
    assert found(tmp_path, "models/a.py", "def f():\n" + body) == ["f has 41 lines, at most 40"]
    assert not found(tmp_path, "tests/test_a.py", "def f():\n" + body)
    text = 'def f():\n    """One\n' + "    two\n" * 60 + '    """\n'
    assert not found(tmp_path, "models/a.py", text + "    return 1\n")


def test_tables_are_no_methods(tmp_path):
    table = "{\n" + '        "a": 1,\n' * 60 + "    }\n"
    assert not found(tmp_path, "models/a.py", "def f(self):\n    return " + table)
    assert not found(tmp_path, "models/a.py", "def f(self):\n    return super().f() | " + table)
    assert found(tmp_path, "models/a.py", "def f(self):\n    y = g()\n    return " + table)


def test_analytics_is_pure(tmp_path):
    assert found(tmp_path, "analytics/a.py", "from odoo import fields\n")
    assert found(tmp_path, "analytics/a.py", "import odoo.tools\n")
    assert found(tmp_path, "analytics/a.py", "day = date.today()\n")
    assert not found(tmp_path, "analytics/a.py", "from .rfm import score\nimport numpy\n")
    assert not found(tmp_path, "models/a.py", "from odoo import fields\nday = date.today()\n")
