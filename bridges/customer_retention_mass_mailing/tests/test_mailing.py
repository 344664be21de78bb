from datetime import datetime, timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.analytics.gate import Ask
from odoo.addons.customer_retention.tests.page_common import OURS, PageCase
from odoo.addons.mail.tests.common import MockEmail

NOW = datetime(2026, 6, 30, 10)  # a Tuesday
YESTERDAY = NOW - timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 10:00:00")
class TestMailing(PageCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_send = True
        cls.firm.email = "office@firm.example"
        cls.contact.email = "Bo <Bo@Firm.example>"
        cls.marketer = cls.make_user("m_user", "mass_mailing.group_mass_mailing_user")
        cls.mailing = cls.make_mailing()
        cls.refresh()

    @classmethod
    def make_mailing(cls, user=None, model="base.model_res_partner", domain="[]"):
        return cls.env["mailing.mailing"].create(
            {
                "subject": "Summer news",
                "user_id": (user or cls.marketer).id,
                "mailing_model_id": cls.env.ref(model).id,
                "mailing_domain": domain,
                "body_html": "<p>Sun</p>",
            }
        )

    def trace(self, record, email, status="sent", sent=YESTERDAY, mailing=None, **values):
        return self.env["mailing.trace"].create(
            {
                "mass_mailing_id": (mailing or self.mailing).id,
                "model": record._name,
                "res_id": record.id,
                "email": email,
                "trace_status": status,
                "sent_datetime": sent,
                **values,
            }
        )

    def history(self, *partners, company=None):
        metrics = self.env["retention.metrics"]
        found = metrics._touch_history(
            company or self.company, [p.id for p in partners], NOW - timedelta(days=30)
        )
        return {key: sorted(touches) for key, touches in found.items()}

    # ---------------------------------------------------------------- touches
    def test_counts_for_the_contact_it_went_to(self):
        self.trace(self.contact, "bo@firm.example")
        touch = (YESTERDAY, "mail", self.contact.id)
        self.assertEqual(self.history(self.firm), {self.firm.id: [touch]})

    def test_counts_by_address(self):
        listed = self.env["mailing.contact"].create({"name": "B", "email": "bo@firm.example"})
        self.trace(listed, "bo@firm.example")
        self.trace(listed, "nobody@firm.example", sent=NOW)
        touch = (YESTERDAY, "mail", self.contact.id)
        self.assertEqual(self.history(self.firm), {self.firm.id: [touch]})

    def test_one_mail_is_one_touch_of_each_customer_behind_the_address(self):
        colleague = self.env["res.partner"].create(
            {"name": "Al", "parent_id": self.firm.id, "email": "bo@firm.example"}
        )
        shop = self.customer("Shop", email="bo@firm.example")
        self.trace(colleague, "bo@firm.example")
        self.assertEqual(
            self.history(self.firm, shop),
            {
                self.firm.id: [(YESTERDAY, "mail", colleague.id)],
                shop.id: [(YESTERDAY, "mail", shop.id)],
            },
        )

    def test_only_what_left_and_stayed_there(self):
        for status in ("outgoing", "bounce", "error", "cancel"):
            self.trace(self.contact, "bo@firm.example", status)
        self.trace(self.contact, "bo@firm.example", is_test_trace=True)
        self.trace(self.contact, "bo@firm.example", sent=NOW - timedelta(days=40))
        self.assertEqual(self.history(self.firm), {})
        for status in ("sent", "open", "reply"):
            self.trace(self.contact, "bo@firm.example", status)
        self.assertEqual(len(self.history(self.firm)[self.firm.id]), 3)

    def test_of_whose_company_it_is(self):
        other = self.make_company("Other")
        theirs = self.make_user("m_other", "mass_mailing.group_mass_mailing_user", company=other)
        self.trace(self.contact, "bo@firm.example", mailing=self.make_mailing(theirs))
        self.assertEqual(self.history(self.firm), {})
        self.assertEqual(len(self.history(self.firm, company=other)[self.firm.id]), 1)
        (self.firm | self.contact).company_id = self.company
        self.assertEqual(len(self.history(self.firm)[self.firm.id]), 1)
        self.assertEqual(self.history(self.firm, company=other), {})

    def test_the_gate_holds_back_after_a_mailing(self):
        def verdict(purpose):
            ask = Ask(1, self.firm.id, self.contact.id, "call", purpose, NOW)
            return self.env["retention.touch"]._gate(self.company, [ask], NOW)[1]

        self.contact.phone = "+1 555 0100"
        self.env["retention.touch.cap"].create(
            {"company_id": self.company.id, "count": 1, "days": 7}
        )
        self.assertEqual(verdict("promotion").state, "go")
        self.trace(self.contact, "bo@firm.example")
        held = verdict("promotion")
        self.assertEqual((held.state, held.reason), ("defer", "cap"))
        self.assertEqual(held.until, YESTERDAY + timedelta(days=7))
        self.assertEqual(verdict("service").state, "go")

    def test_queries_do_not_grow(self):
        partners = [self.customer(f"C{n}", email=f"c{n}@firm.example") for n in range(20)]
        for partner in partners:
            self.trace(partner, partner.email)
        few = self.queries(lambda: self.history(*partners[:2]))
        self.assertEqual(self.queries(lambda: self.history(*partners)), few)

    # ---------------------------------------------------------------- timeline
    def entries(self, user):
        self.env.flush_all()
        timeline = self.as_user(user, self.env["retention.timeline"])
        return timeline.load(self.firm.id, kind="mailing")["entries"]

    def test_one_line_in_the_timeline(self):
        trace = self.trace(self.contact, "bo@firm.example", "open")
        both = self.make_user(
            "m_both",
            f"{OURS}.group_user",
            "sales_team.group_sale_salesman_all_leads",
            "mass_mailing.group_mass_mailing_user",
        )
        [line] = self.entries(both)
        self.assertEqual(
            (line["title"], line["text"], line["who"], line["day"]),
            ("Summer news", "Opened", self.marketer.name, "06/29/2026"),
        )
        self.assertEqual((line["res_model"], line["res_id"]), ("mailing.trace", trace.id))
        [plain] = self.entries(self.user)
        self.assertEqual(plain, {**line, "res_id": False})

    def test_no_second_line_where_the_mail_is_kept_as_message(self):
        self.trace(self.contact, "bo@firm.example", message_id="<kept@firm.example>")
        self.trace(self.contact, "bo@firm.example", message_id="<gone@firm.example>")
        self.assertEqual(len(self.entries(self.user)), 2)
        self.message(message_type="email_outgoing", message_id="<kept@firm.example>")
        self.assertEqual(len(self.entries(self.user)), 1)

    # ---------------------------------------------------------------- opt-outs
    def optout(self, partner, purpose="promotion", company=None):
        self.env["retention.optout"].create(
            {
                "partner_id": partner.id,
                "company_id": (company or self.company).id,
                "purpose": purpose,
            }
        )

    def test_opt_out_of_promotion_is_minded(self):
        self.optout(self.contact)
        self.optout(self.firm, "care")
        people = self.firm | self.contact
        mailing = self.make_mailing(domain=repr([("id", "in", people.ids)]))
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        traces = {t.res_id: t for t in mailing.mailing_trace_ids}
        told = traces[self.contact.id]
        self.assertEqual((told.trace_status, told.failure_type), ("cancel", "mail_optout"))
        self.assertNotEqual(traces[self.firm.id].trace_status, "cancel")

    def test_opt_out_of_another_company_or_audience(self):
        other = self.make_company("Other")
        self.optout(self.contact, company=other)
        self.assertEqual(set(self.mailing._get_opt_out_list()), set())
        self.optout(self.contact)
        self.assertEqual(set(self.mailing._get_opt_out_list()), {"bo@firm.example"})
        listed = self.make_mailing(model="mass_mailing.model_mailing_list")
        self.assertEqual(set(listed._get_opt_out_list()), set())
