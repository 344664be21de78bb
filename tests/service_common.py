"""A customer with cases, and people who work on them, sell, or do neither."""

from datetime import timedelta

from .alert_common import OURS, AlertCase
from .common import AS_OF


class ServiceCase(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls.customer("Firm")
        cls.bo = cls.env["res.partner"].create({"name": "Bo", "parent_id": cls.firm.id})
        cls.plain = cls.make_user("v_plain", "sales_team.group_sale_manager", name="Pat")
        cls.other = cls.make_company("Other")
        cls.stranger = cls.make_user("v_other", f"{OURS}.group_manager", company=cls.other)
        cls.owner.name = "Uma"

    @classmethod
    def judged(cls, partner=None, **values):
        """Make the profile of a customer whom Uma looks after."""
        partner = partner or cls.firm
        return cls.make_profile(
            partner=partner, first_order_date=AS_OF - timedelta(days=400), **values
        )

    @classmethod
    def case(cls, partner=None, severity="1", opened=AS_OF, **values):
        return cls.env["retention.case"].create(
            {
                "name": "It broke",
                "partner_id": (partner or cls.bo).id,
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "severity": severity,
                "opened_at": f"{opened} 08:00:00",
                **values,
            }
        )

    @classmethod
    def as_user(cls, user, model="retention.service"):
        return cls.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def call(self, name, record, *args, user=None):
        """Call the façade as ``user``."""
        self.env.flush_all()
        service = self.as_user(user or self.owner)
        return getattr(service, name)(record._name, record.id, *args)

    def block(self, record, key, user=None):
        blocks = self.call("panel_more", record, user=user)
        return next((block for block in blocks if block["key"] == key), None)

    @classmethod
    def promise(cls, days=3, **values):
        return cls.env["retention.promise"].create(
            {
                "name": "A new pump",
                "partner_id": cls.bo.id,
                "company_id": cls.company.id,
                "due_date": AS_OF + timedelta(days=days),
                "user_id": cls.owner.id,
                **values,
            }
        )

    def cues(self, record):
        return self.env["retention.cue"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
