"""Decisions of a review: activities of their owners, carried over to the next review."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .review_common import TwelveCase


@tagged("post_install", "-at_install")
class TestReviewDecision(TwelveCase):
    def test_activity_of_the_owner(self):
        review = self.review()
        decision = self.decide(review)
        activity = decision.activity_id
        self.assertEqual(
            (activity.summary, activity.user_id, activity.date_deadline),
            ("Call them", self.user, date(2025, 9, 20)),
        )
        self.assertEqual((activity.res_model, activity.res_id), (review._name, review.id))
        decision.write({"due_date": "2025-09-25", "user_id": self.boss.id})
        self.assertEqual((activity.user_id, activity.date_deadline), (self.boss, date(2025, 9, 25)))

    def test_done_in_the_activity_menu(self):
        review = self.review()
        decision = self.decide(review)
        review.action_done()
        # The owner may not write reviews.
        activity = decision.activity_id.with_user(self.user)
        activity.action_feedback(feedback="Called nine of ten")
        self.assertEqual((decision.state, decision.result), ("done", "Called nine of ten"))

    def test_passed_on_and_deleted(self):
        decision = self.decide(self.review())
        decision.activity_id.write({"user_id": self.boss.id, "date_deadline": "2025-10-01"})
        self.assertEqual((decision.user_id, decision.due_date), (self.boss, date(2025, 10, 1)))
        decision.activity_id.unlink()
        self.assertEqual(decision.state, "dropped")
        decision.action_reopen()
        self.assertTrue(decision.activity_id.active)

    def test_by_button(self):
        first, second = self.decide(self.review()), self.decide(self.review(7))
        activities = first.activity_id | second.activity_id
        first.action_carried_out()
        second.action_drop()
        self.assertFalse(activities.exists().filtered("active"))
        self.assertEqual((first.state, second.state), ("done", "dropped"))

    def test_deleted_with_its_activity(self):
        review = self.review()
        decision = self.decide(review)
        activity = decision.activity_id
        decision.unlink()
        self.assertFalse(activity.exists())
        activity = self.decide(review).activity_id
        review.unlink()
        self.assertFalse(activity.exists())

    def test_owner_must_see_it(self):
        plain = self.make_user("r_plain2", "sales_team.group_sale_salesman")
        self.assertRefused(
            ValidationError,
            "could not open it",
            lambda: self.decide(self.review(), user_id=plain.id),
        )

    def test_carried_over_with_their_state(self):
        june, july = self.review(6), self.review(7)
        old = self.decide(june, "Old and open")
        self.decide(june, "Old and done").action_carried_out()
        new = self.decide(july, "Done since")
        open_ = self.decide(july, "Still open")
        (june | july).action_done()
        august = self.review(8)
        self.assertEqual(august.carried_ids, old | new | open_)
        new.action_carried_out()
        self.decide(august, "Mine")
        august.action_done()
        open_.action_carried_out()
        page = august._page()
        states = {row["name"]: row["state"] for row in page["carried"]}
        # As it was when the review was finished.
        self.assertEqual(
            states,
            {
                "Old and open": "Decision open",
                "Done since": "Decision carried out",
                "Still open": "Decision open",
            },
        )
        self.assertEqual([row["name"] for row in page["decisions"]], ["Mine"])
