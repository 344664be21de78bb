"""pytest plugin: a browser test that was skipped is a failure.

Odoo skips browser tests silently when Chromium or websocket-client is missing, and a run that
tested no screen would look green. In CI no HttpCase may be skipped for any reason.
"""

import os

import pytest

MISSING_TOOL = ("websocket-client", "hrome", "--odoo-http")
PROPERTY = "skipped_browser_test"
skipped = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    from odoo.tests import HttpCase

    reason = str(report.longrepr)
    browser_test = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, HttpCase)
    if browser_test and (os.environ.get("CI") == "true" or any(w in reason for w in MISSING_TOOL)):
        # A property travels with the report from a worker of pytest-xdist to the main process.
        report.user_properties.append((PROPERTY, f"{item.nodeid}: {reason}"))


def pytest_runtest_logreport(report):
    skipped.extend(value for name, value in report.user_properties if name == PROPERTY)


def pytest_sessionfinish(session):
    if skipped and not session.exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if skipped:
        terminalreporter.section("browser tests were skipped: this run counts as failed")
        for line in skipped:
            terminalreporter.line(line)
