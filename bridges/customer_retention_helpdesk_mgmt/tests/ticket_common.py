"""Tickets opened and closed on fixed days."""

from datetime import timedelta

from odoo.addons.customer_retention.tests.sop_common import START, SopCase


class TicketCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["helpdesk.ticket.stage"]
        shared = {"company_id": False}
        cls.new = stages.create({"name": "Begun", **shared})
        cls.done = stages.create({"name": "Solved", "closed": True, **shared})
        cls.dropped = stages.create(
            {"name": "Dropped", "closed": True, "retention_unsolved": True, **shared}
        )
        cls.complaint = cls.env["helpdesk.ticket.category"].create({"name": "C", **shared})

    @classmethod
    def ticket(cls, partner=None, days=0, hour=9.0, stage=None, **values):
        """Make a ticket that came ``days`` after START."""
        moment = cls.moment(days, hour)
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "It broke",
                "description": "It broke",
                "partner_id": partner and partner.id,
                "company_id": cls.company.id,
                "stage_id": (stage or cls.new).id,
                "last_stage_update": moment,
                **values,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", (moment, ticket.id)
        )
        ticket.invalidate_recordset(["create_date"])
        return ticket

    def move(self, ticket, stage, days, hour=9.0):
        with self.at(days, hour):
            ticket.stage_id = stage

    def answer(self, days, hour=9.0):
        """Do what follows the commit of what was written."""
        self.commit_requests()
        with self.at(days, hour):
            self.answer_requests()
        self.env.invalidate_all()

    def candidates(self, sop, days):
        """Return [(contact, day of the occasion after START, ticket)]."""
        self.env.flush_all()
        rows = sop._engine_env()._candidates(START + timedelta(days=days))
        return sorted(
            (row["contact_id"], (row["anchor_date"] - START).days, row["source_id"]) for row in rows
        )
