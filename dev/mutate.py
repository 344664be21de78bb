"""Runs the pure tests against changed arithmetic; see dev/mutate."""

import argparse
import ast
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

# Imported once; each mutant is tried in a fork.
import coverage
import numpy  # noqa: F401
import openpyxl  # noqa: F401
import pandas  # noqa: F401
import pytest
import scipy.optimize
import scipy.special  # noqa: F401
import xlsxwriter  # noqa: F401
from hypothesis import Phase, settings
from mutants import changed, mutants

PACKAGE = "customer_retention.analytics."


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module of analytics/ as a changed tree."""

    def __init__(self, path, tree):
        self.name, self.path, self.tree = PACKAGE + path.stem, path, tree

    def find_spec(self, fullname, _path, _target=None):
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.path))

    def get_source(self, _fullname):
        return ast.unparse(self.tree)

    def get_code(self, _fullname):
        return compile(self.tree, str(self.path), "exec")


class Selected:
    """pytest plugin: only these tests, the quickest first."""

    def __init__(self, seconds):
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items):
        items[:] = sorted(
            (item for item in items if item.nodeid in self.seconds),
            key=lambda item: self.seconds[item.nodeid],
        )


class Watched:
    """pytest plugin: which lines each test runs, and how long it takes."""

    def __init__(self, root):
        self.seconds, self.lines = {}, defaultdict(set)
        self.coverage = coverage.Coverage(data_file=None, source=[str(root / "analytics")])

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        self.coverage.switch_context(item.nodeid)
        yield

    def found(self):
        data = self.coverage.get_data()
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in filter(None, contexts):
                    self.lines[f"{Path(file).stem}:{line}"].add(context)
        return {"seconds": self.seconds, "lines": {k: sorted(v) for k, v in self.lines.items()}}


def run_tests(root, files, plugin):
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
    where = [f"--rootdir={root}", f"--confcutdir={root}/tests/pure", "-c", f"{root}/pytest.ini"]
    return pytest.main([*options, *where, *files], plugins=[plugin])


def forked(work, seconds, output):
    """Return what ``work`` returned in a fork, None when it took longer."""
    child = os.fork()
    if not child:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        code = 99
        try:
            code = int(work())
        finally:
            os._exit(code)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def watch(root, folder):
    """Return which tests run each line: {"seconds": {test: …}, "lines": {"file:line": tests}}.

    Known per file of tests, as long as neither that file nor the arithmetic changes.
    """
    shared = [*root.glob("analytics/*.py"), *root.glob("tests/pure/[!t]*.py")]
    base = b"".join(path.read_bytes() for path in sorted(shared))
    kept = {
        path: folder / f"{path.stem}-{sha256(base + path.read_bytes()).hexdigest()[:12]}.json"
        for path in sorted(root.glob("tests/pure/test_*.py"))
    }
    for old in set(folder.glob("*.json")) - set(kept.values()):
        old.unlink()
    known = {"seconds": {}, "lines": defaultdict(list)}
    for path, target in kept.items():
        if not target.exists():
            _watch_file(root, path, target, folder / "output")
        one = json.loads(target.read_text())
        known["seconds"].update(one["seconds"])
        for line, tests in one["lines"].items():
            known["lines"][line] += tests
    return known


def _watch_file(root, path, target, output):
    def work():
        plugin = Watched(root)
        plugin.coverage.start()
        code = run_tests(root, [str(path)], plugin)
        plugin.coverage.stop()
        if not code:
            target.write_text(json.dumps(plugin.found()))
        return code

    if forked(work, 3600, output):
        sys.exit(f"The tests fail as it is:\n{output.read_text()}")


def choose(found, count, chance):
    """Return ``count`` of the mutants, at least one of each file; all for 0."""
    if not count:
        return found
    chance.shuffle(found)
    first = {mutant.file: mutant for mutant in reversed(found)}.values()
    rest = [mutant for mutant in found if all(mutant is not other for other in first)]
    chosen = [*first, *rest][:count]
    return sorted(chosen, key=lambda mutant: (mutant.file, mutant.line))


def try_mutant(root, folder, mutant, known):
    """Return killed, timeout, survived or untested."""
    path = root / "analytics" / f"{mutant.file}.py"
    tests = known["lines"].get(f"{mutant.file}:{mutant.line}")
    if not tests:  # run on import: what has to do with the file, if only with its constants
        prefix = f"{mutant.file}:"
        lines = (names for line, names in known["lines"].items() if line.startswith(prefix))
        near = {test.split("::")[0] for test in set().union(*lines)}
        tests = [test for test in known["seconds"] if test.split("::")[0] in near]
    if not tests:
        return "untested"
    seconds = {test: known["seconds"][test] for test in tests}
    files = sorted({f"{root}/{test.split('::')[0]}" for test in tests})

    def work():
        sys.meta_path.insert(0, Changed(path, changed(path, mutant.number)))
        return run_tests(root, files, Selected(seconds))

    code = forked(work, 30 + 5 * sum(seconds.values()), folder / "output")
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        return "untested"
    return "timeout" if code is None else "killed" if code else "survived"


def main():
    parser = argparse.ArgumentParser(prog="dev/mutate")
    parser.add_argument("root", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help="files of analytics/, without .py; else all")
    parser.add_argument("--sample", type=int, default=300, help="how many; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # A fault need not be made small, and the same run finds the same. conftest.py's profile is
    # made from this one.
    settings.register_profile(
        "mutants", database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    settings.load_profile("mutants")
    root, folder = options.root, options.folder
    paths = sorted((root / "analytics").glob("*.py"))
    if options.files:
        paths = [path for path in paths if path.stem in options.files]
    found = [mutant for path in paths for mutant in mutants(path)]
    chosen = choose(found, options.sample, random.Random(options.seed))
    print(f"{len(chosen)} of {len(found)} changes in {len(paths)} files, seed {options.seed}")
    known = watch(root, folder)
    results, by_file = Counter(), defaultdict(Counter)
    for number, mutant in enumerate(chosen, 1):
        result = try_mutant(root, folder, mutant, known)
        results[result] += 1
        by_file[mutant.file][result] += 1
        if result in ("survived", "untested"):
            print(f"{result} analytics/{mutant.file}.py:{mutant.line}: {mutant.before}")
            print(f"{'':12}→ {mutant.after}  ({number}/{len(chosen)})")
    for name, counts in sorted(by_file.items()):
        lived = counts["survived"] + counts["untested"]
        print(f"{name:20}{counts.total() - lived:5} of {counts.total():4} noticed")
    print(", ".join(f"{count} {result}" for result, count in sorted(results.items())))


if __name__ == "__main__":
    main()
