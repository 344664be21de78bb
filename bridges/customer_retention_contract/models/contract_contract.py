from odoo import api, models

WATCHED = {
    "active",
    "code",
    "company_id",
    "contract_line_fixed_ids",
    "contract_line_ids",
    "contract_type",
    "date",
    "date_end",
    "date_start",
    "name",
    "partner_id",
    "user_id",
}


class ContractContract(models.Model):
    """A contract with a customer keeps one agreement of the customer file in step."""

    _inherit = "contract.contract"

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        contracts._retention_sync()
        return contracts

    def write(self, vals):
        result = super().write(vals)
        if WATCHED & vals.keys():
            self._retention_sync()
        return result

    def unlink(self):
        self._retention_agreements().unlink()
        return super().unlink()

    def _retention_agreements(self):
        agreements = self.env["retention.agreement"].sudo()
        return agreements.search([("contract_id", "in", self.ids)])

    def _retention_sync(self):
        """Have one agreement per contract with a customer say what the contract says.

        Runs with all rights: whoever changes a contract need not see the customer file.
        """
        known = self._retention_agreements().grouped("contract_id")
        contracts = self.sudo().with_context(active_test=False)
        added, gone, changed = [], self.env["retention.agreement"].sudo(), {}
        for contract in contracts:
            agreement = known.get(contract, gone.browse())
            if not contract._retention_counts():
                gone |= agreement
                continue
            values = contract._retention_values()
            if not agreement:
                added.append({**values, "contract_id": contract.id})
            elif any(
                agreement._fields[name].convert_to_write(agreement[name], agreement) != value
                for name, value in values.items()
            ):
                changed.setdefault(tuple(values.items()), gone.browse())
                changed[tuple(values.items())] |= agreement
        gone.unlink()
        for values, agreements in changed.items():
            agreements.write(dict(values))
        self.env["retention.agreement"].sudo().create(added)

    def _retention_counts(self):
        """Say whether it is a contract with a customer, and in earnest."""
        self.ensure_one()
        lines = self.contract_line_ids
        cancelled = lines and all(lines.mapped("is_canceled"))
        return self.contract_type == "sale" and self.active and not cancelled

    def _retention_values(self):
        """Return what the agreement says of this contract."""
        self.ensure_one()
        lines = self.contract_line_ids.filtered(lambda line: not line.is_canceled)
        starts = list(filter(None, lines.mapped("date_start"))) or [self.date_start or self.date]
        start = min(starts)
        return {
            "name": self.name or self.display_name,
            "number": self.code or False,
            "partner_id": self.partner_id.id,
            "company_id": (self.company_id or self.env.company)._retention_company().id,
            "user_id": (self.user_id or self.create_uid).id,
            "signed_on": self.date or start,
            "start": start,
            "end": self.date_end and max(self.date_end, start),
        }
