"""Refuse files and methods that have grown past what one can read, and leaks in analytics/.

A file has at most 400 lines, in analytics/ 200; a method at most 40, in which a text (docstring,
SQL) counts as one line. Methods that only return a table are not counted, nor those of tests and
dev/, which tell stories. Complexity is ruff's (ruff.toml). analytics/ knows neither Odoo nor what
day it is.
"""

import ast
import sys
from pathlib import Path

FILE, PURE, METHOD = 400, 200, 40
SKIPPED = {".git", "dist", "node_modules"}
IMPORTS = {"odoo", "time", "psycopg2", "requests"}
CLOCKS = {"now", "today", "utcnow"}
# Why each of these may be longer.
EXCEPTIONS = {
    # Synthetic databases of any size in one process, with what each of its phases takes.
    "dev/bench.py",
    "dev/load_orders.py",
    # A world in which each kind of fault is let loose, and what must hold after it.
    "dev/world_faults.py",
}


def lines(node):
    """Return the lines of a function, each text counted as one."""
    texts = (n for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    spanned = node.end_lineno - node.lineno + 1
    return spanned - sum(text.end_lineno - text.lineno for text in texts)


def is_table(node):
    """Say whether a function does nothing but return what is written down in it."""
    *before, last = node.body
    if ast.get_docstring(node, clean=False):
        before = before[1:]
    if not all(isinstance(one, ast.Assign) and isinstance(one.value, ast.Dict) for one in before):
        return False
    table = last.value if isinstance(last, ast.Return) else None
    if isinstance(table, ast.BinOp):  # super()._types() | {…}
        table = table.right
    return isinstance(table, ast.Dict | ast.List | ast.Tuple)


def method_problems(tree):
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_table(node):
            continue
        if (count := lines(node)) > METHOD:
            yield node.lineno, f"{node.name} has {count} lines, at most {METHOD}"


def pure_problems(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            for name in [module] if module else [alias.name for alias in node.names]:
                if name.partition(".")[0] in IMPORTS:
                    yield node.lineno, f"analytics/ does not import {name}"
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in CLOCKS:
            yield node.lineno, f"analytics/ does not ask for {node.func.attr}(): give it the day"


def problems(path, root):
    name = str(path.relative_to(root))
    if name in EXCEPTIONS:
        return
    text = path.read_text(encoding="utf-8")
    tree, pure = ast.parse(text), name.startswith("analytics/")
    most, count = PURE if pure else FILE, len(text.splitlines())
    if count > most:
        yield 1, f"{count} lines, at most {most}"
    if pure:
        yield from pure_problems(tree)
    if {"tests", "dev"}.isdisjoint(path.relative_to(root).parts):
        yield from method_problems(tree)


def main(root):
    found = 0
    for path in sorted(root.rglob("*.py")):
        if SKIPPED.isdisjoint(path.relative_to(root).parts):
            for line, text in problems(path, root):
                print(f"{path.relative_to(root)}:{line}: {text}")
                found = 1
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
