"""Customers and requests for the tests of the contact gate."""

from datetime import datetime, timedelta

from odoo.addons.customer_retention.analytics.gate import Ask

from .common import AS_OF, RetentionCase

NOON = datetime(2026, 6, 30, 12)  # a Tuesday
DAY = timedelta(days=1)
OURS = "customer_retention"


class GateCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tz": False})
        cls.company = cls.company.with_env(cls.env)
        cls.company.retention_send = True
        cls.touches = cls.env["retention.touch"]
        cls.ann = cls.customer("Ann")
        cls.person = cls.contact(cls.ann, "Pia")

    @classmethod
    def customer(cls, name="Customer", **values):
        return super().customer(
            name, **{"email": f"{name.lower()}@example.com", "phone": "+1 555 0100", **values}
        )

    @classmethod
    def contact(cls, customer, name, **values):
        return cls.customer(name, is_company=False, parent_id=customer.id, **values)

    @classmethod
    def ask(cls, contact=None, key=None, channel="mail", purpose="care", moment=NOON, **values):
        contact = contact or cls.person
        return Ask(
            contact.id if key is None else key,
            contact.commercial_partner_id.id,
            contact.id,
            channel,
            purpose,
            moment,
            **values,
        )

    @classmethod
    def gate(cls, *asks, now=NOON, **options):
        cls.env.flush_all()
        return cls.touches._gate(cls.company, asks, now, **options)

    def judge(self, contact=None, now=NOON, **values):
        """Return (state, reason, until) for one request."""
        ask = self.ask(contact, **{"moment": now, **values})
        return self.gate(ask, now=now)[ask.key][:3]

    @classmethod
    def touched(cls, contact=None, moment=NOON, **values):
        """Record a touch that happened at ``moment``."""
        contact = contact or cls.person
        return cls.touches.create(
            {
                "partner_id": contact.commercial_partner_id.id,
                "contact_id": contact.id,
                "company_id": cls.company.id,
                "channel": "mail",
                "purpose": "care",
                "state": "done",
                "asked_at": moment,
                "date": moment,
                **values,
            }
        )

    @classmethod
    def make_profile(cls, partner, age=None, **values):
        """Make a profile; ``age``: days since the first purchase."""
        first = AS_OF - timedelta(days=age) if age is not None else False
        return cls.profiles.sudo().create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "first_order_date": first,
                **values,
            }
        )
