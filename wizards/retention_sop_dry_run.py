from collections import defaultdict
from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..analytics import schedule

MORNING = time(9)
MOST_ROUNDS = 500  # moments at which something is due, for the few customers of a try-out


class RetentionSopDryRun(models.TransientModel):
    """What a procedure would do, as if today were another day. Nothing is sent, nothing stays."""

    _name = "retention.sop.dry.run"
    _description = "Try-Out of a Procedure"
    _allow_sudo_commands = False

    sop_id = fields.Many2one(
        "retention.sop",
        "Procedure",
        required=True,
        ondelete="cascade",
        help="The procedure that is tried; nothing of it stays.",
    )
    as_of = fields.Date(
        "As If Today Were", required=True, help="The procedure is tried as if today were this day."
    )
    look_back = fields.Integer(
        "Occasions of the Last (days)",
        default=30,
        help="Who had the occasion in these days enters too, so that there is something to see.",
    )
    most = fields.Integer(
        "Customers at Most",
        default=10,
        help="More customers than these are counted, but not shown.",
    )
    as_if_sending = fields.Boolean(
        "As If Sending Were Switched On", default=True, help="Otherwise mails are held back."
    )
    entering_count = fields.Integer(
        "Would Enter", readonly=True, help="Customers who would enter on that day."
    )
    line_ids = fields.One2many("retention.sop.dry.run.line", "run_id", "Steps", readonly=True)
    done = fields.Boolean(readonly=True)

    def action_run(self):
        """Work out what would happen, and show it."""
        self.ensure_one()
        self.sop_id.check_access("write")
        plan = self.sop_id._simulate(
            self.as_of, self.look_back, max(1, min(self.most, 50)), self.as_if_sending
        )
        self.line_ids.unlink()
        self.write({"done": True, "entering_count": plan["count"]})
        self.line_ids.create([{**row, "run_id": self.id} for row in plan["rows"]])
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
            "name": self.env._("Try Out: %s", self.sop_id.display_name),
        }


class RetentionSopDryRunLine(models.TransientModel):
    """One step of one customer in a try-out."""

    _name = "retention.sop.dry.run.line"
    _description = "Step of a Try-Out"
    _order = "run_id, partner_id, due_at, id"
    _allow_sudo_commands = False

    run_id = fields.Many2one("retention.sop.dry.run", required=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer")
    contact_id = fields.Many2one("res.partner")
    anchor_date = fields.Date(
        "Date It Is About",
        help="The purchase, birthday or other day because of which the customer enters.",
    )
    step_id = fields.Many2one("retention.sop.step", ondelete="cascade")
    due_at = fields.Datetime("When", help="When the step would be done.")
    user_id = fields.Many2one("res.users", "Person")
    state = fields.Selection(
        selection=lambda self: (
            self.env["retention.sop.step.run"]._fields["state"]._description_selection(self.env)
        )
    )
    result = fields.Char(help="What would come of the step.")
    held_back = fields.Text(help="What was held back, and why.")
    text = fields.Html(help="What the customer or the person would read.")


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    def action_dry_run(self):
        """Show who would get what today; another day is chosen there."""
        self.ensure_one()
        self.check_access("write")
        company = self.company_id or self.env.company._retention_company()
        values = {"sop_id": self.id, "as_of": company._retention_today()}
        return self.env["retention.sop.dry.run"].create(values).action_run()

    def _simulate(self, as_of, look_back, most, as_if_sending=True):
        """Return {"count": who would enter, "rows": what would happen to the first ``most``}.

        The engine itself is run, with a clock of its own, in a transaction of its own that is
        rolled back. Tasks count as done on their last day.
        """
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            try:
                sop = self.with_env(self.env(cr=cr))._engine_env()
                return sop._simulate_here(as_of, look_back, most, as_if_sending)
            finally:
                cr.rollback()

    def _engine_env(self):
        company = self.company_id or self.env.company._retention_company()
        env = self.env["retention.enrollment"]._engine().with_company(company).env
        return self.with_env(env)

    def _simulate_here(self, as_of, look_back, most, as_if_sending):
        company = self.company_id or self.env.company
        if as_if_sending:
            company.retention_send = True
        mine = self if self.company_id else self._copy_as({"company_id": company.id})
        sop = mine.with_context(retention_look_back=look_back)
        rows = sop._candidates(as_of)
        zone, days = company._retention_timezone(), defaultdict(list)
        for row in rows[:most]:
            days[min(as_of, sop._entry_day(row["anchor_date"]))].append(row)
        entered = self.env["retention.enrollment"]
        for day, found in sorted(days.items()):
            now = schedule.to_utc(datetime.combine(day, MORNING), zone)
            entered |= sop._enroll(found, day, now, "sweep")
        if entered:
            now = min(entered.mapped("entered_at"))
            entered._play(company, now, now + timedelta(days=400))
        return {"count": len(rows), "rows": self._told(entered)}

    def _entry_day(self, anchor):
        """Return the day on which who has this occasion would have entered."""
        return anchor + timedelta(days=self.trigger_days) if self._is_dated() else anchor

    @api.model
    def _told(self, enrollments):
        """Return what happened in ``enrollments`` as values of lines."""
        rows = []
        for run in enrollments.run_ids.sorted(lambda r: (r.partner_id.id, r.due_at, r.id)):
            touch = run.touch_id
            title, text = run._shown_text()
            if title:
                text = Markup("<p><b>%s</b></p>%s") % (title, Markup(text or ""))
            rows.append(
                {
                    "partner_id": run.partner_id.id,
                    "contact_id": run.contact_id.id,
                    "anchor_date": run.enrollment_id.anchor_date,
                    "step_id": self._own_step(run.step_id).id,
                    "due_at": run.done_at or run.due_at,
                    "user_id": run.user_id.id,
                    "state": run.state,
                    "result": run.error or run.result or False,
                    "held_back": touch.log or False,
                    "text": text if html2plaintext(text or "").strip() else False,
                }
            )
        return rows

    def _own_step(self, step):
        """Return the step of this procedure that ``step`` is, or was copied from."""
        mine = self.step_ids.sorted(lambda s: s._place())
        theirs = step.sop_id.step_ids.sorted(lambda s: s._place())
        return dict(zip(theirs, mine)).get(step, step)


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    def _play(self, company, now, end):
        """Execute what is due, moment by moment, until nothing is or ``end`` has come."""
        for _round in range(MOST_ROUNDS):
            runs = self.run_ids
            waiting = runs.filtered(lambda run: run.state == "waiting")
            tasks = runs.filtered(lambda run: run.state == "open")
            moments = waiting.mapped("due_at") + [task._last_moment() for task in tasks]
            moment = max(now, min(moments, default=end))
            if moment >= end:
                return
            now = moment
            waiting.filtered(lambda run, now=now: run.due_at <= now)._execute(company, now)
            tasks.filtered(
                lambda run, now=now: run.state == "open" and run._last_moment() <= now
            )._task_done(now)


class RetentionSopStepRun(models.Model):
    _inherit = "retention.sop.step.run"

    def _shown_text(self):
        """Return (title, text) of what the customer or the person reads. Hook for bridges."""
        self.ensure_one()
        return (
            self.mail_id.subject or self.activity_id.summary,
            self.mail_id.body_html or self.activity_id.note or Markup(),
        )

    def _last_moment(self):
        """Return when the task of this run is to be done at the latest, in the evening."""
        self.ensure_one()
        day = self.activity_id.date_deadline
        if not day:
            return self.due_at
        return schedule.to_utc(datetime.combine(day, time(17)), self.enrollment_id.zone)
