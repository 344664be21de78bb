from collections import defaultdict
from datetime import date

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse, get_lang

from ..analytics import lunar

DAY_FIELDS = {
    "calendar",
    "month",
    "day",
    "leap_month",
    "year",
    "yearly",
    "company_id",
    "partner_id",
}
LEAP_YEAR = 2000  # any: 29 February is a day to keep


class RetentionKeyDate(models.Model):
    """A day to think of a customer or contact: somebody congratulates on it."""

    _name = "retention.key.date"
    _description = "Key Date"
    _inherit = ["retention.file.record"]
    _order = "next_date, id"
    _rec_names_search = ["name", "partner_id"]
    _allow_sudo_commands = False

    partner_id = fields.Many2one(ondelete="cascade")
    kind = fields.Selection(
        [
            ("birthday", "Birthday"),
            ("founding", "Founding day"),
            ("anniversary", "Anniversary"),
            ("other", "Another day"),
        ],
        required=True,
        default="birthday",
        help="Procedures can begin at days of a kind.",
    )
    name = fields.Char("Occasion", help="What is celebrated; needed for another day.")
    calendar = fields.Selection(
        [("solar", "Gregorian"), ("lunar", "Lunar (Chinese)")],
        required=True,
        default="solar",
        help="Lunar days are found in the ordinary calendar of each year.",
    )
    month = fields.Integer(
        required=True, aggregator=None, help="The month of the calendar chosen, 1 to 12."
    )
    day = fields.Integer(
        required=True,
        aggregator=None,
        help="In a year whose month is shorter, the month's last day.",
    )
    leap_month = fields.Boolean(
        help="In the leap month that follows; in years without it, in the month itself."
    )
    year = fields.Integer(
        "First Year",
        aggregator=None,
        help="Year of birth or of the first time, if known; of the Chinese calendar for a "
        "lunar day.",
    )
    yearly = fields.Boolean(
        "Every Year", default=True, help="Comes again each year, with a reminder each time."
    )
    picked_date = fields.Date(
        "Take From Date",
        store=False,
        help="Pick the first day in the ordinary calendar; year, month and day are filled in, "
        "converted to the Chinese calendar for a lunar day.",
    )
    next_date = fields.Date(
        "Next Time", readonly=True, index=True, copy=False, help="In the ordinary calendar."
    )
    day_text = fields.Char("On", compute="_compute_day_text")
    turns = fields.Integer(compute="_compute_turns", help="How many years it is next time.")

    _day_exists = models.Constraint(
        "CHECK (month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31)", "There is no such day."
    )

    # ---------------------------------------------------------------- what is shown
    @api.depends("kind", "name", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            parts = (record.partner_id.display_name, record.name or kinds.get(record.kind))
            record.display_name = ": ".join(part for part in parts if part)

    @api.depends("calendar", "month", "day", "leap_month")
    @api.depends_context("lang")
    def _compute_day_text(self):
        locale = babel_locale_parse(get_lang(self.env).code)
        for record in self:
            if not (1 <= record.month <= 12 and 1 <= record.day <= 31):
                record.day_text = False
            elif record.calendar == "solar":
                day = lunar.in_solar_year(LEAP_YEAR, record.month, record.day)
                record.day_text = format_skeleton("MMMMd", day, locale=locale)
            elif record.leap_month:
                record.day_text = self.env._(
                    "lunar leap month %(month)s, day %(day)s", month=record.month, day=record.day
                )
            else:
                record.day_text = self.env._(
                    "lunar month %(month)s, day %(day)s", month=record.month, day=record.day
                )

    @api.depends("year", "calendar", "next_date")
    def _compute_turns(self):
        for record in self:
            if not (record.year and record.next_date):
                record.turns = 0
            elif record.calendar == "solar":
                record.turns = record.next_date.year - record.year
            else:
                record.turns = lunar.to_lunar(record.next_date).year - record.year

    @api.onchange("picked_date", "calendar")
    def _onchange_picked_date(self):
        if not self.picked_date:
            return
        try:
            found = (
                lunar.to_lunar(self.picked_date)
                if self.calendar == "lunar"
                else lunar.Lunar(*self.picked_date.timetuple()[:3])
            )
        except ValueError:
            return  # before 1900: to be entered by hand
        self.year, self.month, self.day, self.leap_month = found

    # ---------------------------------------------------------------- checks
    @api.constrains("kind", "name")
    def _check_name(self):
        for record in self:
            if record.kind == "other" and not (record.name or "").strip():
                raise ValidationError(self.env._("Say what is celebrated on that day."))

    @api.constrains("calendar", "month", "day", "leap_month", "year", "yearly")
    def _check_day(self):
        for record in self:
            if not record._is_possible():
                raise ValidationError(self.env._("There is no such day in that calendar."))
            if not record.yearly and not record.year:
                raise ValidationError(self.env._("A day that does not return needs its year."))

    def _is_possible(self):
        """Whether the day exists: in its year if it comes once, else in some year."""
        self.ensure_one()
        once = self.year if self.year and not self.yearly else None
        if self.calendar == "solar":
            try:
                date(once or LEAP_YEAR, self.month, self.day)
            except ValueError:
                return False
            return not self.leap_month and 0 <= self.year <= date.max.year
        if not once:
            return self.day <= 30 and 0 <= self.year <= lunar.LAST_YEAR
        try:
            lunar.to_gregorian(once, self.month, self.day, self.leap_month)
        except ValueError:
            return False
        return True

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._store_next_dates()
        return records

    def write(self, vals):
        result = super().write(vals)
        if DAY_FIELDS & vals.keys():
            self._store_next_dates()
        return result

    # ---------------------------------------------------------------- next time
    def _first_day(self):
        """Return the first occurrence there can be, None when the year is not known."""
        if not self.year:
            return None
        if self.calendar == "solar":
            return lunar.in_solar_year(self.year, self.month, self.day)
        if self.year < lunar.FIRST_YEAR:
            return None
        return lunar.in_lunar_year(self.year, self.month, self.day, self.leap_month)

    def _next_from(self, start):
        """Return the next occurrence on or after ``start``, or None."""
        self.ensure_one()
        first = self._first_day()
        if not self.yearly:
            return first if first and first >= start else None
        start = max(start, first) if first else start
        if self.calendar == "solar":
            return lunar.next_solar(self.month, self.day, start)
        return lunar.next_lunar(self.month, self.day, self.leap_month, start)

    def _store_next_dates(self, as_of=None):
        """Write ``next_date`` as of a day, default today where the company is."""
        found = defaultdict(self.browse)
        for company, records in self.grouped("company_id").items():
            start = as_of or company._retention_today()
            for record in records:
                day = record._next_from(start) or False
                if record.next_date != day:
                    found[day] += record
        for day, records in found.items():
            records.next_date = day

    @api.model
    def _cron_next_dates(self):
        """Move the days that are over to their next time."""
        for company in self.env["res.company"]._retention_companies():
            today = company._retention_today()
            over = self.search([("company_id", "=", company.id), ("next_date", "<", today)])
            over._store_next_dates(today)

    @api.model
    def _occurrences(self, company, start, end):
        """Return {id: date}: the first time from ``start`` to ``end`` of each key date.

        Without those of archived contacts. One query; independent of ``next_date`` and so of
        when that was last refreshed.
        """
        months = self._months_between(start, end)
        domain = Domain("company_id", "=", company.id) & Domain("partner_id.active", "=", True)
        if months:
            domain &= Domain.OR(
                Domain("calendar", "=", calendar) & Domain("month", "in", list(numbers))
                for calendar, numbers in months.items()
            )
        found = {}
        for record in self.search_fetch(
            domain, ["calendar", "month", "day", "leap_month", "year", "yearly"], order="id"
        ):
            day = record._next_from(start)
            if day and day <= end:
                found[record.id] = day
        return found

    @api.model
    def _months_between(self, start, end):
        """Return {calendar: months touched}; None when that is not worth asking."""
        if (end - start).days > 300:
            return None
        solar, chinese = set(), set()
        for ordinal in range(start.toordinal(), end.toordinal() + 1):
            day = date.fromordinal(ordinal)
            solar.add(day.month)
            try:
                chinese.add(lunar.to_lunar(day).month)
            except ValueError:
                continue  # the Chinese calendar's table has ended: no lunar days
        return {"solar": solar, "lunar": chinese}
