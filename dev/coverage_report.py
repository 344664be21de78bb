"""Prints what dev/coverage measured: per part the share of lines and branches, and every file
below the limit with the lines that no test ran. Ends with 1 when a part is below the limit."""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path


def part_of(path):
    """Return the addon's folder, or the bridge, that a file belongs to."""
    if path.parts[0] == "bridges":
        return path.parts[1]
    return path.parts[0] if len(path.parts) > 1 else "."


def share(done, of):
    return 100 * done / of if of else 100.0


def ranges(numbers):
    """Return line numbers in words: [1, 2, 3, 7] gives '1-3, 7'."""
    found = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in found)


def read(report, root, parts):
    """Yield (path below the checkout, coverage's own figures and lists) of the files measured."""
    for name, found in json.loads(Path(report).read_text())["files"].items():
        path = Path(name).resolve().relative_to(root)
        if not parts or part_of(path) in parts:
            yield path, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", help="what `coverage json` wrote")
    parser.add_argument("root", help="the checkout")
    parser.add_argument("--lines", type=float, default=0, help="limit in percent")
    parser.add_argument("--branches", type=float, default=0, help="limit in percent")
    parser.add_argument(
        "--part", dest="parts", action="append", help="a folder or bridge; else all"
    )
    options = parser.parse_args()
    totals = defaultdict(lambda: [0, 0, 0, 0])
    for path, found in sorted(read(options.report, Path(options.root), set(options.parts or ()))):
        figures = found["summary"]
        counts = (
            figures["covered_lines"],
            figures["num_statements"],
            figures["covered_branches"],
            figures["num_branches"],
        )
        sums = {part_of(path), "all"}
        if path.parts[0] != "bridges":
            sums.add("addon")
        for part in sums:
            totals[part] = [a + b for a, b in zip(totals[part], counts)]
        lines, branches = share(*counts[:2]), share(*counts[2:])
        if lines < options.lines or branches < options.branches:
            jumps = [f"{a}->{b if b > 0 else 'end'}" for a, b in found["missing_branches"]]
            print(f"{lines:5.1f} % {path}: {ranges(found['missing_lines'])}", end="")
            print(f" (branches {', '.join(jumps)})" if options.branches and jumps else "")
    print(f"\n{'':44}lines            branches")
    failed = False
    for part, (*lines, branches, of) in sorted(totals.items()):
        print(
            f"{part:40}{share(*lines):6.1f} % of {lines[1]:5}{share(branches, of):6.1f} % of {of:5}"
        )
        # A single folder of the addon may be lower: it is the addon that is installed.
        if part in ("addon", "all") or part.startswith("customer_retention"):
            failed |= share(*lines) < options.lines or share(branches, of) < options.branches
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
