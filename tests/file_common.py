"""People and records for the tests of the customer file."""

from datetime import timedelta

from odoo.fields import Command

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
NOON = f"{AS_OF} 12:00:00"


def days(count):
    return AS_OF + timedelta(days=count)


class CustomerFileCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls.customer("Ann"), cls.customer("Bob")
        cls.other = cls.make_company("Other")
        cls.user = cls.make_user("f_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.manager = cls.make_user("f_manager", f"{OURS}.group_manager")
        cls.stranger = cls.make_user("f_other", f"{OURS}.group_manager", company=cls.other)

    def as_user(self, model, user=None):
        user = user or self.user
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    def one_of_each(self, partner, user=None):
        """Return {model: a record of the customer file of ``partner``}."""
        rival = self.as_user("retention.competitor").create({"name": "Rival"})
        values = {
            "retention.promise": {"name": "Send a pump", "due_date": AS_OF},
            "retention.need": {"name": "Delivery on Saturdays"},
            "retention.key.date": {"month": 7, "day": 1},
            "retention.agreement": {"name": "Maintenance", "start": AS_OF},
            "retention.preference": {"channel": "wechat"},
            "retention.compensation": {"amount": 9, "reason": "It came late"},
            "retention.competitor.note": {"competitor_id": rival.id, "price": 9},
            "retention.plan": {
                "name": "Two new lines",
                "goal_ids": [Command.create({"name": "Orders", "target": 4})],
            },
            "retention.referral": {"referred_by_id": self.bob.id},
            "retention.optout": {"purpose": "promotion"},
            "retention.feedback": {"kind": "nps", "score": 9},
            "retention.case": {"name": "The pump leaks"},
        }
        self.assertEqual(
            set(values),
            {model._name for model in self.env["retention.file.record"]._file_models()},
        )
        return {
            model: self.as_user(model, user).create({"partner_id": partner.id, **vals})
            for model, vals in values.items()
        }
