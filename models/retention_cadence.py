from odoo import api, fields, models

from ..analytics.cadence import CORE_VISIT, GUIDE, LATER, OTHER_VISIT

KINDS = [("visit", "Regular visits"), ("contact", "Regular contacts")]


class RetentionCadence(models.Model):
    """How often customers of a kind are visited or contacted; the first rule that fits counts."""

    _name = "retention.cadence"
    _description = "Rule of Visits and Contacts"
    _order = "company_id, kind, sequence, id"
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        KINDS, "For What", required=True, default="visit", help="Visits, or contacts of any kind."
    )
    value = fields.Selection(
        [
            ("core", "Core customers only"),
            ("others", "All but core customers"),
            ("all", "All customers"),
        ],
        "For Whom",
        required=True,
        default="all",
        help="Core customers: the smallest set that makes most of the net revenue.",
    )
    segment_ids = fields.Many2many(
        "retention.segment",
        "retention_cadence_segment_rel",
        string="Only Segments",
        help="Empty: customers of all segments.",
    )
    stage = fields.Selection(
        selection="_selection_stage", string="Only In Stage", help="Empty: all stages but lost."
    )
    age_from_days = fields.Integer(
        "Customer From (days)",
        aggregator=None,
        help="Days between the first purchase and the last contact.",
    )
    age_to_days = fields.Integer(
        "Customer To (days)", aggregator=None, help="The last day included; 0: without end."
    )
    every_days = fields.Integer(
        "Every (days)",
        required=True,
        default=30,
        aggregator=None,
        help="At the latest so many days after the last contact the next one is due.",
    )

    _every_check = models.Constraint(
        "CHECK (every_days >= 1)", "Between two contacts lies at least one day."
    )
    _age_check = models.Constraint(
        "CHECK (age_from_days >= 0 AND (age_to_days = 0 OR age_from_days <= age_to_days))",
        "The age at which a rule begins cannot be after the one at which it ends.",
    )

    @api.model
    def _selection_stage(self):
        return self.env["retention.profile"]._fields["stage"]._description_selection(self.env)

    @api.depends("kind", "every_days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(kind)s: every %(days)s days",
                kind=kinds.get(rule.kind, ""),
                days=rule.every_days,
            )

    # ---------------------------------------------------------------- per company
    @api.model
    def _of_company(self, company, kind=None):
        """Return the company's active rules, making the usual ones of a kind it never had."""
        found = (
            self.sudo().with_context(active_test=False).search([("company_id", "=", company.id)])
        )
        had = set(found.mapped("kind"))
        new = [vals for vals in self._defaults() if vals["kind"] not in had]
        if new:
            found |= self.sudo().create([{"company_id": company.id, **vals} for vals in new])
        rules = found.filtered(lambda rule: rule.active and kind in (None, rule.kind))
        return rules.sorted(lambda rule: (rule.sequence, rule.id))

    @api.model
    def _defaults(self):
        """Return values of the usual rules, as the cadence's guide says."""
        rules = [
            {"kind": "visit", "value": "core", "every_days": CORE_VISIT},
            {"kind": "visit", "value": "others", "every_days": OTHER_VISIT},
        ]
        start = 0
        for limit, days in (*GUIDE, (0, LATER)):
            rules.append(
                {
                    "kind": "contact",
                    "age_from_days": start,
                    "age_to_days": limit,
                    "every_days": days,
                }
            )
            start = limit + 1
        return [{"sequence": 10 * number, **rule} for number, rule in enumerate(rules, 1)]

    @api.model
    def action_of_company(self):
        """Open the rules of the current company."""
        self.check_access("read")
        self._of_company(self.env.company._retention_company())
        return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_cadence")


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_contacts_per_day = fields.Integer(
        "Planned contacts per person and day",
        default=5,
        help="Regular visits and contacts beyond it wait for the next working day.",
    )

    _retention_contacts_per_day_check = models.Constraint(
        "CHECK (retention_contacts_per_day > 0)",
        "Each person makes at least one planned contact a day.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_contacts_per_day = fields.Integer(
        related="company_id.retention_contacts_per_day", readonly=False
    )
