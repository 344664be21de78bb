"""Three figures in Odoo's digest mail, computed as the digest does."""

from datetime import date

from odoo.tests import freeze_time, tagged

from .ledger_common import LedgerCase

NAMES = ("kpi_retention_customers", "kpi_retention_lost", "kpi_retention_rate")


@tagged("post_install", "-at_install")
class TestDigest(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2025, 9, 1))
        cls.user = cls.make_user("d_user", "customer_retention.group_user")

    def digest(self, **values):
        return self.env["digest.digest"].create(
            {
                "name": "Digest",
                "company_id": self.company.id,
                **dict.fromkeys(NAMES, True),
                **values,
            }
        )

    def told(self, digest, user, moment, company=None):
        """Return {name: values of the columns}, the margin of the last one besides."""
        # As the scheduled action, which has chosen no companies.
        digest = digest.with_env(self.env(context={}))
        with freeze_time(moment):
            found = digest._compute_kpis(company or self.company, user)
        return {
            kpi["kpi_name"]: [kpi[f"kpi_col{n}"]["value"] for n in (1, 2, 3)]
            + [kpi["kpi_col3"]["margin"]]
            for kpi in found
            if kpi["kpi_name"] in NAMES
        }

    def test_off_by_default(self):
        digest = self.env["digest.digest"].create({"name": "Plain"})
        self.assertFalse(any(digest[name] for name in NAMES))
        self.assertFalse(set(NAMES) & set(digest._get_kpi_fields()))

    def test_the_twelve(self):
        """In August nobody is lost of six; in July G and I are, of eight.

        Customers at the end: July 6, August 8.
        """
        found = self.told(self.digest(), self.user, "2025-09-10 08:00:00")
        ledger = self.ledger.search([("company_id", "=", self.company.id)])
        july, august = (ledger.filtered(lambda r, m=m: r.month.month == m) for m in (7, 8))

        def share(rows):
            begun = rows.filtered("active_start")
            return 100 * len(begun.filtered("active_end")) / len(begun)

        ends = [len(rows.filtered("active_end")) for rows in (july, august)]
        self.assertEqual(found["kpi_retention_customers"][:3], [ends[1]] * 3)
        margin = round(100 * (ends[1] - ends[0]) / ends[0], 2)
        self.assertEqual(found["kpi_retention_customers"][3], margin)
        self.assertEqual(found["kpi_retention_lost"][:3], [0] * 3)
        self.assertEqual(found["kpi_retention_rate"][:3], [f"{share(august):.1f}%"] * 3)
        self.assertEqual(found["kpi_retention_rate"][:3], ["100.0%"] * 3)
        self.assertEqual(share(july), 75)

    def test_a_month_is_shown_once_it_is_closed(self):
        found = self.told(self.digest(), self.user, "2025-08-10 08:00:00")
        self.assertEqual(found["kpi_retention_lost"][0], 2)
        self.assertEqual(found["kpi_retention_rate"][0], "75.0%")

    def test_nobody_to_keep_is_no_rate(self):
        found = self.told(self.digest(), self.user, "2025-02-10 08:00:00")
        self.assertEqual(found["kpi_retention_customers"][:2], [4, 4])
        self.assertEqual(found["kpi_retention_rate"][:3], ["–"] * 3)

    def test_companies(self):
        other = self.make_company("Other")
        self.order(self.customer("Zoe"), date(2025, 7, 5), company=other)
        self.night(date(2025, 9, 1), company=other)
        stranger = self.make_user("d_other", "customer_retention.group_user", company=other)
        digest = self.digest(company_id=False)
        mine = self.told(digest, self.user, "2025-09-10 08:00:00")
        theirs = self.told(digest, stranger, "2025-09-10 08:00:00", other)
        self.assertEqual(theirs["kpi_retention_customers"][0], 1)
        self.assertGreater(mine["kpi_retention_customers"][0], 1)
        # A digest of one company says nothing to people of the other.
        self.assertEqual(self.told(self.digest(), stranger, "2025-09-10 08:00:00", other), {})
        both = self.make_user("d_both", "customer_retention.group_user", company=other)
        both.company_ids |= self.company
        found = self.told(self.digest(), both, "2025-09-10 08:00:00", other)
        self.assertEqual(found, mine)

    def test_only_for_users_of_the_app(self):
        plain = self.make_user("d_plain", "sales_team.group_sale_manager")
        self.assertEqual(self.told(self.digest(), plain, "2025-09-10 08:00:00"), {})

    def test_links_open_something(self):
        actions = self.env["digest.digest"]._compute_kpis_actions(self.company, self.user)
        for name in NAMES:
            action, _, menu = actions[name].partition("?menu_id=")
            self.assertEqual(self.env.ref(action)._name, "ir.actions.act_window")
            self.assertTrue(self.env["ir.ui.menu"].browse(int(menu)).exists())

    def test_the_mail(self):
        digest = self.digest(user_ids=self.user.ids)
        with freeze_time("2025-09-10 08:00:00"):
            digest._action_send_to_user(self.user)
        mail = self.env["mail.mail"].search(
            [("subject", "like", "Digest")], order="id desc", limit=1
        )
        self.assertIn("100.0%", mail.body_html)
        self.assertIn("action-customer_retention.action_ledger_report", mail.body_html)
