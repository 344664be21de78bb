"""Benefits follow tiers: given once, taken back as it was, whatever a person did meanwhile."""

from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .benefit_common import START, BenefitCase

RUNNER = "odoo.addons.customer_retention.models.batches"
SLACK = 8  # inserts come in slices of the ORM's own


@tagged("post_install", "-at_install")
class TestTierBenefit(BenefitCase):
    # ------------------------------------------------------------ up and down
    def test_up_gives_once(self):
        self.benefit(self.gold, "discount", description="On renewals", discount=5)
        [ann] = self.members("Ann")
        moves = self.move(ann, self.gold)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertRecordValues(
            grant,
            [
                {
                    "state": "given",
                    "given_on": START,
                    "earned_on": START,
                    "tier_id": self.gold.id,
                    "company_id": self.company.id,
                    "partner_id": ann.partner_id.id,
                    "cause": "up",
                    "live": True,
                }
            ],
        )
        self.assertEqual(grant.why, "Moved up")
        for _again in range(2):
            self.follow(moves, 1)
        self.assertEqual(self.ledger(ann), [("Gold discount", "given")])
        self.assertEqual(grant.given_on, START)

    def test_levels_in_between(self):
        """From Standard to VIP at once: what Silver gives to higher tiers too, not the rest."""
        self.benefit(self.silver, "early")
        self.benefit(self.silver, "service", service_priority="1", for_higher=False)
        self.benefit(self.vip, "service", service_priority="3")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.vip)
        self.assertEqual(self.ledger(ann), [("Silver early", "given"), ("VIP service", "given")])
        self.move(bob, self.silver)
        self.move(bob, self.vip, 1)
        self.assertEqual(
            self.ledger(bob),
            [("Silver early", "given"), ("Silver service", "taken_back"), ("VIP service", "given")],
        )
        self.move(bob, self.gold, 2, cause="down")
        self.assertEqual(bob.benefit_ids.mapped("name"), ["Silver early"])
        self.move(bob, self.base, 3, cause="down")
        self.assertFalse(bob.benefit_ids)
        last = self.grants.search([("profile_id", "=", bob.id), ("type", "=", "early")])
        self.assertEqual((last.taken_back_on, last.end_why), (self.moment(3).date(), "Moved down"))

    def test_a_second_stay_is_a_second_grant(self):
        self.benefit(self.gold, "early")
        [ann] = self.members("Ann")
        for days, tier in enumerate((self.gold, self.base, self.gold)):
            self.move(ann, tier, days)
        self.assertEqual(self.ledger(ann), [("Gold early", "taken_back"), ("Gold early", "given")])

    def test_only_what_the_new_tier_brings(self):
        """What was added to a tier later is given to its customers by the button only."""
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        added = self.benefit(self.gold, "early")
        self.move(ann, self.vip, 1)
        self.assertFalse(self.ledger(ann))
        added.with_user(self.manager).action_give_all()
        self.assertEqual(self.ledger(ann), [("Gold early", "given")])
        self.assertEqual(added.grant_count, 1)
        added.action_give_all()
        self.assertEqual(len(self.ledger(ann)), 1)

    def test_archived_is_not_given_and_stays_with_who_has_it(self):
        benefit = self.benefit(self.gold, "early")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        benefit.active = False
        self.move(bob, self.gold)
        self.tidy()
        self.assertEqual((self.ledger(ann), self.ledger(bob)), ([("Gold early", "given")], []))
        self.move(ann, self.base, 2)
        self.assertEqual(self.ledger(ann), [("Gold early", "taken_back")])

    # ------------------------------------------------------------ quiet
    def test_quiet_sends_nothing(self):
        sop = self.make_sop(self.task())
        self.benefit(self.gold, "mail", template_id=self.template.id)
        self.benefit(self.gold, "sop", sop_id=sop.id)
        self.benefit(self.gold, "activity")
        self.benefit(self.gold, "manual")
        self.benefit(self.gold, "early")
        tasks = self.env["mail.activity"].search_count([])
        [ann] = self.members("Ann")
        self.move(ann, self.gold, cause="first", quiet=True)
        self.tidy()
        self.tick(1)
        states = [state for _name, state in self.ledger(ann)]
        self.assertEqual(states, ["waiting"] * 4 + ["given"])
        self.assertFalse(self.mails(ann.partner_id))
        self.assertFalse(self.enrollments.search([("partner_id", "=", ann.partner_id.id)]))
        self.assertEqual(self.env["mail.activity"].search_count([]), tasks)
        held = self.grants.search([("profile_id", "=", ann.id), ("held", "=", True)])
        held.with_user(self.manager).action_give()
        self.assertEqual(held.mapped("state").count("given"), 3)
        self.assertFalse(held.filtered("held"))

    def test_held_back_is_never_given_after_a_move_down(self):
        self.benefit(self.gold, "mail", template_id=self.template.id)
        [ann] = self.members("Ann")
        self.move(ann, self.gold, quiet=True)
        self.move(ann, self.base, 1)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual((grant.state, grant.result), ("taken_back", "Never given"))

    # ------------------------------------------------------------ errors
    def poison(self, method, profile):
        original = getattr(type(self.benefits), method)

        def fail(benefit, grants, as_of, now):
            if profile in grants.profile_id:
                raise ValueError("poisoned")
            return original(benefit, grants, as_of, now)

        return patch.object(type(self.benefits), method, fail)

    @mute_logger(RUNNER)
    def test_one_failing_stops_nobody_else(self):
        self.benefit(self.gold, "manager", user_id=self.leader.id)
        self.benefit(self.gold, "early")
        found = self.members(*(f"C{n}" for n in range(7)))
        with self.poison("_grant_manager", found[3]):
            self.move(found, self.gold)
        grants = self.grants.search([("profile_id", "in", found.ids), ("type", "=", "manager")])
        bad = grants.filtered(lambda grant: grant.profile_id == found[3])
        self.assertEqual((bad.state, bad.error, bad.tries), ("failed", "poisoned", 1))
        self.assertEqual(set((grants - bad).mapped("state")), {"given"})
        self.assertFalse(found[3].user_id)
        early = self.grants.search([("profile_id", "in", found.ids), ("type", "=", "early")])
        self.assertEqual(early.mapped("state"), ["given"] * 7)
        self.tidy()
        self.assertEqual((bad.state, bad.error, found[3].user_id), ("given", False, self.leader))

    @mute_logger(RUNNER)
    def test_a_kind_nobody_knows_any_more(self):
        """Its bridge was removed: nothing is said to be given, nothing forgotten."""
        gone, early = (
            self.benefit(
                self.gold,
                "tag",
                tag_id=self.env["res.partner.category"].create({"name": "Gold"}).id,
            ),
            self.benefit(self.gold, "early"),
        )
        [ann] = self.members("Ann")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE retention_tier_benefit SET type = 'ghost' WHERE id = %s", (gone.id,)
        )
        self.env.invalidate_all()
        self.move(ann, self.gold)
        grants = self.grants.search([("profile_id", "=", ann.id)])
        found = {grant.benefit_id: (grant.state, grant.error or "") for grant in grants}
        self.assertEqual(found[early], ("given", ""))
        self.assertEqual(found[gone][0], "failed")
        self.assertIn("ghost", found[gone][1])

    @mute_logger(RUNNER)
    def test_what_could_not_be_taken_back_is_tried_again(self):
        self.benefit(self.gold, "manager", user_id=self.leader.id)
        ann, bob, cem = self.members("Ann", "Bob", "Cem")
        self.move(ann | bob | cem, self.gold)
        with self.poison("_take_back_manager", ann), self.poison("_take_back_manager", bob):
            self.move(ann | bob | cem, self.base, 1, cause="down")
        self.assertEqual([p.user_id for p in ann | bob | cem][2], self.env["res.users"])
        late = self.grants.search([("take_back_due", "=", True)])
        self.assertEqual((late.profile_id, late.mapped("live")), (ann | bob, [True, True]))
        self.move(bob, self.gold, 1)
        self.tidy(2)
        self.assertEqual(self.ledger(ann), [("Gold manager", "taken_back")])
        self.assertEqual(self.ledger(bob), [("Gold manager", "given")])
        self.assertFalse(ann.user_id)

    def test_incomplete_benefit(self):
        benefit = self.benefit(self.gold, "pricelist")
        [ann] = self.members("Ann")
        self.assertEqual(benefit.problem_text, "Fill in: Pricelist.")
        self.move(ann, self.gold)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        self.assertEqual((grant.state, grant.error), ("failed", "Fill in: Pricelist."))
        benefit.pricelist_id = self.pricelist("Gold")
        self.tidy()
        self.assertEqual((grant.state, self.price(ann).name), ("given", "Gold"))

    # ------------------------------------------------------------ companies, merges, rights
    def test_two_companies(self):
        other = self.make_company("Other")
        self.env.user.company_ids |= other
        theirs = self.make_tiers(other)
        ours, foreign = (
            self.pricelist("Ours"),
            self.pricelist("Theirs", company_id=other.id),
        )
        self.benefit(self.vip, "pricelist", pricelist_id=ours.id)
        self.benefit(theirs[3], "pricelist", pricelist_id=foreign.id)
        with self.assertRaises(ValidationError):
            self.benefit(self.vip, "pricelist", pricelist_id=foreign.id)
        [ann] = self.members("Ann")
        again = self.profiles.create({"partner_id": ann.partner_id.id, "company_id": other.id})
        self.move(ann, self.vip)
        self.follow(self.moves(again, theirs[3]), company=other)
        self.assertEqual((self.price(ann), self.price(ann, other)), (ours, foreign))
        self.move(ann, self.base, 1)
        self.assertEqual((self.price(ann), self.price(ann, other)), (ours.browse(), foreign))
        seen = self.grants.with_user(self.manager).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_merge(self):
        self.benefit(self.gold, "early")
        self.benefit(self.vip, "discount", description="Loyal")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann, self.gold)
        self.move(bob, self.vip)
        partner = ann.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((partner | bob.partner_id).ids, partner)
        self.env.invalidate_all()
        left = self.grants.search([("partner_id", "=", partner.id)], order="id")
        self.assertEqual(left.profile_id, ann)
        self.assertEqual(left.mapped("state"), ["given", "kept", "given"])
        self.assertEqual((left[1].end_why, ann.tier_id), ("Contacts merged", self.vip))
        self.tidy()
        self.assertEqual(left.mapped("state"), ["given", "kept", "given"])

    def test_what_no_tier_gives_ends_by_night(self):
        """As after a benefit was moved to another tier, or a customer was emptied."""
        self.benefit(self.gold, "early")
        moved = self.benefit(self.gold, "discount", description="Loyal")
        ann, bob = self.members("Ann", "Bob")
        self.move(ann | bob, self.gold)
        bob.tier_id = False
        moved.tier_id = self.vip
        self.tidy()
        self.assertEqual(
            self.ledger(ann), [("Gold early", "given"), ("Gold discount", "taken_back")]
        )
        self.assertEqual(set(dict(self.ledger(bob)).values()), {"taken_back"})

    def test_rights(self):
        self.benefit(self.gold, "discount", description="Loyal")
        [ann] = self.members("Ann")
        self.move(ann, self.gold)
        grant = self.grants.search([("profile_id", "=", ann.id)])
        with self.assertRaises(AccessError):
            grant.with_user(self.owner).proof = "x"
        with self.assertRaises(AccessError):
            grant.with_user(self.owner).action_take_back()
        with self.assertRaises(AccessError):
            grant.with_user(self.manager).state = "kept"
        grant.with_user(self.manager).write({"proof": "Seen", "cost": 3})
        self.assertEqual(grant.with_user(self.owner).proof, "Seen")
        grant.with_user(self.manager).action_take_back()
        self.assertEqual((grant.state, grant.end_why), ("taken_back", "By hand"))

    # ------------------------------------------------------------ size
    def test_constant_number_of_queries(self):
        sop = self.make_sop(self.task())
        tag = self.env["res.partner.category"].create({"name": "Best"})
        self.benefit(self.gold, "pricelist", pricelist_id=self.pricelist("Gold").id)
        self.benefit(self.gold, "tag", tag_id=tag.id)
        self.benefit(self.gold, "manager", user_id=self.leader.id)
        self.benefit(self.gold, "activity")
        self.benefit(self.gold, "manual")
        self.benefit(self.gold, "mail", template_id=self.template.id)
        self.benefit(self.gold, "sop", sop_id=sop.id)
        counts = []
        for size in (2, 2, 30):  # the first fills what is cached for good
            found = self.members(*(f"S{len(counts)}x{n}" for n in range(size)))
            self.env.flush_all()
            self.env.invalidate_all()
            spent = []
            for days, tier in ((0, self.gold), (1, self.base)):
                moves = self.moves(found, tier)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.follow(moves, days)
                spent.append(self.env.cr.sql_log_count - before)
            counts.append(spent)
        states = {state for _name, state in self.ledger(found)}
        self.assertEqual(states, {"taken_back"})
        for few, many in zip(counts[1], counts[2], strict=True):
            self.assertLessEqual(many, few + SLACK)
