"""People and talks for the tests of follow-up records."""

from datetime import datetime

from .common import RetentionCase

OURS = "customer_retention"
NOON = datetime(2026, 6, 20, 12)


class InteractionCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = cls.env["retention.interaction"]
        cls.ann = cls.customer("Ann")
        cls.user = cls.make_user("i_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.colleague = cls.make_user("i_colleague", f"{OURS}.group_user")
        cls.manager = cls.make_user("i_manager", f"{OURS}.group_manager")

    @classmethod
    def talk(cls, partner=None, **values):
        """Note a call of ``cls.user`` with Ann, at noon of a fixed day."""
        partner = partner or cls.ann
        talk = cls.as_user(cls.user).create(
            {"partner_id": partner.id, "kind": "call", "date": NOON, **values}
        )
        return talk.with_env(cls.env)

    @classmethod
    def as_user(cls, user):
        return cls.records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
