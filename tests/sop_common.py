"""Procedures made step by step, and a clock that is moved on from moment to moment."""

from datetime import date, datetime, timedelta

from odoo.tests import freeze_time

from .alert_common import SALES
from .common import RetentionCase

OURS = "customer_retention"
START = date(2026, 6, 1)  # a Monday


class SopCase(RetentionCase):
    """A company in UTC with an account manager, a leader and a manager; sending is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sops = cls.env["retention.sop"]
        cls.steps = cls.env["retention.sop.step"]
        cls.enrollments = cls.env["retention.enrollment"]
        cls.runs = cls.env["retention.sop.step.run"]
        cls.touches = cls.env["retention.touch"]
        others = cls.env["res.users"].search([("company_ids", "in", cls.company.ids)])
        for group in ("group_manager", "group_user"):
            group_id = cls.env.ref(f"{OURS}.{group}").id
            others.write({"group_ids": [(3, group_id)]})
        cls.owner = cls.make_user("s_owner", f"{OURS}.group_user", SALES, email="o@x.test")
        cls.leader = cls.make_user("s_leader", f"{OURS}.group_user", SALES, email="l@x.test")
        cls.manager = cls.make_user("s_manager", f"{OURS}.group_manager", email="m@x.test")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "North",
                "company_id": cls.company.id,
                "user_id": cls.leader.id,
                "member_ids": [(6, 0, cls.owner.ids)],
            }
        )
        cls.company.write({"retention_send": True, "retention_mail_per_hour": 1000})
        cls.env["ir.mail_server"].create({"name": "Out", "smtp_host": "localhost"})
        cls.template = cls.make_template()

    @classmethod
    def make_template(cls, body="<p>Hello <t t-out='object.contact_id.name'/></p>", **values):
        return cls.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": cls.env["ir.model"]._get_id("retention.enrollment"),
                "subject": "Hello {{ object.contact_id.name }}",
                "body_html": body,
                **values,
            }
        )

    @classmethod
    def make_sop(cls, *steps, start=START, **values):
        """Make a procedure of the steps' values, switched on as of ``start`` unless None."""
        sop = cls.sops.create(
            {
                "name": "Procedure",
                "company_id": cls.company.id,
                "trigger": "manual",
                "purpose": "service",
                "goal": "none",
                "step_ids": [
                    (0, 0, {"name": f"Step {n}", "sequence": n, **step})
                    for n, step in enumerate(steps, 1)
                ],
                **values,
            }
        )
        if start:
            sop._start(start)
        return sop

    @classmethod
    def task(cls, **values):
        return {"type": "activity", **values}

    @classmethod
    def mail(cls, **values):
        return {"type": "mail", "template_id": cls.template.id, **values}

    @classmethod
    def buyer(cls, name="Ann", *days, amount=100.0, **values):
        """Make a customer who bought on these days."""
        values.setdefault("email", f"{name.lower()}@x.test")
        values.setdefault("phone", "+1 555 0100")
        partner = cls.customer(name, user_id=cls.owner.id, **values)
        for day in days:
            cls.order(partner, day, amount)
        return partner

    # ------------------------------------------------------------ time
    @classmethod
    def moment(cls, days=0, hour=9.0):
        """Return the moment ``days`` after START at ``hour`` UTC."""
        return datetime.combine(START, datetime.min.time()) + timedelta(days=days, hours=hour)

    @classmethod
    def at(cls, days=0, hour=9.0):
        return freeze_time(cls.moment(days, hour))

    def night(self, days, hour=1.0):
        """Compute everybody as of that day, shortly after midnight."""
        with self.at(days, hour):
            self.refresh(START + timedelta(days=days))

    def fresh(self, partners, days, hour=9.0):
        with self.at(days, hour):
            self.refresh(START + timedelta(days=days), partners)

    def tick(self, days=0, hour=9.0):
        """Let the runner do what is due at that moment; return how many step runs it took."""
        taken = 0
        with self.at(days, hour):
            while found := self.runs._tick(self.company, self.moment(days, hour)):
                taken += found
        self.env.invalidate_all()
        return taken

    @classmethod
    def enter(cls, sop, *partners, days=0, hour=9.0, **row):
        """Take customers into a procedure by hand."""
        moment = cls.moment(days, hour)
        return cls.take_in(sop, cls.rows(partners, moment, **row), moment)

    @classmethod
    def rows(cls, partners, moment, **row):
        """Return what the engine has to know of customers who enter."""
        rows = []
        for partner in partners:
            profile = cls.profile(partner.commercial_partner_id)
            rows.append(
                {
                    "partner_id": partner.commercial_partner_id.id,
                    "contact_id": partner.id,
                    "anchor_date": moment.date(),
                    "source_model": None,
                    "source_id": None,
                    "profile_id": profile.id,
                    **row,
                }
            )
        return rows

    @classmethod
    def take_in(cls, sop, rows, moment):
        with freeze_time(moment):
            return sop._engine_env()._enroll(rows, moment.date(), moment, "hand")

    # ------------------------------------------------------------ looking
    def log(self, enrollments):
        """Return [(step, days after START, hour, state)] of what was done or is due."""
        start = self.moment(0, 0)
        found = []
        for run in enrollments.run_ids.sorted("id"):
            passed = (run.done_at or run.due_at) - start
            found.append((run.step_id.name, passed.days, passed.seconds / 3600, run.state))
        return found

    def of(self, sop, partner=None):
        domain = [("root_id", "=", sop.root_id.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return self.enrollments.search(domain, order="id")

    def tasks(self, enrollments):
        return self.env["mail.activity"].search(
            [("res_model", "=", "retention.enrollment"), ("res_id", "in", enrollments.ids)]
        )

    def mails(self, partner):
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)], order="id")
