"""What each kind of benefit does, and that it comes back as it was; where others see it."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .benefit_common import START, BenefitCase


@tagged("post_install", "-at_install")
class TestTierBenefitTypes(BenefitCase):
    # ------------------------------------------------------------ pricelist
    def test_pricelist_comes_back(self):
        own, silver, vip = (self.pricelist(name) for name in ("Own", "Silver", "VIP"))
        self.benefit(self.silver, "pricelist", pricelist_id=silver.id)
        self.benefit(self.vip, "pricelist", pricelist_id=vip.id)
        ann, bob, cem = self.members("Ann", "Bob", "Cem")
        bob.partner_id.specific_property_product_pricelist = own
        everybody = ann | bob | cem
        self.move(everybody, self.silver)
        self.assertEqual([self.price(p) for p in everybody], [silver] * 3)
        self.move(everybody, self.vip, 1)
        self.assertEqual([self.price(p) for p in everybody], [vip] * 3)
        self.move(ann, self.silver, 2, cause="down")
        self.assertEqual(self.price(ann), silver)
        self.move(everybody, self.base, 3, cause="down")
        self.assertEqual(
            [self.price(p) for p in everybody], [self.pricelist_none, own, self.pricelist_none]
        )

    @property
    def pricelist_none(self):
        return self.env["product.pricelist"]

    def test_pricelist_that_a_person_changed_is_left_alone(self):
        mine, vip = self.pricelist("Mine"), self.pricelist("VIP")
        self.benefit(self.vip, "pricelist", pricelist_id=vip.id)
        [ann] = self.members("Ann")
        self.move(ann, self.vip)
        ann.partner_id.specific_property_product_pricelist = mine
        self.move(ann, self.base, 1, cause="down")
        self.assertEqual(self.price(ann), mine)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual(grant.result, "Changed by a person since, and left as it is")

    def test_prices_in_another_currency_are_left_alone(self):
        """Who pays in euro is not made to pay in dollars; the others get theirs."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        own = self.pricelist("Export", currency_id=euro.id)
        vip = self.pricelist("VIP")
        self.benefit(self.vip, "pricelist", pricelist_id=vip.id)
        ann, bob = self.members("Ann", "Bob")
        ann.partner_id.with_company(self.company).specific_property_product_pricelist = own
        self.move(ann | bob, self.vip)
        self.assertEqual([self.price(p) for p in ann | bob], [own, vip])
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual((grant.state, grant.given_on), ("waiting", False))
        self.assertIn("by hand", grant.result)
        self.tidy()
        self.assertEqual(grant.state, "waiting")
        chosen = self.pricelist("VIP abroad", currency_id=euro.id)
        ann.partner_id.with_company(self.company).specific_property_product_pricelist = chosen
        grant.with_user(self.manager).action_mark_given()
        self.move(ann, self.base, 1, cause="down")
        self.assertEqual((self.price(ann), grant.state), (chosen, "taken_back"))
        self.assertIn("a person", grant.result)

    def test_lower_taken_back_from_under_a_higher(self):
        silver, vip = self.pricelist("Silver"), self.pricelist("VIP")
        self.benefit(self.silver, "pricelist", pricelist_id=silver.id)
        self.benefit(self.vip, "pricelist", pricelist_id=vip.id)
        [ann] = self.members("Ann")
        self.move(ann, self.vip)
        grants = self.grants.search([("profile_id", "=", ann.id)], order="id")
        grants[0].action_take_back()
        self.assertEqual(self.price(ann), vip)
        self.move(ann, self.base, 1)
        self.assertFalse(self.price(ann))

    def test_pricelist_of_a_branch_too(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        vip = self.pricelist("VIP")
        self.benefit(self.vip, "pricelist", pricelist_id=vip.id)
        [ann] = self.members("Ann")
        self.move(ann, self.vip)
        self.assertEqual(self.price(ann, branch), vip)
        self.move(ann, self.base, 1)
        self.assertFalse(self.price(ann, branch))

    # ------------------------------------------------------------ tag and account manager
    def test_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Best"})
        self.benefit(self.gold, "tag", tag_id=tag.id)
        self.benefit(self.vip, "early", tag_id=tag.id)
        ann, bob = self.members("Ann", "Bob")
        bob.partner_id.category_id = tag
        both = ann | bob
        self.move(both, self.vip)
        self.assertEqual(both.partner_id.category_id, tag)
        self.move(both, self.gold, 1)
        self.assertEqual(ann.partner_id.category_id, tag)
        self.move(both, self.base, 2)
        self.assertEqual([p.partner_id.category_id for p in both], [tag.browse(), tag])

    def test_account_manager_on_the_profile_only(self):
        self.benefit(self.vip, "manager", user_id=self.leader.id)
        ann, bob = self.members("Ann", "Bob")
        ann.user_id = self.owner
        self.move(ann | bob, self.vip)
        self.assertEqual((ann | bob).user_id, self.leader)
        self.assertEqual((ann | bob).partner_id.user_id, self.owner)
        bob.user_id = self.manager
        self.move(ann | bob, self.base, 1)
        self.assertEqual([ann.user_id, bob.user_id], [self.owner, self.manager])

    # ------------------------------------------------------------ tasks
    def test_call_for_the_account_manager(self):
        self.benefit(self.gold, "activity", note="<p>Say hello</p>")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann | bob, self.gold)
        grants = self.grants.search([("profile_id", "in", (ann | bob).ids)], order="id")
        tasks = grants.activity_id
        self.assertEqual(tasks.user_id, self.owner)
        self.assertEqual(set(tasks.mapped("res_model")), {"retention.tier.grant"})
        self.assertEqual(tasks[0].date_deadline, START + timedelta(days=2))
        tasks[0].with_user(self.owner).action_feedback(feedback="Was pleased")
        self.move(ann | bob, self.base, 1)
        self.assertEqual(grants.mapped("state"), ["kept", "taken_back"])
        self.assertEqual(grants[0].proof, "Was pleased")
        self.assertFalse(tasks[1].active)

    def test_gift_with_proof_and_cost(self):
        self.benefit(self.vip, "manual", cost=40, proof_required=True)
        ann, bob = self.members("Ann", "Bob")
        self.move(ann | bob, self.vip)
        mine, other = self.grants.search([("profile_id", "in", (ann | bob).ids)], order="id")
        self.assertEqual((mine.state, mine.cost, mine.given_on), ("waiting", 0, False))
        task = mine.activity_id.with_user(self.owner)
        with self.at(3):
            self.assertRefused(UserError, "Say what was given", task.action_done)
            task.action_feedback(feedback="Tea, signed for")
        self.assertRecordValues(
            mine,
            [
                {
                    "state": "given",
                    "cost": 40,
                    "proof": "Tea, signed for",
                    "given_on": START + timedelta(days=3),
                }
            ],
        )
        other.activity_id.unlink()
        self.assertEqual((other.state, other.held), ("waiting", True))
        self.tidy()
        self.assertFalse(other.activity_id)
        other.with_user(self.manager).action_mark_given()
        self.assertEqual((other.state, other.cost), ("given", 40))
        self.move(ann | bob, self.base, 4)
        self.assertEqual((mine | other).mapped("state"), ["kept", "kept"])

    # ------------------------------------------------------------ messages and procedures
    def test_message_waits_for_the_switch_and_the_gate(self):
        self.benefit(self.gold, "mail", template_id=self.template.id)
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        self.tick(0)
        [mail] = self.mails(ann.partner_id)
        self.assertIn("Hello Ann", mail.body_html)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual(grant.enrollment_id.run_ids.touch_id.state, "done")
        self.company.retention_send = False
        self.move(bob, self.gold)
        self.tick(0)
        self.assertFalse(self.mails(bob.partner_id))
        theirs = self.grants.search([("profile_id", "=", bob.id)])
        self.assertEqual(self.tasks(theirs.enrollment_id).user_id, self.owner)
        self.assertEqual(theirs.enrollment_id.root_id, grant.enrollment_id.root_id)

    def test_message_for_who_moves_in_a_request_of_a_user(self):
        """Merging contacts, for one, gives the first message of a benefit there and then."""
        benefit = self.benefit(self.gold, "mail", template_id=self.template.id)
        [ann] = self.members("Ann")
        with self.asked_by(self.owner):
            self.move(ann, self.gold)
        self.assertEqual(benefit.message_sop_id.step_ids.mapped("type"), ["contact"])
        self.tick(0)
        self.assertIn("Hello Ann", self.mails(ann.partner_id).body_html)

    def test_another_text_is_another_procedure(self):
        benefit = self.benefit(self.gold, "mail", template_id=self.template.id)
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        benefit.template_id = self.make_template("<p>New</p>")
        self.move(bob, self.gold)
        self.tick(0)
        self.assertIn("Hello Ann", self.mails(ann.partner_id).body_html)
        self.assertIn("New", self.mails(bob.partner_id).body_html)

    def test_procedure(self):
        sop = self.make_sop(self.task(), self.task(delay_count=5), goal="none")
        self.benefit(self.gold, "sop", sop_id=sop.id)
        ann, bob, cem = self.members("Ann", "Bob", "Cem")
        self.enter(sop, bob.partner_id)
        everybody = ann | bob | cem
        self.move(everybody, self.gold)
        self.assertEqual(len(self.of(sop)), 3)
        self.move(ann, self.base, 1)
        self.assertEqual(self.of(sop, ann.partner_id).state, "left")
        self.move(ann, self.gold, 1)
        self.assertEqual(self.of(sop, ann.partner_id).mapped("state"), ["left", "running"])
        sop.action_pause()
        [dan] = self.members("Dan")
        self.move(dan, self.gold)
        grant = self.grants.search([("profile_id", "=", dan.id)])
        self.assertEqual((grant.state, grant.error), ("failed", "Procedure is not switched on."))

    # ------------------------------------------------------------ where others see it
    def test_seen_by_others(self):
        self.benefit(self.gold, "discount", description="On renewals", discount=7.5)
        self.benefit(self.gold, "service", service_priority="2")
        early = self.benefit(self.gold, "early")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        order = self.order(ann.partner_id, START, state="draft")
        self.assertEqual(order.retention_benefit_text, "Gold: 7.5 % – On renewals")
        self.assertFalse(self.order(bob.partner_id, START).retention_benefit_text)
        levels = self.grants._service_levels(self.company, (ann | bob).partner_id.ids)
        self.assertEqual(levels, {ann.partner_id.id: "2"})
        partners = self.env["res.partner"].with_user(self.owner)
        found = partners.search([("retention_benefit_ids", "in", early.ids)])
        self.assertEqual(found, ann.partner_id)

    def test_found_by_benefit(self):
        self.benefit(self.gold, "early")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        mine = self.profiles.with_user(self.owner).search(
            [("partner_id", "in", (ann | bob).partner_id.ids)]
        )
        view = self.env.ref("customer_retention.view_retention_profile_search")
        arch = etree.fromstring(mine.get_view(view.id, "search")["arch"])
        [early] = arch.xpath("//filter[@name='early']/@domain")
        self.assertEqual(mine.filtered_domain(literal_eval(early)), ann)
        self.assertEqual(mine.search([*literal_eval(early), ("id", "in", mine.ids)]), ann)
        self.assertEqual(
            mine.search([("benefit_ids", "ilike", "early"), ("id", "in", mine.ids)]), ann
        )
        none = mine.search([("benefit_ids", "=", False), ("id", "in", mine.ids)])
        self.assertEqual(none, bob)

    def test_a_manager_fills_in_the_forms(self):
        benefits = self.benefits.with_user(self.manager)
        with Form(benefits) as form:
            form.name = "Call"
            form.tier_id = self.gold
            form.type = "activity"
            form.note = "<p>Say hello</p>"
        benefit = form.save()
        self.assertFalse(benefit.problem_text)
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        with Form(grant.with_user(self.manager)) as form:
            form.cost = 12
        self.assertEqual(grant.cost, 12)
        domain = benefit.action_open_grants()["domain"]
        self.assertEqual(self.grants.with_user(self.owner).search(domain), grant)
        self.assertEqual(ann.action_open_grants()["res_model"], "retention.tier.grant")
        with Form(ann.partner_id.with_user(self.manager)) as form:
            self.assertEqual(len(form.retention_grant_ids), 1)

    def test_rule_of_visits(self):
        rules = self.env["retention.cadence"]
        rule = rules.create({"company_id": self.company.id, "kind": "visit", "every_days": 7})
        usual = rules.create(
            {"company_id": self.company.id, "kind": "visit", "every_days": 90, "sequence": 20}
        )
        self.benefit(self.gold, "cadence", cadence_id=rule.id)
        ann, bob = self.members("Ann", "Bob")
        (ann | bob).write({"first_order_date": START, "last_order_date": START})
        self.move(ann, self.gold)
        sop = self.make_sop(self.task(), trigger="cadence", cadence="visit", start=None)
        span = sop._span(START + timedelta(days=100))
        metrics = self.env["retention.metrics"]
        occasions = metrics._cadence_due(sop, span, rule | usual)
        self.assertEqual(
            metrics._every_days(occasions), {ann.partner_id.id: 7, bob.partner_id.id: 90}
        )
        rule.tier_ids = self.vip
        occasions = metrics._cadence_due(sop, span, rule | usual)
        self.assertEqual(metrics._every_days(occasions)[ann.partner_id.id], 90)
