from odoo import api, models

PEOPLE = 5
# What fits on one page beside everything else.
REASONS = 5


class CustomerBrief(models.AbstractModel):
    """The customer page on one sheet of paper, in the reader's language."""

    _name = "report.customer_retention.customer_brief"
    _description = "Customer Brief"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:raises AccessError: without access to one of the contacts or without our group"""
        timeline = self.env["retention.timeline"]
        partners = [timeline._allowed_partner(partner_id) for partner_id in docids]
        company = self.env.company._retention_company()
        today = company._retention_today()
        return {
            "doc_ids": docids,
            "doc_model": "res.partner",
            "docs": self.env["res.partner"].browse(docids),
            "briefs": [self._brief(partner, today) for partner in partners],
            "company": self.env.company,
            "tones": {"green": "#28a745", "yellow": "#e9a100", "red": "#dc3545"},
        }

    @api.model
    def _brief(self, partner, as_of):
        page = self.env["retention.page"]
        label = self.env["retention.timeline"]._label
        profile = partner.retention_profile_id
        found = page._data(partner, as_of)
        if found["risk"]:
            reasons = found["risk"]["reasons"]
            rest = sum(reason["points"] for reason in reasons[REASONS:])
            found["risk"].update(reasons=reasons[:REASONS], rest=rest)
        return {
            **found,
            "doc": partner,
            "as_of": page._day(as_of),
            "light": profile.light,
            "light_word": label(profile, "light"),
            "stage": label(profile, "stage"),
            "key_dates": next(
                block["entries"] for block in page._file(partner) if block["key"] == "key_date"
            ),
            "people": self._people(partner.commercial_partner_id),
        }

    @api.model
    def _people(self, customer):
        people = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("id", "!=", customer.id),
                ("type", "=", "contact"),
                ("is_company", "=", False),
            ],
            limit=PEOPLE,
        )
        return [
            {
                "name": person.name or "",
                "role": person.function or "",
                "phone": person.phone or "",
                "email": person.email or "",
            }
            for person in people
        ]
