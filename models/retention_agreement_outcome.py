from odoo import api, fields, models


class RetentionAgreement(models.Model):
    """How an agreement ended: renewed, not renewed or lapsed, since when, and why.

    It follows from what people did: who signed the next one, who decided against it. Only that
    a last day went by undecided has to be noted, by the scheduled action.
    """

    _inherit = "retention.agreement"

    decided_on = fields.Date(copy=False, help="When it was decided not to renew the agreement.")
    lapsed_end = fields.Date(
        readonly=True, copy=False, help="The last day that went by without a decision."
    )
    outcome = fields.Selection(
        [
            ("renewed", "Renewal signed"),
            ("not_renewed", "Renewal turned down"),
            ("lapsed", "Lapsed undecided"),
        ],
        "How It Ended",
        compute="_compute_outcome",
        store=True,
    )
    outcome_date = fields.Date("Ended So On", compute="_compute_outcome", store=True)
    outcome_cause = fields.Selection(
        lambda self: (
            self.env["retention.alert"]._fields["root_cause"]._description_selection(self.env)
        ),
        "Why It Was Not Renewed",
        copy=False,
        help="Chosen by whoever talked with the customer; the report on renewals counts it.",
    )
    outcome_note = fields.Char(
        "What the Customer Said",
        copy=False,
        help="In the customer's own words, as far as possible.",
    )

    @api.depends("renewal", "renewed_by_id.signed_on", "decided_on", "lapsed_end", "end")
    def _compute_outcome(self):
        for agreement in self:
            signed = agreement.renewed_by_id.signed_on
            lapsed = agreement.lapsed_end and agreement.lapsed_end == agreement.end
            if signed:
                agreement.outcome, agreement.outcome_date = "renewed", signed
            elif agreement.renewal == "end":
                agreement.outcome = "not_renewed"
                agreement.outcome_date = agreement.decided_on
            elif lapsed:
                agreement.outcome = "lapsed"
                agreement.outcome_date = fields.Date.add(agreement.end, days=1)
            else:
                agreement.outcome = agreement.outcome_date = False

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements._note_decision()
        return agreements

    def write(self, vals):
        result = super().write(vals)
        if "renewal" in vals:
            self._note_decision()
        return result

    def _note_decision(self):
        """Keep the day on which it was decided not to renew; none while that is not so."""
        ends = self.filtered(lambda agreement: agreement.renewal == "end")
        for company, mine in (
            ends.filtered(lambda a: not a.decided_on).grouped("company_id").items()
        ):
            mine.decided_on = company._retention_today()
        (self - ends).filtered("decided_on").decided_on = False

    def _ask_retention_refresh(self):
        # Whether the one before was renewed follows from this one.
        before = self.search([("renewed_by_id", "in", self.ids)]) if self.ids else self
        return super(RetentionAgreement, self | before)._ask_retention_refresh()

    # ---------------------------------------------------------------- by night
    @api.model
    def _cron_lapsed(self):
        """Note which agreements have run out with nobody having decided."""
        for company in self.env["res.company"]._retention_companies():
            today = company._retention_today()
            over = self.search(
                [
                    ("company_id", "=", company.id),
                    ("signed_on", "!=", False),
                    ("end", "<", today),
                    ("outcome", "=", False),
                ]
            )
            for end, agreements in over.grouped("end").items():
                agreements.lapsed_end = end
