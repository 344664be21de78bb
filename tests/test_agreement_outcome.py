"""How agreements end, and who is lost when an agreement in force keeps a customer."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common import AS_OF
from .file_common import NOON, CustomerFileCase, days


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAgreementOutcome(CustomerFileCase):
    def agreement(self, start=-100, end=100, partner=None, **values):
        return self.env["retention.agreement"].create(
            {
                "name": "Maintenance",
                "partner_id": (partner or self.ann).id,
                "start": days(start),
                "end": days(end) if end is not None else False,
                "signed_on": days(-200),
                "user_id": self.user.id,
                **values,
            }
        )

    def outcome(self, agreement):
        return agreement.outcome, agreement.outcome_date

    # ---------------------------------------------------------------- how it ended
    def test_lapsed_the_day_after_the_last_day(self):
        cases = {
            self.agreement(-9, 1): False,
            self.agreement(-9, 0): False,
            self.agreement(-9, -1): AS_OF,
            self.agreement(-9, -2): days(-1),
            self.agreement(-9, None): False,
            self.agreement(-9, -1, signed_on=False): False,
        }
        self.env["retention.agreement"]._cron_lapsed()
        for agreement, day in cases.items():
            with self.subTest(end=agreement.end, signed=agreement.signed_on):
                wanted = ("lapsed", day) if day else (False, False)
                self.assertEqual(self.outcome(agreement), wanted)

    def test_days_are_the_companys(self):
        self.company.retention_tz = "Asia/Shanghai"
        with freeze_time("2026-06-30 16:00:00"):  # midnight there
            agreement = self.agreement(-9, 0)
            self.env["retention.agreement"]._cron_lapsed()
        self.assertEqual(self.outcome(agreement), ("lapsed", days(1)))

    def test_an_extended_agreement_has_not_lapsed(self):
        agreement = self.agreement(-9, -1)
        self.env["retention.agreement"]._cron_lapsed()
        agreement.end = days(30)
        self.assertEqual(self.outcome(agreement), (False, False))

    def test_turned_down(self):
        agreement = self.agreement()
        agreement.write({"renewal": "end", "outcome_cause": "price", "outcome_note": "Too dear"})
        self.assertEqual(self.outcome(agreement), ("not_renewed", AS_OF))
        agreement.renewal = False
        self.assertEqual(self.outcome(agreement), (False, False))
        self.assertFalse(agreement.decided_on)
        told = self.agreement(renewal="end", decided_on=days(-30))
        self.assertEqual(self.outcome(told), ("not_renewed", days(-30)))

    def test_renewed_once_the_next_one_is_signed(self):
        agreement = self.agreement(-9, -1)
        self.env["retention.agreement"]._cron_lapsed()
        agreement.action_renew()
        self.assertEqual(agreement.outcome, "lapsed")
        agreement.renewed_by_id.signed_on = days(-3)
        self.assertEqual(self.outcome(agreement), ("renewed", days(-3)))
        agreement.renewed_by_id.unlink()
        self.assertEqual(agreement.outcome, "lapsed")

    def test_a_copy_starts_afresh(self):
        agreement = self.agreement(-9, -1, renewal="end", outcome_cause="price")
        copy = agreement.copy()
        self.assertEqual((copy.decided_on, copy.outcome, copy.outcome_cause), (False,) * 3)

    def test_of_each_company(self):
        theirs = self.agreement(-9, -1, company_id=self.other.id, user_id=self.stranger.id)
        self.env["retention.agreement"]._cron_lapsed()
        self.assertEqual(theirs.outcome, "lapsed")
        found = self.as_user("retention.agreement").search([("outcome", "=", "lapsed")])
        self.assertNotIn(theirs, found)

    def test_grouped_by_outcome(self):
        self.agreement(-9, -1, amount=100)
        self.agreement(-9, 5, amount=50, renewal="end", outcome_cause="price")
        self.env["retention.agreement"]._cron_lapsed()
        rows = self.as_user("retention.agreement")._read_group(
            [("outcome", "!=", False)], ["outcome"], ["__count", "amount:sum"]
        )
        self.assertEqual(sorted(rows), [("lapsed", 1, 100), ("not_renewed", 1, 50)])

    # ---------------------------------------------------------------- what keeps a customer
    def stage(self, partner, as_of):
        table = self.profiles._compute_as_of(self.company, as_of)
        return table.loc[partner.id, "stage"]

    def test_lost_the_day_after_the_last_agreement_ended_whatever_the_days(self):
        self.company.retention_standard = "agreement"
        self.orders(self.ann, 20)  # bought lately
        self.orders(self.bob, 900)  # long silent
        self.agreement(-100, 0)
        self.agreement(-1000, None, partner=self.bob)
        for day, code in ((-1, "new"), (0, "new"), (1, "lost"), (30, "lost")):
            with self.subTest(day=day):
                self.assertEqual(self.stage(self.ann, days(day)), code)
        self.assertEqual(self.stage(self.bob, AS_OF), "at_risk")
        self.company.retention_standard = "days"
        self.assertEqual(self.stage(self.ann, days(1)), "new")
        self.assertEqual(self.stage(self.bob, AS_OF), "lost")

    def test_since_when_they_are_lost_is_the_day_after(self):
        self.company.retention_standard = "agreement"
        self.orders(self.ann, 20)
        self.agreement(-100, -5)
        self.refresh()
        profile = self.profile(self.ann)
        self.assertEqual((profile.stage, profile.churned_on), ("lost", days(-4)))
        self.assertEqual(profile.stage_since, date(2026, 6, 26))

    def test_a_renewal_asks_for_fresh_figures_of_the_customer_before(self):
        old = self.agreement(-100, -1)
        new = self.agreement(5, 100, partner=self.bob, signed_on=False)
        old.renewed_by_id = new
        self.commit_requests()
        requests = self.env["retention.refresh.request"]
        requests.search([]).unlink()
        new.signed_on = AS_OF
        self.commit_requests()
        found = requests.search([]).mapped("partner_id")
        self.assertTrue({self.ann.id, self.bob.id} <= set(found))
