"""The service signals against hand-worked requests: one below, on and above each threshold."""

from datetime import timedelta

from odoo.tests import tagged

from .common import AS_OF
from .request_common import RequestCase

YEAR_START = 457  # days ago: 15 months before AS_OF, the eve of the year that is compared


@tagged("post_install", "-at_install")
class TestRequestSignals(RequestCase):
    def requests(self, partner, count, days_ago, **columns):
        for _number in range(count):
            self.request(partner, days_ago, **columns)

    def quiet(self):
        """Make a customer whose request of long ago shows that requests are recorded."""
        ann = self.buyer(5, 700)
        self.request(
            ann,
            600,
            closed=600,
            category_id=1,
            first_reply_at=self.moment(600, 11),
            sla_missed=False,
            rating=5,
        )
        return ann

    # ---------------------------------------------------------------- open ones
    def test_open(self):
        wanted = {self.quiet(): (0, False, 0), self.buyer(5): (0, False, 0)}
        for count, points in ((1, 0), (2, 0), (3, 1)):
            wanted[ann := self.buyer(5)] = (points, False, count)
            self.requests(ann, count, 3)
        firm = self.buyer(5)
        person = self.env["res.partner"].create({"name": "P", "parent_id": firm.id})
        self.requests(person, 3, 3)
        self.request(firm, 4, closed=2)
        wanted[firm] = (1, False, 3)
        self.assertWeighed("requests_open", wanted)

    def test_age_of_the_oldest(self):
        wanted = {self.quiet(): (0, False, 0)}
        for days, points in ((7, 0), (8, 1), (30, 1), (31, 2)):
            wanted[ann := self.buyer(5)] = (points, False, days)
            self.request(ann, days)
            self.request(ann, 1)
            self.request(ann, 90, closed=60)
        self.assertWeighed("request_oldest", wanted)

    # ---------------------------------------------------------------- more than usual
    def test_complaints_of_a_calendar_month(self):
        wanted = {}
        # AS_OF is the last day of June.
        for days in ((29, 29), (29, 15, 0), (29, 20, 10, 0), (29,) * 5, (29,) * 6):
            wanted[ann := self.buyer(5)] = (
                {2: 0, 3: 0, 4: 1, 5: 1, 6: 2}[len(days)],
                len(days) > 3,
                len(days),
            )
            for ago in days:
                self.request(ann, ago)
        before = self.buyer(5)
        self.requests(before, 3, 29)
        self.requests(before, 5, 30)  # of May
        self.requests(before, 5, 3, complaint=False)
        wanted[before] = (0, False, 3)
        unknown = self.buyer(5)
        self.requests(unknown, 4, 3, complaint=None)
        wanted[unknown] = (1, True, 4)
        self.assertWeighed("tickets_month", wanted)

    def test_against_the_own_year(self):
        """Three months up to today, against the twelve before them."""
        self.quiet()
        ann = self.buyer(5, 700)
        for days in (YEAR_START, YEAR_START - 1, 92, 91, 10, 10, 0):
            self.request(ann, days)
        self.assertWeighed("requests_rise", {ann: (1, False, (4 * 4 - 2) * 100 / 2)})

    def test_own_year_at_the_threshold(self):
        self.quiet()
        wanted = {}
        for year, recent, rise in ((8, 4, 100), (7, 4, 900 / 7), (12, 6, 100), (12, 5, 200 / 3)):
            ann = self.buyer(5, 700)
            self.requests(ann, year, 200, closed=190)
            self.requests(ann, recent, 10)
            wanted[ann] = (int(rise > 100), False, rise)
        # None before: compared with one a year, and only from three on.
        for recent, figures in ((2, (0, False, 0)), (3, (1, False, 1100))):
            wanted[ann := self.buyer(5, 700)] = figures
            self.requests(ann, recent, 10)
        young = self.buyer(5, YEAR_START - 1)
        self.requests(young, 9, 10)
        wanted[young] = None
        wanted[self.buyer(5, YEAR_START)] = (0, False, 0)
        self.assertWeighed("requests_rise", wanted)

    def test_a_year_that_nobody_recorded_says_nothing(self):
        ann = self.buyer(5, 700)
        self.requests(ann, 9, 10)
        self.request(ann, YEAR_START - 1, closed=300)
        self.assertWeighed("requests_rise", {ann: None})
        self.request(ann, YEAR_START, closed=300)
        self.assertWeighed("requests_rise", {ann: (1, False, 3500)})

    def test_the_same_again(self):
        wanted = {self.quiet(): (0, False, 0)}
        for count, points in ((1, 0), (2, 0), (3, 1)):
            for column in ("category_id", "product_id"):
                wanted[ann := self.buyer(5)] = (points, False, count)
                self.requests(ann, count, 179, **{column: 7})
                self.requests(ann, 2, 180, **{column: 7})
                self.request(ann, 3, **{column: 8})
        mixed = self.buyer(5)
        for number in range(4):
            self.request(mixed, 3, category_id=number, product_id=number)
        wanted[mixed] = (0, False, 1)
        self.assertWeighed("request_repeated", wanted)

    # ---------------------------------------------------------------- what went wrong
    def test_reopened(self):
        wanted = {self.quiet(): (0, False, 0)}
        for times, points in ((0, 0), (1, 1), (2, 1)):
            wanted[ann := self.buyer(5)] = (points, False, times)
            self.request(ann, 179, reopened=times)
            self.request(ann, 180, reopened=5)
        self.assertWeighed("request_reopened", wanted)

    def test_standard_missed(self):
        wanted = {self.quiet(): (0, False, 0)}
        for count, points in ((1, 0), (2, 1), (3, 1)):
            wanted[ann := self.buyer(5)] = (points, False, count)
            self.requests(ann, count, 179, sla_missed=True)
            self.request(ann, 180, sla_missed=True)
            self.request(ann, 3, sla_missed=False)
            self.request(ann, 3)
        self.assertWeighed("sla_missed", wanted)

    def test_bad_ratings(self):
        wanted = {self.quiet(): (0, False, 0)}
        for rating, bad in ((1, 1), (2, 1), (2.5, 0), (3, 0), (5, 0)):
            wanted[ann := self.buyer(5)] = (bad, bool(bad), bad)
            self.request(ann, 179, closed=170, rating=rating)
            self.request(ann, 180, closed=170, rating=1)
        self.assertWeighed("bad_rating", wanted)

    def test_slow_first_reply(self):
        wanted = {self.quiet(): (0, False, 0)}
        # Without a standard of its own: 24 hours; an alert from one day beyond it.
        for hours, late in ((24, 0), (36, 0.5), (48, 1), (49, 25 / 24)):
            ann = self.buyer(5)
            self.request(ann, 9, first_reply_at=self.moment(9, 10 + hours))
            self.request(ann, 30, first_reply_at=self.moment(1))
            wanted[ann] = (0, late > 1, late)
        own = self.buyer(5)
        self.request(own, 9, first_reply_at=self.moment(9, 40), reply_hours=2)
        wanted[own] = (0, True, 28 / 24)
        closed = self.buyer(5)
        self.request(closed, 9, closed=7)
        wanted[closed] = (0, False, 1)
        # Who waits has waited until the morning of AS_OF, however long ago it began.
        for days, hour, late in ((1, 10, 0), (2, 0, 1), (2, 12, 0.5), (40, 0, 39)):
            wanted[ann := self.buyer(5)] = (0, late > 1, late)
            self.request(ann, days, hour)
        found = self.weighed("reply_slow")
        for ann, (points, fires, late) in wanted.items():
            with self.subTest(customer=ann.name, late=late):
                self.assertEqual(found[ann.id][:2], (points, fires))
                self.assertAlmostEqual(found[ann.id][2], late, 9)

    # ---------------------------------------------------------------- no data
    def test_what_nobody_records_is_no_data(self):
        ann = self.buyer(5)
        codes = [
            signal.type
            for signal in self.signals._of_company(self.company)
            if signal.group == "service"
        ]
        self.assertEqual(len(codes), 9)
        for code in codes:
            self.assertWeighed(code, {ann: None})
        other = self.make_company("Other")
        self.request(ann, 3, company=other, rating=1)
        self.request(ann, -1)
        for code in codes:
            self.assertWeighed(code, {ann: None})
        self.request(ann, 3, reopened=None)
        known = [code for code in codes if self.weighed(code)[ann.id]]
        self.assertEqual(known, ["requests_open", "request_oldest", "tickets_month"])

    def test_without_a_source_coverage_is_less(self):
        ann, bob = self.buyer(5), self.buyer(5)
        self.refresh()
        before = self.profile(ann).risk_coverage
        self.request(bob, 3)
        self.refresh()
        self.assertGreater(self.profile(ann).risk_coverage, before)

    # ---------------------------------------------------------------- as it was
    def test_a_past_day(self):
        ann = self.buyer(5, 100)
        self.request(ann, 20, closed=10)
        self.request(ann, 15)
        self.request(ann, 3)
        for days_ago, count, oldest in (
            (21, 0, 0),
            (20, 1, 0),
            (15, 2, 5),
            (11, 2, 9),
            (10, 1, 5),
            (3, 2, 12),
        ):
            day = AS_OF - timedelta(days=days_ago)
            figures = (0, False, count) if days_ago < 21 else None
            self.assertWeighed("requests_open", {ann: figures}, day)
            if figures:
                self.assertWeighed("request_oldest", {ann: (int(oldest > 7), False, oldest)}, day)

    def test_days_are_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        ann = self.buyer(5)
        self.request(ann, 30, 15.9)
        self.assertWeighed("tickets_month", {ann: (0, False, 0)})
        self.request(ann, 30, 16)  # the first of June there
        self.assertWeighed("tickets_month", {ann: (0, False, 1)})
        self.request(ann, 0, 16)
        self.assertWeighed("requests_open", {ann: (0, False, 2)})

    # ---------------------------------------------------------------- reasons
    def test_it_speaks_and_opens_the_requests(self):
        self.quiet()
        ann = self.buyer(5, 700)
        for days in (29, 28, 27, 26):
            self.request(
                ann, days, category_id=3, reopened=1, sla_missed=True, rating=1, closed=days - 3
            )
        self.requests(ann, 3, 9)
        self.refresh()
        reasons = self.profile(ann).reason_ids.filtered(lambda r: r.signal_id.group == "service")
        self.assertEqual(
            {reason.signal_id.type: reason.sentence for reason in reasons},
            {
                "requests_open": "3 requests or complaints are open.",
                "request_oldest": "A request has been open since 06/21/2026.",
                "requests_rise": "Requests of the last three months are 2700 % above the usual.",
                "tickets_month": "7 complaints came within one calendar month.",
                "request_repeated": "4 requests in half a year are about the same category or "
                "product.",
                "request_reopened": "What counted as solved was opened again 4 times in half a "
                "year.",
                "sla_missed": "The service standard was missed on 4 requests in half a year.",
                "bad_rating": "4 bad ratings of service in half a year.",
                "reply_slow": "A first reply was or is 7.6 days later than the response standard.",
            },
        )
        for reason in reasons:
            action = reason.action_open_records()
            self.assertEqual((action["res_model"], action["domain"][0][2]), ("res.partner", ann.id))
        self.assertEqual(sum(reasons.mapped("earned")), 9)

    def test_they_open_one_alert(self):
        self.company.retention_alerts_started = True
        ann = self.buyer(5)
        self.requests(ann, 4, 3, rating=1)
        self.refresh()
        alert = self.env["retention.alert"].search([("partner_id", "=", ann.id)])
        self.assertEqual(
            set(alert.line_ids.signal_id.mapped("type")), {"tickets_month", "bad_rating"}
        )

    # ---------------------------------------------------------------- settings, scale
    def test_later_signals_get_what_the_group_has_left(self):
        signals = self.signals._of_company(self.company)
        month = signals.filtered(lambda s: s.type == "tickets_month")
        others = signals.filtered(lambda s: s.group == "service") - month
        others.unlink()
        month.points = 8
        service = self.signals._of_company(self.company).filtered(lambda s: s.group == "service")
        self.assertEqual(
            {s.type: s.points for s in service if s.points},
            {"requests_open": 1, "request_oldest": 1, "tickets_month": 8},
        )

    def test_queries_do_not_grow(self):
        def queries(people, each):
            for ann in people:
                self.requests(ann, each, 3, category_id=1, rating=1)
            self.env.flush_all()
            scope, table = self.profiles._rfm_as_of(self.company, AS_OF)
            chunk, _old = self.profiles._past_chunk(scope, table)
            signals = self.signals._of_company(self.company)
            service = signals.filtered(lambda s: s.group == "service")
            before = self.env.cr.sql_log_count
            for signal in service:
                signal._weigh(chunk)
            return self.env.cr.sql_log_count - before

        people = [self.buyer(5, 700) for _number in range(12)]
        queries(people[:1], 1)  # reads the company's settings
        few = queries(people[:1], 1)
        self.assertEqual(queries(people, 20), few)
        # Two of the requests, and who belongs to the company.
        self.assertLessEqual(few, 5)
