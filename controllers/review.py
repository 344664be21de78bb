from odoo import http
from odoo.http import content_disposition, request

from ..models.retention_review_schedule import XLSX_TYPE


class RetentionReviewFile(http.Controller):
    """The workbook of a review, for whoever may read the review."""

    @http.route(
        "/retention/review/<int:review_id>/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def xlsx(self, review_id):
        """:raises NotFound: without such a review; AccessError: for those who may not read it"""
        review = request.env["retention.review"].browse(review_id).exists()
        if not review:
            raise request.not_found()
        review.check_access("read")
        content = review._xlsx()
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX_TYPE),
                ("Content-Length", str(len(content))),
                ("Content-Disposition", content_disposition(f"{review._file_name()}.xlsx")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
