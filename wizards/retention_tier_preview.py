from collections import Counter
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.res_company_tier import COMPANY_RULE_FIELDS, RULES_TOGETHER
from ..models.retention_tier import MATCH

LISTED = 5000  # moves listed one by one; all are counted


class RetentionTierPreview(models.TransientModel):
    """Try other rules of tiers on today's customers before they apply."""

    _name = "retention.tier.preview"
    _description = "Change the Rules of Tiers"
    _allow_sudo_commands = False

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    retention_tier_window = fields.Selection(
        selection=lambda self: self._company_selection("retention_tier_window"),
        string="Purchases count of",
        required=True,
        help="Over which time purchases are added up when a tier is earned or kept.",
    )
    retention_tier_grace_days = fields.Integer(
        "Grace (days)",
        required=True,
        help="How long a customer who missed the mark keeps the tier and may still make up.",
    )
    retention_tier_down = fields.Selection(
        selection=lambda self: self._company_selection("retention_tier_down"),
        string="After the grace",
        required=True,
        help="What becomes of a customer who missed the tier also in the grace.",
    )
    retention_tier_min_stay_days = fields.Integer(
        "Minimum stay (days)", required=True, help="A tier once earned is kept at least so long."
    )
    rule_ids = fields.One2many("retention.tier.preview.rule", "wizard_id", "Tiers")

    previewed = fields.Boolean(readonly=True)
    as_of = fields.Date("Figures Of", readonly=True)
    customer_count = fields.Integer(readonly=True)
    up_count = fields.Integer("Would Go Up", readonly=True)
    down_count = fields.Integer("Would Go Down", readonly=True)
    stay_count = fields.Integer("Would Stay", readonly=True)
    more_count = fields.Integer("Not Listed", readonly=True)
    move_ids = fields.One2many("retention.tier.preview.move", "wizard_id", readonly=True)
    benefit_ids = fields.One2many("retention.tier.preview.benefit", "wizard_id", readonly=True)

    @api.model
    def _company_selection(self, name):
        return self.env["res.company"]._fields[name]._description_selection(self.env)

    @api.model
    def action_of_company(self):
        """Open the dialog with the rules in force in the current company."""
        self.check_access("create")
        company = self.env.company._retention_company()
        if not company.sudo().retention_tiers_started:
            return self.env["retention.tier.proposal"].action_of_company()
        return self._of_company(company)._open()

    @api.model
    def _of_company(self, company):
        settings = company.sudo().read(COMPANY_RULE_FIELDS, load="")[0]
        del settings["id"]
        tiers = self.env["retention.tier"].search([("company_id", "=", company.id)])
        wizard = self.create({"company_id": company.id, **settings})
        wizard.rule_ids.create(
            [
                {
                    "wizard_id": wizard.id,
                    "tier_id": tier.id,
                    "name": tier.name,
                    "color": tier.color,
                    "level": tier.level,
                    "min_amount": tier.min_amount,
                    "min_count": tier.min_count,
                    "segment_ids": [fields.Command.set(tier.segment_ids.ids)],
                    "match": tier.match,
                    "manual_only": tier.manual_only,
                }
                for tier in tiers
            ]
        )
        return wizard

    @api.onchange(*COMPANY_RULE_FIELDS, "rule_ids")
    def _onchange_rules(self):
        self.previewed = False

    def write(self, vals):
        if {*COMPANY_RULE_FIELDS, "rule_ids"} & vals.keys():
            vals = {"previewed": False, **vals}
        return super().write(vals)

    # ---------------------------------------------------------------- preview
    def action_preview(self):
        """Show who would move, and which benefits would be given or taken back."""
        self.ensure_one()
        self._check_allowed()
        plan, benefits, places = self._simulate()
        plan = plan[(plan["old"] != 0) | (plan["new"] != 0)]
        moved = plan[plan["old"] != plan["new"]]
        level = {rule.id: rule.level for rule in self.rule_ids}
        rows = [
            {
                "wizard_id": self.id,
                "profile_id": int(row.id),
                "old_rule_id": places.get(int(row.old), False),
                "new_rule_id": places.get(int(row.new), False),
                "spend": row.tier_spend,
                "orders": int(row.tier_orders),
            }
            for row in moved.sort_values("tier_spend", ascending=False).itertuples()
        ]
        ups = sum(
            level.get(row["new_rule_id"], -1) > level.get(row["old_rule_id"], -1) for row in rows
        )
        self.move_ids.unlink()
        self.benefit_ids.unlink()
        self.env["retention.tier.preview.move"].create(rows[:LISTED])
        self.env["retention.tier.preview.benefit"].create(
            [{"wizard_id": self.id, **values} for values in benefits]
        )
        self.write(
            {
                "previewed": True,
                "as_of": self.env["retention.tier"]._rules_as_of(self.company_id),
                "customer_count": len(plan),
                "up_count": ups,
                "down_count": len(rows) - ups,
                "stay_count": len(plan) - len(rows),
                "more_count": max(len(rows) - LISTED, 0),
            }
        )
        return self._open()

    def _simulate(self):
        """Write the rules, plan what the engine would do, and undo the writing.

        :return: the plan (see ``retention.profile._plan_tiers``); per benefit a dict
            ``benefit_id``, ``give_count``, ``take_count``; {tier id in the plan: rule id}
        """
        company = self.company_id
        as_of = self.env["retention.tier"]._rules_as_of(company)
        savepoint = self.env.cr.savepoint()
        try:
            tiers = self._write_rules()
            self.env.flush_all()
            places = {tier.id: rule.id for rule, tier in tiers.items()}
            plan = self.env["retention.profile"]._plan_tiers(company, as_of)
            moves = [
                {
                    "profile_id": int(row.id),
                    "old": int(row.old) or False,
                    "new": int(row.new) or False,
                    "cause": row.cause,
                }
                for row in plan[plan["old"] != plan["new"]].itertuples()
            ]
            engine = self.env["retention.tier.benefit"].sudo().with_company(company)
            planned = engine._plan_moves(company, moves)
            given = Counter(values["benefit_id"] for values in planned.give)
            taken = Counter(grant.benefit_id.id for grant in planned.take)
        finally:
            savepoint.close(rollback=True)
        benefits = [
            {"benefit_id": key, "give_count": given[key], "take_count": taken[key]}
            for key in sorted({*given, *taken})
        ]
        return plan, benefits, places

    # ---------------------------------------------------------------- apply
    def action_apply(self):
        """Let the rules apply; nothing goes to a customer."""
        self.ensure_one()
        self._check_allowed()
        if not self.previewed:
            raise UserError(self.env._("Look first at who would move."))
        self._write_rules()
        self.company_id._retention_regrade_tiers()
        self.env["retention.tier"]._regrade_now(self.company_id)
        return self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_tier_board")

    def _write_rules(self):
        """Write the rules to the company and its tiers; return {rule: tier}."""
        if problem := self.rule_ids._problem():
            raise UserError(problem)
        # All of it is one change of the rules, announced by who applies it.
        company = self.company_id.sudo().with_context(**{RULES_TOGETHER: True})
        company.write({name: self[name] for name in COMPANY_RULE_FIELDS})
        tiers = company.env["retention.tier"]
        # Levels are unique: they get out of each other's way first.
        moved = self.rule_ids.filtered(lambda r: r.tier_id and r.tier_id.level != r.level)
        top = max([0, *self.rule_ids.mapped("level"), *self.rule_ids.tier_id.mapped("level")])
        for number, rule in enumerate(moved, 1):
            tiers.browse(rule.tier_id.id).level = top + number
        self.env.flush_all()
        found = {}
        for rule in self.rule_ids:
            values = rule._tier_values()
            if rule.tier_id:
                found[rule] = tiers.browse(rule.tier_id.id)
                found[rule].write(values)
            else:
                found[rule] = tiers.create({**values, "company_id": company.id})
        return found

    def _check_allowed(self):
        if self.company_id != self.env.company._retention_company():
            raise UserError(self.env._("Switch to %s first.", self.company_id.name))

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            # Last, or the export of translations takes the next word for a text too.
            "name": self.env._("Rules of Tiers"),
        }


class RetentionTierPreviewRule(models.TransientModel):
    """One tier as it would be."""

    _name = "retention.tier.preview.rule"
    _description = "Tier to Try"
    _order = "level desc, id"
    _allow_sudo_commands = False

    wizard_id = fields.Many2one(
        "retention.tier.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    tier_id = fields.Many2one("retention.tier", readonly=True, ondelete="cascade")
    name = fields.Char(required=True)
    color = fields.Integer()
    level = fields.Integer(
        required=True,
        aggregator=None,
        default=1,
        help="The higher, the better; the lowest is for everybody.",
    )
    min_amount = fields.Monetary(
        "From Amount", help="Net amount in the window, without tax; 0: not asked for."
    )
    min_count = fields.Integer(
        "From Purchases",
        aggregator=None,
        help="Days with a purchase in the window; 0: not asked for.",
    )
    segment_ids = fields.Many2many(
        "retention.segment", "retention_tier_preview_segment_rel", string="Segments"
    )
    match = fields.Selection(
        MATCH,
        "Conditions",
        required=True,
        default="any",
        help="Whether one of the conditions is enough.",
    )
    manual_only = fields.Boolean("Given by Hand Only", help="Nobody earns it by purchases.")

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.wizard_id.previewed = False
        return rules

    def write(self, vals):
        self.wizard_id.previewed = False
        return super().write(vals)

    def _problem(self):
        """Return a sentence that says what is wrong with these tiers together, or False."""
        levels = self.mapped("level")
        if len(levels) != len(set(levels)):
            return self.env._("Each level has one tier in a company.")
        if 0 not in levels:
            return self.env._("The lowest tier, which is everybody's, has the level 0.")
        for rule in self:
            if not (rule.name or "").strip():
                return self.env._("Give each tier a name.")
            asks = rule.min_amount or rule.min_count or rule.segment_ids
            if rule.level and not rule.manual_only and not asks:
                return self.env._(
                    "Say what %(tier)s asks for: an amount, purchases or segments; or let it be "
                    "given by hand only.",
                    tier=rule.name,
                )
        return self._problem_of_order()

    def _problem_of_order(self):
        """Say which tier asks for no more than one below it, where amounts alone decide."""
        ladder = self.filtered(
            lambda r: not (r.manual_only or r.min_count or r.segment_ids) and r.level
        )
        for low, high in pairwise(ladder.sorted("level")):
            if low.min_amount >= high.min_amount:
                return self.env._(
                    "%(high)s is above %(low)s and has to ask for more: now %(more)s and %(less)s.",
                    high=high.name,
                    low=low.name,
                    more=self[:1].currency_id.format(high.min_amount),
                    less=self[:1].currency_id.format(low.min_amount),
                )
        return False

    def _tier_values(self):
        """Return what differs from the tier, so that nothing else is written."""
        self.ensure_one()
        values = {
            "level": self.level,
            "min_amount": self.min_amount,
            "min_count": self.min_count,
            "segment_ids": [fields.Command.set(self.segment_ids.ids)],
            "match": self.match,
            "manual_only": self.manual_only,
        }
        if not self.tier_id:
            return {**values, "name": self.name.strip(), "color": self.color}
        if self.name.strip() != self.tier_id.name:
            values["name"] = self.name.strip()
        return values


class RetentionTierPreviewMove(models.TransientModel):
    """One customer who would move."""

    _name = "retention.tier.preview.move"
    _description = "Customer Who Would Move"
    _order = "spend desc, id"
    _allow_sudo_commands = False

    wizard_id = fields.Many2one(
        "retention.tier.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    profile_id = fields.Many2one(
        "retention.profile",
        "Customer",
        required=True,
        ondelete="cascade",
        help="The customer whose tier would change.",
    )
    old_rule_id = fields.Many2one(
        "retention.tier.preview.rule",
        "From",
        ondelete="set null",
        help="The tier the customer has now.",
    )
    new_rule_id = fields.Many2one(
        "retention.tier.preview.rule", "To", ondelete="set null", help="The tier by the new rules."
    )
    old_color = fields.Integer(related="old_rule_id.color", string="Color Before")
    new_color = fields.Integer(related="new_rule_id.color", string="Color After")
    spend = fields.Monetary("Amount", help="Net amount in the window, without tax.")
    orders = fields.Integer("Purchases", help="Days with a purchase in the window.")


class RetentionTierPreviewBenefit(models.TransientModel):
    """How many customers would get a benefit, and lose it."""

    _name = "retention.tier.preview.benefit"
    _description = "Benefit That Would Be Given or Taken Back"
    _allow_sudo_commands = False

    wizard_id = fields.Many2one(
        "retention.tier.preview", required=True, index=True, ondelete="cascade"
    )
    benefit_id = fields.Many2one(
        "retention.tier.benefit",
        required=True,
        ondelete="cascade",
        help="The benefit that would be given or taken back.",
    )
    give_count = fields.Integer("Would Be Given", help="Customers who would get it.")
    take_count = fields.Integer(
        "Would Be Taken Back", help="Customers from whom it would be taken back."
    )
