"""Kinds of steps that a person does: tasks, plans, alerts, approval, escalation."""

from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.tools import is_html_empty

from ..analytics import schedule
from .retention_sop_runner import Result

TASK = "customer_retention.activity_type_sop_task"
CHANNEL_TYPES = {
    "wechat": "customer_retention.activity_type_sop_wechat",
    "call": "customer_retention.activity_type_sop_call",
    "visit": "customer_retention.activity_type_sop_visit",
    "letter": "customer_retention.activity_type_sop_card",
}
APPROVAL = "customer_retention.activity_type_sop_approval"


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    # ---------------------------------------------------------------- who
    def _people_of(self, runs):
        """Return {run id: user} of who does this step. Never nobody."""
        self.ensure_one()
        enrollments = runs.enrollment_id
        sop, found = self.sop_id, {}
        if self.responsible == "owner":
            alerts = self.env["retention.alert"]
            here = alerts._eligible_users(sop.company_id)
            found = {e.id: e.user_id for e in enrollments if e.user_id in here}
        left = enrollments.filtered(lambda e: e.id not in found)
        if left:
            rule = sop.owner_rule if self.responsible == "owner" else self.responsible
            named = sop.owner_id if self.responsible == "owner" else self.user_id
            wanted = {e.id: (e.profile_id.id, e.partner_id.id) for e in left}
            people = sop._people(rule, named, wanted)
            found |= {key: user for key, (user, _team) in people.items()}
        return {run.id: found[run.enrollment_id.id] for run in runs}

    def _deadlines(self, runs, now):
        """Return {run id: day} by which this step is to be done, where the contact lives."""
        company = self.sop_id.company_id
        zones = {run.id: run.enrollment_id.zone for run in runs}
        # West of Greenwich it may still be the day before.
        since = now.date() - schedule.DAY
        rest = company._retention_rest_days(since, since + schedule.DAY * 100)
        days = {}
        for zone in set(zones.values()):
            moment = schedule.due(now, self.due_days, "workdays", None, zone, rest.__contains__)
            days[zone] = schedule.local(moment, zone).date()
        return {key: days[zone] for key, zone in zones.items()}

    # ---------------------------------------------------------------- a task
    def _run_activity(self, runs, now):
        kind = self.activity_type_id or self.env.ref(CHANNEL_TYPES.get(self.channel, TASK))
        texts = self._texts(runs, plain=True) if self.template_id else {}
        return self._give_tasks(runs, now, kind, texts)

    def _give_tasks(self, runs, now, kind, texts=None):
        """Plan this step's task for each of ``runs``; return {run id: Result}.

        A customer with an open alert has a task already: the script joins it.

        :param kind: type of the activity
        :param texts: {run id: text for the customer that the task carries}
        """
        people, days = self._people_of(runs), self._deadlines(runs, now)
        alerts = self._open_alerts(runs)
        joined = runs.filtered(lambda run: alerts.get(run.partner_id.id))
        own = runs - joined
        model_id = self.env["ir.model"]._get_id("retention.enrollment")
        notes = self._notes(people)
        made = self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": notes[people[run.id].lang][0],
                    "note": self._task_note(notes[people[run.id].lang][1], run, texts),
                    "automated": True,
                    "date_deadline": days[run.id],
                    "res_model_id": model_id,
                    "res_id": run.enrollment_id.id,
                    "user_id": people[run.id].id,
                }
                for run in own
            ]
        )
        text = self.env._("Task planned")
        found = {
            run.id: Result(
                "open",
                text,
                {
                    "activity_id": task.id,
                    "user_id": people[run.id].id,
                    "touch": {"user_id": people[run.id].id},
                },
                go_on=not self.wait_done,
            )
            for run, task in zip(own, made)
        }
        return found | self._join_alerts(joined, alerts, people, notes, texts)

    def _open_alerts(self, runs):
        """Return {partner id: the open alert with a task}."""
        found = self.env["retention.alert"].search(
            [
                ("partner_id", "in", runs.partner_id.ids),
                ("company_id", "in", runs.company_id.ids),
                ("state", "=", "open"),
            ]
        )
        return {alert.partner_id.id: alert for alert in found.filtered("task_id.active")}

    def _join_alerts(self, runs, alerts, people, notes, texts):
        """Add the script of this step to the open alert's task instead of a second one."""
        if not runs:
            return {}
        bodies = {}
        for run in runs:
            alert = alerts[run.partner_id.id]
            title, note = notes[people[run.id].lang]
            body = Markup("<p><b>%s</b></p>%s") % (title, self._task_note(note, run, texts) or "")
            bodies[alert.id] = bodies.get(alert.id, Markup()) + body
        joined = self.env["retention.alert"].browse(bodies)
        joined._message_log_batch(bodies)
        for alert in joined:
            alert.task_id.note = (alert.task_id.note or Markup()) + bodies[alert.id]
        text = self.env._("Added to the open alert's task")
        return {
            run.id: Result(
                "open",
                text,
                {
                    "activity_id": alerts[run.partner_id.id].task_id.id,
                    "user_id": alerts[run.partner_id.id].user_id.id,
                },
                go_on=not self.wait_done,
            )
            for run in runs
        }

    def _notes(self, people):
        """Return {language: (title, script)} in the languages of those who do it."""
        found = {}
        for lang in {user.lang for user in people.values()}:
            step = self.with_context(lang=lang)
            found[lang] = step.name, step.note
        return found

    def _task_note(self, note, run, texts):
        """Return what the task says: the text for the customer first, then the script."""
        text = (texts or {}).get(run.id)
        parts = []
        if text:
            parts.append(Markup('<div class="o_retention_text">%s</div>') % text)
        if not is_html_empty(note):
            parts.append(Markup(note))
        return Markup().join(parts) or False

    # ---------------------------------------------------------------- a core activity plan
    def _run_plan(self, runs, now):
        """Plan all activities of a core activity plan on the enrollment."""
        plan = self.plan_id
        self._check_there(plan)
        people, model_id = (
            self._people_of(runs),
            self.env["ir.model"]._get_id("retention.enrollment"),
        )
        values, today = [], now.date()
        for run in runs:
            for template in plan.template_ids:
                chosen = template._determine_responsible(people[run.id], run.enrollment_id)
                user = chosen["responsible"] or people[run.id]
                values.append(
                    {
                        "activity_type_id": template.activity_type_id.id,
                        "summary": template.summary,
                        "note": template.note,
                        "automated": True,
                        "date_deadline": template._get_date_deadline(today),
                        "res_model_id": model_id,
                        "res_id": run.enrollment_id.id,
                        "user_id": user.id,
                    }
                )
        self.env["mail.activity"].create(values)
        text = self.env._("Planned: %s", plan.name)
        return {run.id: Result(text=text, values={"user_id": people[run.id].id}) for run in runs}

    # ---------------------------------------------------------------- approval
    def _run_approval(self, runs, now):
        """Ask somebody: done means approved, the button Refuse ends the enrollment."""
        found = self._give_tasks(runs, now, self.env.ref(APPROVAL))
        return {key: result._replace(go_on=False) for key, result in found.items()}

    def _channels_approval(self, runs):
        return dict.fromkeys(runs.ids)

    # ---------------------------------------------------------------- alert
    def _run_alert(self, runs, now):
        """Open a churn alert: it asks for outcome, root cause and what was tried."""
        company = self.sop_id.company_id
        today = schedule.local(now, company._retention_timezone()).date()
        alerts = self.env["retention.alert"]
        live = alerts.search(
            [
                ("partner_id", "in", runs.partner_id.ids),
                ("company_id", "=", company.id),
                ("live", "=", True),
            ]
        )
        known = {alert.partner_id.id: alert for alert in live}
        profiles = runs.enrollment_id.profile_id.filtered(lambda p: p.partner_id.id not in known)
        made = alerts._create_alerts(company, today, profiles)
        people = self._people_of(runs)
        self._give_alerts(made, {run.partner_id.id: people[run.id] for run in runs})
        alerts._fill_slots(company, today)
        known |= {alert.partner_id.id: alert for alert in made}
        notes = self._notes(people)
        bodies = {
            known[run.partner_id.id].id: self._task_note(notes[people[run.id].lang][1], run, None)
            or notes[people[run.id].lang][0]
            for run in runs
            if run.partner_id.id in known
        }
        alerts.browse(bodies)._message_log_batch(bodies)
        return {run.id: self._alert_result(known.get(run.partner_id.id)) for run in runs}

    def _give_alerts(self, alerts, people):
        """Give new alerts to who is named by this step, else to whom alerts go anyway.

        :param people: {partner id: user}
        """
        if self.responsible in ("owner", "manager"):
            return
        for alert in alerts:
            user = people[alert.partner_id.id]
            if alert.user_id != user:
                alert.write({"user_id": user.id, "original_user_id": user.id})

    def _alert_result(self, alert):
        if not alert:
            return Result("skipped", self.env._("Not a customer yet"))
        values = {"res_model": alert._name, "res_id": alert.id, "user_id": alert.user_id.id}
        return Result("open", self.env._("Alert opened"), values, go_on=not self.wait_done)

    def _channels_alert(self, runs):
        return dict.fromkeys(runs.ids)

    # ---------------------------------------------------------------- escalation
    def _run_escalate(self, runs, now):
        """Give tasks of earlier steps that are still open to this step's responsible."""
        enrollments = runs.enrollment_id
        open_runs = enrollments.run_ids.filtered(
            lambda r: r.state == "open" and r.activity_id.active
        )
        late = open_runs.grouped("enrollment_id")
        people = self._people_of(runs.filtered(lambda run: run.enrollment_id in late))
        moves, found = defaultdict(self.env["mail.activity"].browse), {}
        for run in runs:
            tasks = late.get(run.enrollment_id, open_runs.browse()).activity_id
            if not tasks:
                found[run.id] = Result("skipped", self.env._("Nothing is left to be done"))
                continue
            user = people[run.id]
            moves[user] |= tasks
            text = self.env._("Passed on to %s", user.name)
            found[run.id] = Result(text=text, values={"user_id": user.id})
        for user, tasks in moves.items():
            tasks.write({"user_id": user.id})
            open_runs.filtered(lambda r, t=tasks: r.activity_id in t).write({"user_id": user.id})
        return found

    def _channels_escalate(self, runs):
        return dict.fromkeys(runs.ids)

    # ---------------------------------------------------------------- telling colleagues
    def _run_notify(self, runs, now):
        """Tell the responsible of each customer: one message each for all customers."""
        people = self._people_of(runs)
        for user in set(people.values()):
            mine = runs.filtered(lambda run, user=user: people[run.id] == user)
            mine.with_context(lang=user.lang)._tell(user, self.with_context(lang=user.lang).name)
        return {
            run.id: Result(
                text=self.env._("Told %s", people[run.id].name),
                values={"user_id": people[run.id].id},
            )
            for run in runs
        }

    @api.model
    def _contact_kind(self, channel):
        """Return the type of activity for a contact by ``channel``."""
        return self.env.ref(CHANNEL_TYPES.get(channel, TASK))
