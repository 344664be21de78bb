"""Who gets a case: rules in their order, then those who look after the customer."""

from odoo.tests import tagged

from .case_common import CaseCase
from .sop_common import OURS


@tagged("post_install", "-at_install")
class TestCaseRule(CaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann")
        cls.nobodys = cls.customer("Nobody's")
        cls.service = cls.env["res.users"].concat(
            *(cls.make_user(f"c_{name}", f"{OURS}.group_user") for name in ("sue", "tom"))
        )
        cls.categories = cls.env["product.category"].create({"name": "Pumps"})
        cls.inner = cls.env["product.category"].create(
            {"name": "Small", "parent_id": cls.categories.id}
        )
        cls.pump = cls.env["product.product"].create({"name": "Pump", "categ_id": cls.inner.id})

    def rule(self, *users, **values):
        return self.env["retention.case.rule"].create(
            {
                "name": "Rule",
                "company_id": self.company.id,
                "user_ids": [user.id for user in users],
                **values,
            }
        )

    def owner_of(self, partner=None, **values):
        return self.case(partner or self.ann, **values).user_id

    def test_without_rules(self):
        self.assertEqual(self.owner_of(), self.owner)
        self.assertEqual(self.owner_of(self.nobodys), self.manager)
        self.company.retention_rescue_user_ids = self.service
        found = [self.owner_of(self.nobodys) for _number in range(3)]
        self.assertEqual(found, [*self.service, self.service[0]])
        self.assertEqual(self.owner_of(), self.owner)
        self.assertEqual(self.owner_of(user_id=self.leader.id), self.leader)

    def test_what_a_rule_is_for(self):
        sue = self.service[0]
        rule = self.rule(sue)
        fits = {
            "kind": ({"kind": "request"}, {"kind": "request"}, {"kind": "complaint"}),
            "severity": ({"severity": "2"}, {"severity": "2"}, {"severity": "1"}),
            "theme": ({"theme_ids": self.theme.ids}, {"theme_id": self.theme.id}, {}),
            "product": ({"product_ids": self.pump.ids}, {"product_id": self.pump.id}, {}),
            "category": ({"category_ids": self.categories.ids}, {"product_id": self.pump.id}, {}),
        }
        empty = {"kind": False, "severity": False}
        lists = {key: [(5,)] for key in ("theme_ids", "product_ids", "category_ids")}
        for name, (condition, inside, outside) in fits.items():
            rule.write({**empty, **lists})
            rule.write(condition)
            with self.subTest(condition=name):
                self.assertEqual(self.owner_of(**inside), sue)
                self.assertEqual(self.owner_of(**outside), self.owner)

    def test_the_first_rule_that_fits(self):
        sue, tom = self.service
        self.rule(tom, sequence=20)
        self.rule(sue, sequence=10, severity="2")
        self.assertEqual(self.owner_of(severity="3"), sue)
        self.assertEqual(self.owner_of(), tom)

    def test_of_several_who_has_fewest(self):
        sue, tom = self.service
        self.rule(sue, tom)
        first = self.case(self.ann)
        self.assertEqual(first.user_id, sue)
        self.assertEqual([self.owner_of(), self.owner_of()], [tom, sue])
        self.close(first, 1)
        cases = self.cases.create(
            [{"name": "x", "partner_id": self.ann.id, "company_id": self.company.id}] * 2
        )
        self.assertEqual(list(cases.mapped("user_id.login")), ["c_sue", "c_tom"])

    def test_only_people_who_may(self):
        sue, tom = self.service
        self.rule(sue)
        sue.active = False
        self.assertEqual(self.owner_of(), self.owner)
        self.rule(tom, sequence=20)
        self.assertEqual(self.owner_of(), tom)
        self.ann.user_id = sue
        tom.group_ids = [(3, self.env.ref(f"{OURS}.group_user").id)]
        self.assertIn(self.owner_of(), self.leader | self.manager)

    def test_the_owner_left(self):
        case, closed = self.case(self.ann), self.case(self.ann)
        self.close(closed, 0)
        self.owner.active = False
        self.cases._watch(self.company, self.moment(0, 10))
        self.assertEqual(case.user_id, self.manager)
        self.assertEqual(case.reminder_id.user_id, self.manager)
        self.assertEqual(closed.user_id, self.owner)

    def test_queries_do_not_grow(self):
        self.rule(*self.service, category_ids=self.categories.ids)
        people = [self.customer(f"C{number}") for number in range(12)]

        def queries(*partners):
            cases = self.cases.create(
                [
                    {
                        "name": "x",
                        "partner_id": partner.id,
                        "company_id": self.company.id,
                        "product_id": self.pump.id,
                        "user_id": self.owner.id,
                    }
                    for partner in partners
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases._choose_owners(self.company)
            self.env["retention.metrics"]._open_requests(
                self.company, [partner.id for partner in partners]
            )
            self.env["retention.problem"].search([]).mapped("open_count")
            return self.env.cr.sql_log_count - before

        queries(people[0])
        self.assertEqual(queries(*people), queries(*people[:2]))
