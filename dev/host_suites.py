"""Runs Odoo's own tests and writes down the result of each, and compares two such runs.

    run(env, RESULTS, MODULES)         in Odoo's shell, with every module loaded: the tests of
                                       an installation and those after it
    host_suites.py again FOLDER        tags of the tests that differ, to be run again
    host_suites.py compare FOLDER KNOWN

FOLDER has without_*.jsonl and with_*.jsonl, one JSON object a line: {"test", "status", "queries",
"seconds", "counted"}; KNOWN lists what fails either way, and why.
"""

import contextlib
import functools
import json
import os
import re
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"


class Notes:
    """Puts the result of each test into a file while Odoo's runner goes on."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)  # noqa: SIM115 (open until the process ends)
        self.statuses = {}
        self.counted = []
        self.started = (0.0, 0)

    def watch(self):
        """Have Odoo's result object and its query counter tell this object what they see."""
        from odoo.tests.common import BaseCase
        from odoo.tests.result import OdooTestResult

        for name, method in (
            ("startTest", self.start),
            ("addError", functools.partial(self.note, FAILED)),
            ("addFailure", functools.partial(self.note, FAILED)),
            ("addSkip", functools.partial(self.note, SKIPPED)),
            ("stopTest", self.stop),
        ):
            self._after(OdooTestResult, name, method)
        self._count(BaseCase)
        return self

    @staticmethod
    def _after(owner, name, method):
        original = getattr(owner, name)

        @functools.wraps(original)
        def both(result, test, *args):
            original(result, test, *args)
            # A first failure only has the test run again.
            if not result._soft_fail:
                method(test)

        setattr(owner, name, both)

    def _count(self, owner):
        original, counted = owner.assertQueryCount, self.counted

        @contextlib.contextmanager
        @functools.wraps(original)
        def counting(case, default=0, flush=True, **counters):
            with original(case, default, flush, **counters):
                before = case.cr.sql_log_count
                yield
            count = case.cr.sql_log_count - before
            if case.warm:
                login = case.env.user.login
                counted.append([login, counters.get(login, default), count])

        owner.assertQueryCount = counting

    def start(self, test):
        from odoo import sql_db

        self.counted.clear()
        self.started = time.time(), sql_db.sql_counter

    def note(self, status, test):
        test = getattr(test, "test_case", test)  # of a subtest
        name = test.id()
        if not name.startswith("odoo.addons."):  # "setUpClass (odoo.addons.…)"
            self.write(name, status, 0, 0)
        elif self.statuses.get(name) != FAILED:
            self.statuses[name] = status

    def stop(self, test):
        from odoo import sql_db

        seconds, queries = self.started
        status = self.statuses.pop(test.id(), PASSED)
        self.write(test.id(), status, sql_db.sql_counter - queries, time.time() - seconds)

    def write(self, name, status, queries, seconds):
        line = {
            "test": name.replace("odoo.addons.", "").replace(".tests.", "."),
            "status": status,
            "queries": queries,
            "seconds": round(seconds, 2),
            "counted": list(self.counted),
        }
        self.file.write(json.dumps(line) + "\n")


def run(env, path, modules, tags=""):
    """Run the tests of ``modules`` (comma-separated), or those of ``tags`` among them."""
    from odoo.tests.common import HttpCase
    from odoo.tests.shell import run_tests

    Notes(path).watch()
    if os.environ.get("HOST_BROWSER") == "0":
        HttpCase.browser_js = no_browser
    env.cr.rollback()
    names = modules.split(",")
    print(run_tests(env, tags or ",".join(f"/{name}" for name in names), names))


def no_browser(case, *_args, **_kwargs):
    raise unittest.SkipTest("browser tests are left out")


# ---------------------------------------------------------------- comparing
def read(folder, side):
    """Return {test: line} of a side; a test that ran again counts as it went then."""
    found = {}
    for path in sorted(Path(folder).glob(f"{side}_*.jsonl")):
        for text in path.read_text().splitlines():
            line = json.loads(text)
            found[line["test"]] = line
    return found


def differing(without, with_us):
    """Return the tests whose status differs, or that ran on one side only."""
    status = [{name: line["status"] for name, line in side.items()} for side in (without, with_us)]
    return sorted(
        n for n in without.keys() | with_us.keys() if status[0].get(n) != status[1].get(n)
    )


def again(folder):
    """Print the tags of the tests to be run again: those that differ."""
    tags = set()
    for name in differing(read(folder, "without"), read(folder, "with")):
        # "setUpClass (sale.test_x.TestX)": the whole class
        whole = re.fullmatch(r"\w+ \((\w+)\.(?:.*\.)?(\w+)\)", name)
        if whole:
            tags.add(f"/{whole[1]}:{whole[2]}")
        else:
            module, *_path, case, method = name.split(".")
            tags.add(f"/{module}:{case}.{method}")
    print(",".join(sorted(tags)))


def known(path):
    """Return {test: why it fails here} of lines "test  reason", with two spaces between."""
    lines = (line.strip() for line in Path(path).read_text().splitlines())
    pairs = (line.split("  ", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def compare(folder, known_path):
    without, with_us = read(folder, "without"), read(folder, "with")
    expected = known(known_path)
    counts = {
        side: Counter(line["status"] for line in lines.values())
        for side, lines in (("without", without), ("with", with_us))
    }
    for side, found in counts.items():
        print(f"{side:8}", ", ".join(f"{found[s]} {s}" for s in (PASSED, FAILED, SKIPPED)))
    failing = {name for name, line in without.items() if line["status"] == FAILED}
    failing &= {name for name, line in with_us.items() if line["status"] == FAILED}
    for name in sorted(failing):
        print(f"fails either way: {name}: {expected.get(name, 'NOT LISTED')}")
    for name in sorted(expected.keys() & without.keys() - failing):
        print(f"listed, and does not fail: {name}")
    queries(without, with_us)
    differ = differing(without, with_us)
    for name in differ:
        was, now = (side.get(name, {}).get("status", "not run") for side in (without, with_us))
        print(f"DIFFERS: {name}: {was} without, {now} with")
    print(f"{len(with_us)} tests, {len(differ)} differ")
    return bool(differ or failing - expected.keys() or not with_us)


def queries(without, with_us):
    """Tell what the addons add to the blocks whose queries Odoo counts, and to whole tests."""
    blocks, more = [], []
    for name in without.keys() & with_us.keys():
        pairs = list(zip(without[name]["counted"], with_us[name]["counted"], strict=False))
        blocks += pairs
        grown = [(b[2] - a[2], a[1], a[2], b[2]) for a, b in pairs if b[2] > a[2]]
        if grown:
            more.append((max(grown), name))
    before, after = sum(a[2] for a, _b in blocks), sum(b[2] for _a, b in blocks)
    print(f"{len(blocks)} counted blocks: {before} queries without, {after} with")
    for (_growth, allowed, was, now), name in sorted(more, reverse=True):
        print(f"  more queries: {name}: {was} without, {now} with, {allowed} allowed")
    passed = [
        n
        for n in without.keys() & with_us.keys()
        if without[n]["status"] == with_us[n]["status"] == PASSED
    ]
    totals = [sum(side[n]["queries"] for n in passed) for side in (without, with_us)]
    seconds = [sum(side[n]["seconds"] for n in passed) for side in (without, with_us)]
    print(f"{len(passed)} passed tests: {totals[0]} queries without, {totals[1]} with")
    print(f"{len(passed)} passed tests: {seconds[0]:.0f} s without, {seconds[1]:.0f} s with")


if __name__ == "__main__":
    if sys.argv[1] == "again":
        again(sys.argv[2])
    else:
        sys.exit(compare(*sys.argv[2:]))
