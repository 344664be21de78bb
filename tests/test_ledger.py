"""The ledger: what its rows are, when they are written, and that they stay."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .ledger_common import LedgerCase, month_end, month_start
from .pure import kpi_company


@tagged("post_install", "-at_install")
class TestLedgerOfTwelve(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()

    def as_frame(self):
        """Return the stored ledger in the shape of the pure fixture, customers by name."""
        found = self.env["retention.kpi"]._ledger(self.company, month_start(8))
        names = {partner.id: name for name, partner in self.people.items()}
        found["customer"] = found["customer"].map(names)
        segments = self.env["retention.segment"].browse(
            found["segment"].astype(int).unique().tolist()
        )
        found["segment"] = found["segment"].map({s.id: s.code for s in segments})
        return found.sort_values(["customer", "month"]).reset_index(drop=True)

    def assertLedgerIsTheTable(self):
        found, wanted = self.as_frame(), kpi_company.ledger()
        self.assertEqual(len(found), len(wanted))
        for name in wanted.columns.drop("user"):
            self.assertEqual(found[name].tolist(), wanted[name].tolist(), name)

    def test_rebuilt_from_documents(self):
        self.assertEqual(self.night(date(2025, 9, 1)), 8)
        self.assertLedgerIsTheTable()
        rows = self.rows(self.people["A"])
        self.assertFalse(any(rows.mapped("recorded")))
        self.assertFalse(rows.tier_id or rows.user_id)
        self.assertEqual(set(rows.mapped("stage")), {False})
        # What was not recorded is NULL, not zero.
        self.assertEqual({row["touches"] for row in self.everything()}, {None})

    def test_closed_month_by_month(self):
        seller = {"P": self.make_user("seller_p"), "Q": self.make_user("seller_q")}
        team = self.env["crm.team"].create({"name": "North", "member_ids": seller["P"].ids})
        of = {name: who for name, who, _number, _cell in kpi_company.cells()}
        self.refresh(date(2025, 1, 16))
        for number in range(1, 9):
            for name, partner in self.people.items():
                self.profile(partner).sudo().user_id = seller[of[name]]
            self.assertEqual(self.night(month_start(number + 1)), 1)
            if number == 1:
                # Orders of later months are made by now, but nobody knew of them.
                self.assertEqual(self.rows(self.people["E"]), self.ledger)
        self.assertLedgerIsTheTable()
        found = self.as_frame()
        known = found[found["month"] > found["cohort"]]
        logins = {user.id: who for who, user in seller.items()}
        self.assertEqual(known["user"].map(logins).tolist(), known["customer"].map(of).tolist())
        rows = self.rows(self.people["A"])
        self.assertTrue(all(rows.mapped("recorded")))
        self.assertEqual(rows[-1].team_id, team)
        self.assertEqual(self.told(self.people["C"], "stage")[-1], (4, "lost"))
        self.assertEqual({row["touches"] for row in self.everything()}, {0})
        self.assertEqual({row["nps_answers"] for row in self.everything()}, {0})

    def test_figures_are_those_of_the_table(self):
        self.night(date(2025, 9, 1))
        kpis = self.env["retention.kpi"]
        found = kpis._figures(self.company, month_start(6), month_start(8))
        values = {
            "retention": (5, 7),
            "churn": (2, 7),
            "classic_retention": (6, 7),
            "reactivation": (1, 3),
            "repeat": (2, 8),
            "returning": (6, 8),
            "order_value": (2220, 11),
            "revenue_per_customer": (2220, 8),
            "frequency": (11, 8),
            "clv_historical": (4690, 12),
            # First bought in June, July or August, and 30 days ago: K, who has not come back.
            "repurchase_30": (0, 1),
        }
        for code, (part, whole) in values.items():
            self.assertEqual(found[code][:3], (part / whole, part, whole), code)
        for code in ("nrr", "nps", "csat", "resolution", "save_rate", "cost_ratio"):
            self.assertIsNone(found[code].value, code)
        lost = {self.people[name].id for name in "EI"}
        self.assertEqual(found["churn"].customers, lost)
        by = kpis._figures(
            self.company, month_start(6), month_start(8), ["retention"], by="segment"
        )
        codes = {self.env["retention.segment"].browse(int(key)).code: f for key, f in by.items()}
        self.assertEqual(
            {code: f["retention"][1:3] for code, f in codes.items()},
            {"high": (1, 1), "general": (2, 2), "new": (2, 4)},
        )
        with self.assertRaises(KeyError):
            kpis._figures(self.company, month_start(6), month_start(8), ["ghost"])

    def test_segments_are_those_of_any_past_day(self):
        self.night(date(2025, 9, 1))
        for number in (3, 5, 8):
            then = self.profiles._compute_as_of(self.company, month_end(number))
            rows = self.ledger.search([("month", "=", month_start(number))])
            for row in rows:
                self.assertEqual(row.segment_id.id, then.loc[row.partner_id.id, "segment_id"])

    def test_doing_it_again_changes_nothing(self):
        self.night(date(2025, 9, 1))
        before, ids = self.everything(), self.ledger.search([]).ids
        self.assertEqual(self.close(), 0)
        self.months.with_user(self.make_user("boss", "customer_retention.group_manager")).sudo(
            False
        ).action_rebuild()
        self.assertEqual(self.close(), 8)
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.ledger.search([]).ids, ids)
        self.assertEqual(len(self.months.search([]).rebuilt_by_id), 1)

    def test_killed_it_goes_on(self):
        """What an interrupted build left is as good as one in a single go."""
        self.refresh(date(2025, 9, 1))
        for _n in range(3):
            self.months._advance(self.company)
        # The server crashed: unlogged tables are empty, the fourth month is half done.
        self.env.cr.execute(
            SQL("TRUNCATE %s", self.env["retention.metrics"]._ledger_table(self.company.id))
        )
        with (
            patch.object(
                type(self.env["retention.metrics"]), "_store_month", side_effect=RuntimeError
            ),
            self.assertRaises(RuntimeError),
            self.env.cr.savepoint(),
        ):
            self.months._advance(self.company)
        self.assertEqual(self.close(), 5)
        self.assertLedgerIsTheTable()

    def test_imported_history_comes_in_by_building_again(self):
        self.night(date(2025, 9, 1))
        self.env["retention.history.purchase"].create(
            {
                "partner_id": self.people["L"].id,
                "company_id": self.company.id,
                "day": "2025-03-10",
                "amount": 7,
                "always_counts": True,
            }
        )
        self.assertEqual(self.told(self.people["L"], "revenue"), [(8, 10)])
        self.months.action_rebuild()
        self.close()
        self.assertEqual(
            self.told(self.people["L"], "revenue", "is_new", "is_lost", "is_reactivated"),
            [
                (3, 7, True, False, False),
                (4, 0, False, False, False),
                (5, 0, False, False, False),
                (6, 0, False, True, False),
                (8, 10, False, False, True),
            ],
        )


@tagged("post_install", "-at_install")
class TestLedger(LedgerCase):
    def test_two_companies_and_time_zones(self):
        """At 20:00 UTC on 31 January it is February in Shanghai."""
        there = self.make_company("Shanghai", retention_tz="Asia/Shanghai")
        ann = self.customer("Ann")
        moment = datetime(2025, 1, 31, 20)
        self.order(ann, moment, 10)
        self.order(ann, moment, 20, company=there)
        self.night(date(2025, 3, 1))
        self.night(date(2025, 3, 1), company=there)
        self.assertEqual(self.told(ann, "revenue", "is_new"), [(1, 10, True), (2, 0, False)])
        self.assertEqual(self.told(ann, "revenue", "is_new", company=there), [(2, 20, True)])

    def test_archived_counts_as_lost_from_then_on(self):
        ann = self.customer("Ann")
        self.order(ann, date(2025, 1, 10))
        self.night(date(2025, 2, 1))
        self.night(date(2025, 3, 1))
        ann.active = False
        self.night(date(2025, 4, 1))
        wanted = [(1, False, True), (2, False, True), (3, True, False)]
        self.assertEqual(self.told(ann, "is_lost", "active_end"), wanted)
        self.assertEqual(self.night(date(2025, 5, 1)), 1)
        self.months.action_rebuild()
        self.close()
        self.assertEqual(self.told(ann, "is_lost", "active_end"), wanted)

    def test_contact_keeps_a_customer_where_that_is_the_standard(self):
        self.company.write({"retention_standard": "contact", "retention_lost_days": 200})
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, date(2025, 1, 10))
        self.order(bob, date(2025, 1, 10))
        self.talk(ann, 1, as_of=date(2025, 7, 1))
        self.night(date(2025, 9, 1))
        self.assertEqual(self.told(ann, "active_end")[-1], (8, True))
        self.assertEqual(self.told(bob, "active_end", "is_lost")[-1], (7, False, True))

    def test_agreement_keeps_a_customer_where_that_is_the_standard(self):
        self.company.retention_standard = "agreement"
        ann = self.customer("Ann")
        self.env["retention.agreement"].create(
            {
                "name": "Care",
                "user_id": self.make_user("owner", "customer_retention.group_user").id,
                "partner_id": ann.id,
                "company_id": self.company.id,
                "signed_on": "2025-01-05",
                "start": "2025-01-05",
                "end": "2025-03-15",
            }
        )
        self.order(ann, date(2025, 1, 10))
        self.order(ann, date(2025, 5, 10))
        self.night(date(2025, 7, 1))
        # Buying without an agreement brings nobody back who had one.
        wanted = [(1, True, False), (2, True, False), (3, False, True), (5, False, False)]
        self.assertEqual(self.told(ann, "active_end", "is_lost"), wanted)

    def test_closures_stop_the_clock(self):
        self.company.write({"retention_at_risk_days": 95, "retention_lost_days": 95})
        ann = self.customer("Ann")
        self.order(ann, date(2025, 1, 20))
        self.env["retention.closure"].create(
            {
                "name": "Renovation",
                "company_id": self.company.id,
                "date_from": "2025-02-01",
                "date_to": "2025-02-10",
            }
        )
        self.night(date(2025, 7, 1))
        # 100 days on 30 April, ten of them closed.
        self.assertEqual(self.told(ann, "active_end")[-2:], [(4, True), (5, False)])

    def test_all_orders_cancelled_later(self):
        ann = self.customer("Ann")
        order = self.order(ann, date(2025, 1, 10), 70)
        self.night(date(2025, 2, 1))
        order._action_cancel()
        self.refresh(date(2025, 2, 2), partners=ann)
        self.night(date(2025, 3, 1))
        self.assertEqual(
            self.told(ann, "revenue", "revenue_restated", "active_start", "is_lost"),
            [(1, 70, 0, False, False), (2, 0, 0, True, True)],
        )

    def test_a_month_closed_too_late_is_not_recorded(self):
        ann = self.customer("Ann")
        self.order(ann, date(2025, 1, 10))
        self.night(date(2025, 2, 1))
        self.night(date(2025, 5, 1))
        self.assertEqual(
            self.told(ann, "recorded"), [(1, False), (2, False), (3, False), (4, True)]
        )

    @freeze_time("2025-03-01 06:00:00")
    def test_the_nightly_action_closes(self):
        ann = self.customer("Ann")
        self.order(ann, date(2025, 1, 10))
        with (
            patch.object(
                type(self.env["res.company"]), "_retention_companies", lambda model: self.company
            ),
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
        ):
            self.env["retention.run"]._cron_nightly()
        self.assertEqual(self.told(ann, "revenue"), [(1, 100), (2, 0)])
        self.assertEqual(set(self.months.search([]).mapped("state")), {"closed"})
        table = f"retention_ledger_days_{self.company.id}"
        self.assertEqual(self.env.execute_query(SQL("SELECT to_regclass(%s)", table)), [(None,)])

    @freeze_time("2025-03-01 06:00:00")
    def test_a_month_that_cannot_be_closed_stops_nobody(self):
        self.order(self.customer("Ann"), date(2025, 1, 10))
        self.refresh(date(2025, 2, 28))
        self.months._plan(self.company, date(2025, 2, 28))
        runs, metrics = self.env["retention.run"], type(self.env["retention.metrics"])
        with (
            patch.object(metrics, "_compute_month", side_effect=ValidationError("No way")),
            mute_logger("odoo.addons.customer_retention.models.retention_ledger_month"),
        ):
            while runs._advance(self.company):
                pass
        self.assertEqual(runs._last_done(self.company).as_of, date(2025, 3, 1))
        month = self.months._waiting(self.company)
        self.assertEqual((month.month, month.error), (month_start(1), "No way"))
        self.assertEqual(self.close(), 2)
        self.assertFalse(month.error)

    def test_what_else_happened_in_the_month(self):
        ann, bob = self.customer("Ann"), self.customer("Bob")
        self.order(ann, date(2025, 1, 10))
        self.refresh(date(2025, 1, 11))
        self.order(bob, date(2025, 2, 10))
        self.env["retention.referral"].create(
            {
                "partner_id": bob.id,
                "referred_by_id": ann.id,
                "company_id": self.company.id,
                "date": "2025-02-01",
            }
        )
        for day, state in (("2025-01-31", "done"), ("2025-02-28", "done")):
            self.env["retention.touch"].sudo().create(
                {
                    "partner_id": ann.id,
                    "contact_id": ann.id,
                    "company_id": self.company.id,
                    "channel": "call",
                    "purpose": "care",
                    "state": state,
                    "asked_at": f"{day} 23:30:00",
                    "date": f"{day} 23:30:00",
                }
            )
        self.night(date(2025, 2, 1))
        self.night(date(2025, 3, 1))
        self.assertEqual(
            self.told(ann, "touches", "referrals", "recorded"), [(1, 1, 0, True), (2, 1, 1, True)]
        )
