import re
from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..analytics import festivals

RULE_FIELDS = {"rule", "code", "lunar", "month", "day", "month_days", "weekday", "nth"}
COMPUTED = [("rule", "!=", "entered")]
LEAP_YEAR = 2000  # any: 29 February is a day to keep
YEARS_AHEAD = 10


class RetentionFestival(models.Model):
    """A festival on which customers are greeted, or a day for members: its days, year by year."""

    _name = "retention.festival"
    _description = "Festival or Member Day"
    _order = "kind, sequence, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("festival", "Festival"), ("member_day", "Member day")],
        required=True,
        default="festival",
        help="A festival is greeted on; a member day is one of your own.",
    )
    rule = fields.Selection(
        [
            ("code", "Known festival"),
            ("yearly", "Same date every year"),
            ("monthly", "Dates of every month"),
            ("weekday", "Weekday of every month"),
            ("entered", "Dates entered one by one"),
        ],
        "Day Rule",
        required=True,
        default="yearly",
        help="By which the days of the years to come are found.",
    )
    code = fields.Char("Festival Code", help="By which its days are computed.")
    lunar = fields.Boolean("Chinese Calendar", help="Month and day are those of that calendar.")
    month = fields.Integer(aggregator=None, help="The month of the calendar chosen, 1 to 12.")
    day = fields.Integer(
        aggregator=None, help="In a year whose month is shorter, the month's last day."
    )
    month_days = fields.Char(
        "Days of the Month",
        help="Numbers with commas, e.g. 8, 18, 28. In a shorter month, its last day.",
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        help="The day of the week on which it falls.",
    )
    nth = fields.Selection(
        [
            ("1", "First of the month"),
            ("2", "Second of the month"),
            ("3", "Third of the month"),
            ("4", "Fourth of the month"),
            ("5", "Last of the month"),
        ],
        "Which One",
        help="Which of the weekdays of a month it is.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: for all companies."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    day_ids = fields.One2many("retention.festival.day", "festival_id", "Listed Dates")
    filled_until = fields.Integer(
        "Computed Until", readonly=True, copy=False, help="The last year whose days are listed."
    )
    next_date = fields.Date("Next Time", compute="_compute_next_date")

    @api.depends("day_ids.date")
    def _compute_next_date(self):
        today = self.env.company._retention_today()
        groups = self.env["retention.festival.day"]._read_group(
            [("festival_id", "in", self.ids), ("date", ">=", today)],
            ["festival_id"],
            ["date:min"],
        )
        following = {festival.id: day for festival, day in groups}
        for festival in self:
            festival.next_date = following.get(festival.id)

    # ---------------------------------------------------------------- checks
    @api.constrains(*RULE_FIELDS)
    def _check_rule(self):
        for festival in self:
            try:
                if festival.rule == "yearly":
                    festival._check_yearly()
                festival._dates_in(LEAP_YEAR)
            except ValueError as error:
                raise ValidationError(festival._rule_message()) from error

    def _check_yearly(self):
        """Raise ValueError unless some year has the day."""
        if not self.lunar:
            date(LEAP_YEAR, self.month, self.day)
        elif not 1 <= self.day <= 30:
            raise ValueError("a lunar month has at most 30 days")

    def _rule_message(self):
        if self.rule == "code":
            return self.env._("No festival is known by the code “%s”.", self.code or "")
        if self.rule == "monthly":
            return self.env._("Days of a month are numbers from 1 to 31, with commas.")
        if self.rule == "weekday":
            return self.env._("Choose the weekday and which one of the month it is.")
        return self.env._("There is no such day in that calendar.")

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._fill_ahead()
        return records

    def write(self, vals):
        result = super().write(vals)
        if RULE_FIELDS & vals.keys():
            self.filled_until = 0
        if vals.get("active") or RULE_FIELDS & vals.keys():
            self._fill_ahead()
        return result

    # ---------------------------------------------------------------- days
    def _dates_in(self, year):
        """Return the dates the rule gives for a year. ValueError if it can give none."""
        self.ensure_one()
        if self.rule == "code":
            return [festivals.festival(self.code or "", year)]
        if self.rule == "yearly":
            return festivals.yearly(year, self.month, self.day, self.lunar)
        if self.rule == "monthly":
            return festivals.monthly(year, self._numbers())
        if self.rule == "weekday":
            if not (self.weekday and self.nth):
                raise ValueError("the weekday is not complete")
            return festivals.weekdays(year, int(self.weekday), int(self.nth))
        return []

    def _numbers(self):
        """Return the days of the month as numbers. ValueError if that is not what is there."""
        # Commas and semicolons as they are typed in Chinese, too
        numbers = {
            int(word)
            for word in re.split(r"[\s,;\uff0c\uff1b\u3001]+", self.month_days or "")
            if word
        }
        if not numbers or not numbers <= set(range(1, 32)):
            raise ValueError("days of a month are numbers from 1 to 31")
        return numbers

    def _period(self, day):
        """Return what a day entered by hand settles: its year, or month for monthly rules."""
        return (day.year, day.month if self.rule in ("monthly", "weekday") else 0)

    def _fill_days(self, first_year, last_year):
        """Bring the listed days of these festivals, by default all, in line with their rules.

        A year (a month, if there is a day in every month) with a day that was entered by hand
        is left alone. Repeating it changes nothing.
        """
        years = range(
            max(first_year, festivals.FIRST_YEAR), min(last_year, festivals.LAST_YEAR) + 1
        )
        computed = self.filtered_domain(COMPUTED) if self else self.search(COMPUTED)
        listed = self.env["retention.festival.day"].search(
            [
                ("festival_id", "in", computed.ids),
                ("year", ">=", first_year),
                ("year", "<=", last_year),
            ]
        )
        by_festival = listed.grouped("festival_id")
        stale, missing = listed.browse(), []
        for festival in computed:
            days = by_festival.get(festival, listed.browse())
            by_hand = {festival._period(day.date) for day in days if day.by_hand}
            free = days.filtered(lambda day, f=festival, h=by_hand: f._period(day.date) not in h)
            found = (day for year in years for day in festival._dates_in(year))
            wanted = {day for day in found if festival._period(day) not in by_hand}
            stale |= free.filtered(lambda day, wanted=wanted: day.date not in wanted)
            missing += [
                {"festival_id": festival.id, "date": day, "by_hand": False}
                for day in sorted(wanted - set(free.mapped("date")))
            ]
        stale.unlink()
        listed.create(missing)

    def _fill_ahead(self):
        """Fill the years that were never filled, up to ten years from now.

        Those filled before are not: a day somebody deleted stays deleted.
        """
        this_year = self.env.company._retention_today().year
        last_year = this_year + YEARS_AHEAD
        for filled_until, records in self.grouped("filled_until").items():
            if filled_until < last_year:
                records._fill_days(max(filled_until + 1, this_year), last_year)
                records.filled_until = last_year

    @api.model
    def _cron_fill_days(self):
        """Add a year to every festival once the year has changed."""
        last_year = self.env.company._retention_today().year + YEARS_AHEAD
        self.search([("filled_until", "<", last_year)])._fill_ahead()

    @api.model
    def _dates_between(self, start, end):
        """Return {festival id: [dates in order]} from ``start`` to ``end``, active ones only."""
        days = Domain("date", ">=", start) & Domain("date", "<=", end)
        groups = self.env["retention.festival.day"]._read_group(
            days & Domain("festival_id.active", "=", True), ["festival_id", "date:day"]
        )
        found = defaultdict(list)
        for festival, day in groups:
            found[festival.id].append(day)
        return dict(found)


class RetentionFestivalDay(models.Model):
    """One day on which a festival is kept."""

    _name = "retention.festival.day"
    _description = "Day of a Festival"
    _order = "date, id"
    _rec_name = "date"
    _allow_sudo_commands = False

    festival_id = fields.Many2one(
        "retention.festival", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, index=True)
    year = fields.Integer(compute="_compute_year", store=True, aggregator=None)
    by_hand = fields.Boolean(
        "Entered by Hand",
        default=True,
        help="The rule does not touch such a day, nor others of the same year; of the same "
        "month, if the festival comes every month.",
    )

    _once = models.Constraint(
        "UNIQUE (festival_id, date)", "The festival is already listed on that day."
    )

    @api.depends("date")
    def _compute_year(self):
        for record in self:
            record.year = record.date.year if record.date else 0

    def write(self, vals):
        if "date" in vals:
            vals = {"by_hand": True, **vals}
        return super().write(vals)
