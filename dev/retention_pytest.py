"""pytest plugin for Odoo's tests: skipped browser tests are failures, and who runs what.

Odoo skips browser tests silently when Chromium or websocket-client is missing, and a run that
tested no screen would look green. In CI no HttpCase may be skipped for any reason.

With several workers (-n 2 --dist loadgroup) a file stays together, as its classes share what they
prepare; all browser tests stay with one worker, and their time limits are longer, as the others
keep the machine busy. Each worker has its own filestore: pytest-odoo gives them one, and after each
class Odoo deletes the files that its own database does not name: another worker's assets.
"""

import os
import shutil
from unittest import mock

import pytest

MISSING_TOOL = ("websocket-client", "hrome", "--odoo-http")
PROPERTY = "skipped_browser_test"
skipped = []


def is_browser_test(item):
    from odoo.tests import HttpCase

    return isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, HttpCase)


def pytest_collection_modifyitems(items):
    for item in items:
        group = "browser" if is_browser_test(item) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


def workers_count():
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    if workers_count() == 1:
        yield
        return
    from odoo.tools import config

    shared = config.filestore(config["db_name"])
    own = f"{shared}-{os.environ['PYTEST_XDIST_WORKER']}"
    # Links are enough: files are named by content and never changed.
    shutil.copytree(shared, own, copy_function=os.link)
    with mock.patch.object(config, "filestore", return_value=own):
        yield
    shutil.rmtree(own)


@pytest.fixture(scope="session", autouse=True)
def patience():
    workers = workers_count()
    if workers == 1:
        yield
        return
    from odoo.tests.common import ChromeBrowser

    begin = ChromeBrowser.__init__

    def begin_patiently(browser, *args, **kwargs):
        begin(browser, *args, **kwargs)
        browser.throttling_factor = 2 * workers  # of all limits; Odoo's own for slow machines

    ChromeBrowser.__init__ = begin_patiently
    yield
    ChromeBrowser.__init__ = begin


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = str(report.longrepr)
    if is_browser_test(item) and (
        os.environ.get("CI") == "true" or any(w in reason for w in MISSING_TOOL)
    ):
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
