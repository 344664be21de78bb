"""Walk through screens as people do, and count what it costs them. Called by dev/walk.

    walk.py DB [--out DIR] [NAME…]

dev/walks.json is a list of walks:
    name, title    of the walk
    user           who walks; the password is the name
    groups         external ids of what the user may do, where the demo company grants other rights
    before         what the administrator does first: [model, domain, method, arguments] each,
                   done to all records of the domain; a walk that leaves traces stands last
    width, height  of the window; 390 wide is a phone
    start          where the person is before the first click (default: the app's first page)
    setup          steps that are done before, and are not counted
    steps          what the person does, one of these per step:
        {"click": css} {"type": [css, text]} {"press": key}   count as one action each
        {"look": css}       the person reads what is there
        {"see": text}       the walk fails unless the page shows this
        {"gone": css}       the walk fails unless this goes away

Three figures come out. Clicks: actions, also those of the keyboard, but not single letters.
Machine: seconds the person waits for the page, measured. Person: seconds for the hand and the
head by the keystroke-level model (Card, Moran, Newell): 1.1 to point and click, 1.2 to take in
each thing looked at, 0.3 a letter. Person and machine together are what the task takes.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import shots
from playwright.sync_api import Error, sync_playwright

LANG = "zh_CN"
POINT, LOOK, LETTER = 1.1, 1.2, 0.3
CALL = """const call = (model, method, args, kwargs = {}) => fetch(
        `/web/dataset/call_kw/${model}/${method}`, {
            method: "POST", headers: {"Content-Type": "application/json"},
            body: JSON.stringify({jsonrpc: "2.0", params: {model, method, args, kwargs}}),
        }).then((r) => r.json()).then((r) => {
            if (r.error) throw new Error(r.error.data.message);
            return r.result;
        });"""
DO = f"""async ([model, domain, method, args]) => {{
    {CALL}
    return call(model, method, [await call(model, "search", [domain]), ...args]);
}}"""
GRANT = f"""async ([login, names]) => {{
    {CALL}
    const groups = [];
    for (const name of names) {{
        const [module, id] = name.split(".");
        const domain = [["module", "=", module], ["name", "=", id], ["model", "=", "res.groups"]];
        const [data] = await call("ir.model.data", "search_read", [domain, ["res_id"]]);
        groups.push(data.res_id);
    }}
    const users = await call("res.users", "search", [[["login", "=", login]]]);
    await call("res.users", "write", [users, {{group_ids: [[6, 0, groups]]}}]);
}}"""
BUSY = ".o_loading_indicator, .o_blockUI"
SPEC = Path(__file__).with_name("walks.json")


def ready(page):
    """Return when the page shows what was asked for: nothing loads any more."""
    page.wait_for_function(shots.IDLE, timeout=120_000)
    page.wait_for_function(
        f"() => !document.querySelector('{BUSY}') && !document.querySelector('.o_dialog_busy')"
    )


class Walk:
    """One walk: does the steps, counts, and notes what went wrong."""

    def __init__(self, page, spec):
        self.page, self.spec = page, spec
        self.clicks, self.person, self.machine = 0, 0.0, 0.0

    def shown(self, css):
        return self.page.locator(css).locator("visible=true").first

    def step(self, step):
        ((kind, value),) = step.items()
        if kind in ("click", "type", "press"):
            self.clicks += 1
            self.person += POINT if kind == "click" else 0
        if kind == "click":
            self.timed(lambda: self.shown(value).click())
        elif kind == "type":
            self.person += LETTER * len(value[1])
            self.timed(lambda: self.shown(value[0]).fill(value[1]))
        elif kind == "press":
            self.person += LETTER
            self.timed(lambda: self.page.keyboard.press(value))
        elif kind == "look":
            self.person += LOOK
            self.timed(lambda: self.shown(value).wait_for())
        elif kind == "see":
            self.timed(
                lambda: self.page.get_by_text(value).locator("visible=true").first.wait_for()
            )
        elif kind == "gone":
            self.timed(lambda: self.page.locator(value).first.wait_for(state="detached"))
        else:
            raise ValueError(f"unknown step {kind}")

    def timed(self, action):
        begin = time.monotonic()
        action()
        ready(self.page)
        self.machine += time.monotonic() - begin

    def run(self):
        for step in self.spec["steps"]:
            try:
                self.step(step)
            except Error as error:
                return f"{json.dumps(step, ensure_ascii=False)}: {error.message.splitlines()[0]}"
            if self.page.locator(".o_error_dialog").count():
                return f"{json.dumps(step, ensure_ascii=False)}: an error dialog"
        return ""


def prepare(browser, base, spec):
    """Give the walker exactly the groups of the walk, and do what comes before it."""
    if not spec.keys() & {"groups", "before"}:
        return
    context = browser.new_context()
    page = context.new_page()
    shots.login(page, base, "admin", "admin")
    if spec.get("groups"):
        page.evaluate(GRANT, [spec["user"], spec["groups"]])
    for deed in spec.get("before", []):
        page.evaluate(DO, deed)
    context.close()


def walk(browser, base, spec, out):
    width, height = spec.get("width", 1366), spec.get("height", 768)
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LANG.replace("_", "-"),
        reduced_motion="reduce",
        has_touch=width < 600,
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    done = Walk(page, spec)
    try:
        shots.login(page, base, spec["user"], spec["user"])
        page.evaluate(shots.SET_LANGUAGE, [LANG])
        page.goto(base + spec.get("start", "/odoo/retention-dashboard"))
        shots.settle(page)
        for step in spec.get("setup", []):
            shots.do_step(page, step)
        problem = done.run()
        if out:
            shots.settle(page)
    except Error as error:
        problem = f"outside its steps: {error.message.splitlines()[0]}"
    if out:
        page.screenshot(path=str(Path(out) / f"walk-{spec['name']}.png"))
    context.close()
    return done, problem


def main(database, *arguments):
    names, out = list(arguments), None
    if "--out" in names:
        at = names.index("--out")
        out = names[at + 1]
        del names[at : at + 2]
        Path(out).mkdir(parents=True, exist_ok=True)
    specs = [spec for spec in json.loads(SPEC.read_text()) if not names or spec["name"] in names]
    executable = next(filter(None, map(shutil.which, shots.BROWSERS)), None)
    if not executable:
        sys.exit("error: no browser found; run dev/setup, which installs chromium.")
    failed = False
    log_path = Path(out or os.environ.get("TMPDIR", "/tmp")) / f"{database}.log"
    with shots.server(database, log_path) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        print(f"{'walk':<12}{'user':<8}{'clicks':>7}{'machine s':>11}{'person s':>10}{'all s':>7}")
        for spec in specs:
            prepare(browser, base, spec)
            done, problem = walk(browser, base, spec, out)
            print(
                f"{spec['name']:<12}{spec['user']:<8}{done.clicks:>7}{done.machine:>11.1f}"
                f"{done.person:>10.1f}{done.machine + done.person:>7.1f}  {spec['title']}"
                + (f"\n    failed at {problem}" if problem else ""),
                flush=True,
            )
            failed = failed or bool(problem)
        browser.close()
    if not failed:
        log_path.unlink()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
