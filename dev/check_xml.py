"""Refuse XML that does not parse, and the idioms that Odoo 19 no longer knows."""

import sys
from pathlib import Path

from lxml import etree

SKIPPED = {".git", "dist", "node_modules"}
OLD_ATTRIBUTES = {
    "attrs": 'write invisible="…" or readonly="…" with the expression',
    "states": 'write invisible="state not in (…)"',
    "t-raw": "write t-out (and Markup in Python)",
    "t-esc": "write t-out",
}


def problems(path):
    try:
        root = etree.parse(path).getroot()
    except etree.XMLSyntaxError as error:
        yield error.lineno or 1, f"not well-formed: {error.msg}"
        return
    for node in root.iter(etree.Element):
        if node.tag == "tree":
            yield node.sourceline, "<tree> is <list> since Odoo 18"
        if node.get("t-name") == "kanban-box":
            yield node.sourceline, 'the kanban template is t-name="card"'
        for name, instead in OLD_ATTRIBUTES.items():
            if name in node.attrib:
                yield node.sourceline, f"{name}= is gone: {instead}"


def main(root):
    found = 0
    for path in sorted(root.rglob("*.xml")):
        if SKIPPED.isdisjoint(path.relative_to(root).parts):
            for line, text in problems(str(path)):
                print(f"{path.relative_to(root)}:{line}: {text}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
