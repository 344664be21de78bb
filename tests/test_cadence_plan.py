"""Regular visits and contacts: due on the day, once, and no more than a day allows."""

from collections import Counter
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .sop_common import OURS, START, SopCase


def on(days):
    return START + timedelta(days=days)


class CadenceCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["retention.cadence"]
        # Not switched on: computing the figures would take customers in at once.
        cls.visits = cls.make_cadence("visit")

    @classmethod
    def make_cadence(cls, kind, **values):
        values = {"trigger": "cadence", "cadence": kind, "purpose": "care", **values}
        return cls.make_sop(cls.task(), **{"start": None, **values})

    @classmethod
    def make_rules(cls, kind, *rules):
        """Replace the company's rules of a kind by these, in their order."""
        cls.rules._of_company(cls.company, kind).unlink()
        return cls.rules.create(
            [
                {"company_id": cls.company.id, "kind": kind, "sequence": n, **rule}
                for n, rule in enumerate(rules)
            ]
        )

    @classmethod
    def meet(cls, partner, days, **values):
        return cls.env["retention.interaction"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "user_id": cls.owner.id,
                "kind": "visit",
                "date": cls.moment(days),
                **values,
            }
        )

    def sweep(self, days, *sops):
        """Take in all who are due that day, as the night does; return how many."""
        taken = 0
        for sop in sops or (self.visits,):
            while count := sop._engine_env()._enter(on(days), self.moment(days, 1)):
                taken += count
        self.env.invalidate_all()
        return taken

    def due(self, sop, days):
        """Return {customer's name: planned day after START} of who is due that day."""
        occasions = sop._occasions(sop._span(on(days)))
        rows = self.env["retention.metrics"]._entering(sop, occasions, None)
        names = {row["partner_id"]: row["anchor_date"] for row in rows}
        partners = self.env["res.partner"].browse(names)
        return {p.name: (names[p.id] - START).days for p in partners}


@tagged("post_install", "-at_install")
class TestCadence(CadenceCase):
    # ------------------------------------------------------------ rules
    def test_a_company_begins_with_the_usual_rules(self):
        found = self.rules._of_company(self.company)
        self.assertEqual(
            [(r.kind, r.value, r.age_from_days, r.age_to_days, r.every_days) for r in found],
            [
                ("visit", "core", 0, 0, 30),
                ("visit", "others", 0, 0, 91),
                ("contact", "all", 0, 90, 7),
                ("contact", "all", 91, 180, 12),
                ("contact", "all", 181, 0, 21),
            ],
        )
        self.assertEqual(self.rules._of_company(self.company), found)
        found.active = False
        self.assertFalse(self.rules._of_company(self.company))

    def test_visits_by_value(self):
        """A core customer a month after the last visit, the other after a quarter."""
        ann, ben = self.buyer("Ann", on(-200), amount=1000), self.buyer("Ben", on(-200), amount=1)
        self.refresh(on(-10))
        self.assertEqual((self.profile(ann).is_core, self.profile(ben).is_core), (True, False))
        self.meet(ann, -30)
        self.meet(ben, -91)
        self.assertEqual(self.due(self.visits, -1), {})
        self.assertEqual(self.due(self.visits, 0), {"Ann": 0, "Ben": 0})

    def test_what_counts_as_a_visit(self):
        """Meetings and done visit tasks do, a call does not; else the first purchase counts."""
        self.make_rules("visit", {"every_days": 30})
        ann, ben, cid = (self.buyer(name, on(-60)) for name in ("Ann", "Ben", "Cid"))
        self.refresh(on(-20))
        self.meet(ann, -20, kind="call")
        event = self.env["calendar.event"].create(
            {
                "name": "Meeting",
                "start": self.moment(-20),
                "stop": self.moment(-20, 10),
                "user_id": self.owner.id,
                "partner_ids": [Command.set((ben | self.owner.partner_id).ids)],
            }
        )
        event.attendee_ids.state = "accepted"
        sop = self.make_sop(self.task(channel="visit"))
        self.enter(sop, cid, days=-20)
        self.tick(-20)
        with self.at(-15):
            self.tasks(self.of(sop)).with_user(self.owner).action_feedback("Was there")
        self.assertEqual(self.due(self.visits, 0), {"Ann": -30})
        self.assertEqual(self.due(self.visits, 10), {"Ann": -30, "Ben": 10})
        self.assertEqual(self.due(self.visits, 15), {"Ann": -30, "Ben": 10, "Cid": 15})

    def test_contacts_by_age(self):
        """Weekly up to the 90th day, every 12 days up to the 180th, then every 21."""
        contacts = self.make_cadence("contact")
        for name, age in (("A", 90), ("B", 91), ("C", 180), ("D", 181)):
            self.meet(self.buyer(name, on(-age)), 0, kind="call")
        self.refresh(on(0))
        for days, names in ((6, ""), (7, "A"), (11, "A"), (12, "ABC"), (20, "ABC"), (21, "ABCD")):
            with self.subTest(days=days):
                self.assertEqual(set(self.due(contacts, days)), set(names))
        self.assertEqual(self.due(contacts, 21), {"A": 7, "B": 12, "C": 12, "D": 21})

    def test_the_first_rule_that_fits_counts(self):
        people = {name: self.buyer(name, on(-40)) for name in ("Ann", "Ben", "Cid")}
        self.refresh(on(-1))
        profiles = {name: self.profile(partner) for name, partner in people.items()}
        segment = profiles["Ann"].segment_id
        other = self.env["retention.segment"].search(
            [("scheme_id", "=", segment.scheme_id.id), ("id", "!=", segment.id)], limit=1
        )
        profiles["Ben"].sudo().segment_id = other
        profiles["Cid"].sudo().stage = "silent"
        self.make_rules(
            "visit",
            {"every_days": 41, "segment_ids": [Command.set(other.ids)]},
            {"every_days": 42, "stage": "silent"},
            {"every_days": 43, "age_to_days": 0},
            {"every_days": 1},
        )
        self.assertEqual(self.due(self.visits, 10), {"Ben": 1, "Cid": 2, "Ann": 3})

    def test_whom_no_rule_fits_and_who_is_lost(self):
        ann, ben, cid, dan = (self.buyer(name, on(-99)) for name in ("Ann", "Ben", "Cid", "Dan"))
        self.refresh(on(-1))
        self.profile(ann).sudo().stage = "lost"
        ben.active = False
        self.make_rules("visit", {"every_days": 9, "value": "core"})
        self.profile(cid).sudo().is_core = True
        self.profile(dan).sudo().is_core = False
        self.assertEqual(set(self.due(self.visits, 0)), {"Cid"})
        self.make_rules("visit")
        self.rules.create(
            {"company_id": self.company.id, "kind": "visit", "every_days": 9, "active": False}
        )
        self.assertIsNone(self.visits._occasions(self.visits._span(on(0))))
        self.assertIn("No rule says", " ".join(self.visits._problems()))

    # ------------------------------------------------------------ once
    def test_once_for_each_occasion(self):
        """Due since day -10: enters on the day the night comes, then 30 days after that."""
        self.make_rules("visit", {"every_days": 30})
        ann = self.buyer("Ann", on(-40))
        self.refresh(on(0))
        self.visits._start(on(0))
        self.assertEqual(self.sweep(0), 1)
        self.assertEqual(self.of(self.visits, ann).anchor_date, on(-10))
        for days in (0, 1, 2, 30, 45):
            self.assertEqual(self.sweep(days), 0)  # still under way
        mine = self.of(self.visits)
        self.tick(45)
        with self.at(46):
            self.tasks(mine).with_user(self.owner).action_feedback("Talked on the phone")
        self.assertEqual(mine.state, "done")
        # No visit came of it: the next is due 30 days after it began, on a Wednesday.
        self.assertEqual(self.sweep(46), 1)
        self.assertEqual(self.of(self.visits).mapped("anchor_date"), [on(-10), on(30)])

    def test_a_visit_moves_the_next_one(self):
        self.make_rules("visit", {"every_days": 30})
        ann = self.buyer("Ann", on(-40))
        self.refresh(on(0))
        self.sweep(0)
        self.of(self.visits)._engine()._leave("hand", self.moment(0))
        self.meet(ann, 3)
        self.assertEqual(self.sweep(32), 0)
        self.assertEqual(self.sweep(33), 0)  # a Saturday
        self.assertEqual(self.sweep(35), 1)
        self.assertEqual(self.of(self.visits).mapped("anchor_date"), [on(-10), on(33)])

    def test_the_next_version_does_not_begin_anew(self):
        self.make_rules("visit", {"every_days": 30})
        self.buyer("Ann", on(-40))
        self.refresh(on(0))
        self.visits._start(on(0))
        self.sweep(0)
        second = self.sops.browse(self.visits.action_change()["res_id"])
        second._start(on(1))
        self.of(self.visits)._engine()._leave("hand", self.moment(1))
        self.assertEqual(self.sweep(1, second), 0)
        self.assertEqual(self.sweep(30, second), 1)

    def test_a_rest_before_taking_part_again(self):
        """Every 7 days, but 20 days of rest after the end on day 2: due on day 22."""
        self.make_rules("visit", {"every_days": 7})
        self.visits.write({"reentry": "gap", "reentry_days": 20})
        ann = self.buyer("Ann", on(-40))
        self.refresh(on(0))
        self.sweep(0)
        self.of(self.visits)._engine()._leave("hand", self.moment(2))
        self.assertEqual(self.due(self.visits, 21), {})
        self.assertEqual(self.due(self.visits, 22), {ann.name: 22})

    # ------------------------------------------------------------ what a day allows
    def test_never_more_than_a_day_allows(self):
        """Ten overdue with the owner, four with the leader, two a day, over two procedures."""
        self.company.retention_contacts_per_day = 2
        self.make_rules("visit", {"every_days": 30})
        self.make_rules("contact", {"every_days": 5})
        contacts = self.make_cadence("contact")
        for number in range(10):
            self.buyer(f"O{number}", on(-60 - number))
        for number in range(4):
            partner = self.customer(f"L{number}", user_id=self.leader.id)
            self.order(partner, on(-60))
        self.refresh(on(0))
        loads = Counter()
        for days in range(12):
            self.sweep(days, self.visits, contacts)
            self.sweep(days, contacts, self.visits)
            for enrollment in self.enrollments.search([("entered_on", "=", on(days))]):
                loads[enrollment.user_id.login, days] += 1
            self.enrollments.search([("live", "=", True)])._engine()._leave(
                "hand", self.moment(days)
            )
        working = [days for days in range(12) if days % 7 < 5]
        self.assertEqual({days for _user, days in loads}, set(working))
        self.assertEqual(max(loads.values()), 2)
        # Two a day are ten visits, then ten contacts; the leader's four customers are seen in
        # two days, contacted in two more, and again five days later.
        found = [[loads[who, days] for days in working] for who in ("s_owner", "s_leader")]
        self.assertEqual(found, [[2] * 10, [2, 2, 2, 2, 0, 2, 2, 0, 0, 0]])
        # The most overdue came first.
        first = self.of(self.visits).filtered(lambda e: e.entered_on == START)
        names = set(first.filtered(lambda e: e.user_id == self.owner).partner_id.mapped("name"))
        self.assertEqual(names, {"O9", "O8"})

    def test_unsuitable_customers_take_no_room(self):
        self.company.retention_contacts_per_day = 1
        self.make_rules("visit", {"every_days": 30})
        self.buyer("Old", on(-300))
        young = self.buyer("Young", on(-40))
        self.refresh(on(0))
        self.visits.audience_domain = f"[('first_order_date', '>', '{on(-50)}')]"
        self.sweep(0)
        self.assertEqual(self.of(self.visits).partner_id, young)

    def test_the_control_group_takes_no_room(self):
        self.company.retention_contacts_per_day = 1
        self.make_rules("visit", {"every_days": 30})
        people = [self.buyer(f"C{number}", on(-40 - number)) for number in range(8)]
        self.refresh(on(0))
        self.visits.with_context(retention_sop_engine=True).holdout = 50
        arms = [self.visits._arm(partner.id) for partner in reversed(people)]
        self.sweep(0)
        self.assertEqual(len(self.of(self.visits)), arms.index("treated") + 1)

    def test_two_companies(self):
        """Another company's visits, rules and people are not this one's."""
        other = self.make_company("Other", retention_contacts_per_day=3)
        theirs = self.make_user("k_theirs", f"{OURS}.group_user", company=other)
        sop = self.make_cadence("visit", company_id=other.id)
        ann = self.customer("Ann")
        self.order(ann, on(-60))
        self.order(ann, on(-50), company=other)
        self.refresh(on(0))
        self.refresh(on(0), company=other)
        self.make_rules("visit", {"every_days": 30})
        self.meet(ann, -1)
        self.assertEqual(self.due(self.visits, 28), {})
        # The only customer there is a core customer.
        self.assertEqual(self.due(sop, 0), {"Ann": -20})
        self.sweep(0, sop)
        self.assertEqual(self.of(sop).user_id, theirs)
        self.assertFalse(self.of(self.visits))
        mine = self.rules.with_user(self.manager).search([])
        self.assertEqual(mine.company_id, self.company)

    # ------------------------------------------------------------ the plan
    def test_the_plan_is_what_the_nights_do(self):
        self.company.retention_contacts_per_day = 2
        self.make_rules("visit", {"every_days": 9})
        for number in range(7):
            self.buyer(f"P{number}", on(-5 * number))
        self.refresh(on(0))
        planned = self.visits._cadence_plan(on(0))
        made = []
        for days in range(28):
            self.sweep(days)
            found = self.enrollments.search([("entered_on", "=", on(days))])
            made += [(e.partner_id.id, e.user_id.id, on(days)) for e in found]
            self.enrollments.search([("live", "=", True)])._engine()._leave(
                "hand", self.moment(days)
            )
        self.assertEqual(sorted(planned.contacts), sorted(made))
        self.assertEqual(len(made), 20)
        self.assertFalse(planned.left_out)

    def test_the_plan_says_who_does_not_fit(self):
        """30 customers every 10 days are 84 contacts in four weeks; one a day makes 20."""
        self.company.retention_contacts_per_day = 1
        self.make_rules("visit", {"every_days": 10})
        for number in range(30):
            self.buyer(f"P{number:02}", on(-20))
        self.refresh(on(0))
        draft = self.visits
        with self.at(0):
            action = draft.with_user(self.manager).action_cadence_plan()
        plan = self.env["retention.cadence.plan"].browse(action["res_id"])
        self.assertEqual((plan.date_from, plan.date_to), (on(0), on(27)))
        self.assertEqual((plan.contact_count, plan.busiest_day), (20, 1))
        # Ten were never seen, twelve would have been due again by the last working day.
        self.assertEqual((plan.customer_count, plan.left_out_count), (20, 22))
        self.assertEqual(plan.left_out_text, f"{self.owner.name}: 22 customers")
        self.assertEqual(plan.line_ids[0].due_on, on(-10))
        self.assertFalse(self.of(draft))

    def test_what_is_switched_on_goes_first(self):
        self.company.retention_contacts_per_day = 1
        self.make_rules("visit", {"every_days": 7})
        self.buyer("Ann", on(-20))
        self.refresh(on(0))
        self.visits._start(on(0))
        for priority, day in ((20, on(1)), (1, on(0))):
            draft = self.make_cadence("visit", priority=priority)
            contacts = draft._cadence_plan(on(0), 3).contacts
            self.assertEqual([found for _partner, _user, found in contacts], [day])

    def test_only_managers_plan_and_only_such_procedures(self):
        with self.assertRaises(AccessError):
            self.visits.with_user(self.owner).action_cadence_plan()
        plain = self.make_sop(self.task()).with_user(self.manager)
        self.assertRefused(UserError, "when a visit or contact is due", plain.action_cadence_plan)

    def test_day_by_day_of_one_plan(self):
        self.make_rules("visit", {"every_days": 9})
        self.buyer("Ann", on(-5))
        self.refresh(on(0))
        with self.at(0):
            plans = [
                self.env["retention.cadence.plan"].browse(
                    self.visits.with_user(self.manager).action_cadence_plan()["res_id"]
                )
                for _again in range(2)
            ]
        action = plans[0].with_user(self.manager).action_open_days()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertTrue(lines)
        self.assertEqual(lines.plan_id, plans[0])

    def test_rules_say_what_they_ask_for(self):
        rule = self.make_rules("visit", {"every_days": 9})
        self.assertEqual(rule.display_name, "Regular visits: every 9 days")
        action = self.rules.with_user(self.manager).with_company(self.company).action_of_company()
        self.assertEqual(action["res_model"], "retention.cadence")
        self.assertEqual(self.rules._of_company(self.company, "visit"), rule)

    def test_the_library_s_regular_visits(self):
        """Taken from the library and switched on, a visit that is due is taken in and said so."""
        self.buyer("Ann", on(-60))
        self.refresh(on(0))
        sop = self.env.ref(f"{OURS}.sop_visit_core").with_user(self.manager)
        with self.at(0):
            taken = self.sops.browse(sop.action_take_and_start()["res_id"])
        self.assertIn("When it is time for the next visit", taken.summary_text)
        self.assertEqual(self.sweep(0, taken), 1)
