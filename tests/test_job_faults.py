"""Every scheduled job has a kill test: dev/job-faults takes its work from dev/faults_due.py."""

import importlib.util
from pathlib import Path

from odoo.tests import TransactionCase, tagged

WORK = Path(__file__).resolve().parents[1] / "dev" / "faults_due.py"


@tagged("post_install", "-at_install")
class TestJobFaults(TransactionCase):
    def test_every_job_has_work_to_be_killed_at(self):
        spec = importlib.util.spec_from_file_location("faults_due", WORK)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        ours = {
            name
            for cron, name in self.env["ir.cron"]
            .with_context(active_test=False)
            .search([])
            .get_external_id()
            .items()
            if name.startswith("customer_retention")
            or self.env["ir.cron"].browse(cron).model_id.model.startswith("retention.")
        }
        self.assertEqual(module.DUE.keys(), ours)
