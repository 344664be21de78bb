"""A contract with a customer is an agreement of the customer file, and stays in step."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.customer_retention.tests.file_common import NOON, CustomerFileCase, days

from ..hooks import post_init_hook


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestContract(CustomerFileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "P", "currency_id": cls.company.currency_id.id}
        )

    def contract(self, start=-100, end=100, **values):
        line = {
            "name": "Care",
            "product_id": self.product.id,
            "quantity": 1,
            "price_unit": 10,
            "recurring_rule_type": "yearly",
            "recurring_interval": 1,
            "date_start": days(start),
            "date_end": days(end) if end is not None else False,
        }
        return self.env["contract.contract"].create(
            {
                "name": "Maintenance",
                "code": "C-1",
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "pricelist_id": self.pricelist.id,
                "user_id": self.user.id,
                "date": days(-120),
                "line_recurrence": True,
                "contract_line_ids": [Command.create(line)],
                **values,
            }
        )

    def agreement(self, contract):
        return self.env["retention.agreement"].search([("contract_id", "=", contract.id)])

    def test_an_agreement_of_each_contract(self):
        contract = self.contract()
        self.assertRecordValues(
            self.agreement(contract),
            [
                {
                    "name": "Maintenance",
                    "number": "C-1",
                    "partner_id": self.ann.id,
                    "company_id": self.company.id,
                    "user_id": self.user.id,
                    "signed_on": days(-120),
                    "start": days(-100),
                    "end": days(100),
                    "state": "in_force",
                }
            ],
        )

    def test_it_stays_in_step(self):
        contract = self.contract()
        agreement = self.agreement(contract)
        contract.write({"name": "Care", "partner_id": self.bob.id})
        self.assertEqual((agreement.name, agreement.partner_id), ("Care", self.bob))
        contract.contract_line_ids.date_end = days(10)
        self.assertEqual(agreement.end, days(10))
        second = contract.contract_line_ids.copy({"contract_id": contract.id})
        second.write({"date_start": days(-110), "date_end": False})
        self.assertEqual((agreement.start, agreement.end), (days(-110), False))
        second.with_context(force_unlink=True).unlink()
        self.assertEqual((agreement.start, agreement.end), (days(-100), days(10)))
        contract.active = False
        self.assertFalse(agreement.exists())
        contract.active = True
        self.assertTrue(self.agreement(contract))
        contract.contract_line_ids.is_canceled = True
        self.assertFalse(self.agreement(contract))

    def test_deleted_with_the_contract(self):
        contract = self.contract()
        agreement = self.agreement(contract)
        contract.contract_line_ids.is_canceled = True
        contract.unlink()
        self.assertFalse(agreement.exists())

    def test_not_of_suppliers(self):
        self.assertFalse(self.agreement(self.contract(contract_type="purchase")))

    def test_responsible_without_the_customer_file(self):
        clerk = self.make_user("f_clerk", "account.group_account_invoice")
        contract = self.contract(user_id=clerk.id)
        self.assertEqual(self.agreement(contract).user_id, clerk)

    def test_changed_in_the_contract_only(self):
        agreement = self.agreement(self.contract())
        mine = self.as_user("retention.agreement").browse(agreement.id)
        self.assertRefused(UserError, "contract", lambda: mine.write({"end": days(5)}))
        self.assertRefused(
            UserError,
            "contract",
            lambda: self.as_user("retention.agreement", self.manager).browse(agreement.id).unlink(),
        )
        mine.write({"end": str(agreement.end), "renewal": "end", "amount": 500})
        self.assertEqual((agreement.renewal, agreement.amount), ("end", 500))

    def test_the_retention_standard(self):
        self.company.retention_standard = "agreement"
        self.orders(self.ann, 900)
        contract = self.contract(end=0)
        for day, code in ((0, "at_risk"), (1, "lost")):
            table = self.profiles._compute_as_of(self.company, days(day))
            self.assertEqual(table.loc[self.ann.id, "stage"], code)
        contract.contract_line_ids.date_end = False
        table = self.profiles._compute_as_of(self.company, days(1))
        self.assertEqual(table.loc[self.ann.id, "stage"], "at_risk")

    def test_on_the_timeline(self):
        agreement = self.agreement(self.contract())
        entries = self.as_user("retention.timeline").load(self.ann.id, kind="agreement")["entries"]
        self.assertEqual([entry["res_id"] for entry in entries], agreement.ids)

    def test_contracts_from_before(self):
        contract = self.contract()
        self.agreement(contract).sudo().unlink()
        post_init_hook(self.env)
        self.assertEqual(len(self.agreement(contract)), 1)
        post_init_hook(self.env)
        self.assertEqual(len(self.agreement(contract)), 1)

    def test_each_company_its_own(self):
        contract = self.contract()
        self.assertFalse(
            self.as_user("retention.agreement", self.stranger).search(
                [("contract_id", "=", contract.id)]
            )
        )
        self.assertEqual(self.agreement(contract).company_id, self.company)

    def test_queries_of_an_unchanged_batch(self):
        contracts = self.env["contract.contract"]
        for number in range(6):
            contracts |= self.contract(code=str(number))

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._retention_sync()
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(contracts), count(contracts[:2]))
