"""What the screens of procedures show beside their fields: numbers, versions, what is missing."""

from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

ENROLLMENT = "retention.enrollment"


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    # In the order in which they come, and all of them.
    touchpoint = fields.Selection(
        group_expand=True,
        help="The moment in the relationship it belongs to; the library is sorted by it.",
    )
    # Of all versions: what a procedure does does not begin anew with each change.
    running_count = fields.Integer(
        "Under Way Now", compute="_compute_counts", help="Customers who are in it now."
    )
    stuck_count = fields.Integer("Waiting for Help", compute="_compute_counts")
    ended_count = fields.Integer("Ended", compute="_compute_counts")
    goal_count = fields.Integer("Goals Reached", compute="_compute_counts")
    version_count = fields.Integer(
        "Enrollments of This Version",
        compute="_compute_counts",
        help="Of customers who entered this version.",
    )
    touch_count = fields.Integer("Touches", compute="_compute_touch_count")
    attention = fields.Boolean(
        "Somebody Must Look", compute="_compute_counts", search="_search_attention"
    )
    step_count = fields.Integer("Number of Steps", compute="_compute_step_count")
    version_ids = fields.Many2many(
        "retention.sop", string="Versions", compute="_compute_version_ids"
    )
    taken_id = fields.Many2one("retention.sop", "Already Taken", compute="_compute_taken")
    taken_state = fields.Selection(
        selection=lambda self: self._fields["state"]._description_selection(self.env),
        string="State of Ours",
        compute="_compute_taken",
    )
    locked = fields.Boolean(compute="_compute_locked")
    sending_off = fields.Boolean(compute="_compute_sending_off")
    problem_text = fields.Text("What Cannot Work", compute="_compute_problem_text")

    @api.depends("root_id")
    def _compute_counts(self):
        """One query for all: whatever is shown, list or kanban."""
        found = self.env[ENROLLMENT]._read_group(
            [("root_id", "in", self.root_id.ids)],
            ["root_id", "sop_id", "state"],
            ["__count", "goal_on:count"],
        )
        families, versions = {}, Counter()
        for root, sop, state, count, reached in found:
            family = families.setdefault(root.id, Counter())
            family[state] += count
            family["goal"] += reached
            versions[sop.id] += count
        for sop in self:
            family = families.get(sop.root_id.id, Counter())
            sop.running_count = family["running"]
            sop.stuck_count = family["stuck"]
            sop.ended_count = family["done"] + family["left"]
            sop.goal_count = family["goal"]
            sop.version_count = versions[sop._origin.id]
            sop.attention = bool(family["stuck"])

    def _search_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        stuck = self.env[ENROLLMENT]._read_group([("state", "=", "stuck")], ["root_id"])
        domain = Domain("root_id", "in", [root.id for (root,) in stuck])
        return Domain.OR(domain if wanted else ~domain for wanted in value)

    @api.depends("root_id")
    def _compute_touch_count(self):
        found = self.env["retention.touch"]._read_group(
            [("sop_id.root_id", "in", self.root_id.ids)], ["sop_id"], ["__count"]
        )
        families = Counter()
        for sop, count in found:
            families[sop.root_id.id] += count
        for sop in self:
            sop.touch_count = families[sop.root_id.id]

    @api.depends("step_ids")
    def _compute_step_count(self):
        for sop in self:
            sop.step_count = len(sop.step_ids)

    @api.depends("root_id")
    def _compute_version_ids(self):
        found = self.search([("root_id", "in", self.root_id.ids)], order="version desc, id")
        families = found.grouped("root_id")
        for sop in self:
            sop.version_ids = families.get(sop.root_id, found.browse())

    @api.depends_context("company")
    def _compute_taken(self):
        """Find the copy that the current company has of each library entry."""
        found = self.search(
            [
                ("library_id", "in", self.ids),
                ("company_id", "=", self.env.company._retention_company().id),
                ("replaced_by_id", "=", False),
                ("state", "!=", "archived"),
            ],
            order="version",
        )
        mine = {copy.library_id.id: copy for copy in found}
        for sop in self:
            sop.taken_id = mine.get(sop._origin.id, False)
            sop.taken_state = sop.taken_id.state

    @api.depends("state", "company_id")
    def _compute_locked(self):
        for sop in self:
            sop.locked = sop.state in ("active", "archived") or sop.is_library

    @api.depends("step_ids.type", "company_id")
    def _compute_sending_off(self):
        """Tell where the machine itself should write to customers and must not yet."""
        kinds = set(self.env["retention.sop.step"]._contacting_types())
        for sop in self:
            company = sop.company_id.sudo()
            writes = kinds & set(sop.step_ids.mapped("type"))
            sop.sending_off = bool(company and writes and not company.retention_send)

    @api.depends(
        "step_ids.problem_text",
        "trigger",
        "trigger_days",
        "trigger_segment_ids",
        "trigger_stage",
        "trigger_level",
        "trigger_tag_ids",
        "trigger_sentiment",
        "trigger_festival_id",
        "trigger_field_id",
    )
    @api.depends_context("lang")
    def _compute_problem_text(self):
        for sop in self:
            sop.problem_text = "\n".join(sop._problems()) if sop.company_id else False

    # ---------------------------------------------------------------- where the numbers lead
    def action_open_enrollments(self):
        """List who takes or took part, in any version."""
        return self._open_enrollments({"search_default_live": 1})

    def action_open_stuck(self):
        """List whose steps need somebody's help."""
        return self._open_enrollments({"search_default_stuck": 1})

    def _open_enrollments(self, context):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_enrollment"
        )
        return {
            **action,
            "name": self.name,
            "display_name": self.name,
            "domain": [("root_id", "=", self.root_id.id)],
            "context": context,
        }

    def action_open_touches(self):
        """List how customers were contacted, and what was held back."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("customer_retention.action_touch")
        return {
            **action,
            "name": self.name,
            "display_name": self.name,
            "domain": [("sop_id.root_id", "=", self.root_id.id)],
            "context": {},
        }

    def action_open_taken(self):
        """Open what the current company made of this library entry."""
        self.ensure_one()
        self.check_access("read")
        return self.taken_id._open()

    def action_open_version(self):
        """Open this version."""
        self.check_access("read")
        return self._open()
