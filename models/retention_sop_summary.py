"""A procedure in plain words: one sentence for the whole, a line for each step."""

from odoo import api, fields, models
from odoo.tools.i18n import format_list

from .joining import paragraph_text

# Working days of a procedure, told as days that pass.
DAYS_OF = {"hours": 1 / 24, "days": 1, "workdays": 7 / 5}
SHOWN = 3  # names in a sentence


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    summary_text = fields.Char("In Short", compute="_compute_summary_text")

    @api.depends(
        "trigger",
        "trigger_days",
        "trigger_segment_ids",
        "trigger_stage",
        "trigger_level",
        "trigger_tag_ids",
        "trigger_sentiment",
        "trigger_product_ids",
        "trigger_category_ids",
        "trigger_key_date",
        "trigger_festival_id",
        "cadence",
        "trigger_field_id",
        "audience_domain",
        "goal",
        "exit_on_goal",
        "exit_on_purchase",
        "holdout",
        "step_ids.sequence",
        "step_ids.delay_count",
        "step_ids.delay_unit",
        "step_ids.delay_from",
    )
    @api.depends_context("lang")
    def _compute_summary_text(self):
        for sop in self:
            sentences = [sop._course_words()]
            if (sop.audience_domain or "[]").strip() not in ("", "[]"):
                sentences.append(self.env._("Only suitable customers enter."))
            if sop.holdout:
                sentences.append(
                    self.env._("%s of a hundred are only watched, as a control group.", sop.holdout)
                )
            sop.summary_text = paragraph_text(self.env, sentences)

    def _course_words(self):
        words = {"when": self._when_words(), "steps": self._steps_words()}
        if until := self._until_words():
            return self.env._("%(when)s, %(steps)s, %(until)s.", **words, until=until)
        return self.env._("%(when)s, %(steps)s.", **words)

    def _steps_words(self):
        count = len(self.step_ids)
        if not count:
            return self.env._("no step follows yet")
        last = round(max(self._step_days().values()))
        if last < 1:
            if count == 1:
                return self.env._("one step follows")
            return self.env._("%s steps follow", count)
        days = self.env._("a day") if last == 1 else self.env._("%s days", last)
        if count == 1:
            return self.env._("one step follows within about %s", days)
        return self.env._("%(count)s steps follow within about %(days)s", count=count, days=days)

    def _until_words(self):
        if self.exit_on_purchase or self.exit_on_goal and self.goal == "purchase":
            return self.env._("until they buy")
        if self.exit_on_goal and self.goal == "reply":
            return self.env._("until they answer")
        if self.exit_on_goal and self.goal == "talk":
            return self.env._("until somebody has talked with them")
        return None

    def _step_days(self):
        """Return {step: days after entering, about}: tasks count as done on the day they come."""
        self.ensure_one()
        # Whoever enters before a date has it in front of them.
        anchor = -self.trigger_days if self._is_dated() else 0
        day, found = 0, {}
        for step in self.step_ids.sorted(lambda s: (s.sequence, s._origin.id or float("inf"))):
            wait = step.delay_count * DAYS_OF.get(step.delay_unit, 1)
            base = {"enrollment": 0, "anchor": anchor}.get(step.delay_from, day)
            day = found[step] = max(base + wait, 0)
        return found

    # ---------------------------------------------------------------- when
    def _is_dated(self):
        """Return whether the occasion has a date that steps are told from. Hook."""
        kind = self._trigger_types().get(self.trigger)
        return bool(kind) and not kind.by_figures

    def _when_words(self):
        """Return when somebody enters. Hook: ``_when_<trigger>``, else the trigger's label."""
        self.ensure_one()
        tell = getattr(self, f"_when_{self.trigger}", None)
        if tell:
            return tell()
        label = dict(self._selection_trigger()).get(self.trigger, "…")
        return self.env._("When this happens: %s", label)

    def _names(self, records):
        names = records[:SHOWN].mapped("display_name")
        return format_list(self.env, names + ["…"] * (len(records) > SHOWN), "or")

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name], "…")

    def _when_manual(self):
        return self.env._("When a colleague adds a customer by hand")

    def _when_first_purchase(self):
        return self.env._("When somebody buys for the first time")

    def _when_purchase(self):
        bought = [
            self._names(r) for r in (self.trigger_product_ids, self.trigger_category_ids) if r
        ]
        if not bought:
            return self.env._("Whenever somebody buys")
        return self.env._("Whenever somebody buys %s", format_list(self.env, bought, "or"))

    def _when_segment(self):
        return self.env._("When somebody becomes %s", self._names(self.trigger_segment_ids) or "…")

    def _when_stage(self):
        return self.env._("When somebody reaches the stage “%s”", self._label("trigger_stage"))

    def _when_risk(self):
        levels = dict(
            self.env["retention.profile"]._fields["risk_level"]._description_selection(self.env)
        )
        level = levels.get(self.trigger_level, "…")
        return self.env._("When the risk of losing somebody rises to “%s”", level)

    def _when_alert(self):
        return self.env._("When a churn alert is opened")

    def _when_no_purchase(self):
        return self.env._("When somebody has not bought for %s days", self.trigger_days)

    def _when_no_contact(self):
        return self.env._("When nobody has been in touch for %s days", self.trigger_days)

    def _when_prospect(self):
        return self.env._("After the first talk with somebody who has not bought yet")

    def _when_talk(self):
        said = [self._names(self.trigger_tag_ids)] if self.trigger_tag_ids else []
        said += [self._label("trigger_sentiment")] if self.trigger_sentiment else []
        return self.env._("When a talk brings up: %s", format_list(self.env, said or ["…"], "or"))

    def _when_date(self):
        field = self.sudo().trigger_field_id
        if not field:
            return self._around("…")
        return self._around(
            self.env._(
                "“%(date)s” (%(document)s)",
                date=field.field_description,
                document=field.model_id.name,
            )
        )

    def _when_key_date(self):
        kind = self._label("trigger_key_date") if self.trigger_key_date else ""
        return self._around(kind or self.env._("a key date"))

    def _when_festival(self):
        return self._around(self.trigger_festival_id.display_name or "…")

    def _around(self, date):
        """Return in words how far from a date somebody enters."""
        if not self.trigger_days:
            return self.env._("On the day of %s", date)
        words = {"days": abs(self.trigger_days), "date": date}
        if self.trigger_days < 0:
            return self.env._("%(days)s days before %(date)s", **words)
        return self.env._("%(days)s days after %(date)s", **words)


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    icon = fields.Char(compute="_compute_kind")
    is_person = fields.Boolean("Done by a Person", compute="_compute_kind")
    is_contacting = fields.Boolean("Contacts the Customer", compute="_compute_kind")
    who_text = fields.Char("Done By", compute="_compute_who_text")
    day_text = fields.Char("Day", compute="_compute_day_text")

    @api.depends("type", "channel")
    def _compute_kind(self):
        known = self._step_types()
        for step in self:
            kind = known.get(step.type)
            step.icon = kind.icon if kind else "fa-question"
            step.is_person = bool(kind and kind.person)
            step.is_contacting = bool(kind and (kind.automatic or kind.person and step.channel))

    @api.depends("type", "responsible", "user_id")
    @api.depends_context("lang")
    def _compute_who_text(self):
        rules = self._responsible_rules()
        for step in self:
            named = step.responsible == "user" and step.user_id.sudo().name
            asks = step.is_person or step.type in ("notify", "escalate")
            step.who_text = (named or rules.get(step.responsible)) if asks else False

    @api.depends(
        "delay_count",
        "delay_unit",
        "delay_from",
        "sequence",
        "sop_id.trigger",
        "sop_id.trigger_days",
        "sop_id.step_ids.sequence",
        "sop_id.step_ids.delay_count",
        "sop_id.step_ids.delay_unit",
        "sop_id.step_ids.delay_from",
    )
    @api.depends_context("lang")
    def _compute_day_text(self):
        days = {}
        for sop in self.sop_id:
            days |= sop._step_days()
        for step in self:
            if step.delay_from == "anchor" and step.sop_id._is_dated():
                step.day_text = step._date_words()
            else:
                step.day_text = self.env._("Day %s", int(days.get(step, 0)))

    def _date_words(self):
        days = int(self.delay_count * DAYS_OF.get(self.delay_unit, 1))
        if not days:
            return self.env._("On the day")
        if days < 0:
            return self.env._("%s days before", -days)
        return self.env._("%s days after", days)
