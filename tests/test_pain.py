"""Product pains: whom they hit and what that is worth, and customers told once mended."""

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import AS_OF
from .file_common import NOON, CustomerFileCase


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPain(CustomerFileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.customer("Ann's buyer", is_company=False, parent_id=cls.ann.id)
        cls.maker = cls.make_user("f_maker", "customer_retention.group_user")
        cls.pain = cls.env["retention.pain"].create(
            {"name": "Leaks", "company_id": cls.company.id, "user_id": cls.maker.id}
        )

    def link(self, *partners, pain=None):
        return self.env["retention.pain.link"].create(
            [{"pain_id": (pain or self.pain).id, "partner_id": p.id} for p in partners]
        )

    def case(self, partner=None, **values):
        return self.env["retention.case"].create(
            {
                "name": "It leaks",
                "partner_id": (partner or self.buyer).id,
                "company_id": self.company.id,
                "retention_pain_id": self.pain.id,
                **values,
            }
        )

    def hit(self, pain=None):
        pain = pain or self.pain
        return pain.customer_count, pain.value

    # ---------------------------------------------------------------- whom it hits
    def test_customers_count_once_with_what_they_bought_in_twelve_months(self):
        self.orders(self.ann, 10, amount=100)
        self.orders(self.buyer, 364, amount=20)  # 1 July last year
        self.orders(self.ann, 365, amount=1000)  # 30 June last year
        self.orders(self.bob, 5, amount=7)
        self.link(self.ann, self.buyer, self.buyer)
        self.assertEqual(self.hit(), (1, 120))
        more = self.link(self.bob, self.customer("Never bought"))
        self.assertEqual(self.hit(), (3, 127))
        more[0].unlink()
        self.assertEqual(self.hit(), (2, 120))
        more[1].partner_id = self.bob
        self.assertEqual(self.hit(), (2, 127))

    def test_the_worst_comes_first(self):
        small, big = (
            self.env["retention.pain"].create({"name": name, "company_id": self.company.id})
            for name in ("Small", "Big")
        )
        self.orders(self.ann, 10, amount=100)
        self.link(self.ann, self.bob, pain=big)
        self.link(self.bob, pain=small)
        mine = [("id", "in", (self.pain | small | big).ids)]
        self.assertEqual(self.env["retention.pain"].search(mine), big | small | self.pain)

    def test_night_follows_what_customers_buy_until_it_is_settled(self):
        other = self.env["retention.pain"].create({"name": "O", "company_id": self.company.id})
        self.link(self.ann)
        self.link(self.ann, pain=other)
        other.action_wont_fix()
        self.orders(self.ann, 10, amount=100)
        self.env["retention.pain"]._cron_hits()
        self.assertEqual((self.hit(), self.hit(other)), ((1, 100), (1, 0)))

    def test_anonymous_words_hit_no_customer(self):
        self.env["retention.pain.link"].create({"pain_id": self.pain.id, "note": "Bad"})
        self.assertEqual(self.hit(), (0, 0))

    def test_as_many_queries_for_many_as_for_one(self):
        pains = self.pain.browse()
        for number in range(6):
            pain = self.env["retention.pain"].create(
                {"name": str(number), "company_id": self.company.id}
            )
            self.link(self.ann, self.bob, pain=pain)
            pains |= pain
        metrics = self.env["retention.metrics"]
        found = metrics._pain_hits(self.company, AS_OF, pains.ids)
        self.assertEqual(len(found), 6)
        before = self.env.cr.sql_log_count
        metrics._pain_hits(self.company, AS_OF, pains[0].ids)
        one = self.env.cr.sql_log_count - before
        metrics._pain_hits(self.company, AS_OF, pains.ids)
        self.assertEqual(self.env.cr.sql_log_count - before, 2 * one)

    # ---------------------------------------------------------------- where it is said
    def test_a_case_links_its_customer(self):
        case = self.case()
        self.assertRecordValues(
            self.pain.link_ids,
            [{"res_model": "retention.case", "res_id": case.id, "partner_id": self.buyer.id}],
        )
        self.assertEqual(self.hit(), (1, 0))
        case.partner_id = self.bob
        self.assertEqual(self.pain.link_ids.partner_id, self.bob)
        self.assertEqual(self.pain.link_ids.action_open_source()["res_id"], case.id)
        case.retention_pain_id = False
        self.assertFalse(self.pain.link_ids)
        case.retention_pain_id = self.pain
        case.unlink()
        self.assertFalse(self.pain.link_ids)

    def test_an_anonymous_answer(self):
        answer = self.env["retention.feedback"].create(
            {
                "company_id": self.company.id,
                "kind": "interview",
                "comment": "Leaks",
                "retention_pain_id": self.pain.id,
            }
        )
        self.assertEqual(self.pain.link_ids.res_id, answer.id)
        self.assertEqual(self.hit(), (0, 0))

    def test_not_of_another_company_and_not_twice(self):
        theirs = self.env["retention.pain"].create({"name": "T", "company_id": self.other.id})
        self.assertRefused(
            ValidationError, "another company", lambda: self.case(retention_pain_id=theirs.id)
        )
        case = self.case()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["retention.pain.link"].create(
                {"pain_id": self.pain.id, "res_model": "retention.case", "res_id": case.id}
            )

    def test_the_product_team_can_open_it(self):
        for user in (self.stranger, self.make_user("f_nobody")):
            with self.subTest(user=user.login):
                self.assertRefused(
                    ValidationError,
                    "could not open",
                    lambda u=user: self.pain.write({"user_id": u}),
                )

    # ---------------------------------------------------------------- telling customers
    def tasks(self):
        return self.pain.activity_ids.sorted("id")

    def test_each_account_manager_tells_their_own_customers(self):
        cid = self.customer("Cid")
        for partner in (self.ann, self.bob, cid):
            self.orders(partner, 5)
        self.refresh()
        self.profile(self.ann).user_id = self.user
        self.profile(self.bob).user_id = self.user
        self.profile(cid).user_id = self.stranger  # could not open it
        self.link(self.buyer, self.bob, cid)
        self.pain.reply = "New seal <from July>"
        pain = self.as_user("retention.pain", self.maker).browse(self.pain.id)
        self.assertRefused(UserError, "once it is mended", pain.action_tell)
        pain.action_start()
        pain.action_fixed()
        self.assertEqual((pain.fixed_on, pain.untold_count), (AS_OF, 3))
        pain.action_tell()
        by_user = {task.user_id: task for task in self.tasks()}
        self.assertEqual(set(by_user), {self.user, self.maker})
        mine = by_user[self.user]
        self.assertIn("Ann", mine.note)
        self.assertIn("Bob", mine.note)
        self.assertNotIn("Cid", mine.note)
        self.assertIn("&lt;from July&gt;", mine.note)
        self.assertRefused(UserError, "somebody is at it", pain.action_tell)
        mine.with_user(self.user).action_feedback("Both glad")
        self.assertEqual(self.pain.untold_count, 1)
        told = self.pain.link_ids.filtered("told_on")
        self.assertEqual(told.partner_id, self.buyer | self.bob)
        # A task that is called off can be given again; who has been told is not told again.
        by_user[self.maker].unlink()
        pain.action_tell()
        self.assertEqual(self.tasks().mapped("user_id"), self.maker)
        self.pain.link_ids.filtered(lambda link: not link.told_on).action_told()
        self.assertRefused(UserError, "Everybody", pain.action_tell)

    def test_opened_again_it_is_not_mended(self):
        self.pain.action_fixed()
        with freeze_time("2026-07-09 12:00:00"):
            self.pain.write({"state": "fixed"})
        self.assertEqual(self.pain.fixed_on, AS_OF)
        self.pain.action_reopen()
        self.assertFalse(self.pain.fixed_on)

    def test_own_companies_only(self):
        theirs = self.env["retention.pain"].create({"name": "T", "company_id": self.other.id})
        self.link(self.ann, pain=theirs)
        self.link(self.ann)
        pains = self.as_user("retention.pain").search([])
        self.assertIn(self.pain, pains)
        self.assertNotIn(theirs, pains)
        links = self.as_user("retention.pain.link").search([])
        self.assertEqual(links.pain_id, self.pain)
