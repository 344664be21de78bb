from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from .retention_sop_words import CHANNELS

GOALS = [
    ("keep", "Keep customers"),
    ("back", "Win customers back"),
    ("grow", "Grow customers"),
    ("new", "Win new customers"),
]
COST_KINDS = [
    ("channel", "Channels"),
    ("event", "Customer events"),
    ("people", "People"),
    ("tool", "Tools"),
    ("benefit", "Gifts and benefits"),
    ("reserve", "Reserve"),
]
# What may still be said of a line once its budget is approved.
ACTUAL = {"spent", "name", "sequence"}


class RetentionBudgetLine(models.Model):
    """An amount planned for a goal, and what became of it.

    Actual is what is entered by hand and what the line's procedures cost; a procedure counts for
    one line of a budget only.
    """

    _name = "retention.budget.line"
    _description = "Line of a Retention Budget"
    _order = "budget_id, sequence, id"
    _allow_sudo_commands = False

    budget_id = fields.Many2one("retention.budget", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="budget_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_state = fields.Selection(related="budget_id.state", string="State of the Budget")
    sequence = fields.Integer(default=10)
    name = fields.Char("What For", required=True)
    goal = fields.Selection(
        GOALS,
        "Aim",
        required=True,
        default="keep",
        help="What the money is spent for; the review compares the goals.",
    )
    kind = fields.Selection(
        COST_KINDS, "Kind of Cost", required=True, default="channel", help="What is paid for."
    )
    channel = fields.Selection(CHANNELS, "Way", help="Where it is for one way of contact.")
    sop_id = fields.Many2one(
        "retention.sop",
        "Procedure",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('state', '!=', 'archived')]",
        help="What it costs, in any version, is part of the actual amount.",
    )
    root_id = fields.Many2one(related="sop_id.root_id", store=True, index="btree_not_null")
    other_procedures = fields.Boolean(
        "All Other Procedures", help="Takes in what procedures without a line of their own cost."
    )
    planned = fields.Monetary(
        "Planned Amount", required=True, help="For the whole time of the budget, without tax."
    )
    spent = fields.Monetary(
        "By Hand",
        copy=False,
        help="What was spent besides what procedures cost: enter nothing twice.",
    )
    sop_cost = fields.Monetary(
        "By Procedures",
        compute="_compute_actual",
        help="Cost of the procedures of the line within the budget's time.",
    )
    actual = fields.Monetary(
        "Actual Amount", compute="_compute_actual", help="By hand and by procedures."
    )
    difference = fields.Monetary(
        "Left of Plan", compute="_compute_actual", help="Planned less actual."
    )
    share_used = fields.Float(compute="_compute_actual", help="Actual amounts by planned ones.")
    over = fields.Boolean("Over Plan", compute="_compute_actual")

    _not_negative = models.Constraint(
        "CHECK (planned >= 0 AND spent >= 0)", "Amounts of a budget cannot be negative."
    )
    _sop_once = models.UniqueIndex(
        "(budget_id, root_id) WHERE root_id IS NOT NULL",
        "Each procedure has one line of a budget at most: it would be counted twice.",
    )
    _others_once = models.UniqueIndex(
        "(budget_id) WHERE other_procedures",
        "One line of a budget takes in all other procedures.",
    )
    _one_source = models.Constraint(
        "CHECK (other_procedures IS NOT TRUE OR sop_id IS NULL)",
        "A line is for one procedure or for all others.",
    )

    @api.depends(
        "planned", "spent", "sop_id", "other_procedures", "budget_id.date_from", "budget_id.date_to"
    )
    def _compute_actual(self):
        costs = self.env["retention.metrics"].sudo()._costs_of_budgets(self.budget_id.ids)
        for line in self:
            line.sop_cost = costs.get((line.budget_id._origin.id, line._origin.id), 0)
            line.actual = line.spent + line.sop_cost
            line.difference = line.planned - line.actual
            line.share_used = line.actual / line.planned if line.planned else 0
            step = line.currency_id.rounding or 0.01  # no currency while no company is chosen
            line.over = float_compare(line.actual, line.planned, precision_rounding=step) > 0

    @api.constrains("goal", "sop_id", "other_procedures")
    def _check_winning(self):
        """What procedures cost is the cost of keeping: it must not be that of winning as well."""
        for line in self:
            if line.goal == "new" and (line.sop_id or line.other_procedures):
                raise ValidationError(
                    self.env._(
                        "%s: what procedures cost counts as keeping customers. Enter by hand what "
                        "winning new ones cost.",
                        line.name,
                    )
                )

    @api.constrains("sop_id", "budget_id")
    def _check_same_company(self):
        for line in self.filtered("sop_id"):
            if line.sop_id.company_id != line.company_id:
                raise ValidationError(
                    self.env._("%s is not a procedure of this company.", line.sop_id.name)
                )

    def _check_open(self, names=None):
        """Refuse what a budget's state does not allow; ``names`` of fields, None: any change."""
        states = set(self.budget_id.mapped("state"))
        if "settled" in states:
            raise UserError(self.env._("A settled budget does not change any more."))
        if "approved" in states and (names is None or names - ACTUAL):
            raise UserError(self.env._("Take the budget back to change what is planned."))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open(set(vals))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_open()
