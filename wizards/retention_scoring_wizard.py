from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.retention_scoring import SCORING_FIELDS


class RetentionScoringWizard(models.TransientModel):
    """Try other scoring rules on today's customers before saving them."""

    _name = "retention.scoring.wizard"
    _inherit = "retention.scoring"
    _description = "Change Scoring Rules"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    retention_scheme_id = fields.Many2one(
        required=True,
        domain="[('company_id', 'in', [False, company_id])]",
    )
    line_ids = fields.One2many("retention.scoring.wizard.line", "wizard_id", readonly=True)
    previewed = fields.Boolean(readonly=True)
    customer_count = fields.Integer(readonly=True)
    moved_count = fields.Integer("Would Change Segment", readonly=True)
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def default_get(self, names):
        # Core asks for no right here, and the rules are read with all of them.
        self.check_access("create")
        values = super().default_get(names)
        company = self.env.company._retention_company()
        values["company_id"] = company.id
        values.update(company.sudo().read(SCORING_FIELDS, load="")[0])
        del values["id"]
        values["retention_scheme_id"] = self.env.context.get(
            "default_retention_scheme_id", company._retention_scheme().id
        )
        return values

    @api.depends("moved_count", "customer_count")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = self.env._(
                "%(moved)s of %(all)s customers would change segment.",
                moved=wizard.moved_count,
                all=wizard.customer_count,
            )

    @api.onchange(*SCORING_FIELDS)
    def _onchange_rules(self):
        self.previewed = False

    def write(self, vals):
        if set(SCORING_FIELDS) & vals.keys():
            vals = {"previewed": False, **vals}
        return super().write(vals)

    def action_preview(self):
        """Count who would change segment, from which to which, with these rules."""
        self.ensure_one()
        self._check_allowed()
        pairs = self._segments_now_and_then()
        counts = pairs.value_counts()
        lines = [
            {"wizard_id": self.id, "old_segment_id": old, "new_segment_id": new, "count": count}
            for (old, new), count in counts.items()
            if old != new
        ]
        self.line_ids.unlink()
        self.env["retention.scoring.wizard.line"].create(lines)
        self.write(
            {
                "previewed": True,
                "customer_count": len(pairs),
                "moved_count": sum(line["count"] for line in lines),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            # Last, or the export of translations takes the next word for a text too.
            "name": self.env._("Scoring Rules"),
        }

    def _segments_now_and_then(self):
        """Return the segment of each customer (0: none) by the rules as they are and by these."""
        company, profiles = self.company_id, self.env["retention.profile"]
        as_of = company._retention_today()
        now = profiles._compute_as_of(company, as_of)
        then = profiles._compute_as_of(
            company,
            as_of,
            self._retention_config(),
            self.retention_scheme_id,
            self.retention_basis,
        )
        pairs = now[["segment_id"]].join(then[["segment_id"]], how="outer", rsuffix="_then")
        pairs = pairs.fillna(0).astype(int)
        return pairs[(pairs != 0).any(axis=1)]

    def action_apply(self):
        """Save the rules; everybody is computed again in the background."""
        self.ensure_one()
        self._check_allowed()
        self.company_id.sudo().write(
            {
                name: self[name].id if self._fields[name].relational else self[name]
                for name in SCORING_FIELDS
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Saved. The customers are computed again just now."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_allowed(self):
        if self.company_id not in self.env.companies | self.env.company._retention_company():
            raise UserError(self.env._("Switch to %s first.", self.company_id.name))


class RetentionScoringWizardLine(models.TransientModel):
    _name = "retention.scoring.wizard.line"
    _description = "Customers That Would Change Segment"
    _order = "count desc, id"

    wizard_id = fields.Many2one(
        "retention.scoring.wizard", required=True, index=True, ondelete="cascade"
    )
    old_segment_id = fields.Many2one(
        "retention.segment", "From", help="Where these customers are now."
    )
    new_segment_id = fields.Many2one(
        "retention.segment", "To", help="Where these customers would be by the new rules."
    )
    count = fields.Integer("Customers")
