from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .joining import names_text, paragraph_text
from .retention_sop_step import ENROLLMENT, check_texts


class BenefitType(NamedTuple):
    """A kind of benefit.

    ``label``: translated; ``needs``: fields of the benefit that must be filled; ``contacts``:
    whether giving it reaches the customer or makes work for a colleague, so that it is held back
    for customers whose tier is only found out: the first load, or changed rules.
    """

    label: str
    needs: tuple = ()
    contacts: bool = False


class RetentionTierBenefit(models.Model):
    """Something that the customers of a tier get, once for each stay in it.

    Fields and checks. How it is given is in ``retention_tier_follow.py``, what the types do in
    the files beside it.
    """

    _name = "retention.tier.benefit"
    _description = "Tier Benefit"
    _order = "tier_id, sequence, id"
    _allow_sudo_commands = False

    tier_id = fields.Many2one("retention.tier", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="tier_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, help="Archived, it is not given to anybody else.")
    name = fields.Char(required=True, translate=True)
    type = fields.Selection(
        selection="_selection_type",
        required=True,
        default="manual",
        help="What customers of the tier get.",
    )
    for_higher = fields.Boolean(
        "Also for Higher Tiers",
        default=True,
        help="Who moves on to a higher tier keeps it, and who skips this tier gets it too.",
    )
    description = fields.Char(
        "What the Customer Gets",
        translate=True,
        help="In a sentence; on quotations and in the portal.",
    )

    # ---------------------------------------------------------------- what is given
    pricelist_id = fields.Many2one(
        "product.pricelist",
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete="restrict",
        help="Put on the customer; what was there before comes back at the end.",
    )
    tag_id = fields.Many2one(
        "res.partner.category",
        "Contact Tag",
        ondelete="restrict",
        help="Put on the contact while it lasts.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Account Manager or Responsible",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="For a task: empty for the account manager of each customer.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'retention.tier.grant'))]",
        ondelete="set null",
        help="The kind of activity that is planned.",
    )
    note = fields.Html("What to Do", translate=True)
    due_days = fields.Integer(
        "Due In (working days)", default=2, help="Working days the person has for the task."
    )
    proof_required = fields.Boolean(
        "Asks for Proof", help="The task is not done without saying what was given."
    )
    cost = fields.Monetary(help="For each customer, without tax; kept with each gift.")
    template_id = fields.Many2one(
        "mail.template",
        "Text",
        domain=[("model", "=", ENROLLMENT)],
        ondelete="restrict",
        help="The text in the customer's language.",
    )
    sop_id = fields.Many2one(
        "retention.sop",
        "Procedure",
        domain="[('company_id', '=', company_id), ('state', '=', 'active')]",
        ondelete="restrict",
    )
    message_sop_id = fields.Many2one(
        "retention.sop",
        "Sent By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The procedure that sends it, with all the rules on contacts.",
    )
    cadence_id = fields.Many2one(
        "retention.cadence",
        "Rule of Visits and Contacts",
        domain="[('company_id', '=', company_id)]",
        ondelete="restrict",
        help="It then counts for the customers with this benefit only.",
    )
    discount = fields.Float(
        "Discount (%)",
        digits=(5, 2),
        aggregator="avg",
        help="Shown on quotations for sales to grant; prices stay as they are.",
    )
    service_priority = fields.Selection(
        [("1", "Served before others"), ("2", "Served first"), ("3", "Served at once")],
        "Service Level",
        help="How soon service helps these customers.",
    )

    # ---------------------------------------------------------------- what became of it
    grant_ids = fields.One2many("retention.tier.grant", "benefit_id", "Grants")
    grant_count = fields.Integer(
        "Customers with It", compute="_compute_counts", help="Customers who have it at present."
    )
    trouble_count = fields.Integer("Not Given", compute="_compute_counts")
    problem_text = fields.Char("To Be Mended", compute="_compute_problem_text")

    _numbers_check = models.Constraint(
        "CHECK (due_days >= 0 AND cost >= 0 AND discount >= 0 AND discount <= 100)",
        "Days and cost are not below zero, and a discount is between 0 and 100 percent.",
    )

    # ---------------------------------------------------------------- types
    @api.model
    def _benefit_types(self):
        """Return {type: BenefitType}. Hook: a bridge calls super() and adds.

        A type also has ``_grant_<type>(grants, as_of, now)`` on this model, which gives it to
        all of ``grants`` in a number of queries that does not depend on how many they are and
        returns {grant id: Given}, and ``_take_back_<type>(grants, as_of, now)``, which returns
        {grant id: Taken}; without one of them there is nothing to be done. ``self`` is the
        one benefit of the grants. ``_problems_<type>()`` may return sentences.
        """
        return {
            "pricelist": BenefitType(self.env._("Pricelist"), needs=("pricelist_id",)),
            "tag": BenefitType(self.env._("Tag on the contact"), needs=("tag_id",)),
            "manager": BenefitType(self.env._("Account manager of their own"), needs=("user_id",)),
            "activity": BenefitType(self.env._("Call or other task"), contacts=True),
            "mail": BenefitType(self.env._("Message"), needs=("template_id",), contacts=True),
            "sop": BenefitType(
                self.env._("Start of a procedure"), needs=("sop_id",), contacts=True
            ),
            "cadence": BenefitType(self.env._("More frequent visits"), needs=("cadence_id",)),
            "early": BenefitType(self.env._("Early access to news")),
            "discount": BenefitType(
                self.env._("Discount on renewals or long terms"), needs=("description",)
            ),
            "service": BenefitType(self.env._("Raised service level"), needs=("service_priority",)),
            "manual": BenefitType(self.env._("Gift, event or plan by a person"), contacts=True),
        }

    @api.model
    def _selection_type(self):
        return [(code, kind.label) for code, kind in self._benefit_types().items()]

    def _benefit_type(self):
        """Return the type; one whose bridge was removed does nothing and says so."""
        self.ensure_one()
        known = self._benefit_types()
        if self.type not in known:
            raise ValidationError(self.env._("Nothing installed knows the benefit %s.", self.type))
        return known[self.type]

    # ---------------------------------------------------------------- what is missing
    def _problems(self):
        """Return what keeps this benefit from being given, in words."""
        self.ensure_one()
        benefit = self.sudo()
        missing = [name for name in benefit._benefit_type().needs if not benefit[name]]
        labels = [benefit._fields[name].get_description(self.env)["string"] for name in missing]
        found = [self.env._("Fill in: %s.", names_text(self.env, labels))] if labels else []
        more = getattr(benefit, f"_problems_{benefit.type}", None)
        return found + (more() if more else [])

    @api.depends(
        "type",
        "pricelist_id",
        "tag_id",
        "user_id",
        "template_id",
        "sop_id",
        "cadence_id",
        "description",
        "service_priority",
        "tier_id",
    )
    @api.depends_context("lang")
    def _compute_problem_text(self):
        for benefit in self:
            benefit.problem_text = benefit.type and paragraph_text(self.env, benefit._problems())

    @api.constrains("cadence_id", "sop_id", "pricelist_id", "tier_id")
    def _check_companies(self):
        for benefit in self:
            company = benefit.company_id
            for record in (benefit.cadence_id, benefit.sop_id, benefit.pricelist_id):
                theirs = record.company_id if record else company
                if theirs and theirs not in (company | company.parent_ids):
                    raise ValidationError(
                        self.env._("%s belongs to another company.", record.display_name)
                    )

    @api.constrains("template_id")
    def _check_template(self):
        check_texts(self, "template_id")

    # ---------------------------------------------------------------- numbers
    def _compute_counts(self):
        found = self.env["retention.tier.grant"]._read_group(
            [("benefit_id", "in", self.ids), ("live", "=", True)],
            ["benefit_id", "state"],
            ["__count"],
        )
        counts = {(benefit.id, state): count for benefit, state, count in found}
        for benefit in self:
            benefit.grant_count = counts.get((benefit.id, "given"), 0)
            benefit.trouble_count = counts.get((benefit.id, "failed"), 0) + counts.get(
                (benefit.id, "waiting"), 0
            )

    # ---------------------------------------------------------------- actions
    def action_open_grants(self):
        """List who has this benefit, and who had it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_grant")
        return {
            **action,
            "name": self.name,
            "display_name": self.name,
            "domain": [("benefit_id", "=", self.id)],
            "context": {"search_default_live": 1},
        }

    def action_give_all(self):
        """Give it to everybody who is in the tier now and does not have it.

        :raises UserError: while the figures are being computed
        """
        self.check_access("write")
        for benefit in self:
            benefit._give_all(benefit.company_id._retention_today(), fields.Datetime.now())
        return True
