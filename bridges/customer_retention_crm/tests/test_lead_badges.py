"""What opportunities show of their customer; to whom they were lost; the customer page."""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.tests.page_common import OURS, PageCase
from odoo.addons.customer_retention.tests.shield_common import fake_requests, open_request


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 10:00:00")
class TestLeadBadges(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fake_requests(cls)
        cls.high, cls.low = cls.env.ref(f"{OURS}.scheme_four").segment_ids[:2]
        cls.tier = cls.env["retention.tier"].create(
            {"name": "Gold", "level": 1, "min_amount": 1, "company_id": cls.company.id}
        )
        cls.profile_of_firm = cls.profiles.sudo().create(
            {
                "partner_id": cls.firm.id,
                "company_id": cls.company.id,
                "tier_id": cls.tier.id,
                "segment_id": cls.high.id,
                "risk_level": "watch",
            }
        )
        cls.begun = cls.env["crm.stage"].create({"name": "Begun", "sequence": 1})
        cls.rival = cls.env["retention.competitor"].create({"name": "Rival"})
        cls.seller = cls.make_user("l_seller", "sales_team.group_sale_salesman_all_leads")

    def lead(self, partner=None, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Deal",
                "type": "opportunity",
                "partner_id": (self.contact if partner is None else partner).id,
                "user_id": self.user.id,
                "team_id": False,
                "company_id": self.company.id,
                "stage_id": self.begun.id,
                "expected_revenue": 100,
                **values,
            }
        )

    def lose(self, user, leads, competitor=None):
        wizard = Form(
            self.as_user(user, self.env["crm.lead.lost"]).with_context(
                default_lead_ids=leads.ids, allowed_company_ids=self.company.ids
            )
        )
        if competitor:
            wizard.retention_competitor_id = self.as_user(user, competitor)
        wizard.save().action_lost_reason_apply()
        self.env.invalidate_all()

    # ------------------------------------------------------------ badges
    def test_badges(self):
        lead, other = self.lead(), self.lead(self.customer("Cid"))
        mine = self.as_user(self.user, lead)
        self.assertEqual(
            (mine.retention_tier_id, mine.retention_segment_id, mine.retention_light),
            (self.tier, self.high, "yellow"),
        )
        leads = self.as_user(self.user, self.env["crm.lead"])
        own = [("id", "in", (lead | other).ids)]
        self.assertEqual(leads.search([*own, ("retention_tier_id", "=", self.tier.id)]), mine)
        self.assertEqual(leads.search([*own, ("retention_light", "=", "yellow")]), mine)
        rows = leads._read_group(own, ["retention_segment_id"], ["__count"])
        self.assertEqual({s.id: count for s, count in rows}, {self.high.id: 1, False: 1})

    def test_without_a_company_the_current_one_counts(self):
        other = self.make_company("Other")
        self.profiles.sudo().create(
            {"partner_id": self.firm.id, "company_id": other.id, "segment_id": self.low.id}
        )
        lead = self.lead(company_id=False)
        self.env.user.company_ids |= other
        for company, segment in ((self.company, self.high), (other, self.low)):
            mine = lead.with_context(allowed_company_ids=company.ids)
            self.assertEqual(mine.retention_segment_id, segment)
            found = mine.search([("id", "=", lead.id), ("retention_segment_id", "=", segment.id)])
            self.assertEqual(found, lead)

    @mute_logger("odoo.models")
    def test_others_reach_none_of_it(self):
        leads = self.as_user(self.seller, self.env["crm.lead"])
        visible = leads.fields_get()
        for name in (
            "retention_tier_id",
            "retention_segment_id",
            "retention_light",
            "retention_profile_id",
            "retention_competitor_id",
        ):
            self.assertNotIn(name, visible)
            for call in (
                lambda n=name: leads.search_read([], [n], limit=1),
                lambda n=name: leads.search([(n, "!=", False)], limit=1),
                lambda n=name: leads.search([], order=n, limit=1),
                lambda n=name: leads.formatted_read_group([], [n], ["__count"]),
            ):
                with self.subTest(field=name):
                    self.assertUnreachable(call)
        views = leads.get_views(
            [(False, "list"), (False, "form"), (False, "search"), (False, "kanban")]
        )["views"]
        for view in views.values():
            for word in ("retention_tier", "retention_segment", "retention_competitor"):
                self.assertNotIn(word, view["arch"])

    def assertUnreachable(self, call):
        try:
            with self.env.cr.savepoint():
                call()
        except (AccessError, ValueError):
            return
        self.fail("the values can be reached")

    def test_as_many_queries_for_eighty_as_for_eight(self):
        for number in range(80):
            partner = self.customer(f"C{number}")
            open_request(self, partner, name=f"R{number}")
            self.lead(partner)
        leads = self.env["crm.lead"].search([("company_id", "=", self.company.id)])
        leads = self.as_user(self.user, leads)
        names = ["retention_tier_id", "retention_light", "retention_problem_text"]
        few = self.queries(lambda: leads[:8].read(names))
        self.assertEqual(self.queries(lambda: leads.read(names)), few)

    # ------------------------------------------------------------ the shield
    def test_an_open_problem(self):
        lead = self.lead()
        self.assertFalse(lead.retention_problem_title)
        open_request(self, self.firm)
        mine = self.as_user(self.user, lead)
        self.assertEqual(mine.retention_problem_title, "Do not sell: open problem")
        self.assertEqual(mine.retention_problem_text, "Broken pump, open since 06/01/2026")
        lead.action_set_lost()
        self.assertFalse(mine.retention_problem_title)

    # ------------------------------------------------------------ lost to a competitor
    def test_lost_to_a_competitor(self):
        leads = self.lead() | self.lead(self.env["res.partner"], name="Stranger")
        self.lose(self.user, leads, self.rival)
        self.assertEqual(leads.mapped("won_status"), ["lost", "lost"])
        self.assertEqual(leads.retention_competitor_id, self.rival)
        note = self.env["retention.competitor.note"].search([("competitor_id", "=", self.rival.id)])
        self.assertEqual(
            (note.partner_id, note.commercial_partner_id, note.company_id, note.note),
            (self.contact, self.firm, self.company, "Lost opportunity: Deal"),
        )
        self.assertEqual((str(note.date), note.result, note.amount), ("2026-06-30", "lost", 100.0))
        self.as_user(self.seller, leads).action_unarchive()
        self.assertFalse(leads.retention_competitor_id)

    def test_lost_to_nobody_in_particular(self):
        for user in (self.user, self.seller):
            lead = self.lead(user_id=user.id)
            self.lose(user, lead)
            self.assertEqual(lead.won_status, "lost")
            self.assertFalse(lead.retention_competitor_id)
        notes = self.env["retention.competitor.note"]
        self.assertFalse(notes.search([("partner_id", "=", self.contact.id)]))

    def test_sellers_without_our_group_do_not_see_competitors(self):
        wizard = self.as_user(self.seller, self.env["crm.lead.lost"])
        self.assertNotIn("retention_competitor_id", wizard.get_view(view_type="form")["arch"])

    # ------------------------------------------------------------ the customer page
    def test_open_opportunities_on_the_page(self):
        for number in range(5):
            self.lead(name=f"Deal {number}")
        self.lead(name="Lost").action_set_lost()
        self.lead(self.customer("Cid"), name="Cid's")
        [block] = self.page()["lists"]
        self.assertEqual((block["key"], block["count"]), ("opportunity", 5))
        self.assertEqual(len(block["entries"]), 4)
        entry = block["entries"][0]
        self.assertEqual(entry["badge"], "Begun")
        self.assertIn("100.00", entry["note"])
        # Who sees only their own opportunities is shown those.
        self.assertEqual(self.page(user=self.own_only)["lists"], [])

    def test_timeline(self):
        won, lost = self.lead(name="Won"), self.lead(name="Lost")
        won.action_set_won()
        self.lose(self.user, lost, self.rival)
        self.lead(name="Open")
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_lead SET create_date = '2026-06-01 10:00',
                   date_closed = CASE WHEN won_status = 'pending' THEN NULL
                                      ELSE '2026-06-20 10:00'::timestamp END
               WHERE company_id = %s""",
            (self.company.id,),
        )
        self.env.invalidate_all()
        timeline = self.as_user(self.user, self.env["retention.timeline"])
        ended = timeline.load(self.firm.id, kind="opportunity_end")["entries"]
        self.assertEqual(
            {(e["title"], e["text"], e["day"]) for e in ended},
            {("Won", "Won", "06/20/2026"), ("Lost", "Lost · to Rival", "06/20/2026")},
        )
        come = timeline.load(self.firm.id, kind="opportunity")["entries"]
        self.assertEqual({e["title"] for e in come}, {"Won", "Lost", "Open"})
        everything = timeline.load(self.firm.id)["entries"]
        self.assertEqual(len({e["key"] for e in everything}), len(everything))
        hidden = self.as_user(self.own_only, self.env["retention.timeline"])
        self.assertEqual(hidden.load(self.firm.id, kind="opportunity")["entries"], [])
