from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .retention_alert_owner import MANAGER

MOST = 1000  # new alerts in one go: a night, or while the manager who starts them waits


class RetentionAlert(models.Model):
    """The engine: what opens alerts, adds and resolves causes, and escalates."""

    _inherit = "retention.alert"

    def _quietly(self):
        """Return these with the engine's rights; nobody is told of each single task."""
        return self.sudo().with_context(mail_activity_quick_update=True)

    def _engine(self, company):
        """Return these for work on many at once: without a tracking message for each."""
        quiet = self._quietly().with_company(company)
        return quiet.with_context(tracking_disable=True, mail_create_nosubscribe=True)

    @api.model
    def _sync(self, company, as_of, partner_ids=None, nightly=False):
        """Bring the alerts of ``company`` in line with its customers' reasons and levels.

        Called under the company's lock. Doing it twice changes nothing the second time; the
        number of queries does not depend on the number of customers.

        :param company: a company that keeps customers
        :param date as_of: the day this speaks of
        :param partner_ids: ids of commercial partners to look at; None for everybody
        :param nightly: whether this is the day's full run; only then causes count as gone,
            breaks end, and late alerts are escalated
        """
        if not company.sudo().retention_alerts_started:
            return
        engine, metrics = self._engine(company), self.env["retention.metrics"].sudo()
        metrics._follow_alert_values(company, partner_ids)
        engine._close_archived(company, as_of, partner_ids)
        engine._follow_causes(company, as_of, partner_ids, nightly)
        engine._add_causes(company, as_of, partner_ids)
        engine._note_touches(company, as_of, partner_ids)
        if nightly:
            engine._wake(company, as_of)
            engine._replace_owners(company, as_of)
            engine._escalate(company, as_of)
            engine._verify(company, as_of)
        engine._fill_slots(company, as_of)
        if nightly:
            engine._mend_tasks(company)
        engine._tell_critical(company, as_of)

    # ---------------------------------------------------------------- opening
    @api.model
    def _add_causes(self, company, as_of, partner_ids):
        """Open alerts for new causes, or add them to the open alert of the customer.

        At most MOST new alerts, the most valuable; who comes after them, the next night: nobody
        works through a longer queue in a day, and a night stays short and small.
        """
        rows = self.env["retention.metrics"]._new_causes(company, as_of, partner_ids, 5 * MOST)
        new = list(dict.fromkeys(row["partner_id"] for row in rows if not row["alert_id"]))
        taken = set(new[:MOST])
        rows = [row for row in rows if row["alert_id"] or row["partner_id"] in taken]
        if not rows:
            return
        profiles = self.env["retention.profile"].browse({row["profile_id"]: 0 for row in rows})
        alert_of = {row["partner_id"]: row["alert_id"] for row in rows if row["alert_id"]}
        fresh = profiles.filtered(lambda profile: profile.partner_id.id not in alert_of)
        created = self._create_alerts(company, as_of, fresh)
        alert_of |= {alert.partner_id.id: alert.id for alert in created}
        self.env["retention.alert.line"].create(
            [
                {
                    "alert_id": alert_of[row["partner_id"]],
                    "company_id": company.id,
                    "signal_id": row["signal_id"],
                    "level": row["level"],
                    "opened_on": as_of,
                    "evidence": row["evidence"],
                }
                for row in rows
            ]
        )
        worse = self.browse(
            row["alert_id"] for row in rows if row["alert_id"] and row["level"] == "critical"
        )
        worse._become_critical(company, as_of)

    @api.model
    def _create_alerts(self, company, as_of, profiles):
        """Create waiting alerts, the most valuable customers' first."""
        urgent = set(profiles.filtered(lambda p: p.is_core and p.risk_level == "critical").ids)
        owners = self._choose_owners(company, profiles, urgent)
        return self.create(
            [
                {
                    **profile._alert_values(),
                    "user_id": owners[profile][0].id,
                    "original_user_id": owners[profile][0].id,
                    "team_id": owners[profile][1].id,
                    "action": "senior" if profile.id in urgent else "call",
                    "opened_on": as_of,
                }
                for profile in profiles
            ]
        )

    def _become_critical(self, company, as_of):
        """The risk rose while the alert was there: sooner, and for a core customer senior."""
        if not self:
            return
        for score, alerts in self.grouped(lambda a: a.profile_id.risk_score).items():
            alerts.write({"risk_level": "critical", "risk_score": score, "told_on": False})
        soon = self._deadline(company, as_of, "critical")
        open_ones = self.filtered(lambda alert: alert.state == "open")
        open_ones.filtered(lambda a: a.date_deadline > soon).write({"date_deadline": soon})
        senior = self.filtered(
            lambda a: a.is_high_value and not a.first_touch_on and a.action != "senior"
        )
        if not senior:
            return
        senior.write({"action": "senior"})
        owners = self._choose_owners(company, senior.profile_id, set(senior.profile_id.ids))
        for (owner, _team), alerts in senior.grouped(lambda a: owners[a.profile_id]).items():
            alerts.write({"user_id": owner.id})
        self._keep_capacity(company, senior.user_id)
        tasks = senior.task_id.filtered("active")
        if tasks:
            kind = self.env["mail.activity.type"].browse(self._task_type_ids()["senior"])
            tasks.write({"activity_type_id": kind.id, "note": kind.default_note})

    # ---------------------------------------------------------------- causes come and go
    @api.model
    def _follow_causes(self, company, as_of, partner_ids, nightly):
        """Note causes that are gone or back; close alerts that have none left."""
        moved = self.env["retention.metrics"]._moved_lines(company, as_of, partner_ids)
        lines = self.env["retention.alert.line"]
        lines.browse(moved["back"]).write({"gone_on": False})
        lines.browse(moved["expired"]).write({"holds": False})
        if not nightly or not moved["gone"]:
            return
        gone = lines.browse(moved["gone"])
        gone.filtered(lambda line: not line.gone_on).write({"gone_on": as_of})
        ended = gone.filtered(lambda line: line.gone_on < as_of)
        ended.filtered("holds").write({"holds": False})
        resolved = ended.filtered(lambda line: line.state == "active")
        resolved.write({"state": "resolved"})
        empty = resolved.alert_id.filtered(
            lambda alert: "active" not in alert.line_ids.mapped("state")
        )
        empty._close(
            company,
            as_of,
            "cause_gone",
            lambda alert: alert.env._("All causes have been gone for two nights."),
        )

    @api.model
    def _close_archived(self, company, as_of, partner_ids=None):
        domain = [
            ("company_id", "=", company.id),
            ("live", "=", True),
            ("partner_id.active", "=", False),
        ]
        if partner_ids is not None:
            domain.append(("partner_id", "in", list(partner_ids)))
        self.search(domain)._close(
            company,
            as_of,
            "archived",
            lambda alert: alert.env._("The customer was archived."),
        )

    def _close(self, company, as_of, reason, feedback):
        """Close these alerts and their tasks, for a reason that no person gave."""
        if not self:
            return
        self.write({"state": "closed", "closed_on": as_of, "close_reason": reason})
        left = self.line_ids.filtered(lambda line: line.state == "active")
        left.write({"state": "resolved", "gone_on": as_of})
        self._finish_tasks(feedback, contact=False)

    # ---------------------------------------------------------------- time passes
    @api.model
    def _note_touches(self, company, as_of, partner_ids):
        rows = self.env["retention.metrics"].sudo()._first_touches(company, as_of, partner_ids)
        by_day = defaultdict(list)
        for alert_id, day in rows:
            by_day[day].append(alert_id)
        for day, ids in by_day.items():
            self.browse(ids).write({"first_touch_on": day})

    @api.model
    def _wake(self, company, as_of):
        """End breaks: back to the queue, from where there may be room at once."""
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "snoozed"),
                ("snoozed_until", "<=", as_of),
            ]
        )
        due.write({"state": "queued", "snoozed_until": False, "snooze_reason": False})

    @api.model
    def _escalate(self, company, as_of):
        """Hand late alerts that nobody has touched to the team leader, then to a manager."""
        late = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("first_touch_on", "=", False),
                ("date_deadline", "<", as_of),
                ("escalation", "in", ("0", "1")),
            ]
        )
        if not late:
            return
        eligible = self._eligible_users(company)
        managers = self._owner_pools(company, eligible)[1]
        loads = self._owner_loads(company)
        moves = defaultdict(self.browse)
        for alert in late:
            leader = alert.team_id.user_id & eligible
            step = "1" if alert.escalation == "0" and leader - alert.user_id else "2"
            others = managers - alert.user_id
            owner = (
                leader
                if step == "1"
                else min(others, key=lambda user: (loads[user.id], user.id), default=alert.user_id)
            )
            loads[owner.id] += 1
            moves[owner, step, alert.risk_level == "critical"] |= alert
        for (owner, step, critical), alerts in moves.items():
            deadline = self._deadline(company, as_of, "critical" if critical else "high")
            alerts._pass_on(owner, step, deadline)
        self._keep_capacity(company, late.user_id)
        self._tell_late(late.filtered(lambda alert: alert.state == "open"))

    def _pass_on(self, owner, step, deadline):
        """Give late alerts to ``owner``, who is on escalation ``step``."""
        before = {alert.id: alert.user_id for alert in self}
        self.write({"escalation": step, "user_id": owner.id, "date_deadline": deadline})
        moved = self.filtered(lambda alert: alert.user_id != before[alert.id])
        moved._log_batch(
            lambda alert: alert.env._(
                "Nobody has contacted the customer in time: passed on from %(before)s to "
                "%(owner)s.",
                before=before[alert.id].name,
                owner=alert.user_id.name,
            )
        )

    # ---------------------------------------------------------------- starting
    @api.model
    def _would_open(self, company, as_of):
        """Return the profiles that would get an alert, the most valuable first. Writes nothing."""
        rows = self.env["retention.metrics"].sudo()._new_causes(company, as_of)
        return self.env["retention.profile"].browse(
            {row["profile_id"]: 0 for row in rows if not row["alert_id"]}
        )

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Retention can start alerts."))

    @api.model
    def action_would_open(self):
        """List the customers who would get an alert if alerts were started now."""
        self._check_manager()
        company = self.env.company._retention_company()
        profiles = self._would_open(company, company._retention_today())
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.profile",
            "view_mode": "list,form",
            "domain": [("id", "in", profiles.ids)],
            "name": self.env._("Customers Who Would Get an Alert"),
        }

    @api.model
    def action_start_alerts(self):
        """Start alerts in the current company, and open the first.

        The most valuable customers at once; who comes after them, by the next nightly run.
        """
        self._check_manager()
        company = self.env.company._retention_company()
        if not self.env["retention.metrics"].sudo()._try_lock(company.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        today = company._retention_today()
        first = self._would_open(company, today)[:MOST]
        company.sudo().retention_alerts_started = True
        self._sync(company, today, first.partner_id.ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("company_id", "=", company.id), ("live", "=", True)],
            "name": self.env._("Alerts"),
        }
