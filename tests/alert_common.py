"""Customers with causes, people who take alerts, and nights, for the tests of alerts."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
SALES = "sales_team.group_sale_salesman_all_leads"


class AlertCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alerts = cls.env["retention.alert"]
        cls.company.retention_alerts_started = True
        # Nobody but the people below works for the company.
        cls.owner = cls.make_user("a_owner", f"{OURS}.group_user", SALES)
        cls.leader = cls.make_user("a_leader", f"{OURS}.group_user", SALES)
        cls.manager = cls.make_user("a_manager", f"{OURS}.group_manager", SALES)
        cls.others = cls.env["res.users"].search([("company_ids", "in", cls.company.ids)]) - (
            cls.owner | cls.leader | cls.manager
        )
        cls.others.write({"group_ids": [Command.unlink(cls.env.ref(f"{OURS}.group_manager").id)]})
        cls.others.write({"group_ids": [Command.unlink(cls.env.ref(f"{OURS}.group_user").id)]})
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "member_ids": [Command.set(cls.owner.ids)],
            }
        )
        cls.signals = {s.type: s for s in cls.env["retention.signal"]._of_company(cls.company)}
        cls.clock = freeze_time(f"{AS_OF} 09:00:00")
        cls.clock.start()
        cls.addClassCleanup(cls.clock.stop)

    @classmethod
    def make_profile(cls, name="Ann", level="high", user=None, company=None, **values):
        """Make a customer whose risk level is ``level``; ``user``: account manager."""
        company = company or cls.company
        partner = values.pop("partner", None) or cls.customer(name)
        values.setdefault("value_at_stake", 450)
        return cls.profiles.sudo().create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": (cls.owner if user is None else user).id,
                "risk_level": level,
                "risk_score": {"critical": 80, "high": 60}.get(level, 10),
                "amount_before_last": values["value_at_stake"] / 0.45,
                **values,
            }
        )

    @classmethod
    def make_reason(cls, profile, signal="leave_intent", fires=True, **values):
        return cls.env["retention.reason"].create(
            {
                "profile_id": profile.id,
                "company_id": profile.company_id.id,
                "signal_id": cls.signals[signal].id,
                "fires": fires,
                "since": AS_OF,
                **values,
            }
        )

    @classmethod
    def sync(cls, days=0, nightly=False, profiles=None, company=None):
        """Run the engine's alerts ``days`` after AS_OF; return what is live."""
        company = company or cls.company
        partner_ids = profiles.partner_id.ids if profiles is not None else None
        cls.alerts._sync(company, AS_OF + timedelta(days=days), partner_ids, nightly)
        cls.env.flush_all()
        return cls.alerts.search([("company_id", "=", company.id), ("live", "=", True)])

    @classmethod
    def night(cls, days=0):
        return cls.sync(days, nightly=True)

    @classmethod
    def at(cls, days):
        """Return a context in which it is 9:00 on that day after AS_OF."""
        return freeze_time(f"{AS_OF + timedelta(days=days)} 09:00:00")

    @classmethod
    def answer(cls, alert, outcome="saved", user=None, **values):
        """Close ``alert`` as its owner does, through the dialog."""
        user = user or alert.user_id
        mine = alert.with_user(user).with_context(allowed_company_ids=alert.company_id.ids)
        action = mine.action_close_with(outcome)
        wizard = mine.env["retention.alert.outcome"].with_context(**action["context"])
        wizard.create({"root_cause": "price", "attempt": "Called", **values}).action_apply()
        cls.env.flush_all()

    def tasks(self, alert):
        types = list(self.alerts._task_type_ids().values())
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "retention.alert"),
                ("res_id", "in", alert.ids),
                ("activity_type_id", "in", types),
            ]
        )

    def day(self, days):
        return AS_OF + timedelta(days=days)
