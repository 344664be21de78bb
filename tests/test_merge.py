"""Core's contact merge deletes all source rows on one conflict; ours keeps both histories."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestMerge(RetentionCase):
    def merge(self, *partners, into):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        everybody = into
        for partner in partners:
            everybody |= partner
        wizard._merge(everybody.ids, into)
        self.env.flush_all()
        self.env.invalidate_all()

    def lives(self, *partners):
        """Two full runs apart, so that each customer has a change of its own."""
        for partner in partners:
            self.orders(partner, 5)
        self.refresh()
        self.refresh(AS_OF + timedelta(days=100))

    def test_both_histories_are_kept(self):
        ann, bob, cid = (self.customer(name) for name in ("Ann", "Bob", "Cid"))
        self.lives(ann, bob, cid)
        changes = (self.profile(ann) | self.profile(bob) | self.profile(cid)).change_ids
        kept = self.profile(ann)
        self.merge(bob, cid, into=ann)
        self.assertEqual(self.profile(ann), kept)
        self.assertEqual(kept.change_ids, changes)
        # Each of the three changed its score, its segment and its stage.
        self.assertEqual(len(changes), 9)
        self.commit_requests()
        with freeze_time(f"{AS_OF + timedelta(days=100)} 12:00:00"):
            self.answer_requests()
        self.assertEqual(kept.order_count, 3)

    def test_into_one_without_a_profile(self):
        ann, bob, new = (self.customer(name) for name in ("Ann", "Bob", "New"))
        self.lives(ann, bob)
        changes = (self.profile(ann) | self.profile(bob)).change_ids
        self.merge(ann, bob, into=new)
        self.assertEqual(self.profile(new).change_ids, changes)
        self.assertEqual(len(self.profile(new)), 1)

    def test_two_companies(self):
        other = self.make_company("Other")
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.lives(ann)
        self.order(bob, AS_OF, company=other)
        self.refresh(company=other)
        elsewhere = self.profile(bob, other)
        self.merge(bob, into=ann)
        self.assertEqual(self.profile(ann, other), elsewhere)
        self.assertTrue(self.profile(ann))

    def test_account_manager_is_kept(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.lives(ann, bob)
        self.profile(bob).sudo().user_id = self.env.user
        self.merge(bob, into=ann)
        self.assertEqual(self.profile(ann).user_id, self.env.user)

    def test_imported_purchases_follow(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        for partner in (ann, bob):
            self.env["retention.history.purchase"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "day": "2024-01-01",
                    "amount": 10,
                    "always_counts": True,
                }
            )
        self.merge(bob, into=ann)
        found = self.env["retention.history.purchase"].search([("partner_id", "=", ann.id)])
        self.assertEqual(len(found), 2)
