from odoo import api, models

LIMIT = 4


class RetentionPage(models.AbstractModel):
    """Open opportunities on the customer page, those that the reader may see."""

    _inherit = "retention.page"

    @api.model
    def _lists(self, customer, company, problems, readable):
        lists = super()._lists(customer, company, problems, readable)
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return lists
        domain = leads._retention_open_domain(customer, company)
        found = leads.search_fetch(
            domain, ["name", "stage_id", "user_id", "expected_revenue"], limit=LIMIT
        )
        if found:
            lists.append(
                {
                    "key": "opportunity",
                    "label": self.env._("Open opportunities"),
                    "count": leads.search_count(domain),
                    "entries": [lead._retention_entry() for lead in found],
                }
            )
        return lists
