from odoo import api, models


class RetentionReviewReport(models.AbstractModel):
    """A review on paper: one page for the boss, then the details."""

    _name = "report.customer_retention.review"
    _description = "Retention Review on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:raises AccessError: for those who may not read one of the reviews"""
        reviews = self.env["retention.review"].browse(docids)
        reviews.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": reviews._name,
            "docs": reviews,
            "pages": [(review, review._page()) for review in reviews],
        }
