"""One order over everything, a page at a time, as its reader may read it."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import AS_OF
from .page_common import NOON, OURS, PageCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 18:00:00")
class TestTimeline(PageCase):
    def load(self, partner=None, user=None, **options):
        self.env.flush_all()
        timeline = self.as_user(user or self.user, self.env["retention.timeline"])
        return timeline.load((partner or self.firm).id, **options)

    def load_all(self, **options):
        """Return all entries, and the number on each page."""
        entries, sizes, after = [], [], None
        while True:
            page = self.load(after=after, **options)
            entries += page["entries"]
            sizes.append(len(page["entries"]))
            after = page["next"]
            if not after:
                return entries, sizes

    def keys(self, *options, **named):
        return [(e["res_model"], e["res_id"]) for e in self.load(*options, **named)["entries"]]

    # ---------------------------------------------------------------- order and pages
    def test_latest_first_whatever_the_kind(self):
        order = self.order(self.firm, datetime(2026, 6, 20, 11))
        talk = self.talk(date=NOON)
        message = self.message(date=datetime(2026, 6, 20, 13))
        quotation = self.order(self.contact, datetime(2026, 6, 1, 9), state="draft")
        found = self.load()
        self.assertEqual(
            [(e["kind"], e["res_model"], e["res_id"]) for e in found["entries"]],
            [
                ("message", "mail.message", message.id),
                ("talk", "retention.interaction", talk.id),
                ("purchase", "sale.order", order.id),
                ("quotation", "sale.order", quotation.id),
            ],
        )
        self.assertIsNone(found["next"])
        self.assertEqual(found["entries"][0]["day"], "06/20/2026")
        self.assertEqual(found["entries"][1]["who"], "Uma → Bo")

    def test_pages_have_no_gaps_and_no_repeats_at_equal_moments(self):
        order = self.order(self.firm, NOON)
        self.multiply(order, 22, None)
        talk = self.talk(date=NOON)
        self.multiply(talk, 22, None)
        self.talk(date=NOON - timedelta(days=1))
        entries, sizes = self.load_all()
        self.assertEqual(sizes, [20, 20, 7])
        keys = [entry["key"] for entry in entries]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(len([e for e in entries if e["kind"] == "talk"]), 24)
        self.assertEqual(len([e for e in entries if e["kind"] == "purchase"]), 23)

    def test_full_page_at_the_end_has_no_next(self):
        self.multiply(self.talk(), 19, "date")
        _entries, sizes = self.load_all()
        self.assertEqual(sizes, [20])
        self.talk(date=NOON - timedelta(days=90))
        _entries, sizes = self.load_all()
        self.assertEqual(sizes, [20, 1])

    def test_what_comes_in_between_does_not_shift_the_next_page(self):
        self.multiply(self.talk(), 39, "date")
        first = self.load()
        self.talk(date=NOON + timedelta(days=1))
        second = self.load(after=first["next"])
        keys = {e["key"] for e in first["entries"]} | {e["key"] for e in second["entries"]}
        self.assertEqual(len(keys), 40)

    def test_filter(self):
        order = self.order(self.firm, NOON)
        talk = self.talk()
        self.assertEqual(self.keys(kind="talk"), [("retention.interaction", talk.id)])
        self.assertEqual(self.keys(kind="purchase"), [("sale.order", order.id)])
        self.assertEqual(self.keys(kind="meeting"), [])

    def test_filtered_pages(self):
        self.multiply(self.talk(), 24, "date")
        self.multiply(self.order(self.firm, NOON), 30, "date_order")
        entries, sizes = self.load_all(kind="talk")
        self.assertEqual(sizes, [20, 5])
        self.assertEqual({entry["kind"] for entry in entries}, {"talk"})

    def test_bad_arguments(self):
        self.assertRefused(ValidationError, "nonsense", lambda: self.load(kind="nonsense"))
        for after in (["x", "talk", "m", 1], [1], "2026", ["2026-01-01", "talk", "m", "x"]):
            with self.subTest(after=after):
                self.assertRefused(
                    ValidationError, "load the page again", lambda a=after: self.load(after=a)
                )
        timeline = self.as_user(self.user, self.env["retention.timeline"])
        for wrong in (0, "1", [1], None, False):
            with self.subTest(partner=wrong):
                self.assertRefused(UserError, "does not exist", lambda w=wrong: timeline.load(w))

    # ---------------------------------------------------------------- what is in it
    def test_contacts_and_departments_show_the_company(self):
        department = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.firm.id, "type": "other"}
        )
        order = self.order(department, NOON)
        for partner in (self.firm, self.contact, department):
            with self.subTest(partner=partner.name):
                self.assertEqual(self.keys(partner), [("sale.order", order.id)])
        self.assertEqual(self.keys(self.customer("Other")), [])

    def test_every_kind(self):
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.contact.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.user.id,
                "summary": "Ring back",
            }
        )
        activity.with_user(self.user).action_feedback("He is on holiday")
        meeting = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "user_id": self.user.id,
                "start": datetime(2026, 6, 1, 9),
                "stop": datetime(2026, 6, 1, 10),
                "partner_ids": [Command.set((self.contact | self.user.partner_id).ids)],
            }
        )
        self.order(self.firm, NOON)
        self.refresh()
        old, new = self.env.ref("customer_retention.scheme_four").segment_ids[:2]
        change, _score = self.env["retention.change"].create(
            [
                {
                    "profile_id": self.profile(self.firm).id,
                    "company_id": self.company.id,
                    "date": date(2026, 6, 3),
                    "what": what,
                    "old_value": before,
                    "new_value": after,
                    "cause": "nightly",
                }
                for what, before, after in (
                    ("segment", str(old.id), str(new.id)),
                    ("rfm_score", "111", "511"),
                )
            ]
        )
        written = self.message(
            author=self.user.partner_id, res_id=self.firm.id, date=datetime(2026, 5, 5, 8)
        )
        for kind, record, title in (
            ("activity", activity, "Ring back"),
            ("meeting", meeting, "Visit"),
            ("change", change, "Segment"),
            ("message", written, "Question"),
        ):
            with self.subTest(kind=kind):
                [entry] = self.load(kind=kind)["entries"]
                self.assertEqual((entry["res_id"], entry["title"]), (record.id, title))
        [entry] = self.load(kind="activity")["entries"]
        self.assertEqual(entry["text"], "He is on holiday")
        [entry] = self.load(kind="change")["entries"]
        self.assertEqual(entry["text"], f"{old.name} → {new.name}")

    def test_the_customer_file(self):
        values = {"partner_id": self.contact.id, "company_id": self.company.id}
        promise = self.env["retention.promise"].create(
            {**values, "name": "Price list", "due_date": AS_OF, "user_id": self.user.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE retention_promise SET create_date = %s WHERE id = %s", NOON, promise.id)
        )
        need = self.env["retention.need"].create({**values, "name": "Gloves", "date": AS_OF})
        agreement = self.env["retention.agreement"].create(
            {**values, "name": "Frame", "start": "2026-01-01", "user_id": self.user.id}
        )
        self.assertEqual(self.keys(kind="promise"), [("retention.promise", promise.id)])
        self.assertEqual(self.keys(kind="need"), [("retention.need", need.id)])
        self.assertEqual(self.keys(kind="agreement"), [("retention.agreement", agreement.id)])

    def test_nothing_of_tomorrow_and_days_are_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        self.talk(date=datetime(2026, 6, 30, 15, 59))  # 23:59 in Shanghai
        late = self.talk(date=datetime(2026, 7, 1, 15, 59))
        found = self.load()  # it is 2 in the morning of 1 July there
        self.assertEqual([e["day"] for e in found["entries"]], ["07/01/2026", "06/30/2026"])
        self.assertEqual(found["entries"][0]["res_id"], late.id)
        self.talk(date=datetime(2026, 7, 1, 16, 0))
        self.assertEqual(len(self.load()["entries"]), 2)

    # ---------------------------------------------------------------- rights
    def test_only_for_users_of_retention(self):
        self.assertRefused(AccessError, "Retention", lambda: self.load(user=self.plain))

    def test_what_the_reader_may_not_read_is_left_out(self):
        mine = self.order(self.firm, NOON, user_id=self.own_only.id)
        self.order(self.firm, NOON - timedelta(days=1), user_id=self.user.id)
        self.assertEqual(len(self.keys()), 2)
        self.assertEqual(self.keys(user=self.own_only), [("sale.order", mine.id)])
        # A page of which nothing may be read still leads to the next.
        last = self.order(self.firm, NOON - timedelta(days=90), user_id=self.own_only.id)
        order = self.order(self.firm, NOON + timedelta(days=1), user_id=self.user.id)
        self.multiply(order, 19, None)
        first = self.load(user=self.own_only)
        self.assertEqual(first["entries"], [])
        second = self.load(user=self.own_only, after=first["next"])
        self.assertEqual([e["res_id"] for e in second["entries"]], [mine.id, last.id])

    def test_each_company_has_its_own(self):
        other = self.make_company("Other")
        stranger = self.make_user(
            "p_other",
            f"{OURS}.group_user",
            "sales_team.group_sale_salesman_all_leads",
            company=other,
        )
        ours = self.order(self.firm, NOON)
        theirs = self.order(self.firm, NOON, company=other)
        self.talk(company_id=other.id)
        self.message(record_company_id=other.id)
        self.assertEqual(self.keys(), [("sale.order", ours.id)])
        found = self.keys(user=stranger)
        self.assertIn(("sale.order", theirs.id), found)
        self.assertNotIn(("sale.order", ours.id), found)
        self.assertEqual(len(found), 3)
        # Both companies switched on: what is shown is the current one's.
        self.user.company_ids |= other
        both = self.env["retention.timeline"].with_user(self.user)
        both = both.with_context(allowed_company_ids=[self.company.id, other.id])
        found = [entry["res_id"] for entry in both.load(self.firm.id)["entries"]]
        self.assertEqual(found, [ours.id])

    # ---------------------------------------------------------------- cost
    def test_as_many_queries_with_two_thousand_orders_as_with_twenty(self):
        order = self.order(self.firm, NOON)
        message = self.message()
        self.multiply_orders(order, 19)
        self.multiply(message, 19, "date")
        few = self.queries(self.load)
        self.multiply_orders(order, 1980)
        self.multiply(message, 4980, "date")
        self.assertEqual(self.queries(self.load), few)
        deep = self.load(kind="message")
        for _page in range(5):
            deep = self.load(kind="message", after=deep["next"])
        self.assertLessEqual(self.queries(lambda: self.load(after=deep["next"])), few)
