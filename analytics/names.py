"""How a person is called in a letter."""

from __future__ import annotations

import re

# Han, Kana, Hangul: the family name stands first, and a first name alone would be too close.
FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
TITLES = frozenset(["dr", "prof", "mr", "mrs", "ms", "miss", "mx", "herr", "frau", "mme"])
SUFFIXES = frozenset(["bsc", "cpa", "esq", "ii", "iii", "jr", "mba", "md", "msc", "phd", "sr"])


def given_name(name: str) -> str:
    """Return what a person of this full name is called: the given name where it shows.

    "Ann Lee", "Lee, Ann", "Dr. Ann Lee" and "Ann Lee, MBA" are Ann; "A. Lee", "Dr. Lee" and
    王小明 stay as they are.
    """
    name = " ".join((name or "").split())
    if FAMILY_FIRST.search(name):
        return name
    first, _comma, rest = name.partition(",")
    given = [word for word in rest.split() if _plain(word) not in SUFFIXES]
    words = given or first.split()
    titled = bool(words) and _plain(words[0]) in TITLES
    while words and _plain(words[0]) in TITLES:
        words = words[1:]
    if not words or len(_plain(words[0])) < 2 or (titled and len(words) < 2):
        return name
    return words[0]


def _plain(word: str) -> str:
    return word.replace(".", "").strip(",").lower()
