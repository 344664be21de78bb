"""Events and registrations on fixed days."""

from datetime import timedelta

from odoo.addons.customer_retention.tests.sop_common import START, SopCase

EVENT_DAY = 37  # after START: Wednesday, 8 July 2026


class EventCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.event = cls.make_event()

    @classmethod
    def make_event(cls, day=EVENT_DAY, **values):
        return cls.env["event.event"].create(
            {
                "name": "Open house",
                "date_begin": cls.moment(day, 14),
                "date_end": cls.moment(day, 17),
                "date_tz": "UTC",
                "company_id": cls.company.id,
                "event_mail_ids": False,
                **values,
            }
        )

    @classmethod
    def register(cls, partner=None, day=20, event=None, state="open", came=None, **values):
        """Make a registration ``day`` days after START, with who came on day ``came``."""
        registration = cls.env["event.registration"].create(
            {
                "event_id": (event or cls.event).id,
                "partner_id": partner and partner.id,
                "state": state,
                "date_closed": cls.moment(came, 15) if came is not None else False,
                **values,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE event_registration SET create_date = %s WHERE id = %s",
            (cls.moment(day, 12), registration.id),
        )
        registration.invalidate_recordset(["create_date"])
        return registration

    def attend(self, registration, day=EVENT_DAY):
        registration.write({"state": "done", "date_closed": self.moment(day, 15)})

    @classmethod
    def colleague(cls, partner, name="Eve"):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": partner.id, "email": f"{name.lower()}@x.test"}
        )

    def candidates(self, sop, day):
        self.env.flush_all()
        rows = sop._engine_env()._candidates(START + timedelta(days=day))
        return [(row["contact_id"], row["source_id"]) for row in rows]
