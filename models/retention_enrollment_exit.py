"""What ends an enrollment before its last step, and the moments of its steps."""

from datetime import timedelta

from odoo import api, fields, models

from ..analytics import schedule

REACH = timedelta(days=400)  # how far ahead working days are looked up
MORNING = 9.0  # local hour of a date's own steps


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    # ---------------------------------------------------------------- exits
    @api.model
    def _live_of(self, contacts, domain=()):
        """Return what is under way for these customers or persons, with the engine's rights."""
        theirs = ["|", ("partner_id", "in", contacts.ids), ("contact_id", "in", contacts.ids)]
        return self._engine().search([("live", "=", True), *domain, *theirs])

    def _check_exits(self, company, now):
        """Note goals that were reached, and end what has no reason to go on.

        A constant number of queries for each procedure. Control groups are watched to the end
        of their window, whatever happens.
        """
        live = self.filtered(lambda e: e.live)
        if not live:
            return
        live._link_profiles(company)
        gone = live.filtered(lambda e: not (e.partner_id.active and e.contact_id.active))
        gone._leave("gone", now)
        live = (live - gone).filtered(lambda e: e.arm == "treated")
        live._note_goals(company, now)
        for sop, mine in live.grouped("sop_id").items():
            sop._or_pause(lambda sop=sop, mine=mine: sop._end_passes(mine, now))

    def _link_profiles(self, company):
        """A prospect who bought has figures now."""
        without = self.filtered(lambda e: not e.profile_id)
        if not without:
            return
        profiles = self.env["retention.profile"].search(
            [("partner_id", "in", without.partner_id.ids), ("company_id", "=", company.id)]
        )
        found = profiles.grouped("partner_id")
        for partner, mine in without.grouped("partner_id").items():
            if partner in found:
                mine.profile_id = found[partner]

    def _has_bought(self):
        self.ensure_one()
        return self.profile_id.order_count > self.orders_before

    def _note_goals(self, company, now):
        """Write ``goal_on`` where the goal of the procedure was reached since the beginning."""
        today = now.date()
        open_ones = self.filtered(lambda e: not e.goal_on and e.sop_id.goal != "none")
        reached = {}
        talked = open_ones.filtered(lambda e: e.sop_id.goal == "talk")
        talks = self.env["retention.metrics"]._talked_since(talked.ids) if talked else {}
        for enrollment in open_ones:
            goal = enrollment.sop_id.goal
            if goal == "purchase" and enrollment._has_bought():
                reached[enrollment] = enrollment.profile_id.last_order_date or today
            elif goal == "reply" and enrollment.replied_on:
                reached[enrollment] = enrollment.replied_on
            elif goal == "talk" and (day := talks.get(enrollment.id) or enrollment.replied_on):
                reached[enrollment] = day
        for day in set(reached.values()):
            self.browse(e.id for e, on in reached.items() if on == day).write({"goal_on": day})
        self.browse(e.id for e in reached)._stop_waiting(now)

    def _stop_waiting(self, now):
        """End waits that only last until the goal."""
        waiting = self.run_ids.filtered(
            lambda r: r.state == "waiting" and r.step_id.type == "wait" and r.step_id.until_goal
        )
        later = waiting.filtered(lambda run: run.due_at > now)
        if later:
            later.write({"due_at": now})
            self.env["retention.sop"]._wake_runner()

    def _replied(self, day):
        """The customer wrote back."""
        first = self.filtered(lambda e: not e.replied_on)
        if not first:
            return
        first.write({"replied_on": day})
        now = fields.Datetime.now()
        for company, mine in first.filtered("live").grouped("company_id").items():
            mine._check_exits(company, now)

    def _end_touches(self, why):
        """Touches that were held back do not happen any more."""
        held = self.env["retention.touch"].search(
            [("enrollment_id", "in", self.ids), ("state", "=", "deferred")]
        )
        held._give_up(why, fields.Datetime.now())

    # ---------------------------------------------------------------- moments
    def _due_moments(self, steps, now):
        """Return {enrollment: moment} at which the given next step of each is due."""
        found, known = {}, {}
        rest = {
            company: company._retention_rest_days(now.date() - REACH, now.date() + REACH)
            for company in self.company_id
        }
        for enrollment, step in steps.items():
            if not step:
                continue
            base = enrollment._step_base(step, now)
            key = (step.id, base, enrollment.zone, enrollment.company_id.id)
            if key not in known:
                known[key] = step._moment(base, enrollment.zone, rest[enrollment.company_id])
            found[enrollment] = known[key]
        return found

    def _step_base(self, step, now):
        if step.delay_from == "enrollment":
            return self.entered_at
        if step.delay_from == "anchor":
            return schedule.day_start(self.anchor_date, self.zone)
        return now


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    def _moment(self, base, zone, rest):
        """Return when this step is due, counted from ``base``."""
        self.ensure_one()
        hour = self._local_hour()
        if hour is None and self.delay_from == "anchor" and self.delay_unit != "hours":
            hour = MORNING
        return schedule.due(base, self.delay_count, self.delay_unit, hour, zone, rest.__contains__)


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    def _end_passes(self, enrollments, now):
        """End those of ``enrollments`` that the procedure says have no reason to go on."""
        self.ensure_one()
        left = enrollments
        if self.exit_on_goal:
            reached = left.filtered("goal_on")
            reached._leave("purchase" if self.goal == "purchase" else "goal", now)
            left -= reached
        if self.exit_on_purchase:
            bought = left.filtered(lambda e: e._has_bought())
            bought._leave("purchase", now)
            left -= bought
        if self.exit_on_leave and left:
            profiles = self.env["retention.profile"].search(
                [("id", "in", left.profile_id.ids), *self._audience()]
            )
            left.filtered(lambda e: e.profile_id not in profiles)._leave("unsuitable", now)

    @api.model
    def _close_windows(self, company, as_of, now):
        """End the watch over control groups whose goal window is over."""
        enrollments = self.env["retention.enrollment"]._engine()
        watched = enrollments.search(
            [("company_id", "=", company.id), ("live", "=", True), ("arm", "=", "control")]
        )
        watched.filtered(
            lambda e: e.entered_on + timedelta(days=e.sop_id.goal_days) < as_of
        )._finish(now)
