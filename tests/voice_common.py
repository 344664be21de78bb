"""Answers of customers on fixed days."""

from datetime import timedelta

from .common import AS_OF
from .health_common import HealthCase

OURS = "customer_retention"


class VoiceCase(HealthCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answers = cls.env["retention.feedback"]

    @classmethod
    def answer(cls, partner, score, days_ago=0, kind="nps", **values):
        """Make an answer of ``partner`` (None: anonymous) some days before AS_OF."""
        return cls.answers.create(
            {
                "partner_id": partner and partner.id,
                "company_id": cls.company.id,
                "date": AS_OF - timedelta(days=days_ago),
                "kind": kind,
                "score": score,
                **values,
            }
        )

    @classmethod
    def person(cls, firm, name):
        return cls.customer(name, is_company=False, parent_id=firm.id)
