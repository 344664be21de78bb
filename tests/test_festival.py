"""Festivals and member days year by year, and the days on which a company does not work."""

from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = f"{AS_OF} 12:00:00"
LAST_YEAR = AS_OF.year + 10


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestFestival(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.festivals = cls.env["retention.festival"]
        cls.days = cls.env["retention.festival.day"]
        cls.user = cls.make_user("f_user", f"{OURS}.group_user")
        cls.manager = cls.make_user("f_manager", f"{OURS}.group_manager")

    def festival(self, **values):
        return self.festivals.create({"name": "Day", **values})

    def member_day(self, month_days="18", **values):
        values = {"kind": "member_day", "rule": "monthly", "month_days": month_days, **values}
        return self.festival(**values)

    def dates(self, festival, year):
        return festival.day_ids.filtered(lambda day: day.year == year).mapped("date")

    def day(self, festival, day):
        return festival.day_ids.filtered(lambda record: record.date == day)

    # ------------------------------------------------------------ filling
    def test_shipped_festivals(self):
        shipped = self.festivals.search([("rule", "=", "code"), ("company_id", "=", False)])
        self.assertGreaterEqual(len(shipped), 19)
        shipped._fill_days(2026, 2035)
        for code, days in (
            ("spring_festival", {2026: date(2026, 2, 17), 2035: date(2035, 2, 8)}),
            ("qingming", {2026: date(2026, 4, 5), 2028: date(2028, 4, 4)}),
            ("mid_autumn", {2026: date(2026, 9, 25), 2027: date(2027, 9, 15)}),
            ("thanksgiving", {2026: date(2026, 11, 26)}),
        ):
            festival = self.env.ref(f"{OURS}.festival_{code}")
            for year, day in days.items():
                with self.subTest(code=code, year=year):
                    self.assertEqual(self.dates(festival, year), [day])

    def test_new_festivals_are_filled_ten_years_ahead(self):
        own = self.festival(rule="yearly", month=6, day=18)
        self.assertEqual(
            own.day_ids.mapped("date"),
            [date(year, 6, 18) for year in range(AS_OF.year, LAST_YEAR + 1)],
        )
        self.assertEqual(own.filled_until, LAST_YEAR)
        self.assertEqual(own.next_date, date(2027, 6, 18))
        self.assertFalse(any(own.day_ids.mapped("by_hand")))

    def test_yearly_in_the_chinese_calendar(self):
        laba = self.festival(rule="yearly", lunar=True, month=12, day=8)
        laba._fill_days(2022, 2023)
        self.assertEqual(self.dates(laba, 2022), [date(2022, 1, 10), date(2022, 12, 30)])
        self.assertFalse(self.dates(laba, 2023))
        self.assertEqual(self.dates(laba, 2026), [date(2026, 1, 26)])

    def test_filling_twice_changes_nothing(self):
        member = self.member_day()
        before = member.day_ids
        member._fill_days(AS_OF.year, LAST_YEAR)
        self.assertEqual(member.day_ids, before)

    def test_member_day_rules(self):
        twice = self.member_day("31\uff0c8\u300131")
        self.assertEqual(
            self.dates(twice, 2026)[:4],
            [date(2026, 1, 8), date(2026, 1, 31), date(2026, 2, 8), date(2026, 2, 28)],
        )
        friday = self.festival(rule="weekday", weekday="4", nth="5")
        self.assertEqual(self.dates(friday, 2026)[:2], [date(2026, 1, 30), date(2026, 2, 27)])
        self.assertEqual(len(self.dates(friday, 2026)), 12)
        entered = self.festival(
            rule="entered", day_ids=[Command.create({"date": date(2026, 7, 7)})]
        )
        entered._fill_days(2026, 2036)
        self.assertEqual(entered.day_ids.mapped("date"), [date(2026, 7, 7)])
        self.assertTrue(entered.day_ids.by_hand)

    def test_changing_the_rule_changes_the_days(self):
        member = self.member_day()
        moved = self.day(member, date(2026, 9, 18))
        moved.date = date(2026, 9, 20)
        member.month_days = "8"
        self.assertEqual(
            self.dates(member, 2026)[7:10],
            [date(2026, 8, 8), date(2026, 9, 20), date(2026, 10, 8)],
        )

    # ------------------------------------------------------------ by hand
    def test_days_moved_by_hand_stay(self):
        festival = self.festival(rule="code", code="mid_autumn")
        moved = self.day(festival, date(2026, 9, 25))
        moved.date = date(2026, 9, 24)
        self.assertTrue(moved.by_hand)
        festival._fill_days(2026, 2027)
        self.assertEqual(self.dates(festival, 2026), [date(2026, 9, 24)])
        self.assertEqual(self.dates(festival, 2027), [date(2027, 9, 15)])

    def test_days_added_by_hand_stay_beside_the_others(self):
        member = self.member_day()
        self.days.create({"festival_id": member.id, "date": date(2026, 11, 11)})
        member._fill_days(2026, 2026)
        found = self.dates(member, 2026)
        self.assertEqual(len(found), 13)
        self.assertIn(date(2026, 11, 18), found)

    def test_deleted_days_stay_deleted(self):
        member = self.member_day()
        self.day(member, date(2026, 10, 18)).unlink()
        with freeze_time("2027-01-02 12:00:00"):
            self.festivals._cron_fill_days()
        self.assertEqual(len(self.dates(member, 2026)), 11)
        self.assertEqual(len(self.dates(member, LAST_YEAR + 1)), 12)
        self.assertEqual(member.filled_until, LAST_YEAR + 1)

    def test_archived_festivals_are_filled_when_they_come_back(self):
        own = self.festival(rule="yearly", month=6, day=18, active=False)
        own._fill_days(2026, 2026)
        own.filled_until = 2026
        with freeze_time("2028-01-02 12:00:00"):
            self.festivals._cron_fill_days()
            self.assertEqual(own.filled_until, 2026)
            own.action_unarchive()
            self.assertEqual(own.filled_until, 2038)

    @mute_logger("odoo.sql_db")
    def test_a_day_is_listed_once(self):
        own = self.festival(rule="yearly", month=6, day=18)
        with self.assertRaises(IntegrityError):
            self.days.create({"festival_id": own.id, "date": date(2026, 6, 18)})

    def test_what_never_comes_is_refused(self):
        for words, values in (
            ("“easter”", {"rule": "code", "code": "easter"}),
            ("“”", {"rule": "code"}),
            ("no such day", {"rule": "yearly", "month": 2, "day": 30}),
            ("no such day", {"rule": "yearly", "month": 13, "day": 1}),
            ("no such day", {"rule": "yearly", "lunar": True, "month": 13, "day": 1}),
            ("no such day", {"rule": "yearly", "lunar": True, "month": 1, "day": 31}),
            ("from 1 to 31", {"rule": "monthly", "month_days": "0"}),
            ("from 1 to 31", {"rule": "monthly", "month_days": "18, 32"}),
            ("from 1 to 31", {"rule": "monthly", "month_days": "the 18th"}),
            ("from 1 to 31", {"rule": "monthly"}),
            ("Choose the weekday", {"rule": "weekday", "weekday": "4"}),
        ):
            with self.subTest(values=values):
                self.assertRefused(ValidationError, words, lambda v=values: self.festival(**v))

    # ------------------------------------------------------------ for the engine
    def test_dates_between(self):
        member = self.member_day("1, 18")
        other = self.festival(rule="code", code="dragon_boat")
        hidden = self.member_day(active=False)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.festivals._dates_between(date(2026, 6, 18), date(2026, 7, 1))
        self.assertEqual(found[member.id], [date(2026, 6, 18), date(2026, 7, 1)])
        self.assertEqual(found[other.id], [date(2026, 6, 19)])
        self.assertNotIn(hidden.id, found)
        self.assertFalse(self.festivals._dates_between(date(1999, 1, 1), date(1999, 12, 31)))

    # ------------------------------------------------------------ people
    def test_users_read_managers_write(self):
        shared = self.env.ref(f"{OURS}.festival_qixi")
        self.assertEqual(shared.with_user(self.user).code, "qixi")
        with self.assertRaises(AccessError):
            shared.with_user(self.user).name = "Mine"
        with self.assertRaises(AccessError):
            shared.day_ids[:1].with_user(self.user).date = AS_OF
        own = self.festivals.with_user(self.manager).create(
            {"name": "Ours", "rule": "yearly", "month": 1, "day": 2}
        )
        self.assertEqual(len(own.day_ids), 11)

    def test_companies(self):
        other = self.make_company("Other")
        theirs = self.member_day(company_id=other.id)
        ours = self.member_day(company_id=self.company.id)
        mine = self.festivals.with_user(self.manager)
        self.assertIn(ours.id, mine.search([]).ids)
        self.assertNotIn(theirs.id, mine.search([]).ids)
        self.assertNotIn(theirs.id, mine._dates_between(date(2026, 1, 1), date(2026, 12, 31)))
        with self.assertRaises(AccessError):
            theirs.day_ids[0].with_user(self.manager).read(["date"])

    def test_form(self):
        with Form(self.festivals.with_user(self.manager)) as form:
            form.name = "Every second Friday"
            form.kind = "member_day"
            form.rule = "weekday"
            form.weekday = "4"
            form.nth = "2"
        found = form.save()
        self.assertEqual(found.next_date, date(2026, 7, 10))
        with Form(found) as form, form.day_ids.new() as line:
            line.date = date(2026, 7, 11)
        self.assertTrue(self.day(found, date(2026, 7, 11)).by_hand)


@tagged("post_install", "-at_install")
class TestRestDays(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china, cls.germany = cls.env.ref("base.cn"), cls.env.ref("base.de")
        cls.company.country_id = cls.china
        cls.env["retention.workday"].search([]).unlink()  # those that are shipped

    def workday(self, day, kind="off", **values):
        return self.env["retention.workday"].create({"date": day, "kind": kind, **values})

    def rest(self, start, end, company=None):
        """Return the days of the month on which nobody works, June 2026 unless said."""
        found = (company or self.company)._retention_rest_days(start, end)
        self.assertIsInstance(found, frozenset)
        return sorted(found)

    def in_june(self, first, last, company=None):
        found = self.rest(date(2026, 6, first), date(2026, 6, last), company)
        return [day.day for day in found]

    def test_weekends(self):
        # 6 June 2026 is a Saturday.
        for weekend, expected in (
            ("sat_sun", [6, 7, 13, 14]),
            ("sun", [7, 14]),
            ("fri_sat", [5, 6, 12, 13]),
            ("none", []),
        ):
            with self.subTest(weekend=weekend):
                self.company.retention_weekend = weekend
                self.assertEqual(self.in_june(1, 14), expected)
        self.company.retention_weekend = "sat_sun"
        self.assertEqual(self.in_june(6, 6), [6])
        self.assertFalse(self.in_june(8, 8))
        self.assertFalse(self.in_june(8, 7))

    def test_holidays_and_swapped_days(self):
        self.workday(date(2026, 6, 19), country_id=self.china.id)
        self.workday(date(2026, 6, 20), "work", country_id=self.china.id)
        self.workday(date(2026, 6, 18), country_id=self.germany.id)
        self.workday(date(2026, 6, 17))
        self.assertEqual(self.in_june(15, 21), [17, 19, 21])

    def test_the_nearer_entry_goes_first(self):
        self.workday(date(2026, 6, 17))
        self.workday(date(2026, 6, 17), "work", country_id=self.china.id)
        self.workday(date(2026, 6, 18), country_id=self.china.id)
        self.workday(date(2026, 6, 18), "work", company_id=self.company.id)
        self.assertEqual(self.in_june(15, 19), [])
        other = self.make_company("Other", country_id=self.germany.id)
        self.assertEqual(self.in_june(15, 19, other), [17])

    def test_closures(self):
        self.env["retention.closure"].create(
            {
                "name": "Works holidays",
                "company_id": self.company.id,
                "date_from": date(2026, 5, 30),
                "date_to": date(2026, 6, 3),
            }
        )
        self.assertEqual(self.in_june(1, 7), [1, 2, 3, 6, 7])
        # The country's working day does not open a closed company, its own does.
        self.workday(date(2026, 6, 2), "work", country_id=self.china.id)
        self.workday(date(2026, 6, 3), "work", company_id=self.company.id)
        self.assertEqual(self.in_june(1, 7), [1, 2, 6, 7])
        self.assertEqual(self.in_june(1, 7, self.make_company("Other")), [6, 7])

    def test_branches_keep_the_days_of_their_main_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.workday(date(2026, 6, 16), company_id=self.company.id)
        self.workday(date(2026, 6, 17), company_id=self.company.id)
        self.workday(date(2026, 6, 17), "work", company_id=branch.id)
        self.assertEqual(self.in_june(15, 19, branch), [16])
        self.assertEqual(self.in_june(15, 19), [16, 17])

    def test_two_queries(self):
        self.workday(date(2026, 6, 17))
        start, end = date(2026, 1, 1), date(2026, 12, 31)
        self.company._retention_rest_days(start, end)  # the company itself is read once
        self.env["retention.workday"].invalidate_model()
        with self.assertQueryCount(2):
            self.company._retention_rest_days(start, end)

    @mute_logger("odoo.sql_db")
    def test_one_entry_for_a_day(self):
        self.workday(date(2026, 6, 17))
        with self.assertRaises(IntegrityError):
            self.workday(date(2026, 6, 17), "work")

    def test_import(self):
        result = self.env["retention.workday"].load(
            ["date", "kind", "name", "country_id"],
            [
                ["2027-06-09", "Public holiday", "Dragon Boat Festival", "China"],
                ["2027-06-12", "Swapped working day", "", "China"],
                ["2027-06-10", "", "", ""],
            ],
        )
        self.assertFalse(result["messages"])
        found = self.env["retention.workday"].browse(result["ids"])
        self.assertEqual(found.mapped("kind"), ["off", "work", "off"])
        self.assertEqual(found.mapped("country_id"), self.china)

    def test_access(self):
        user = self.make_user("w_user", f"{OURS}.group_user")
        manager = self.make_user("w_manager", f"{OURS}.group_manager")
        other = self.make_company("Other")
        theirs = self.workday(date(2026, 6, 17), company_id=other.id)
        shared = self.workday(date(2026, 6, 18))
        found = self.env["retention.workday"].with_user(manager).search([])
        self.assertIn(shared, found)
        self.assertNotIn(theirs, found)
        shared.with_user(manager).name = "A day"
        with self.assertRaises(AccessError):
            shared.with_user(user).name = "Mine"
        # The engine asks for people who may not read the list.
        plain = self.make_user("w_plain")
        rest = self.company.with_user(plain)._retention_rest_days(
            shared.date - timedelta(days=1), shared.date
        )
        self.assertEqual(rest, {shared.date})


@tagged("post_install", "-at_install")
class TestShippedWorkdays(RetentionCase):
    def test_china_2026(self):
        self.company.country_id = self.env.ref("base.cn")
        rest = self.company._retention_rest_days(date(2026, 1, 1), date(2026, 12, 31))
        days = (date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365))
        weekend = {day for day in days if day.weekday() > 4}
        off = {
            1: [1, 2],
            2: [16, 17, 18, 19, 20, 23],
            4: [6],
            5: [1, 4, 5],
            6: [19],
            9: [25],
            10: [1, 2, 5, 6, 7],
        }
        expected = {date(2026, month, day) for month, days in off.items() for day in days}
        self.assertEqual(rest - weekend, expected)
        work = {1: [4], 2: [14, 28], 5: [9], 9: [20], 10: [10]}
        expected = {date(2026, month, day) for month, days in work.items() for day in days}
        self.assertEqual(weekend - rest, expected)
