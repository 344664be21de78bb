"""Screenshots of an Odoo database through a real browser. Called by dev/shots.

    shots.py DB SPEC.json OUTDIR

SPEC.json is a list of pictures:
    name      file name without .png
    url       path on the server, such as /odoo/contacts; an external id in braces stands for the
              record's id: /odoo/contacts/{customer_retention_demo.key_account_08}
    user, password   who looks (admin / admin); the password defaults to the user's name
    lang      en_US (default) or another active language; the user's own is put back at the end
    width, height    without them the picture is taken twice: 1366x768 and 390x844, the files
              are then called <name>-1366.png and <name>-390.png
    full      true: the whole page, not only what fits on the screen
    steps     what to do before the picture, one of these per step:
              {"click": css} {"wait": css} {"sleep": ms} {"fill": [css, text]} {"press": key}

A picture with an error dialog, or a step that does not work, makes the run fail at its end.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
from playwright.sync_api import Error, sync_playwright

SIZES = [(1366, 768), (390, 844)]
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
# The web client is idle when an action is shown and nothing says that it is still loading.
IDLE = """() => document.readyState === "complete" && (
    !document.querySelector(".o_web_client") ||
    (document.querySelector(".o_action_manager > *") &&
     !document.querySelector(".o_loading_indicator, .o_blockUI, .o_view_sample_data .o_loading")))
"""
SET_LANGUAGE = """async ([lang]) => {
    const call = (model, method, args) => fetch(`/web/dataset/call_kw/${model}/${method}`, {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", params: {model, method, args, kwargs: {}}}),
    }).then((r) => r.json()).then((r) => {
        if (r.error) throw new Error(r.error.data.message);
        return r.result;
    });
    const {uid} = await fetch("/web/session/get_session_info", {
        method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", params: {}}),
    }).then((r) => r.json()).then((r) => r.result);
    const [{lang: before}] = await call("res.users", "read", [[uid], ["lang"]]);
    if (before !== lang) await call("res.users", "write", [[uid], {lang}]);
    return before;
}"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(database, log_path):
    port = free_port()
    command = [sys.executable, os.environ["ODOO_SCRIPT"], "-d", database]
    command += [f"--db-filter=^{database}$", f"--http-port={port}", "--max-cron-threads=0"]
    with open(log_path, "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        base = f"http://127.0.0.1:{port}"
        try:
            for _attempt in range(120):
                if process.poll() is not None:
                    sys.exit(f"error: the server stopped; read {log_path}")
                try:
                    urllib.request.urlopen(f"{base}/web/login", timeout=60).close()
                    break
                except OSError:
                    time.sleep(0.5)
            else:
                sys.exit(f"error: the server does not answer; read {log_path}")
            yield base
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def settle(page):
    with suppress(Error):  # a page may keep a request open; what counts is the next line
        page.wait_for_load_state("networkidle", timeout=5_000)
    page.wait_for_function(IDLE, timeout=120_000)
    # OdooBot greets every new user in a window that covers a small screen.
    page.add_style_tag(content=".o-mail-ChatHub, .o-mail-ChatWindow { display: none !important }")
    page.wait_for_timeout(400)  # charts and side panels finish drawing


def login(page, base, user, password):
    page.goto(f"{base}/web/login")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password)
    page.locator("form.oe_login_form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/web/login" not in url, timeout=60_000)


def do_step(page, step):
    ((kind, value),) = step.items()
    if kind == "click":
        page.locator(value).first.click()
    elif kind == "wait":
        page.locator(value).first.wait_for()
    elif kind == "sleep":
        page.wait_for_timeout(value)
    elif kind == "fill":
        page.locator(value[0]).first.fill(value[1])
    elif kind == "press":
        page.keyboard.press(value)
    else:
        raise ValueError(f"unknown step {kind}")
    if kind != "sleep":
        settle(page)


def take(browser, base, shot, size, path):
    """Take one picture; return what was wrong with it."""
    user = shot.get("user", "admin")
    lang = shot.get("lang", "en_US")
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=lang.replace("_", "-"),
        reduced_motion="reduce",
        has_touch=size[0] < 600,
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    before = None
    try:
        login(page, base, user, shot.get("password", user))
        before = page.evaluate(SET_LANGUAGE, [lang])
        page.goto(base + shot["url"])
        settle(page)
        for step in shot.get("steps", []):
            do_step(page, step)
    except Error as error:
        problems.append(error.message.splitlines()[0])
    if page.locator(".o_error_dialog").count():
        problems.append("an error dialog is open")
    page.screenshot(path=path, full_page=bool(shot.get("full")))
    if before and before != lang:
        page.evaluate(SET_LANGUAGE, [before])
    context.close()
    return problems


def with_ids(database, spec):
    """Put ids in the place of external ids; stop where there is none."""
    with closing(psycopg2.connect(dbname=database)) as connection, connection.cursor() as cursor:
        for shot in spec:
            for name in re.findall(r"{(.+?)}", shot["url"]):
                where = name.split(".", 1)
                cursor.execute(
                    "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", where
                )
                found = cursor.fetchone()
                if not found:
                    sys.exit(f"error: {database} has no record {name}, which {shot['name']} shows.")
                shot["url"] = shot["url"].replace(f"{{{name}}}", str(found[0]))
    return spec


def main(database, spec_path, out):
    spec = with_ids(database, json.loads(Path(spec_path).read_text()))
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not executable:
        sys.exit("error: no browser found; run dev/setup, which installs chromium.")
    failed = False
    log_path = Path(out) / "server.log"
    with server(database, log_path) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for shot in spec:
            one_size = "width" in shot
            sizes = [(shot["width"], shot.get("height", 768))] if one_size else SIZES
            for size in sizes:
                path = Path(out) / (shot["name"] + ("" if one_size else f"-{size[0]}") + ".png")
                problems = take(browser, base, shot, size, path)
                print(f"{path}: {'; '.join(problems) or 'ok'}", flush=True)
                failed = failed or bool(problems)
        browser.close()
    if not failed:
        log_path.unlink()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
