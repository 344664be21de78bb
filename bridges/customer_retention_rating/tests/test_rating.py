"""Ratings become satisfaction answers, exactly once."""

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.tests.common import AS_OF, RetentionCase

from ..hooks import post_init_hook


@tagged("post_install", "-at_install")
class TestRating(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{AS_OF} 10:00:00"))
        cls.ann = cls.customer("Ann")

    def rate(self, value=4, partner=None, consumed=True, **values):
        return self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.ann.id,
                "partner_id": (self.ann if partner is None else partner).id,
                "rating": value,
                "consumed": consumed,
                **values,
            }
        )

    def kept(self):
        return self.env["retention.feedback"].search(
            [("source", "=", "rating"), ("company_id", "=", self.company.id)], order="id"
        )

    def test_a_rating_is_an_answer(self):
        self.rate(5, feedback="Quick")
        self.assertRecordValues(
            self.kept(),
            [
                {
                    "kind": "csat",
                    "score": 5,
                    "comment": "Quick",
                    "date": AS_OF,
                    "partner_id": self.ann.id,
                    "answer_class": "good",
                    "survey": "Contact",
                }
            ],
        )

    def test_asked_first_rated_later(self):
        rating = self.rate(0, consumed=False)
        self.assertFalse(self.kept())
        rating.write({"rating": 1, "consumed": True})
        self.assertEqual(self.kept().score, 1)
        rating.write({"feedback": "Slow"})
        rating.write({"rating": 3})
        self.assertEqual((self.kept().score, self.kept().comment), (3, "Slow"))
        rating.reset()
        self.assertFalse(self.kept())

    def test_taken_back(self):
        rating = self.rate()
        rating.unlink()
        self.assertFalse(self.kept())

    def test_halves(self):
        for value, score in ((1, 1), (2.4, 2), (2.5, 3), (5, 5)):
            rating = self.rate(value)
            self.assertEqual(self.kept()[-1].score, score)
            rating.unlink()

    def test_who_does_not_count(self):
        colleague = self.make_user("rated").partner_id
        self.rate(partner=colleague)
        self.rate(partner=self.env["res.partner"])
        self.rate(0)
        self.assertFalse(self.kept())

    def test_the_company_of_what_was_rated(self):
        other = self.make_company("Other")
        order = self.order(self.ann, AS_OF, company=other)
        self.rate(res_model_id=self.env["ir.model"]._get_id("sale.order"), res_id=order.id)
        self.assertFalse(self.kept())
        found = self.env["retention.feedback"].search([("company_id", "=", other.id)])
        self.assertEqual(found.partner_id, self.ann)

    def test_ratings_from_before(self):
        self.rate(1)
        self.kept().unlink()
        post_init_hook(self.env)
        post_init_hook(self.env)
        self.assertEqual(self.kept().mapped("needs_reply"), [False])
        self.assertFalse(self.kept().case_id)
