"""Contacts that are merged or change their company keep the whole customer file."""

from odoo.tests import tagged

from .common import AS_OF
from .file_common import CustomerFileCase


@tagged("post_install", "-at_install")
class TestFileMerge(CustomerFileCase):
    def merge(self, *partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        everybody = into
        for partner in partners:
            everybody |= partner
        wizard._merge(everybody.ids, into)
        self.env.flush_all()
        self.env.invalidate_all()

    def test_everything_moves(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        records = self.one_of_each(cid)
        self.merge(cid, into=dan)
        for model, record in records.items():
            with self.subTest(model=model):
                self.assertRecordValues(
                    record, [{"partner_id": dan.id, "commercial_partner_id": dan.id}]
                )

    def test_both_histories_are_kept(self):
        cid, dan, eve = (self.customer(name) for name in ("Cid", "Dan", "Eve"))
        each = [self.one_of_each(partner) for partner in (cid, dan, eve)]
        self.merge(cid, eve, into=dan)
        for model in each[0]:
            with self.subTest(model=model):
                found = self.env[model].search([("commercial_partner_id", "=", dan.id)])
                unique = model in (
                    "retention.preference",
                    "retention.referral",
                    "retention.optout",
                )
                self.assertEqual(len(found), 1 if unique else 3)
                if unique:
                    self.assertEqual(found.id, each[1][model].id)

    def test_into_a_contact_of_a_company(self):
        cid = self.customer("Cid", is_company=False)
        person = self.customer("Ann's buyer", is_company=False, parent_id=self.ann.id)
        records = self.one_of_each(cid)
        self.merge(cid, into=person)
        for model, record in records.items():
            with self.subTest(model=model):
                self.assertRecordValues(
                    record, [{"partner_id": person.id, "commercial_partner_id": self.ann.id}]
                )

    def test_contacts_of_a_merged_company_follow(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        person = self.customer("Cid's buyer", is_company=False, parent_id=cid.id)
        records = self.one_of_each(person)
        self.merge(cid, into=dan)
        for model, record in records.items():
            with self.subTest(model=model):
                self.assertRecordValues(
                    record, [{"partner_id": person.id, "commercial_partner_id": dan.id}]
                )

    # ------------------------------------------------------------ one row each
    def preference(self, partner, **values):
        return self.env["retention.preference"].create({"partner_id": partner.id, **values})

    def test_preferences_are_filled_from_the_other(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        topics = self.env["retention.topic"].create([{"name": n} for n in ("Tea", "Go", "Jazz")])
        hobby = topics.create({"name": "Chess", "kind": "hobby"})
        kept = self.preference(
            dan, channel="wechat", quiet_from=22, topic_ids=topics[:2].ids, note="Old friend"
        )
        self.preference(
            cid,
            channel="call",
            contact_every_days=30,
            quiet_from=12,
            quiet_to=14,
            price_sensitive="no",
            topic_ids=topics[1:].ids,
            hobby_ids=hobby.ids,
            note="Another",
        )
        self.merge(cid, into=dan)
        self.assertRecordValues(
            self.env["retention.preference"].search([("partner_id", "=", dan.id)]),
            [
                {
                    "id": kept.id,
                    "channel": "wechat",
                    "contact_every_days": 30,
                    # Two hours are one wish: not half of each.
                    "quiet_from": 22,
                    "quiet_to": 0,
                    "price_sensitive": "no",
                    "topic_ids": topics.ids,
                    "hobby_ids": hobby.ids,
                    "note": "Old friend",
                }
            ],
        )

    def test_preferences_of_two_sources_and_none_of_the_destination(self):
        cid, dan, eve = (self.customer(name) for name in ("Cid", "Dan", "Eve"))
        first = self.preference(cid, channel="call")
        self.preference(eve, channel="mail", note="From Eve")
        self.merge(cid, eve, into=dan)
        self.assertRecordValues(
            self.env["retention.preference"].search([("partner_id", "=", dan.id)]),
            [{"id": first.id, "channel": "call", "note": "From Eve"}],
        )

    def test_preferences_of_other_companies_are_left_alone(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        self.preference(cid, channel="call", company_id=self.other.id)
        self.preference(dan, channel="mail")
        self.merge(cid, into=dan)
        found = self.env["retention.preference"].sudo().search([("partner_id", "=", dan.id)])
        self.assertEqual(set(found.mapped("channel")), {"call", "mail"})

    def test_referrals(self):
        cid, dan, eve = (self.customer(name) for name in ("Cid", "Dan", "Eve"))
        cid.referred_by, dan.referred_by = self.ann, self.bob
        eve.referred_by = cid
        self.merge(cid, into=dan)
        self.assertEqual(dan.referred_by, self.bob)
        self.assertEqual(eve.referred_by, dan)

    def test_who_referred_one_another_and_is_one(self):
        cid, dan, eve = (self.customer(name) for name in ("Cid", "Dan", "Eve"))
        dan.referred_by, eve.referred_by = cid, cid
        self.merge(cid, into=dan)
        self.assertFalse(dan.referred_by)
        self.assertEqual(eve.referred_by, dan)

    def test_reminders_survive(self):
        cid, dan = self.customer("Cid"), self.customer("Dan")
        promise = self.one_of_each(cid)["retention.promise"]
        activity = promise.activity_ids
        self.merge(cid, into=dan)
        self.assertEqual(promise.activity_ids, activity)
        activity.action_feedback("Brought it")
        self.assertEqual(promise.state, "kept")
        self.assertEqual(promise.due_date, AS_OF)

    # ------------------------------------------------------------ another company
    def test_a_contact_that_changes_its_company(self):
        person = self.customer("Buyer", is_company=False, parent_id=self.ann.id)
        cid = self.customer("Cid")
        records = self.one_of_each(person)
        person.parent_id = cid
        self.env.flush_all()
        for model, record in records.items():
            with self.subTest(model=model):
                self.assertEqual(record.commercial_partner_id, cid)
                found = self.env[model].search([("commercial_partner_id", "=", self.ann.id)])
                self.assertFalse(found)
