from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..analytics import tier_proposal

COLORS = (0, 4, 3, 11)
# Warnings and procedures that say "high-value" mean these.
HIGH_VALUE_FROM = 2


class RetentionTierProposal(models.TransientModel):
    """Proposes a company's first tiers from its own customers; nobody has to guess a figure."""

    _name = "retention.tier.proposal"
    _description = "First Tiers"
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("retention.tier.proposal.line", "wizard_id")
    amounts = fields.Json(readonly=True, help="Cents of each customer with a positive amount.")
    source = fields.Selection(
        [
            ("margin", "From your customers' amounts and margins"),
            ("own", "From your customers' amounts"),
            ("few", "From your middle customer"),
            ("none", "Usual figures"),
        ],
        "Figures",
        readonly=True,
    )
    customer_count = fields.Integer("Customers", readonly=True, help="Who ever bought.")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _of_company(self, company, as_of=None):
        """Return a new proposal for ``company``, from the 12 months up to ``as_of`` or today."""
        as_of = as_of or company._retention_today()
        amounts, margins = self.env["retention.metrics"].sudo()._tier_amounts(company, as_of)
        found = tier_proposal.propose(amounts, margins)
        figures = (0, found.silver, found.gold, found.top)
        names = self._tier_names()
        bought = [("company_id", "=", company.id), ("last_order_date", "!=", False)]
        wizard = self.create(
            {
                "company_id": company.id,
                "amounts": amounts,
                "customer_count": self.env["retention.profile"].search_count(bought),
                "source": found.source,
            }
        )
        wizard.line_ids.create(
            [
                {
                    "wizard_id": wizard.id,
                    "level": level,
                    "name": names[level],
                    "color": COLORS[level],
                    "min_amount": cents / 100,
                }
                for level, cents in enumerate(figures)
            ]
        )
        wizard.line_ids._update_counts(wizard)
        return wizard

    @api.model
    def _tier_names(self):
        """Return the four names, lowest first, in the language of the context."""
        return (
            self.env._("Standard"),
            self.env._("Silver"),
            self.env._("Gold"),
            self.env._("VIP"),
        )

    @api.depends("amounts", "source")
    @api.depends_context("lang")
    def _compute_summary(self):
        for wizard in self:
            share = tier_proposal.top_share(wizard.amounts or [])
            if share is None:
                wizard.summary = self.env._(
                    "Nobody has bought in the last 12 months yet. These are usual figures: "
                    "change them to what a good customer spends with you in a year."
                )
            else:
                wizard.summary = self.env._(
                    "Your top 20 %% bring %(share)s %% of the revenue of the last 12 months.",
                    share=share,
                )

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """Let all counts follow a figure: it also changes who is in the tier below it."""
        self.line_ids._update_counts(self._origin)

    def action_of_company(self):
        """Open the proposal for the current company, or its tiers once they have begun."""
        self.check_access("create")
        company = self.env.company._retention_company()
        if company.sudo().retention_tiers_started:
            return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_tier")
        wizard = self._of_company(company)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [[False, "form"]],
            "target": "new",
            "name": self.env._("Your First Tiers"),
        }

    def action_accept(self):
        """Create these tiers and put everybody into theirs; nothing goes to a customer."""
        self.ensure_one()
        self._check_allowed()
        lines = self.line_ids.sorted("level")
        problem = lines._problem()
        if problem:
            raise UserError(problem)
        return self._begin(lines)

    def action_skip(self):
        """Begin with one tier for everybody, to say later what the others ask for."""
        self.ensure_one()
        self._check_allowed()
        return self._begin(self.line_ids.filtered(lambda line: not line.level))

    def _make_tiers(self, lines):
        """Create the tiers of ``lines`` that the company lacks."""
        company = self.company_id.sudo()
        tiers = self.env["retention.tier"].sudo().with_company(company)
        there = {tier.level: tier for tier in tiers.search([("company_id", "=", company.id)])}
        new = lines.filtered(lambda line: line.level not in there)
        made = tiers.create([line._tier_values() for line in new])
        new._translate_names(made)

    def _begin(self, lines):
        company = self.company_id.sudo()
        self._make_tiers(lines)
        company.retention_tiers_started = True
        self.env["retention.tier"].sudo().with_company(company)._regrade_now(company)
        return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_tier_board")

    def _check_allowed(self):
        company = self.env.company._retention_company()
        if self.company_id != company:
            raise UserError(self.env._("Switch to %s first.", self.company_id.name))
        if company.sudo().retention_tiers_started:
            raise UserError(self.env._("Somebody has begun the tiers of this company already."))


class RetentionTierProposalLine(models.TransientModel):
    """One proposed tier, with how many customers would be in it today."""

    _name = "retention.tier.proposal.line"
    _description = "Proposed Tier"
    _order = "level desc"
    _allow_sudo_commands = False

    wizard_id = fields.Many2one(
        "retention.tier.proposal", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    level = fields.Integer(readonly=True, aggregator=None)
    name = fields.Char("Tier", required=True)
    color = fields.Integer()
    min_amount = fields.Monetary("From Amount", help="Net amount of the last 12 months.")
    # Plain values: a form only hears of computed ones in the row that was changed.
    customer_count = fields.Integer("Customers", readonly=True)
    share = fields.Integer("Share (%)", readonly=True, aggregator=None, help="Of the revenue.")

    def _update_counts(self, wizard):
        """Count who would be in each of these tiers, which are all of ``wizard``."""
        ordered = self.sorted("level")
        limits = [round(line.min_amount * 100) for line in ordered[1:]]
        if any(a >= b for a, b in pairwise(limits)):
            self.update({"customer_count": 0, "share": 0})
            return
        amounts = wizard.amounts or []
        whole = sum(amounts) or 1
        counts = tier_proposal.counts(amounts, limits)
        # Whose last purchase is longer ago has the lowest tier, too.
        counts[0] += max(wizard.customer_count - len(amounts), 0)
        sums = tier_proposal.sums(amounts, limits)
        for line, count, part in zip(ordered, counts, sums, strict=True):
            line.customer_count = count
            line.share = round(100 * part / whole)

    def _problem(self):
        """Return a sentence that says what is wrong with these lines, lowest first, or False."""
        if not all((line.name or "").strip() for line in self):
            return self.env._("Give each tier a name.")
        amounts = [line.min_amount for line in self if line.level]
        if any(a >= b for a, b in pairwise([0, *amounts])):
            return self.env._(
                "Each tier asks for more than the one below it, and the lowest for more than "
                "nothing: now %(amounts)s.",
                amounts=" < ".join(self[:1].currency_id.format(amount) for amount in amounts),
            )
        return False

    def _tier_values(self):
        return {
            "company_id": self.wizard_id.company_id.id,
            "level": self.level,
            "name": self.name.strip(),
            "color": self.color,
            "min_amount": self.min_amount,
            "is_high_value": self.level >= HIGH_VALUE_FROM,
        }

    def _translate_names(self, tiers):
        """Give a tier whose name was left alone that name in every language."""
        wizard = self.env["retention.tier.proposal"]
        own = wizard._tier_names()
        for code, _name in self.env["res.lang"].get_installed():
            names = wizard.with_context(lang=code)._tier_names()
            for line, tier in zip(self, tiers, strict=True):
                if line.name.strip() == own[line.level]:
                    tier.with_context(lang=code).name = names[line.level]
