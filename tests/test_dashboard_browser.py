"""The dashboard in a browser: from every chart to the customers behind it."""

from datetime import date

from odoo.tests import HttpCase, tagged

from .ledger_common import LedgerCase

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestDashboardBrowser(LedgerCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_user("tour_board", f"{OURS}.group_manager", f"{OURS}.group_advanced")

    def alert(self, name, **values):
        profile = self.profile(self.people[name])
        return (
            self.env["retention.alert"]
            .sudo()
            .create(
                {
                    "partner_id": profile.partner_id.id,
                    "company_id": self.company.id,
                    "profile_id": profile.id,
                    "opened_on": date(2025, 7, 10),
                    **values,
                }
            )
        )

    def test_from_each_chart_to_its_customers(self):
        self.twelve()
        self.assertEqual(self.night(date(2025, 9, 1)), 8)
        self.alert("E", state="closed", outcome="gone", root_cause="price")
        self.alert("A", state="closed", outcome="saved", root_cause="price")
        self.start_tour(
            "/odoo/retention-dashboard", "customer_retention_dashboard", login=self.user.login
        )

    def test_first_page_of_the_app(self):
        user = self.make_user("tour_board_user", f"{OURS}.group_user")
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        root = menus[self.env.ref(f"{OURS}.menu_root").id]
        self.assertEqual(root["actionID"], self.env.ref(f"{OURS}.action_dashboard").id)

    def test_empty_company_says_what_to_do(self):
        self.order(self.customer("Ann"), date(2025, 7, 1))
        self.start_tour(
            "/odoo/retention-dashboard",
            "customer_retention_dashboard_empty",
            login=self.user.login,
        )
