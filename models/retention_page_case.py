from odoo import api, models

from .retention_page_file import Block


class RetentionPage(models.AbstractModel):
    """Open cases among the blocks of the customer file."""

    _inherit = "retention.page"

    @api.model
    def _blocks(self):
        blocks = super()._blocks()
        if self.env["retention.case"]._kept_elsewhere():
            return blocks
        label = self.env._("Open cases")
        waiting = [("closed_at", "=", False)]
        order = "severity desc, opened_at, id"
        return [Block("case", "retention.case", label, waiting, order, "_case"), *blocks]

    @api.model
    def _tell_case(self, case, customer):
        label = self.env["retention.timeline"]._label
        tone = "text-bg-light"
        if case.reply_missed or case.severity >= "2":
            tone = "text-bg-danger"
        return {
            "title": case.display_name,
            "badge": label(case, "severity"),
            "tone": tone,
            "note": self._join(
                label(case, "kind"),
                label(case, "state"),
                case.user_id.sudo().name,
                self._person(case, customer),
            ),
        }
