"""The fresh path: what asks for it, what it costs the user, what the scheduled action does."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import AS_OF, RetentionCase


@tagged("post_install", "-at_install")
class TestFresh(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.customer("Ann")
        cls.bob = cls.customer("Bob")
        cls.orders(cls.ann, 40, 80)
        cls.orders(cls.bob, 200)
        cls.refresh()
        cls.env.flush_all()
        cls.env.cr.precommit.run()  # also warms the cached id of the scheduled action
        cls.env.cr.execute("DELETE FROM retention_refresh_request")

    def asked(self):
        self.commit_requests()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM retention_refresh_request WHERE company_id = %s",
                self.company.id,
            )
        )
        self.env.cr.execute("DELETE FROM retention_refresh_request")
        return sorted(row[0] for row in rows)

    def test_confirming(self):
        order = self.order(self.ann, AS_OF, state="draft")
        self.asked()
        order.action_confirm()
        self.assertEqual(self.asked(), self.ann.ids)

    def test_a_quotation_makes_a_prospect_known(self):
        self.order(self.ann, AS_OF, state="draft")
        self.assertEqual(self.asked(), self.ann.ids)

    def test_editing_a_quotation_asks_nothing(self):
        order = self.order(self.ann, AS_OF, state="draft")
        self.asked()
        order.order_line.price_unit = 7
        order.note = "x"
        self.assertEqual(self.asked(), [])

    def test_editing_and_cancelling_an_order(self):
        order = self.order(self.ann, AS_OF)
        self.asked()
        order.order_line.price_unit = 7
        self.assertEqual(self.asked(), self.ann.ids)
        order.order_line = [Command.create({"product_id": self.product.id, "price_unit": 5})]
        self.assertEqual(self.asked(), self.ann.ids)
        order._action_cancel()
        self.assertEqual(self.asked(), self.ann.ids)
        order.order_line.name = "Only words"
        self.assertEqual(self.asked(), [])

    def test_moving_an_order_asks_for_both(self):
        order = self.order(self.ann, AS_OF)
        self.asked()
        order.partner_id = self.bob
        self.assertEqual(self.asked(), sorted((self.ann | self.bob).ids))

    def test_deleting_an_order(self):
        order = self.order(self.ann, AS_OF, state="draft")
        self.asked()
        order.unlink()
        self.assertEqual(self.asked(), self.ann.ids)

    def test_archiving_and_moving_a_contact(self):
        self.ann.active = False
        self.assertEqual(self.asked(), self.ann.ids)
        self.ann.write({"active": True, "parent_id": self.bob.id, "is_company": False})
        self.assertEqual(self.asked(), sorted((self.ann | self.bob).ids))

    def test_two_statements_however_much_is_done(self):
        orders = self.env["sale.order"]
        for _number in range(5):
            orders |= self.order(self.ann, AS_OF)
        orders.order_line.price_unit = 9
        orders[0]._action_cancel()
        self.env.flush_all()
        with self.assertQueryCount(2):
            self.env.cr.precommit.run()

    def test_no_statement_when_nothing_changed(self):
        before = self.env.cr.sql_log_count
        self.commit_requests()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_answer(self):
        self.order(self.bob, AS_OF, 300)
        self.commit_requests()
        profile = self.profile(self.bob)
        profile.invalidate_recordset()
        self.assertTrue(profile.refresh_pending)
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.assertEqual(self.answer_requests(), 1)
            self.assertEqual(self.answer_requests(), 0)
        profile.invalidate_recordset()
        self.assertFalse(profile.refresh_pending)
        self.assertEqual((profile.order_count, profile.rfm_r), (2, 5))
        self.assertIn("fresh", profile.change_ids.mapped("cause"))

    def test_scheduled_action(self):
        self.order(self.bob, AS_OF, 300)
        self.commit_requests()
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("customer_retention.cron_fresh").id)]
        )
        self.assertTrue(triggers)
        progress = patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0)
        with progress, freeze_time(f"{AS_OF} 12:00:00"):
            self.env["retention.refresh.request"]._cron_fresh()
        self.assertEqual(self.profile(self.bob).order_count, 2)

    def test_one_company_does_not_keep_the_others_waiting(self):
        other = self.make_company("Fails")
        self.order(self.bob, AS_OF, 300)
        self.order(self.ann, AS_OF, company=other)
        self.commit_requests()
        requests, asked = self.env["retention.refresh.request"], []
        answer = type(requests)._answer

        def failing(model, company):
            asked.append(company)
            if company == other:
                raise ValueError("not this one")
            return answer(model, company)

        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            patch.object(type(requests), "_waiting_companies", lambda model: other | self.company),
            patch.object(type(requests), "_answer", failing),
            patch.object(self.env.cr, "rollback"),
            mute_logger("odoo.addons.customer_retention.models.retention_refresh_request"),
            freeze_time(f"{AS_OF} 12:00:00"),
            suppress(ValueError),  # assertRaises would take back what was done
        ):
            requests._cron_fresh()
            self.fail("The error is told.")
        self.assertEqual(asked[0], other)
        self.assertEqual(self.profile(self.bob).order_count, 2)

    def test_before_the_first_run_requests_wait(self):
        other = self.make_company("Other")
        self.order(self.ann, AS_OF, company=other)
        self.commit_requests()
        self.assertEqual(self.answer_requests(other), 0)
        self.refresh(company=other)
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.assertEqual(self.answer_requests(other), 1)

    def test_contact_joins_a_company(self):
        """The contact's own profile is emptied, the company's takes over."""
        firm = self.customer("Firm")
        self.orders(firm, 10)
        self.refresh(partners=firm)
        self.ann.write({"parent_id": firm.id, "is_company": False})
        self.commit_requests()
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.answer_requests()
        self.assertEqual(self.profile(firm).order_count, 3)
        self.assertFalse(self.profile(self.ann).first_order_date)
        self.assertEqual(self.ann.retention_profile_id, self.profile(firm))

    def test_deleted_customer_is_no_trouble(self):
        lost = self.customer("Lost")
        self.env["retention.refresh.request"]._ask_pairs({(lost.id, self.company.id)})
        self.commit_requests()
        lost.unlink()
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.assertEqual(self.answer_requests(), 1)

    def test_before_midnight_of_the_next_run(self):
        """A fresh answer never sets the figures back behind the last full run."""
        self.refresh(AS_OF + timedelta(days=1))
        self.order(self.bob, AS_OF, 300)
        self.commit_requests()
        with freeze_time(f"{AS_OF} 12:00:00"):
            self.assertEqual(self.answer_requests(), 1)
        self.assertEqual(self.profile(self.bob).order_count, 2)

    def test_user_without_our_rights_can_sell(self):
        seller = self.make_user("seller", "sales_team.group_sale_salesman_all_leads")
        order = (
            self.env["sale.order"]
            .with_user(seller)
            .create(
                {
                    "partner_id": self.ann.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        order.action_confirm()
        self.assertEqual(self.asked(), self.ann.ids)
