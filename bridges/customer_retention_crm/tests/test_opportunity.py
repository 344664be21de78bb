"""Opportunities that procedures open, procedures that they start, and contact on leads."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.customer_retention.tests.sop_common import START, SopCase

SLACK = 6  # an insert more per some rows


@tagged("post_install", "-at_install")
class TestOpportunity(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second, cls.won = cls.env["crm.stage"].create(
            [
                {"name": "Begun", "sequence": 1},
                {"name": "Offered", "sequence": 2},
                {"name": "Sold", "sequence": 3, "is_won": True},
            ]
        )
        cls.tag = cls.env["crm.tag"].create({"name": "Second order"})

    @classmethod
    def opportunity(cls, **values):
        return {"type": "opportunity", "name": "Offer a refill", "note": "<p>Ask</p>", **values}

    def leads(self, *partners):
        ids = [partner.commercial_partner_id.id for partner in partners]
        return self.env["crm.lead"].search([("partner_id", "child_of", ids)], order="id")

    # ------------------------------------------------------------ the step
    def test_opened_once(self):
        sop = self.make_sop(self.opportunity(lead_tag_id=self.tag.id))
        ann = self.buyer("Ann")
        contact = self.env["res.partner"].create({"name": "Ina", "parent_id": ann.id})
        mine = self.enter(sop, contact)
        self.assertEqual(self.tick(0), 1)
        self.assertEqual(self.tick(1), 0)
        lead = self.leads(ann)
        self.assertRecordValues(
            lead,
            [
                {
                    "type": "opportunity",
                    "name": "Offer a refill: Ann",
                    "partner_id": contact.id,
                    "user_id": self.owner.id,
                    "team_id": mine.team_id.id,
                    "company_id": self.company.id,
                    "expected_revenue": 0,
                    "tag_ids": self.tag.ids,
                }
            ],
        )
        self.assertIn("Ask", lead.description)
        self.assertIn(self.owner.partner_id, lead.message_partner_ids)
        self.assertEqual((mine.run_ids.res_model, mine.run_ids.res_id), ("crm.lead", lead.id))
        self.assertEqual(mine.state, "done")

    def test_joins_the_one_that_it_opened(self):
        sop = self.make_sop(self.opportunity(), self.opportunity(name="Again", delay_count=5))
        ann = self.buyer("Ann")
        other = self.env["crm.lead"].create(
            {"name": "By hand", "type": "opportunity", "partner_id": ann.id}
        )
        self.enter(sop, ann)
        self.tick(0)
        lead = self.leads(ann) - other
        self.tick(5)
        self.assertEqual(self.leads(ann) - other, lead)
        self.assertIn("Again", lead.message_ids[0].body)
        # The next version goes on with it too; what is lost is not taken up again.
        newer = self.sops.browse(sop.action_change()["res_id"])
        newer._start(START)
        self.enter(newer, ann, days=6)
        self.tick(6)
        self.assertEqual(self.leads(ann) - other, lead)
        lead.action_set_lost()
        self.tick(11)
        self.assertEqual(len(self.leads(ann) - other), 1)
        self.assertNotEqual(self.leads(ann) - other, lead)

    def test_two_contacts_of_one_customer(self):
        ann = self.buyer("Ann")
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": ann.id} for name in ("Ina", "Ida")]
        )
        mine = self.enter(self.make_sop(self.opportunity()), *people)
        self.tick(0)
        self.assertEqual(len(self.leads(ann)), 1)
        self.assertEqual(mine.mapped("state"), ["done", "done"])

    def test_another_procedure_opens_its_own(self):
        ann = self.buyer("Ann")
        self.enter(self.make_sop(self.opportunity()), ann)
        self.enter(self.make_sop(self.opportunity()), ann)
        self.tick(0)
        self.assertEqual(len(self.leads(ann)), 2)

    def test_a_poisoned_customer_stops_nobody_else(self):
        buyers = [self.buyer(f"C{n}") for n in range(6)]
        mine = self.enter(self.make_sop(self.opportunity()), *buyers)
        foreign = self.env["crm.team"].create(
            {"name": "Elsewhere", "company_id": self.make_company("Other").id}
        )
        mine[3].sudo().team_id = foreign
        self.tick(0)
        self.assertEqual(mine.mapped("state"), ["stuck" if n == 3 else "done" for n in range(6)])
        self.assertEqual(len(self.leads(*buyers)), 5)

    def test_stays_when_the_customer_leaves(self):
        ann = self.buyer("Ann")
        mine = self.enter(self.make_sop(self.opportunity(), self.task(delay_count=5)), ann)
        self.tick(0)
        with self.at(1):
            mine.action_leave()
        self.assertEqual(self.leads(ann).won_status, "pending")

    def test_constant_number_of_queries(self):
        counts = []
        for count in (2, 2, 30):  # the first fills what is cached for good
            sop = self.make_sop(self.opportunity())
            self.enter(sop, *(self.buyer(f"C{n}") for n in range(count)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.tick(0), count)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + SLACK)

    # ------------------------------------------------------------ the trigger
    def lead(self, partner, stage=None, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": self.owner.id,
                "team_id": False,
                "company_id": self.company.id,
                "stage_id": (stage or self.first).id,
                **values,
            }
        )

    def entering(self, event, day, **values):
        sop = self.make_sop(self.task(), trigger="opportunity", trigger_crm_event=event, **values)
        return {row["partner_id"]: row for row in sop._candidates(day)}

    def moved(self, day, *leads):
        """Have it all happened on ``day``; Odoo takes the clock of the database."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET date_last_stage_update = %(moment)s,
                   date_closed = CASE WHEN date_closed IS NOT NULL THEN %(moment)s::timestamp END
               WHERE id = ANY(%(ids)s)""",
            {"moment": f"{day} 10:00:00", "ids": [lead.id for lead in leads]},
        )
        self.env.invalidate_all()

    def test_won_lost_or_in_a_stage(self):
        ann, bob, cem, dan = (self.buyer(name) for name in ("Ann", "Bob", "Cem", "Dan"))
        won, lost, offered, begun = (self.lead(partner) for partner in (ann, bob, cem, dan))
        won.action_set_won()
        lost.action_set_lost()
        offered.stage_id = self.second
        day = START + timedelta(days=3)
        self.moved(day, won, lost, offered, begun)
        found = self.entering("won", day)
        self.assertEqual(set(found), {ann.id})
        row = found[ann.id]
        self.assertEqual(
            (row["anchor_date"], row["source_model"], row["source_id"]), (day, "crm.lead", won.id)
        )
        self.assertEqual(set(self.entering("lost", day)), {bob.id})
        found = self.entering("stage", day, trigger_crm_stage_id=self.second.id)
        self.assertEqual(set(found), {cem.id})
        self.assertFalse(self.entering("lost", day - timedelta(days=1)))

    def test_of_our_companies_only(self):
        """Without a company, it belongs where its salesperson works."""
        other = self.make_company("Other")
        stranger = self.make_user("s_stranger", company=other)
        day = START
        ann, bob, cem = (self.buyer(name) for name in ("Ann", "Bob", "Cem"))
        leads = (
            self.lead(ann, company_id=False),
            self.lead(bob, company_id=False, user_id=stranger.id),
            self.lead(cem, company_id=other.id, user_id=stranger.id),
        )
        for lead in leads:
            lead.with_context(allowed_company_ids=other.ids).sudo().action_set_lost()
        self.moved(day, *leads)
        self.assertEqual(set(self.entering("lost", day)), {ann.id})

    def test_looked_at_as_it_happens(self):
        ann = self.buyer("Ann")
        lead = self.lead(ann)
        requests = self.env["retention.refresh.request"]
        self.commit_requests()
        requests.search([]).unlink()
        lead.action_set_lost()
        self.commit_requests()
        self.assertEqual(requests._pending_partner_ids(ann.ids), {ann.id})

    def test_something_missing(self):
        sop = self.make_sop(self.task(), start=None, trigger="opportunity")
        self.assertEqual(sop._problems(), ["Fill in: What Happens to It"])
        sop.trigger_crm_event = "stage"
        self.assertEqual(sop._problems(), ["Say which stage of the opportunity counts."])

    # ------------------------------------------------------------ contact
    def test_a_call_on_a_lead_is_contact(self):
        ann = self.buyer("Ann", START - timedelta(days=30))
        lead = self.lead(ann)
        with self.at(-3):
            task = lead.activity_schedule("mail.mail_activity_data_call", user_id=self.owner.id)
            task.action_feedback("Talked")
            self.env.flush_all()
        self.refresh(START)
        self.assertEqual(self.profile(ann).last_interaction_date, START - timedelta(days=3))

    # ------------------------------------------------------------ access
    def test_access(self):
        """Managers set procedures up without being salespeople; they see no opportunities."""
        sop = self.make_sop(self.opportunity(lead_tag_id=self.tag.id), start=None)
        ours = sop.with_user(self.manager)
        ours.write(
            {
                "trigger": "opportunity",
                "trigger_crm_event": "stage",
                "trigger_crm_stage_id": self.second.id,
            }
        )
        self.assertEqual(ours.step_ids.lead_tag_id.name, "Second order")
        with self.assertRaises(AccessError):
            self.lead(self.buyer("Ann")).with_user(self.manager).read(["name"])
