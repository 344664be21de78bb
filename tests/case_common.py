"""Cases that come and go at fixed moments."""

from datetime import timedelta

from .sop_common import START, SopCase

MINUTE = timedelta(minutes=1)


class CaseCase(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = cls.env["retention.case"].with_company(cls.company)
        cls.theme = cls.env["retention.theme"].create({"name": "Delivery"})

    @classmethod
    def case(cls, partner=None, days=0, hour=9.0, **values):
        """Note a case that came ``days`` after START."""
        with cls.at(days, hour):
            return cls.cases.create(
                {
                    "name": "It broke",
                    "partner_id": partner and partner.id,
                    "company_id": cls.company.id,
                    "opened_at": cls.moment(days, hour),
                    **values,
                }
            )

    def close(self, case, days, hour=9.0, state="solved"):
        with self.at(days, hour):
            case.write({"state": state, "resolution": "A new one was sent"})
            self.env.flush_all()

    def answer(self, days, hour=9.0):
        """Do what follows the commit of what was written."""
        self.commit_requests()
        with self.at(days, hour):
            self.answer_requests()
        self.env.invalidate_all()

    def candidates(self, sop, days):
        """Return [(contact, day of the occasion after START, case)]."""
        self.env.flush_all()
        rows = sop._engine_env()._candidates(START + timedelta(days=days))
        return sorted(
            (row["contact_id"], (row["anchor_date"] - START).days, row["source_id"]) for row in rows
        )
