from odoo import api, fields, models
from odoo.exceptions import UserError

FOLLOWED = {
    "company_id",
    "contract_id",
    "end",
    "name",
    "number",
    "partner_id",
    "signed_on",
    "start",
    "user_id",
}


class RetentionAgreement(models.Model):
    """What a contract says of its agreement is changed in the contract."""

    _inherit = "retention.agreement"

    contract_id = fields.Many2one(
        "contract.contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )

    _contract_uniq = models.Constraint("UNIQUE (contract_id)", "A contract has one agreement.")

    @api.constrains("user_id", "company_id")
    def _check_owner(self):
        # Whoever is responsible for a contract is so, with or without the customer file.
        return super(
            RetentionAgreement, self.filtered(lambda agreement: not agreement.contract_id)
        )._check_owner()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("contract_id") for vals in vals_list):
            self._refuse_by_hand()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and FOLLOWED & vals.keys():
            moved = self.filtered("contract_id").filtered(lambda one: one._says_otherwise(vals))
            if moved or vals.get("contract_id"):
                self._refuse_by_hand()
        return super().write(vals)

    def _says_otherwise(self, vals):
        self.ensure_one()
        return any(
            self._fields[name].convert_to_write(self[name], self)
            != self._fields[name].convert_to_write(
                self._fields[name].convert_to_record(
                    self._fields[name].convert_to_cache(vals[name], self), self
                ),
                self,
            )
            for name in FOLLOWED & vals.keys()
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_contract(self):
        if not self.env.su and self.filtered("contract_id"):
            self._refuse_by_hand()

    def _refuse_by_hand(self):
        raise UserError(
            self.env._("This agreement follows its contract: change it in the contract.")
        )
