"""What the customer page says, worked out by hand; who sees it; what it costs."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from .common import AS_OF
from .page_common import NOON, OURS, PageCase, plain


@tagged("post_install", "-at_install")
class TestCustomerPage(PageCase):
    # ---------------------------------------------------------------- prospects
    def test_prospect(self):
        found = self.page()
        self.assertFalse(found["has_purchases"])
        self.assertEqual(found["purchases"], [])
        self.assertEqual(found["favourites"], [])
        self.assertEqual(found["recent"], [])
        self.assertIsNone(found["risk"])
        self.assertIsNone(found["receivables"])
        self.assertEqual(found["rhythm"]["dots"], [])
        self.assertEqual(found["rhythm"]["summary"], "No purchase in 24 months")
        self.assertEqual(found["customer"], {"id": self.firm.id, "name": "Firm"})

    # ---------------------------------------------------------------- figures
    def test_purchase_summary(self):
        self.orders(self.firm, 100, 70, 40, 10, amount=250)
        self.order(self.contact, AS_OF - timedelta(days=10), 100)
        self.refresh()
        with freeze_time("2026-06-30 18:00:00"):
            lines = {label: (plain(value), hint) for label, value, hint in self.page()["purchases"]}
        self.assertEqual(lines["Last purchase"], ("06/20/2026", "10 days ago"))
        self.assertEqual(lines["Purchase count"], ("5", "since 03/22/2026"))
        self.assertEqual(lines["Usually"], ("every 30 days", ""))
        self.assertEqual(lines["Order value"], ("$ 220.00", ""))
        self.assertEqual(lines["Total"], ("$ 1,100.00", ""))

    def test_rhythm(self):
        self.orders(self.firm, 100, 70, 40, 10)
        self.order(self.firm, AS_OF - timedelta(days=40), 500)
        self.order(self.firm, AS_OF - timedelta(days=800))  # before the 24 months
        self.order(self.firm, AS_OF + timedelta(days=1))  # not yet
        self.refresh()
        profile = self.profile(self.firm)
        profile.sudo().write({"expected_gap_days": 30, "next_order_date": date(2026, 7, 20)})
        rhythm = self.page()["rhythm"]
        self.assertEqual(
            [(dot["day"], dot["amount"], dot["size"]) for dot in rhythm["dots"]],
            [
                (date(2026, 3, 22), 100.0, 2),
                (date(2026, 4, 21), 100.0, 2),
                (date(2026, 5, 21), 600.0, 3),
                (date(2026, 6, 20), 100.0, 2),
            ],
        )
        window = rhythm["window"]
        self.assertEqual((window["first"], window["last"]), (date(2026, 7, 12), date(2026, 7, 28)))
        self.assertEqual(
            rhythm["summary"],
            "4 purchases in 24 months, usually every 30 days, next expected 07/20/2026",
        )

    def test_what_a_person_knows_better(self):
        self.env["retention.closure"].create(
            {
                "company_id": self.company.id,
                "name": "Works holidays",
                "date_from": "2026-02-16",
                "date_to": "2026-02-22",
            }
        )
        self.orders(self.firm, 10)
        self.refresh()
        rhythm = self.page()["rhythm"]
        self.assertEqual(rhythm["by_hand"], "")
        self.assertEqual([span["last"] for span in rhythm["closed"]], [date(2026, 2, 22)])
        profile = self.profile(self.firm).sudo()
        profile.write(
            {"expected_date": "2026-08-01", "pause_until": AS_OF, "pause_reason": "Moves"}
        )
        self.assertEqual(
            self.page()["rhythm"]["by_hand"],
            "Expected by hand on 08/01/2026, warnings paused until 06/30/2026 (Moves)",
        )
        profile.write({"pause_until": AS_OF - timedelta(days=1)})
        self.assertEqual(self.page()["rhythm"]["by_hand"], "Expected by hand on 08/01/2026")
        action = self.as_user(self.user, self.contact).action_retention_expectation()
        self.assertEqual(action["context"], {"default_profile_ids": profile.ids})

    def test_favourites(self):
        pen, ink, gift, late = self.env["product.product"].create(
            [
                {"name": name, "type": "service", "taxes_id": False}
                for name in ("Pen", "Ink", "Gift", "Late")
            ]
        )

        def sell(days_ago, *lines, **values):
            products = [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": quantity,
                        "price_unit": price,
                        "discount": discount,
                        "tax_ids": False,
                    }
                )
                for product, quantity, price, discount in lines
            ]
            day = AS_OF - timedelta(days=days_ago)
            self.order(self.contact, day, order_line=products, **values)

        sell(60, (pen, 10, 3, 0), (ink, 1, 50, 0))
        sell(30, (pen, 10, 4, 25), (pen, 2, 5, 0), (gift, 1, 0, 0))
        sell(30, (ink, 2, 40, 0))
        sell(10, (late, 1, 999, 0), state="sent")
        sell(800, (late, 1, 999, 0))
        found = self.page()["favourites"]
        # Both on two days; ink for 130, pens for 70. The last pen of the last order cost 5.
        self.assertEqual(
            [(p["name"], p["days"], plain(p["price"]), p["day"]) for p in found],
            [("Ink", 2, "$ 40.00", "05/31/2026"), ("Pen", 2, "$ 5.00", "05/31/2026")],
        )

    def test_last_price_in_the_orders_own_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2020-01-01",
                "rate": 0.5,
                "company_id": self.company.id,
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": self.company.id}
        )
        self.order(self.firm, AS_OF, 80, pricelist_id=prices.id)
        rows = self.env["retention.metrics"]._favourites(self.scope(), 24, 5)
        self.assertAlmostEqual(float(rows[0]["amount"]), 160)
        self.assertAlmostEqual(float(rows[0]["price"]), 80)
        self.assertEqual(rows[0]["currency_id"], euro.id)

    def scope(self):
        few = SQL("(SELECT %s::int AS partner_id) few", self.firm.id)
        return self.env["retention.metrics"]._scope(self.company, AS_OF, few)

    def test_last_three_contacts(self):
        self.talk(date=NOON - timedelta(days=9), topic="Old")
        talk = self.talk(date=NOON, topic="Prices", note="Too dear")
        self.talk(date=NOON + timedelta(hours=1), outcome="no_answer")
        message = self.message(date=NOON - timedelta(days=1))
        order = self.order(self.firm, NOON - timedelta(days=2), 70)
        self.order(self.firm, NOON, state="draft")
        found = self.page()["recent"]
        self.assertEqual(
            [(e["kind"], e["res_id"]) for e in found],
            [("talk", talk.id), ("message", message.id), ("purchase", order.id)],
        )
        self.assertEqual(found[0]["title"], "Call · Reached")
        self.assertEqual(found[0]["text"], "Prices – Too dear")
        self.assertEqual(found[1]["who"], "Bo")
        self.assertEqual(plain(found[2]["amount"]), "$ 70.00")

    def test_contacts_by_invoices(self):
        self.company.retention_basis = "invoice"
        self.order(self.firm, NOON)
        talk = self.talk()
        self.assertEqual([e["res_id"] for e in self.page()["recent"]], [talk.id])

    def test_reasons_add_up(self):
        self.orders(self.firm, 10)
        self.refresh()
        profile = self.profile(self.firm).sudo()
        profile.write({"risk_level": "high", "risk_score": 47, "risk_coverage": 80})
        self.env["retention.reason"].search([("profile_id", "=", profile.id)]).unlink()
        signals = self.env["retention.signal"]._of_company(self.company)
        for signal, points in zip(signals[:3], (40, 5, 2), strict=True):
            self.env["retention.reason"].create(
                {
                    "profile_id": profile.id,
                    "company_id": self.company.id,
                    "signal_id": signal.id,
                    "points": points,
                }
            )
        risk = self.page()["risk"]
        self.assertEqual([reason["points"] for reason in risk["reasons"]], [40, 5, 2])
        self.assertEqual(sum(r["points"] for r in risk["reasons"]), risk["score"])
        self.assertEqual((risk["label"], risk["notes"][0]), ("High", "Data coverage 80%"))
        self.assertTrue(all(reason["sentence"] for reason in risk["reasons"]))

    def test_next_action_is_the_segments(self):
        self.orders(self.firm, 10)
        self.refresh()
        segment = self.profile(self.firm).segment_id
        action = self.page()["action"]
        self.assertTrue(segment.treatment)
        self.assertEqual((action["text"], action["source"]), (segment.treatment, segment.name))

    def test_an_alert_the_reader_may_see_comes_first(self):
        self.orders(self.firm, 10)
        self.refresh()
        profile = self.profile(self.firm)
        signal = self.env["retention.signal"]._of_company(self.company)[0]
        alert = self.env["retention.alert"].create(
            {
                "partner_id": self.firm.id,
                "company_id": self.company.id,
                "profile_id": profile.id,
                "state": "open",
                "user_id": self.user.id,
                "opened_on": AS_OF,
                "date_deadline": "2026-07-02",
                "line_ids": [Command.create({"signal_id": signal.id, "opened_on": AS_OF})],
            }
        )
        action = self.page()["action"]
        self.assertEqual((action["res_model"], action["res_id"]), (alert._name, alert.id))
        self.assertEqual(action["source"], "Call task")
        self.assertIn("Uma", action["text"])
        self.assertIn("by 07/02/2026", action["text"])
        self.assertFalse(self.page(user=self.own_only)["action"]["res_id"])
        with freeze_time("2026-06-30 18:00:00"):
            for user, count in ((self.user, 1), (self.own_only, 0)):
                timeline = self.as_user(user, self.env["retention.timeline"])
                found = timeline.load(self.firm.id, kind="alert")["entries"]
                self.assertEqual(len(found), count)

    # ---------------------------------------------------------------- customer file
    def test_customer_file(self):
        values = {"partner_id": self.contact.id, "company_id": self.company.id}
        promise, kept = self.env["retention.promise"].create(
            [
                {**values, "name": name, "due_date": day, "user_id": self.user.id}
                for name, day in (("Price list", "2026-01-02"), ("Sample", "2026-01-01"))
            ]
        )
        kept.write({"state": "kept", "proof": "Sent"})
        self.env["retention.need"].create(
            [{**values, "name": f"Need {number}", "date": AS_OF} for number in range(5)]
        )
        self.env["retention.preference"].create(
            {
                **values,
                "channel": "wechat",
                "contact_every_days": 14,
                "quiet_from": 12.5,
                "quiet_to": 24,
            }
        )
        found = self.page()["promises"]
        self.assertEqual([entry["id"] for entry in found["entries"]], [promise.id])
        [entry] = found["entries"]
        self.assertEqual((entry["badge"], entry["tone"]), ("01/02/2026", "text-bg-danger"))
        self.assertEqual(entry["note"], "Uma · Bo")
        partner = self.as_user(self.user, self.firm)
        blocks = {block["key"]: block for block in partner.retention_file()}
        self.assertEqual(len(blocks["need"]["entries"]), 4)
        self.assertTrue(blocks["need"]["more"])
        self.assertTrue(blocks["need"]["can_add"])
        [preference] = blocks["preference"]["entries"]
        self.assertEqual(preference["title"], "Bo")
        self.assertEqual(preference["note"], "WeChat · every 14 days · quiet from 12:30 to 24:00")
        self.assertEqual(blocks["agreement"]["entries"], [])
        contact = self.as_user(self.user, self.contact)
        self.assertEqual(len(contact.retention_file()), len(blocks))
        self.assertEqual(
            blocks["need"]["context"],
            {"default_partner_id": self.firm.id, "default_company_id": self.company.id},
        )

    # ---------------------------------------------------------------- companies and rights
    def test_two_companies_share_a_customer(self):
        other = self.make_company("Other")
        stranger = self.make_user(
            "p_other",
            f"{OURS}.group_user",
            "sales_team.group_sale_salesman_all_leads",
            company=other,
        )
        self.order(self.firm, AS_OF, 11)
        self.order(self.firm, AS_OF, 99, company=other)
        self.talk(company_id=other.id)
        self.env["retention.need"].create(
            {"partner_id": self.firm.id, "company_id": other.id, "name": "Theirs"}
        )
        self.refresh()
        self.refresh(company=other)
        ours, theirs = self.page(), self.page(user=stranger)
        for found, amount in ((ours, "$ 11.00"), (theirs, "$ 99.00")):
            lines = {line[0]: plain(line[1]) for line in found["purchases"]}
            self.assertEqual(lines["Total"], amount)
            self.assertEqual(plain(found["favourites"][0]["price"]), amount)
            self.assertEqual(len(found["rhythm"]["dots"]), 1)
        self.assertEqual([e["kind"] for e in ours["recent"]], ["purchase"])
        self.assertEqual(sorted(e["kind"] for e in theirs["recent"]), ["purchase", "talk"])
        for user, count in ((self.user, 0), (stranger, 1)):
            blocks = self.as_user(user, self.firm).retention_file()
            [needs] = [block["entries"] for block in blocks if block["key"] == "need"]
            self.assertEqual(len(needs), count)

    def test_a_branch_shows_its_companys_customers(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        seller = self.make_user("p_branch", f"{OURS}.group_user", company=branch)
        self.order(self.firm, AS_OF, 30)
        self.order(self.firm, AS_OF, 12, company=branch)
        self.refresh()
        lines = {line[0]: plain(line[1]) for line in self.page(user=seller)["purchases"]}
        self.assertEqual(lines["Total"], "$ 42.00")

    def test_only_for_users_of_retention(self):
        for method in ("retention_page", "retention_file"):
            partner = self.as_user(self.plain, self.firm)
            self.assertRefused(AccessError, "Retention", getattr(partner, method))
        hidden = self.customer("Hidden", company_id=self.make_company("Other").id)
        partner = self.as_user(self.user, hidden)
        self.assertRefused(AccessError, "", partner.retention_page)

    def test_without_any_sales_right(self):
        """Figures are plain values for every user of Retention; documents are not."""
        simple = self.make_user("p_simple", f"{OURS}.group_user")
        self.order(self.firm, AS_OF, 11)
        self.refresh()
        found = self.page(user=simple)
        self.assertEqual(plain(found["purchases"][-1][1]), "$ 11.00")
        self.assertEqual(found["recent"], [])
        self.assertFalse(found["can_quote"])
        partner = self.as_user(simple, self.firm)
        self.assertRefused(AccessError, "", partner.action_retention_quotation)
        self.assertRefused(AccessError, "", partner.action_retention_invoices)

    def test_new_quotation_is_for_the_contact(self):
        action = self.as_user(self.user, self.contact).action_retention_quotation()
        order = Form(self.env["sale.order"].with_context(**action["context"]))
        self.assertEqual(order.partner_id, self.contact)

    # ---------------------------------------------------------------- cost
    def test_opens_with_as_many_queries_whatever_its_history(self):
        order = self.order(self.firm, NOON)
        message = self.message()
        self.talk(topic="Prices", date=NOON)
        self.multiply_orders(order, 19)
        self.multiply(message, 19, "date")
        self.refresh()
        partner = self.as_user(self.user, self.firm)

        def opened():
            # Form reads what the view asks for (web_read), as the browser does.
            Form(partner)
            partner.retention_page()
            partner.retention_file()
            partner.env["retention.timeline"].load(partner.id)

        few = self.queries(opened)
        self.multiply_orders(order, 1980)
        self.multiply(message, 4980, "date")
        self.assertEqual(self.queries(opened), few)
