from odoo import fields, models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    retention_mind_problems = fields.Boolean(
        "Spare Customers With an Open Problem",
        default=True,
        help="Customers with an open severe complaint or at critical churn risk are left out. "
        "Switch it off for messages that everybody needs, such as a recall.",
    )

    def _get_opt_out_list(self):
        found = super()._get_opt_out_list()
        if self.mailing_model_real != "res.partner":
            return found
        return set(found) | self._retention_optouts()

    def _retention_companies(self):
        """Return the companies whose customers a mailing minds: those of who sends it."""
        companies = self.env["res.company"]
        for company in (self.user_id or self.env.user).sudo().company_ids:
            companies |= company._retention_company()
        return companies

    def _retention_optouts(self):
        """Return the addresses of contacts who opted out of promotion where we work."""
        refused = (
            self.env["retention.optout"]
            .sudo()
            .search(
                [
                    ("purpose", "=", "promotion"),
                    ("company_id", "in", self._retention_companies().ids),
                ]
            )
        )
        return set(filter(None, refused.partner_id.mapped("email_normalized")))

    def _retention_with_problem(self, model, addresses):
        """Return the ids of recipients who are customers with an open severe problem.

        Contacts are known by their record, everybody else by an address of a contact.

        :param addresses: {id of a recipient of ``model``: its normalized addresses}
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        if model == "res.partner":
            found = partners.browse(addresses)
            customers = {partner.id: {partner.commercial_partner_id.id} for partner in found}
        else:
            wanted = sorted(set().union(*addresses.values()) if addresses else ())
            found = partners.search_fetch(
                [("email_normalized", "in", wanted)], ["email_normalized", "commercial_partner_id"]
            )
            known = {}
            for partner in found:
                known.setdefault(partner.email_normalized, set()).add(
                    partner.commercial_partner_id.id
                )
            customers = {
                key: set().union(*(known.get(address, set()) for address in mine))
                for key, mine in addresses.items()
            }
        everybody = set().union(*customers.values()) if customers else set()
        problems = set()
        for company in self._retention_companies() if everybody else ():
            problems |= self.env["retention.touch"]._problem_partners(company, everybody)
        return {key for key, mine in customers.items() if mine & problems}
