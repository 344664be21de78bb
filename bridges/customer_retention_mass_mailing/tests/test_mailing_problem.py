"""Mailings spare customers with an open severe problem."""

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.tests.page_common import PageCase
from odoo.addons.customer_retention.tests.shield_common import (
    close_request,
    fake_requests,
    open_request,
)
from odoo.addons.mail.tests.common import MockEmail


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 10:00:00")
class TestMailingProblem(PageCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fake_requests(cls)
        cls.firm.email = "office@firm.example"
        cls.contact.email = "bo@firm.example"
        cls.shop = cls.customer("Shop", email="shop@shop.example")
        cls.marketer = cls.make_user("p_mail", "mass_mailing.group_mass_mailing_user")

    def send(self, model, records, **values):
        """Send a mailing to ``records``; return {record id: (status, why)}."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Summer news",
                "user_id": self.marketer.id,
                "mailing_model_id": self.env["ir.model"]._get_id(model),
                "mailing_domain": repr([("id", "in", records.ids)]),
                "body_html": "<p>Sun</p>",
                **values,
            }
        )
        self.assertTrue(mailing.retention_mind_problems or values)
        with self.mock_mail_gateway():
            mailing.with_user(self.marketer).sudo().action_send_mail()
        return {
            trace.res_id: (trace.trace_status, trace.failure_type)
            for trace in mailing.mailing_trace_ids
        }

    def people(self, **values):
        return self.send("res.partner", self.firm | self.contact | self.shop, **values)

    def test_all_contacts_of_the_customer_are_left_out(self):
        request = open_request(self, self.contact)
        left_out = ("cancel", "retention_problem")
        found = self.people()
        self.assertEqual(found[self.firm.id], left_out)
        self.assertEqual(found[self.contact.id], left_out)
        self.assertNotEqual(found[self.shop.id][0], "cancel")
        close_request(self, request)
        self.assertNotEqual(self.people()[self.firm.id][0], "cancel")

    def test_a_message_that_everybody_needs(self):
        open_request(self, self.firm)
        found = self.people(retention_mind_problems=False)
        self.assertNotIn("cancel", {status for status, _why in found.values()})

    def test_a_slight_problem_or_one_of_another_company(self):
        open_request(self, self.firm, severity=1)
        open_request(self, self.firm, company=self.make_company("Other"))
        found = self.people()
        self.assertNotIn("cancel", {status for status, _why in found.values()})

    def test_other_recipients_are_known_by_address(self):
        open_request(self, self.firm)
        listed = self.env["mailing.contact"].create(
            [
                {"name": "B", "email": "Bo <BO@firm.example>"},
                {"name": "X", "email": "x@x.example"},
            ]
        )
        found = self.send("mailing.contact", listed)
        self.assertEqual(found[listed[0].id], ("cancel", "retention_problem"))
        self.assertNotEqual(found[listed[1].id][0], "cancel")

    def test_queries_do_not_grow(self):
        mailing = self.env["mailing.mailing"].new({"user_id": self.marketer.id})
        shops = [self.customer(f"C{n}", email=f"c{n}@x.example") for n in range(30)]
        open_request(self, shops[7])
        for model in ("res.partner", "mailing.contact"):

            def ask(count, model=model):
                return mailing._retention_with_problem(
                    model, {p.id: {f"c{n}@x.example"} for n, p in enumerate(shops[:count])}
                )

            few = self.queries(lambda ask=ask: ask(2))
            self.assertEqual(self.queries(lambda ask=ask: ask(30)), few)
            self.assertEqual(ask(30), {shops[7].id})
