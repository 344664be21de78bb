"""docs/SUDO.md counts each use of more rights than the caller has, and says of what kind it is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
# sudo(False) gives rights back.
USE = re.compile(r"\bsudo\((?!False\))|\bsu=True\b|\bSUPERUSER_ID\b")
IMPORT = re.compile(r"^from odoo import .*\n", re.MULTILINE)
# Run by who has all rights anyway, or never in a database at work.
LEFT_OUT = {"tests", "dev", "migrations"}
TEXT = (ROOT / "docs" / "SUDO.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([\w/]+\.py)` \| (\d+) \| ([a-z, ]+) \|$", TEXT, re.MULTILINE)
KINDS = re.findall(r"^\| ([a-z]+) \| .+ \| .+ \|$", TEXT, re.MULTILINE)


def uses():
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT)
        if LEFT_OUT.isdisjoint(name.parts):
            text = IMPORT.sub("", path.read_text(encoding="utf-8"))
            if count := len(USE.findall(text)):
                yield str(name), count


def test_each_use_is_counted():
    """Another number here: add the use to docs/SUDO.md, with what its kind asks for."""
    assert {name: int(count) for name, count, _kinds in ROWS} == dict(uses())


def test_each_file_has_one_row_in_order():
    names = [name for name, _count, _kinds in ROWS]
    assert names == sorted(set(names))


def test_kinds_are_explained_and_used():
    used = {kind for _name, _count, kinds in ROWS for kind in kinds.split(", ")}
    assert used == set(KINDS)
    assert len(KINDS) > 8


def test_what_counts_as_a_use():
    text = "self.sudo() x.sudo(flag) self.env(su=True) SUPERUSER_ID self.sudo(False) pseudo(1)"
    assert len(USE.findall(text)) == 4
