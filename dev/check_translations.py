"""Refuse translations that would show wrong or half-translated screens.

Every .po must compile and keep the placeholders and tags of its source text; zh_CN must have
every text of the .pot beside it, which dev/i18n keeps current.
"""

import re
import sys
from collections import Counter
from pathlib import Path

import polib

PLACEHOLDER = re.compile(r"%\([^)]+\)[#0 +-]*[\d.]*[a-zA-Z]|%[\d.]*[sdfi]|%%|\{\w*\}")
TAG = re.compile(r"</?([a-zA-Z][\w-]*)")


def shape(text):
    return Counter(PLACEHOLDER.findall(text)), Counter(TAG.findall(text))


def entry_problems(entry):
    if entry.fuzzy:
        yield "marked fuzzy"
    elif entry.msgstr and shape(entry.msgid) != shape(entry.msgstr):
        yield "placeholders or tags differ from the source"


def file_problems(path):
    try:
        po = polib.pofile(str(path), check_for_duplicates=True)
        po.to_binary()
    except (OSError, ValueError) as error:
        yield 1, str(error)
        return
    for entry in po:
        if not entry.obsolete:
            for text in entry_problems(entry):
                yield entry.linenum, f"{text}: {entry.msgid!r}"
    pots = list(path.parent.glob("*.pot"))
    if path.stem == "zh_CN" and pots:
        translated = {entry.msgid for entry in po if entry.msgstr and not entry.obsolete}
        for entry in polib.pofile(str(pots[0])):
            if entry.msgid not in translated:
                yield 1, f"not translated: {entry.msgid!r}"


def main(root):
    found = 0
    for folder in [root / "i18n", *sorted(root.glob("bridges/*/i18n"))]:
        if list(folder.glob("*.pot")) and not (folder / "zh_CN.po").is_file():
            print(f"{folder.relative_to(root)}: zh_CN.po is missing; run dev/i18n and translate")
            found += 1
        for path in sorted(folder.glob("*.po")):
            for line, text in file_problems(path):
                print(f"{path.relative_to(root)}:{line}: {text}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
