"""A company whose customers are computed by jobs, three at a time."""

from odoo.tests import freeze_time

from odoo.addons.customer_retention.tests.common import AS_OF, RetentionCase
from odoo.addons.queue_job.tests.common import trap_jobs

COLUMNS = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "revenue_total",
    "rfm_score",
    "is_core",
    "segment_id",
    "stage",
    "risk_score",
    "risk_level",
    "value_at_stake",
)


class JobsCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"]
        parameters.set_param("customer_retention.chunk", "3")
        parameters.set_param("customer_retention.parts", "4")
        parameters.set_param("customer_retention.jobs", "1")
        cls.runs = cls.env["retention.run"]
        cls.partners = cls.env["res.partner"]
        for number in range(20):
            partner = cls.customer(f"Customer {number}")
            cls.orders(partner, *range(number * 9, 700, 35 + 40 * number), amount=10 + number)
            cls.partners |= partner
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        frozen = freeze_time(f"{AS_OF} 12:00:00")
        frozen.start()
        self.addCleanup(frozen.stop)

    def work(self, company=None, before=None):
        """Do all jobs of the company's night; ``before(jobs)`` looks at each batch first.

        :return: the names of the jobs' methods, in the order they were asked for
        """
        company, names = company or self.company, []
        with trap_jobs() as trap:
            self.runs._delay_next(company)
            while trap.enqueued_jobs:
                names += [job.method_name for job in trap.enqueued_jobs]
                if before:
                    before(trap.enqueued_jobs)
                for job in trap.enqueued_jobs:
                    job._env = self.env  # the one that asked for it is over
                with self.enter_registry_test_mode():
                    trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return names

    def figures(self, company=None):
        company = company or self.company
        profiles = self.profiles.search([("company_id", "=", company.id)])
        return {
            profile.partner_id: [
                profile[name].id if name == "segment_id" else profile[name] for name in COLUMNS
            ]
            for profile in profiles
        }
