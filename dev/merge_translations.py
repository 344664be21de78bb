"""Bring a fresh .pot of Odoo's into an i18n folder.

    merge_translations.py FRESH.pot FOLDER MODULE [--check]

Dates are left out of the headers: a file changes only when a text does.
"""

import sys
from pathlib import Path

import polib

LANGUAGES = ["zh_CN"]


def header(module, language=None):
    lines = {
        "Project-Id-Version": module,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "",
    }
    if language:
        lines["Language"] = language
        lines["Plural-Forms"] = "nplurals=1; plural=0;"
    return lines


def build(fresh, module, language=None, known=None):
    """A new file with the texts of `fresh` and the translations of `known`."""
    result = polib.POFile(wrapwidth=78)
    result.metadata = header(module, language)
    translations = {entry.msgid: entry.msgstr for entry in known or [] if not entry.obsolete}
    for entry in fresh:
        result.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=translations.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=[flag for flag in entry.flags if flag != "fuzzy"],
            )
        )
    return result


def content(entries):
    return [(entry.msgid, entry.comment, sorted(entry.occurrences)) for entry in entries]


def main(fresh_path, folder, module, check):
    fresh = polib.pofile(fresh_path)
    folder = Path(folder)
    pot = folder / f"{module}.pot"
    current = polib.pofile(str(pot)) if pot.is_file() else polib.POFile()
    if check:
        if content(fresh) == content(current):
            return 0
        old, new = {entry.msgid for entry in current}, {entry.msgid for entry in fresh}
        for sign, texts in (("+", new - old), ("-", old - new)):
            for text in sorted(texts):
                print(f"    {sign} {text!r}")
        return 1
    if not fresh and not folder.is_dir():
        return 0  # a bridge without a text needs no files
    folder.mkdir(exist_ok=True)
    build(fresh, module).save(str(pot))
    for language in LANGUAGES:
        po = folder / f"{language}.po"
        known = polib.pofile(str(po)) if po.is_file() else None
        merged = build(fresh, module, language, known)
        merged.save(str(po))
        missing = len(merged.untranslated_entries())
        print(f"    {po.name}: {len(merged)} texts, {missing} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4], check="--check" in sys.argv[4:]))
