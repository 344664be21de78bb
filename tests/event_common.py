"""Events from outside, on fixed days."""

from datetime import datetime, timedelta

from .common import AS_OF
from .page_common import OURS, PageCase

NOW = datetime(2026, 6, 30, 12)


class EventCase(PageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = cls.env["retention.event"]
        cls.machine = cls.make_user("e_machine", f"{OURS}.group_integration")
        cls.manager = cls.make_user("e_manager", f"{OURS}.group_manager")

    @classmethod
    def event(cls, partner=None, days_ago=0, **values):
        moment = datetime.combine(AS_OF - timedelta(days=days_ago), datetime.min.time())
        return cls.events.create(
            {
                "partner_id": (partner or cls.firm).id,
                "company_id": cls.company.id,
                "kind": "login",
                "moment": moment + timedelta(hours=9),
                **values,
            }
        )

    def row(self, number, **values):
        """Return an event as another system sends it."""
        return {
            "kind": "login",
            "moment": "2026-06-30T08:00:00Z",
            "outside_id": str(number),
            "partner_id": self.firm.id,
            **values,
        }

    def send(self, *rows, user=None):
        events = self.as_user(user or self.machine, self.events)
        return events.action_record(list(rows))
