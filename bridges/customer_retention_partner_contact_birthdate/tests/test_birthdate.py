from datetime import date

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.tests.common import RetentionCase
from odoo.addons.customer_retention_partner_contact_birthdate.hooks import post_init_hook


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestBirthdate(RetentionCase):
    def birthdays(self, partner):
        found = self.env["retention.key.date"].search(
            [("partner_id", "=", partner.id), ("kind", "=", "birthday")], order="id"
        )
        return [(d.calendar, d.year, d.month, d.day, d.company_id) for d in found]

    def person(self, birthdate="1980-03-05", **values):
        return self.env["res.partner"].create(
            {"name": "Ann", "birthdate_date": birthdate, **values}
        )

    def note(self, partner, **values):
        return self.env["retention.key.date"].create(
            {"partner_id": partner.id, "kind": "birthday", "month": 1, "day": 28, **values}
        )

    def test_follows_the_birthdate(self):
        ann = self.person()
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 3, 5, self.company)])
        kept = self.env["retention.key.date"].search([("partner_id", "=", ann.id)])
        self.assertEqual(kept.next_date, date(2027, 3, 5))
        ann.birthdate_date = "1980-08-05"
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 8, 5, self.company)])
        self.assertEqual(kept.next_date, date(2026, 8, 5))
        ann.birthdate_date = "1980-08-05"
        ann.name = "Anna"
        self.assertEqual(len(self.birthdays(ann)), 1)
        ann.birthdate_date = False
        self.assertEqual(self.birthdays(ann), [])

    def test_lunar_by_hand_stays_the_only_one(self):
        ann = self.person(False)
        self.note(ann, calendar="lunar", month=1, day=20)
        lunar = [("lunar", 0, 1, 20, self.company)]
        for birthdate in ("1980-03-05", "1980-03-06", False):
            ann.birthdate_date = birthdate
            self.assertEqual(self.birthdays(ann), lunar)

    def test_lunar_entered_later_takes_its_place_and_gives_it_back(self):
        ann = self.person()
        lunar = self.note(ann, calendar="lunar", month=1, day=19)
        self.assertEqual(self.birthdays(ann), [("lunar", 0, 1, 19, self.company)])
        lunar.unlink()
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 3, 5, self.company)])

    def test_no_double_of_what_was_entered_by_hand(self):
        ann = self.person(False)
        self.note(ann)
        ann.birthdate_date = "1980-01-28"
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 1, 28, self.company)])
        self.note(ann, month=1, day=29)
        self.assertEqual(self.birthdays(ann), [("solar", 0, 1, 29, self.company)])

    def test_other_days_stay(self):
        ann = self.person()
        self.note(ann, kind="anniversary", year=1980, month=3, day=5)
        ann.birthdate_date = False
        kinds = self.env["retention.key.date"].search([("partner_id", "=", ann.id)])
        self.assertEqual(kinds.mapped("kind"), ["anniversary"])

    def test_what_a_person_deletes_stays_deleted(self):
        ann = self.person()
        self.env["retention.key.date"].search([("partner_id", "=", ann.id)]).unlink()
        ann.name = "Anna"
        self.assertEqual(self.birthdays(ann), [])

    def test_two_companies(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        theirs = self.person(company_id=other.id)
        self.assertEqual(self.birthdays(theirs), [("solar", 1980, 3, 5, other)])
        shared = self.person()
        shared.with_company(other).birthdate_date = "1980-03-06"
        self.assertEqual(
            self.birthdays(shared),
            [("solar", 1980, 3, 6, self.company), ("solar", 1980, 3, 6, other)],
        )
        shared.birthdate_date = False
        self.assertEqual(self.birthdays(shared), [])

    def test_by_who_has_no_right_to_the_customer_file(self):
        user = self.make_user("contacts_only", "base.group_partner_manager")
        ann = self.env["res.partner"].with_user(user).create({"name": "Ann"})
        ann.birthdate_date = "1980-03-05"
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 3, 5, self.company)])

    def test_birthdates_from_before_the_installation(self):
        ann, bob = self.person(), self.person("1981-02-28")
        self.env["retention.key.date"].search([("partner_id", "in", (ann | bob).ids)]).unlink()
        self.note(bob, calendar="lunar")
        post_init_hook(self.env)
        post_init_hook(self.env)
        self.assertEqual(self.birthdays(ann), [("solar", 1980, 3, 5, self.company)])
        self.assertEqual(self.birthdays(bob), [("lunar", 0, 1, 28, self.company)])

    def test_many_at_once(self):
        def queries(count):
            people = self.env["res.partner"].create([{"name": "Ann"}] * count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            people.write({"birthdate_date": "1980-03-05"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(40), queries(3))

    def test_licence(self):
        module = self.env["ir.module.module"].search(
            [("name", "=", "customer_retention_partner_contact_birthdate")]
        )
        self.assertEqual((module.state, module.license), ("installed", "AGPL-3"))
