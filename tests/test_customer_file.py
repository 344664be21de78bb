"""The customer file: what all its records share, and the small ones among them."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AS_OF
from .file_common import OURS, CustomerFileCase, days


@tagged("post_install", "-at_install")
class TestCustomerFile(CustomerFileCase):
    # ------------------------------------------------------------ everywhere the same
    def test_kept_per_company(self):
        for model, record in self.one_of_each(self.ann).items():
            with self.subTest(model=model):
                self.assertEqual(record.company_id, self.company)
                self.assertEqual(record.commercial_partner_id, self.ann)
                theirs = self.as_user(model, self.stranger)
                self.assertFalse(theirs.search([]))
                for operation in ("read", "write", "unlink"):
                    self.assertFalse(theirs.browse(record.id).has_access(operation))
        self.assertFalse(self.as_user("retention.plan.goal", self.stranger).search([]))

    def test_a_branch_counts_under_its_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        seller = self.make_user("f_branch", f"{OURS}.group_user", company=branch)
        for model, record in self.one_of_each(self.ann, seller).items():
            with self.subTest(model=model):
                self.assertEqual(record.company_id, self.company)
                self.assertIn(record.id, self.as_user(model, seller).search([]).ids)

    def test_a_contacts_company_decides(self):
        theirs = self.customer("Theirs", company_id=self.other.id)
        need = self.env["retention.need"].create({"partner_id": theirs.id, "name": "More"})
        self.assertEqual(need.company_id, self.other)
        for model in ("retention.need", "retention.preference"):
            self.assertRefused(
                ValidationError,
                "another company",
                lambda m=model: self.env[m].create(
                    {"partner_id": theirs.id, "company_id": self.company.id, "name": "x"}
                    if m == "retention.need"
                    else {"partner_id": theirs.id, "company_id": self.company.id}
                ),
            )

    def test_nothing_on_the_contact(self):
        before = len(self.ann.message_ids), len(self.ann.activity_ids)
        self.one_of_each(self.ann)
        self.assertEqual((len(self.ann.message_ids), len(self.ann.activity_ids)), before)

    def test_users_edit_managers_delete(self):
        for model, record in self.one_of_each(self.ann).items():
            with self.subTest(model=model):
                record.write({"partner_id": self.ann.id})
                with self.assertRaises(AccessError):
                    record.unlink()
                self.as_user(model, self.manager).browse(record.id).unlink()

    def test_every_list_opens_with_the_partner(self):
        for model, record in self.one_of_each(self.ann).items():
            if model == "retention.preference":
                continue
            with self.subTest(model=model):
                ann = self.ann.with_user(self.user).with_company(self.company)
                action = ann.action_retention_file(model)
                found = self.as_user(model).search(action["domain"])
                self.assertEqual(found, record)
                self.assertEqual(action["context"], {"default_partner_id": self.ann.id})
        with self.assertRaises(ValueError):
            self.ann.action_retention_file("res.users")

    def test_a_customers_list_has_its_contacts(self):
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        need = self.env["retention.need"].create({"partner_id": person.id, "name": "More"})
        for partner, found in ((self.ann, need), (person, need), (self.bob, need.browse())):
            domain = partner.action_retention_file("retention.need")["domain"]
            self.assertEqual(need.search(domain), found)

    # ------------------------------------------------------------ needs
    def test_needs(self):
        needs = self.as_user("retention.need")
        first, second = needs.create(
            [{"partner_id": self.ann.id, "name": name} for name in ("One", "Two")]
        )
        first.action_met()
        second.action_drop()
        self.assertEqual((first.state, second.state), ("met", "dropped"))

    # ------------------------------------------------------------ preferences
    def test_one_set_of_preferences_for_each_company(self):
        preferences = self.env["retention.preference"]
        preferences.create({"partner_id": self.ann.id})
        preferences.create({"partner_id": self.ann.id, "company_id": self.other.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            preferences.create({"partner_id": self.ann.id})

    def test_preferences_open_from_the_contact(self):
        ann = self.ann.with_user(self.user).with_company(self.company)
        action = ann.action_retention_preference()
        self.assertFalse(action["res_id"])
        form = Form(self.as_user(action["res_model"]).with_context(**action["context"]))
        form.channel = "sms"
        self.assertEqual(form.save().partner_id, self.ann)
        again = ann.action_retention_preference()
        self.assertEqual(again["res_id"], form.record.id)

    def test_quiet_hours_are_hours(self):
        preference = self.env["retention.preference"].create({"partner_id": self.ann.id})
        preference.write({"quiet_from": 20, "quiet_to": 8})
        for values in ({"quiet_from": 24}, {"quiet_from": -0.5}, {"quiet_to": 24.5}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                preference.write(values)
                preference.flush_recordset()

    # ------------------------------------------------------------ competitors
    def test_competitors_price_is_in_the_companys_currency(self):
        euro = self.env.ref("base.EUR")
        self.other.currency_id = euro
        rival = self.env["retention.competitor"].create({"name": "Rival"})
        notes = self.env["retention.competitor.note"].create(
            [
                {"partner_id": self.ann.id, "competitor_id": rival.id},
                {
                    "partner_id": self.ann.id,
                    "competitor_id": rival.id,
                    "product": "Pump",
                    "company_id": self.other.id,
                },
            ]
        )
        self.assertEqual(notes.mapped("currency_id"), self.company.currency_id | euro)
        self.assertEqual(notes.mapped("display_name"), ["Rival", "Rival: Pump"])

    # ------------------------------------------------------------ joint plans
    def test_review_becomes_an_activity(self):
        plan = self.as_user("retention.plan").create(
            {"name": "Two new lines", "partner_id": self.ann.id, "review_date": AS_OF}
        )
        self.assertRecordValues(
            plan.activity_ids,
            [{"summary": "Two new lines", "date_deadline": AS_OF, "user_id": self.user.id}],
        )
        plan.activity_ids.action_feedback("Half way there")
        self.assertFalse(plan.review_date)
        self.assertFalse(plan.activity_ids)
        plan.review_date = days(90)
        self.assertEqual(plan.activity_ids.date_deadline, days(90))
        plan.active = False
        self.assertFalse(plan.activity_ids)

    # ------------------------------------------------------------ referrals
    def test_referred_by_shows_the_current_company(self):
        ann = self.as_user("res.partner").browse(self.ann.id)
        ann.referred_by = self.bob
        self.assertRecordValues(
            self.env["retention.referral"].search([("partner_id", "=", self.ann.id)]),
            [{"referred_by_id": self.bob.id, "company_id": self.company.id}],
        )
        theirs = self.as_user("res.partner", self.stranger).browse(self.ann.id)
        self.assertFalse(theirs.referred_by)
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        self.assertEqual(person.referred_by, self.bob)
        cid = self.customer("Cid")
        ann.referred_by = cid
        self.assertEqual(
            self.env["retention.referral"]
            .search([("partner_id", "=", self.ann.id)])
            .referred_by_id,
            cid,
        )
        ann.referred_by = False
        self.assertFalse(self.env["retention.referral"].search([("partner_id", "=", self.ann.id)]))

    def test_search_by_referrer(self):
        self.ann.referred_by = self.bob
        everybody = self.ann | self.bob
        mine = [("id", "in", everybody.ids)]
        partners = self.env["res.partner"]
        for condition, found in (
            (("referred_by", "=", self.bob.id), self.ann),
            (("referred_by", "!=", self.bob.id), self.bob),
            (("referred_by", "=", False), self.bob),
            (("referred_by", "!=", False), self.ann),
            (("referred_by.name", "=", "Bob"), self.ann),
            (("referred_by", "in", [self.bob.id, False]), everybody),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(partners.search([*mine, condition]), found)
                self.assertEqual(everybody.filtered_domain([condition]), found)

    def test_nobody_refers_itself(self):
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        for referrer in (self.ann, person):
            self.assertRefused(
                ValidationError,
                "by itself",
                lambda r=referrer: self.ann.write({"referred_by": r.id}),
            )

    def test_a_contact_that_joins_a_company_brings_its_referral(self):
        person = self.customer("Cid", is_company=False)
        person.referred_by = self.bob
        self.assertFalse(self.ann.referred_by)
        person.parent_id = self.ann
        self.env.invalidate_all()
        self.assertEqual(self.ann.referred_by, self.bob)

    # ------------------------------------------------------------ identity
    def test_company_size_stands_beside_the_industry(self):
        form = Form(self.as_user("res.partner").browse(self.ann.id))
        form.company_size = "51"
        form.save()
        theirs = self.as_user("res.partner", self.stranger).browse(self.ann.id)
        self.assertEqual(theirs.company_size, "51")
