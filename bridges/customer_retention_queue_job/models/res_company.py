from odoo import models


class ResCompany(models.Model):
    """The jobs of a company's run."""

    _inherit = "res.company"

    def _retention_job_answer(self):
        """Give fresh customers and due procedures their turn; who is busy has had it."""
        self.env["retention.run"]._answer_meanwhile(self)

    def _retention_job_step(self):
        self.env["retention.run"]._job_step(self)

    def _retention_job_failed(self, **values):
        """Keep on the run what a job could not do; the next hour goes on from there."""
        self.env["retention.run"]._live(self).error = values.get("exc_message")
