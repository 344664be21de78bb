from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

NOW = 1000  # customers computed while their user waits
# More days ago is an earlier date.
RECENCY_OPERATORS = {"in": "in", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class RetentionProfile(models.Model):
    """One row per commercial partner and company: the single home of computed figures.

    Rows are written by the engine only (``retention_engine.py``); users read them.
    """

    _name = "retention.profile"
    _description = "Customer Retention Profile"
    _order = "rfm_monetary desc, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _allow_sudo_commands = False

    # Found by the constraint's and the index below: each further one is written at every change.
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Account Manager", index="btree_not_null")

    first_order_date = fields.Date("First Purchase", readonly=True)
    last_order_date = fields.Date("Last Purchase", readonly=True)
    order_count = fields.Integer("Purchase Count", readonly=True, help="Documents over all time.")
    revenue_total = fields.Monetary(
        "Total Revenue", readonly=True, help="Net amount over all time, without tax."
    )
    avg_order_value = fields.Monetary("Average Order Value", readonly=True, aggregator="avg")
    expected_gap_days = fields.Integer(
        "Usual Gap (days)",
        readonly=True,
        aggregator="avg",
        help="Average days between this customer's purchases; known from the fourth "
        "purchase day on.",
    )
    next_order_date = fields.Date("Expected Next Order", readonly=True)
    is_core = fields.Boolean(
        "Core Customer",
        readonly=True,
        help="Belongs to the smallest set of customers that makes most of the net revenue.",
    )

    rfm_recency_days = fields.Integer(
        "Recency (days)",
        compute="_compute_rfm_recency_days",
        search="_search_rfm_recency_days",
        aggregator="avg",
        help="Days since the last purchase day.",
    )
    rfm_frequency = fields.Integer(
        "Frequency", readonly=True, aggregator="avg", help="Purchase days in the window."
    )
    rfm_monetary = fields.Monetary(
        "Monetary", readonly=True, help="Net amount in the window, without tax."
    )
    rfm_r = fields.Integer("R", readonly=True, aggregator="avg", help="Recency score, 5 is best.")
    rfm_f = fields.Integer("F", readonly=True, aggregator="avg", help="Frequency score, 5 is best.")
    rfm_m = fields.Integer("M", readonly=True, aggregator="avg", help="Monetary score, 5 is best.")
    rfm_score = fields.Char("RFM Score", readonly=True, help="The three scores, as in 545.")
    segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="restrict")
    segment_since = fields.Date("In Segment Since", readonly=True)
    previous_segment_id = fields.Many2one("retention.segment", readonly=True, ondelete="set null")
    segment_color = fields.Integer(related="segment_id.color")
    treatment = fields.Text(related="segment_id.treatment", string="Next Best Action")
    overlay_ids = fields.Many2many(
        "retention.overlay",
        string="Overlays",
        compute="_compute_overlay_ids",
        search="_search_overlay_ids",
    )
    change_ids = fields.One2many("retention.change", "profile_id", "Changes")
    customer_number = fields.Char(
        compute="_compute_customer_number",
        search="_search_customer_number",
        help="A number that no other customer has and that never changes.",
    )
    computed_at = fields.Datetime(
        compute="_compute_freshness", help="When this company's figures were last computed."
    )
    refresh_pending = fields.Boolean(
        compute="_compute_freshness", help="A recent change of this customer is not yet counted."
    )

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "A customer has one profile in each company."
    )
    _company_segment_idx = models.Index("(company_id, segment_id)")

    @api.depends("last_order_date", "company_id")
    def _compute_rfm_recency_days(self):
        today = {company: company._retention_today() for company in self.company_id}
        for profile in self:
            last = profile.last_order_date
            profile.rfm_recency_days = (today[profile.company_id] - last).days if last else 0

    def _search_rfm_recency_days(self, operator, value):
        if operator not in RECENCY_OPERATORS:
            return NotImplemented
        values = [v for v in value if v is not False] if operator == "in" else value
        # Each company's own today, so that "30 days" means the same as on the form.
        found = []
        for company in self.env["res.company"]._retention_companies():
            today = company._retention_today()
            day = (
                [today - timedelta(days=v) for v in values]
                if operator == "in"
                else today - timedelta(days=values)
            )
            found.append(
                Domain("company_id", "=", company.id)
                & Domain("last_order_date", RECENCY_OPERATORS[operator], day)
            )
        return Domain.OR(found)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "rfm_recency_days":
            # Moves by itself every day, so it is never stored.
            self._check_field_access(self._fields[field_expr], "read")
            today = self.env.company._retention_today()
            last = self._fields["last_order_date"]
            return SQL("(%s::date - %s)", today, SQL.identifier(alias, last.name), to_flush=last)
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends("partner_id")
    def _compute_customer_number(self):
        for profile in self:
            profile.customer_number = (
                f"C{profile.partner_id.id:06d}" if profile.partner_id else False
            )

    def _search_customer_number(self, operator, value):
        if operator not in ("in", "ilike", "=ilike", "like"):
            return NotImplemented
        values = value if operator == "in" else [value]
        ids = [int(d) for v in values if v and (d := str(v).strip().lstrip("Cc")).isdigit()]
        return [("partner_id", "in", ids)]

    def _compute_overlay_ids(self):
        overlays = self.env["retention.overlay"].search(
            [("company_id", "in", [False, *self.company_id.ids])]
        )
        matching = {o: set(self.filtered_domain(o._get_domain()).ids) for o in overlays}
        for profile in self:
            profile.overlay_ids = overlays.filtered(
                lambda o, profile=profile: (
                    profile.id in matching[o]
                    and (not o.company_id or o.company_id == profile.company_id)
                )
            )

    def _search_overlay_ids(self, operator, value):
        overlays = self.env["retention.overlay"]
        if operator == "any":
            return overlays.search(value)._get_domain()
        if operator != "in":
            return NotImplemented
        found = overlays.browse(v for v in value if v).exists()._get_domain()
        if False in value:
            companies = [False, *self.env.companies.ids]
            found |= ~overlays.search([("company_id", "in", companies)])._get_domain()
        return found

    def _compute_freshness(self):
        runs = self.env["retention.run"].sudo()
        latest = dict(
            runs._read_group(
                [("company_id", "in", self.company_id.ids), ("state", "=", "done")],
                ["company_id"],
                ["ended_at:max"],
            )
        )
        requests = self.env["retention.refresh.request"].sudo()
        pending = requests._pending_partner_ids(self.partner_id.ids)
        for profile in self:
            profile.computed_at = latest.get(profile.company_id, False)
            profile.refresh_pending = profile.partner_id.id in pending

    # ---------------------------------------------------------------- actions
    def action_refresh_now(self):
        """Compute these customers' figures now, as their reader."""
        self.check_access("read")
        if len(self) > NOW:
            return self._refresh_later({(p.partner_id.id, p.company_id.id) for p in self})
        for company, profiles in self.grouped("company_id").items():
            self.env["retention.profile"].sudo()._refresh(
                company, company._retention_today(), profiles.partner_id.ids
            )
        return True

    @api.model
    def _refresh_later(self, pairs):
        """Have these (partner id, company id) computed in the background, and say so."""
        self.env["retention.refresh.request"]._ask_pairs(pairs)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%s customers will be computed in the background.", len(pairs)
                ),
            },
        }

    def action_open_partner(self):
        self.ensure_one()
        return self._open_partner(self.partner_id)

    @api.model
    def _open_partner(self, partner):
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": partner.id,
            "view_mode": "form",
            "context": {"retention_page": True},
        }
