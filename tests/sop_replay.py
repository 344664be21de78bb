"""Days that are lived through with procedures of the library, to be told as tables.

Hours and days in tables are those of the clock where the contact lives, days are counted from
the first one; people's deeds are told by the company's clock.
"""

import ast
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import freeze_time
from odoo.tools import SQL

from .sop_common import OURS, START, SopCase

MINUTE = timedelta(minutes=1)
# What steps leave behind: table, its column of the company if there is one.
TRACES = {
    "retention_enrollment": "company_id",
    "retention_sop_step_run": "company_id",
    "retention_touch": "company_id",
    "retention_alert": "company_id",
    "mail_activity": None,
    "mail_mail": None,
}


class ReplayCase(SopCase):
    """A company in China that keeps the official holidays; people's deeds are scheduled.

    A test class takes its procedures from the library, says with :meth:`at_hour` and
    :meth:`does` what people do when, and lives through the days once for all its tests.
    """

    zone = "Asia/Shanghai"
    first = START

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tz": False})
        cls.company = cls.company.with_env(cls.env)
        cls.company.write({"retention_tz": cls.zone, "country_id": cls.env.ref("base.cn").id})
        cls.people = {"owner": cls.owner, "leader": cls.leader, "manager": cls.manager}
        cls.deeds, cls.taken = [], {}

    # ------------------------------------------------------------ who and what
    @classmethod
    def take(cls, code, start=0, only=True, **values):
        """Take an entry of the library and switch it on; ``only``: for its own customers."""
        entry = cls.env.ref(f"{OURS}.sop_{code}")
        sop = cls.sops.browse(entry.action_take()["res_id"])
        if only:
            own = ast.literal_eval(sop.audience_domain)
            values["audience_domain"] = repr([("partner_id.ref", "=", code), *own])
        if values:
            sop.write(values)
        if problems := sop._problems():
            raise AssertionError(problems)
        sop._start(cls.first + timedelta(days=start))
        cls.taken[code] = sop
        return sop

    @classmethod
    def someone(cls, code, name, *days, **values):
        """Make a customer of the entry ``code`` who bought on these days at noon UTC."""
        days = [cls.first + timedelta(days=day) for day in days]
        return cls.buyer(name, *days, **{"ref": code, **values})

    @classmethod
    def person(cls, firm, name, **values):
        return cls.customer(
            name,
            is_company=False,
            parent_id=firm.id,
            user_id=firm.user_id.id,
            email=f"{name.lower()}@x.test",
            **values,
        )

    # ------------------------------------------------------------ the clock
    @classmethod
    def when(cls, day, hour, zone=None):
        """Return the moment of an hour of the company's clock, or that of ``zone``."""
        wall = datetime.combine(cls.first, datetime.min.time()) + timedelta(days=day)
        wall = wall.replace(hour=int(hour), minute=round(hour % 1 * 60))
        local = wall.replace(tzinfo=ZoneInfo(zone or cls.zone))
        return local.astimezone(UTC).replace(tzinfo=None)

    @classmethod
    def clock(cls, moment, zone=None):
        """Return (day, hour) that the company's clock shows, or that of ``zone``."""
        wall = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone or cls.zone))
        return (wall.date() - cls.first).days, wall.hour + wall.minute / 60

    # ------------------------------------------------------------ what people do
    @classmethod
    def at_hour(cls, day, hour, deed):
        cls.deeds.append((cls.when(day, hour), len(cls.deeds), deed))

    @classmethod
    def does(cls, day, hour, who, customer, step, said="As agreed"):
        """Have somebody mark the task of the step of this name as done."""

        def deed():
            run = cls.open_run(customer, step)
            run.activity_id.with_user(cls.people[who]).action_feedback(said)

        cls.at_hour(day, hour, deed)

    @classmethod
    def open_run(cls, customer, step):
        mine = ["|", ("partner_id", "=", customer.id), ("contact_id", "=", customer.id)]
        runs = cls.runs.search([*mine, ("state", "=", "open")])
        found = runs.filtered(lambda run: run.step_id.name == step)
        if len(found) != 1:
            raise AssertionError(
                f"{len(found)} tasks {step!r} of {customer.name}: {runs.step_id.mapped('name')}"
            )
        return found

    @classmethod
    def buys(cls, day, hour, customer, amount=100.0):
        cls.at_hour(day, hour, lambda: cls.order(customer, cls.when(day, hour), amount))

    @classmethod
    def talks(cls, day, hour, contact, tag=None, kind="call", **values):
        """Have the owner note a talk with ``contact``; ``tag``: name of an intent tag."""

        def deed():
            tags = cls.env.ref(f"{OURS}.{tag}").ids if tag else []
            cls.env["retention.interaction"].create(
                {
                    "partner_id": contact.id,
                    "company_id": cls.company.id,
                    "kind": kind,
                    "date": cls.when(day, hour),
                    "user_id": cls.owner.id,
                    "tag_ids": [(6, 0, tags)],
                    **values,
                }
            )

        cls.at_hour(day, hour, deed)

    @classmethod
    def adds(cls, day, hour, code, *contacts):
        """Have customers added by hand."""

        def deed():
            moment = cls.when(day, hour)
            rows = cls.rows(contacts, moment, anchor_date=cls.first + timedelta(days=day))
            cls.take_in(cls.taken[code], rows, moment)

        cls.at_hour(day, hour, deed)

    # ------------------------------------------------------------ living
    @classmethod
    def live(cls, until, nights, again=True):
        """Live up to the end of the day ``until``: deeds, nights and steps in order of time.

        Steps are done when they are due, and a minute before nothing is.

        :param nights: days on which everybody is computed, at one o'clock
        :param again: every night and every look for due steps comes twice, and the second
            time changes nothing
        """
        cls.again = again
        plan = sorted(cls.deeds, key=lambda entry: entry[:2])
        plan += [(cls.when(day, 1), -1, None) for day in nights]
        with freeze_time(cls.when(0, 0)) as cls.frozen:
            for moment, _number, deed in sorted(plan, key=lambda entry: entry[:2]):
                cls.wait(moment)
                if deed is None:
                    cls.twice(cls.full_run, moment)
                else:
                    cls.happens(deed, moment)
            cls.wait(cls.when(until, 23.5))
        cls.deeds.clear()
        cls.env.invalidate_all()

    @classmethod
    def wait(cls, until):
        """Do what is due up to a moment, each at its own."""
        while (due := cls.next_due()) and due < until:
            if cls.look(due - MINUTE):
                raise AssertionError(f"something was done a minute before {due}")
            cls.twice(cls.look, due)

    @classmethod
    def next_due(cls):
        run = cls.runs.search(
            [("company_id", "=", cls.company.id), ("state", "=", "waiting")],
            order="due_at",
            limit=1,
        )
        return run.due_at

    @classmethod
    def look(cls, moment):
        """Have the runner look for due steps; return how many it took."""
        cls.frozen.move_to(moment)
        taken = 0
        while found := cls.runs._tick(cls.company, moment):
            taken += found
        return taken

    @classmethod
    def full_run(cls, moment):
        cls.frozen.move_to(moment)
        cls.refresh(cls.first + timedelta(days=cls.clock(moment)[0]))

    @classmethod
    def happens(cls, deed, moment):
        """Let somebody do something, and Odoo's scheduled actions answer at once."""
        cls.frozen.move_to(moment)
        deed()
        cls.env.flush_all()
        cls.env.cr.precommit.run()
        cls.env["retention.refresh.request"]._answer(cls.company)
        cls.look(moment)

    @classmethod
    def twice(cls, call, moment):
        call(moment)
        if not cls.again:
            return
        once = cls.traces()
        call(moment)
        again = cls.traces()
        changed = {
            table: set(once[table]) ^ set(again[table])
            for table in TRACES
            if once[table] != again[table]
        }
        if changed:
            raise AssertionError(f"{call.__name__} of {moment} twice: {changed}")

    @classmethod
    def traces(cls):
        """Return {table: rows as text} of all that steps leave behind."""
        cls.env.flush_all()
        found = {}
        for table, column in TRACES.items():
            mine = SQL("%s = %s", SQL.identifier(column), cls.company.id) if column else SQL("TRUE")
            query = SQL(
                "SELECT t::text FROM %s t WHERE %s ORDER BY id", SQL.identifier(table), mine
            )
            found[table] = [row[0] for row in cls.env.execute_query(query)]
        return found

    # ------------------------------------------------------------ telling
    def assertLived(self, code, table):
        """Check all passes of an entry: name | day hour | how it ended, and below, its steps.

        A step's line tells: step | day hour | who | what came of it.
        """
        wanted = [
            " | ".join(part.strip() for part in line.split("|"))
            for line in table.strip().splitlines()
        ]
        found = []
        for enrollment in self.of(self.taken[code]):
            began = self.told(*self.clock(enrollment.entered_at))
            found.append(f"{enrollment.contact_id.name} | {began} | {self.ending(enrollment)}")
            found += self.story(enrollment)
        self.maxDiff = None
        self.assertEqual("\n".join(found), "\n".join(wanted))

    @classmethod
    def told(cls, day, hour):
        return f"{day} {int(hour)}:{round(hour % 1 * 60):02d}"

    def ending(self, enrollment):
        if enrollment.state == "left":
            return f"left: {self.enrollments._exit_reasons()[enrollment.exit_reason]}"
        return enrollment.state

    def story(self, enrollment):
        """Return the lines of the steps of one pass, in order."""
        names = {user: name for name, user in self.people.items()}
        lines = []
        for run in enrollment.run_ids.sorted("id"):
            who = run.user_id or run.mail_id.sudo().author_id.user_ids
            when = self.told(*self.clock(run.due_at, enrollment.zone))
            parts = (run.step_id.name, when, names.get(who, ""), self.what(run))
            lines.append(" | ".join(parts))
        return lines

    def what(self, run):
        """Return what came of a step, in a few words."""
        if run.state in ("waiting", "failed"):
            return run.state
        if run.state == "skipped" or not (run.activity_id or run.res_id):
            return self.words(run)
        found = run.channel or run.step_id.channel or "task"
        if run.res_id:
            found = "alert"
        elif run.activity_id.res_model == "retention.alert":
            found += " joined"
        else:
            found += f" by {(run.activity_id.date_deadline - self.first).days}"
        if run.state == "cancelled":
            return f"{found}, called off"
        if run.state == "done":
            return f"{found}, done {self.told(*self.clock(run.done_at))}"
        return found

    def words(self, run):
        if run.state == "cancelled":
            return "called off"
        if run.state == "skipped" and run.type != "escalate":
            return f"skipped: {run.result}"
        if run.state == "skipped":
            return "nothing left"
        return {"notify": "told", "escalate": "passed on"}.get(
            run.type, run.channel if run.mail_id else run.result
        )
