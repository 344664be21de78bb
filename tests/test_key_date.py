"""Key dates: the next time in either calendar, and what falls into a span of days."""

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = f"{AS_OF} 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestKeyDate(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dates = cls.env["retention.key.date"]
        cls.ann = cls.customer("Ann")
        cls.user = cls.make_user("k_user", f"{OURS}.group_user")

    def key_date(self, month, day, calendar="solar", **values):
        return self.dates.create(
            {
                "partner_id": self.ann.id,
                "month": month,
                "day": day,
                "calendar": calendar,
                **values,
            }
        )

    # ------------------------------------------------------------ next time
    def test_next_time_in_the_ordinary_calendar(self):
        for month, day, expected in (
            (6, 29, date(2027, 6, 29)),
            (6, 30, date(2026, 6, 30)),
            (7, 1, date(2026, 7, 1)),
            (2, 29, date(2027, 2, 28)),
        ):
            with self.subTest(month=month, day=day):
                self.assertEqual(self.key_date(month, day).next_date, expected)

    def test_next_time_in_the_chinese_calendar(self):
        for month, day, expected in (
            (5, 5, date(2027, 6, 9)),  # Dragon Boat 2026 was on 19 June
            (5, 16, AS_OF),
            (8, 15, date(2026, 9, 25)),
            (1, 1, date(2027, 2, 6)),
        ):
            with self.subTest(month=month, day=day):
                self.assertEqual(self.key_date(month, day, "lunar").next_date, expected)

    def test_thirtieth_of_a_short_month(self):
        born = self.key_date(1, 30, "lunar")
        born._store_next_dates(date(2024, 1, 1))
        self.assertEqual(born.next_date, date(2024, 3, 9))  # the 29th, the month's last

    def test_leap_month(self):
        born = self.key_date(6, 1, "lunar", leap_month=True)
        born._store_next_dates(date(2025, 7, 1))
        self.assertEqual(born.next_date, date(2025, 7, 25))
        born._store_next_dates(date(2025, 7, 26))
        self.assertEqual(born.next_date, date(2026, 7, 14))

    def test_a_year_to_come_and_a_day_that_comes_once(self):
        opening = self.key_date(3, 1, year=2030)
        self.assertEqual(opening.next_date, date(2030, 3, 1))
        once = {"yearly": False, "year": 2026}
        self.assertFalse(self.key_date(6, 29, **once).next_date)
        self.assertEqual(self.key_date(6, 30, **once).next_date, AS_OF)
        self.assertEqual(self.key_date(8, 15, "lunar", **once).next_date, date(2026, 9, 25))

    def test_turns(self):
        self.assertEqual(self.key_date(7, 1, year=1976).turns, 50)
        self.assertEqual(self.key_date(12, 8, "lunar", year=1985).turns, 41)  # January 2027
        self.assertEqual(self.key_date(7, 1).turns, 0)

    def test_changing_the_day_changes_the_next_time(self):
        born = self.key_date(7, 1)
        born.write({"calendar": "lunar", "month": 8, "day": 15})
        self.assertEqual(born.next_date, date(2026, 9, 25))

    def test_the_scheduled_action_moves_what_is_over(self):
        yesterday, today = self.key_date(7, 1), self.key_date(7, 2)
        once = self.key_date(7, 1, yearly=False, year=2026)
        later = self.key_date(7, 3)
        with freeze_time("2026-07-02 01:00:00"):
            self.dates._cron_next_dates()
            stamp = later.write_date
            self.assertEqual(yesterday.next_date, date(2027, 7, 1))
            self.assertEqual(today.next_date, date(2026, 7, 2))
            self.assertFalse(once.next_date)
            self.dates._cron_next_dates()
            self.assertEqual(yesterday.next_date, date(2027, 7, 1))
            self.assertEqual(later.write_date, stamp)

    def test_a_day_begins_where_the_company_is(self):
        self.company.retention_tz = "Asia/Shanghai"
        with freeze_time(f"{AS_OF} 17:00:00"):  # 1 July in Shanghai
            self.assertEqual(self.key_date(6, 30).next_date, date(2027, 6, 30))
            self.assertEqual(self.key_date(7, 1).next_date, date(2026, 7, 1))

    # ------------------------------------------------------------ entering
    def test_picking_a_date_fills_the_day(self):
        with Form(self.dates.with_user(self.user).with_company(self.company)) as form:
            form.partner_id = self.ann
            form.picked_date = date(1985, 2, 20)
            self.assertEqual((form.year, form.month, form.day), (1985, 2, 20))
            form.calendar = "lunar"
            self.assertEqual((form.year, form.month, form.day), (1985, 1, 1))
        self.assertEqual(form.record.next_date, date(2027, 2, 6))

    def test_days_that_are_none(self):
        for values in (
            {"month": 2, "day": 30},
            {"month": 4, "day": 31},
            {"month": 1, "day": 31, "calendar": "lunar"},
            {"month": 6, "day": 1, "leap_month": True},
            {"month": 2, "day": 29, "year": 2026, "yearly": False},
            {"month": 6, "day": 1, "calendar": "lunar", "leap_month": True, "year": 2026,
             "yearly": False},
            {"month": 6, "day": 1, "year": -1},
        ):  # fmt: skip
            with self.subTest(values=values):
                self.assertRefused(
                    ValidationError, "no such day", lambda v=values: self.key_date(**v)
                )
        with mute_logger("odoo.sql_db"):
            for month, day in ((13, 1), (0, 1), (1, 0), (1, 32)):
                with self.subTest(month=month, day=day), self.assertRaises(IntegrityError):
                    self.key_date(month, day)

    def test_what_must_be_said(self):
        self.assertRefused(
            ValidationError, "needs its year", lambda: self.key_date(7, 1, yearly=False)
        )
        self.assertRefused(ValidationError, "celebrated", lambda: self.key_date(7, 1, kind="other"))

    def test_how_it_reads(self):
        born = self.key_date(8, 15, "lunar")
        self.assertEqual(born.day_text, "lunar month 8, day 15")
        self.assertEqual(born.display_name, "Ann: Birthday")
        self.assertEqual(self.key_date(2, 29, name="Opening").day_text, "February 29")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(self.key_date(2, 29).with_context(lang="zh_CN").day_text, "2月29日")

    # ------------------------------------------------------------ what falls into a span
    def test_occurrences(self):
        solar = self.key_date(7, 3)
        lunar = self.key_date(5, 20, "lunar")  # 4 July 2026
        leap = self.key_date(6, 1, "lunar", leap_month=True)  # 14 July 2026
        self.key_date(7, 1)
        self.key_date(7, 15)
        once = self.key_date(7, 5, yearly=False, year=2026)
        self.key_date(7, 5, yearly=False, year=2025)
        ours = self.dates._occurrences(self.company, date(2026, 7, 2), date(2026, 7, 14))
        self.assertEqual(
            ours,
            {
                solar.id: date(2026, 7, 3),
                lunar.id: date(2026, 7, 4),
                leap.id: date(2026, 7, 14),
                once.id: date(2026, 7, 5),
            },
        )

    def test_occurrences_over_new_year_and_over_years(self):
        new_year = self.key_date(1, 1)
        spring = self.key_date(1, 1, "lunar")
        found = self.dates._occurrences(self.company, date(2026, 12, 20), date(2027, 1, 10))
        self.assertEqual(found, {new_year.id: date(2027, 1, 1)})
        found = self.dates._occurrences(self.company, date(2026, 1, 2), date(2028, 12, 31))
        self.assertEqual(found, {new_year.id: date(2027, 1, 1), spring.id: date(2026, 2, 17)})

    def test_occurrences_do_not_depend_on_the_scheduled_action(self):
        born = self.key_date(7, 3)
        found = self.dates._occurrences(self.company, date(2031, 7, 3), date(2031, 7, 3))
        self.assertEqual(found, {born.id: date(2031, 7, 3)})

    def test_occurrences_take_one_query(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            self.company._retention_company()
            before = self.env.cr.sql_log_count
            found = self.dates._occurrences(self.company, date(2026, 7, 1), date(2026, 7, 31))
            return self.env.cr.sql_log_count - before, len(found)

        for day in range(1, 4):
            self.key_date(7, day)
        few, found = count()
        self.assertEqual(found, 3)
        for day in range(4, 29):
            self.key_date(7, day)
        many, found = count()
        self.assertEqual(found, 28)
        self.assertEqual(few, many)

    def test_archived_contacts_are_left_in_peace(self):
        self.key_date(7, 3)
        self.ann.active = False
        self.assertFalse(self.dates._occurrences(self.company, AS_OF, date(2026, 7, 31)))

    def test_occurrences_of_one_company(self):
        other = self.make_company("Other")
        self.key_date(7, 3)
        theirs = self.key_date(7, 3, company_id=other.id)
        found = self.dates._occurrences(other, AS_OF, date(2026, 7, 31))
        self.assertEqual(list(found), [theirs.id])
        with self.assertRaises(AccessError):
            theirs.with_user(self.user).read(["month"])
