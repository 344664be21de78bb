"""docs/ARCHITECTURE.md names each file of the addon, and none that is gone."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("analytics", "models", "report", "wizards")
PLAN = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = {name for name in re.findall(r"`([\w/*]+\.py)`", PLAN) if name.startswith(ROOMS)}


def test_each_file_has_its_place():
    files = {path for room in ROOMS for path in (ROOT / room).glob("*.py")}
    known = {path for name in NAMED for path in ROOT.glob(name)}
    missing = sorted(str(path.relative_to(ROOT)) for path in files - known)
    assert [name for name in missing if not name.endswith("__init__.py")] == []


def test_what_is_named_is_there():
    assert sorted(name for name in NAMED if not list(ROOT.glob(name))) == []
