"""The first day of three roles in a browser, each with that role's rights and no others."""

from datetime import date
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .ledger_common import LedgerCase
from .test_alert_browser import AlertBrowserCase

OURS = "customer_retention"
LONG = 300  # seconds: as many screens as a day has


@tagged("post_install", "-at_install")
class TestAccountManager(AlertBrowserCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_from_the_list_to_the_outcome(self):
        self.start_tour(
            "/odoo/retention-today",
            "customer_retention_role_account_manager",
            login=self.user.login,
            timeout=LONG,
        )
        self.assertSaved()
        talk = self.env["retention.interaction"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(talk, [{"kind": "call", "note": "Wants a list"}])


@tagged("post_install", "-at_install")
class TestService(AlertBrowserCase):
    def test_from_the_case_to_its_end(self):
        case = self.env["retention.case"].create(
            {
                "name": "Pump leaks",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "user_id": self.user.id,
            }
        )
        self.start_tour(
            "/odoo/retention-cases",
            "customer_retention_role_service",
            login=self.user.login,
            timeout=LONG,
        )
        self.env.invalidate_all()
        self.assertRecordValues(case, [{"state": "solved", "resolution": "Seal exchanged"}])
        promise = self.env["retention.promise"].search([("partner_id", "=", self.partner.id)])
        self.assertRecordValues(promise, [{"name": "A new seal by tomorrow", "state": "open"}])


@tagged("post_install", "-at_install")
class TestManager(LedgerCase, HttpCase):
    def test_from_installing_to_the_review(self):
        manager = self.make_user("role_manager", f"{OURS}.group_manager")
        seller = self.make_user("role_seller", f"{OURS}.group_user")
        self.twelve()
        for partner in self.people.values():
            partner.user_id = seller
        self.night(date(2025, 9, 1))
        today = patch.object(
            type(self.company), "_retention_today", lambda company: date(2025, 9, 1)
        )
        self.startPatcher(today)
        self.start_tour(
            "/odoo/retention-dashboard",
            "customer_retention_role_manager",
            login=manager.login,
            timeout=LONG,
        )
        self.env.invalidate_all()
        self.assertTrue(self.company.retention_alerts_started)
        self.assertTrue(self.company.retention_send)
        sop = self.env["retention.sop"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(sop, [{"state": "active", "version": 1}])
        review = self.env["retention.review"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(review), 1)
