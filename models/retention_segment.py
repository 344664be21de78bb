from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..analytics import segments

GRID = "grid"


class RetentionSegmentScheme(models.Model):
    """Names every combination of the scores (r, f, m): exactly one segment for each."""

    _name = "retention.segment.scheme"
    _description = "Segment Scheme"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: any company may use it.")
    kind = fields.Selection(
        [
            ("four", "Four types: high value, sleeping, new, general"),
            ("eight", "Eight types: each score high or not"),
            (GRID, "Grid: recency by frequency and monetary"),
        ],
        required=True,
        default="four",
        help="How the three scores make a segment.",
    )
    r_split = fields.Integer(
        "R is high from",
        default=4,
        required=True,
        help="From this score on recency counts as high.",
    )
    f_split = fields.Integer(
        "F is high from",
        default=4,
        required=True,
        help="From this score on frequency counts as high.",
    )
    m_split = fields.Integer(
        "M is high from",
        default=4,
        required=True,
        help="From this score on monetary counts as high.",
    )
    segment_ids = fields.One2many("retention.segment", "scheme_id", "Segments", copy=True)
    cell_ids = fields.One2many("retention.segment.cell", "scheme_id", "Grid")
    in_use = fields.Boolean(compute="_compute_in_use")
    description = fields.Text(translate=True)

    _splits_check = models.Constraint(
        "CHECK (r_split BETWEEN 2 AND 5 AND f_split BETWEEN 2 AND 5 AND m_split BETWEEN 2 AND 5)",
        "A score is high from 2, 3, 4 or 5 on.",
    )

    @api.depends_context("company")
    def _compute_in_use(self):
        current = self.env.company._retention_company()._retention_scheme()
        for scheme in self:
            scheme.in_use = scheme == current

    @api.constrains("kind", "segment_ids", "cell_ids")
    def _check_complete(self):
        for scheme in self & self._used():
            scheme._segment_map()

    @api.model
    def _used(self):
        """Return the schemes that score some company's customers."""
        default = self.env.ref("customer_retention.scheme_four", raise_if_not_found=False)
        chosen = (
            self.env["res.company"]
            .sudo()
            .search([("retention_scheme_id", "!=", False)])
            .retention_scheme_id
        )
        return (chosen | (default or self.browse())).with_env(self.env)

    def _segment_map(self):
        """Return 125 segment ids, in the order of :func:`analytics.segments.position`.

        :raises ValidationError: naming what is missing
        """
        self.ensure_one()
        if self.kind == GRID:
            cells = {(cell.r, cell.fm): cell.segment_id.id for cell in self.cell_ids}
            try:
                return segments.mapping(segments.grid(cells))
            except ValueError as error:
                raise ValidationError(
                    self.env._("Scheme %(name)s: paint all 25 cells of the grid.", name=self.name)
                ) from error
        by_code = {segment.code: segment.id for segment in self.segment_ids}
        wanted = segments.FOUR_TYPES if self.kind == "four" else segments.EIGHT_TYPES
        if missing := [code for code in wanted if code not in by_code]:
            raise ValidationError(
                self.env._(
                    "Scheme %(name)s needs a segment with each of these codes: %(codes)s.",
                    name=self.name,
                    codes=", ".join(missing),
                )
            )
        rule = segments.four_types if self.kind == "four" else segments.eight_types
        codes = segments.mapping(rule(self.r_split, self.f_split, self.m_split))
        return [by_code[code] for code in codes]

    @api.model_create_multi
    def create(self, vals_list):
        schemes = super().create(vals_list)
        for scheme in schemes.filtered(lambda s: s.kind != GRID and not s.segment_ids):
            scheme._add_missing_segments()
        return schemes

    def _add_missing_segments(self):
        """Give a new scheme of four or eight types its segments, named after the shipped ones."""
        shipped = self.env.ref(f"customer_retention.scheme_{self.kind}", raise_if_not_found=False)
        for segment in (shipped or self).segment_ids:
            segment.copy({"scheme_id": self.id})

    def copy(self, default=None):
        copies = super().copy(default)
        for scheme, duplicate in zip(self, copies, strict=True):
            by_code = {segment.code: segment for segment in duplicate.segment_ids}
            self.env["retention.segment.cell"].create(
                [
                    {
                        "scheme_id": duplicate.id,
                        "r": cell.r,
                        "fm": cell.fm,
                        "segment_id": by_code[cell.segment_id.code].id,
                    }
                    for cell in scheme.cell_ids
                ]
            )
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for scheme, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", scheme.name)
            vals["company_id"] = self.env.company._retention_company().id
        return vals_list

    def write(self, vals):
        before = self._segment_maps()
        result = super().write(vals)
        self._ask_rescore(before)
        return result

    def _segment_maps(self):
        """Return {scheme: its 125 segment ids, or None while it is incomplete}."""
        maps = {}
        for scheme in self:
            try:
                maps[scheme] = scheme._segment_map()
            except ValidationError:
                maps[scheme] = None
        return maps

    def _ask_rescore(self, before):
        """Have the customers of those schemes computed again whose map is no longer ``before``."""
        now = self._segment_maps()
        changed = self.filtered(lambda scheme: now[scheme] != before[scheme])
        if changed:
            companies = self.env["res.company"]._retention_companies()
            self.env["retention.run"]._request_rescore(
                companies.filtered(lambda company: company._retention_scheme() in changed)
            )

    def action_preview(self):
        """Show who would change segment if the current company used this scheme."""
        self.ensure_one()
        self._segment_map()
        wizard = self.env["retention.scoring.wizard"].create(
            {
                **self.env["retention.scoring.wizard"].default_get([]),
                "retention_scheme_id": self.id,
            }
        )
        return wizard.action_preview()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        if used := self & self._used():
            raise UserError(self.env._("%s is in use. Choose another scheme first.", used[0].name))


class RetentionSegment(models.Model):
    _name = "retention.segment"
    _description = "Customer Segment"
    _order = "scheme_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Ties the segment to its rule. Never shown.")
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    scheme_id = fields.Many2one(
        "retention.segment.scheme", required=True, index=True, ondelete="cascade"
    )
    treatment = fields.Text(
        "Next Best Action",
        translate=True,
        help="What to do with these customers; shown on each of them.",
    )
    customer_count = fields.Integer("Number of Customers", compute="_compute_customer_count")

    _code_uniq = models.Constraint(
        "UNIQUE (scheme_id, code)", "A code stands for one segment of a scheme."
    )

    @api.depends_context("company", "allowed_company_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["retention.profile"]._read_group(
                [("segment_id", "in", self.ids), ("partner_id.active", "=", True)],
                ["segment_id"],
                ["__count"],
            )
        )
        for segment in self:
            segment.customer_count = counts.get(segment, 0)

    def action_open_customers(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_retention_profile"
        )
        return {**action, "context": {"search_default_segment_id": self.id}}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_customers(self):
        held = (
            self.env["retention.profile"].sudo().search([("segment_id", "in", self.ids)], limit=1)
        )
        if held:
            raise UserError(
                self.env._(
                    "There are customers in %s. Paint its cells with another segment and let "
                    "the figures be computed first.",
                    held.segment_id.name,
                )
            )


class RetentionSegmentCell(models.Model):
    """One painted cell of a grid scheme."""

    _name = "retention.segment.cell"
    _description = "Segment Grid Cell"
    _order = "r desc, fm"

    scheme_id = fields.Many2one(
        "retention.segment.scheme", required=True, index=True, ondelete="cascade"
    )
    r = fields.Integer(required=True)
    fm = fields.Integer("FM", required=True)
    segment_id = fields.Many2one(
        "retention.segment",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('scheme_id', '=', scheme_id)]",
    )
    color = fields.Integer(related="segment_id.color")

    _cell_uniq = models.Constraint(
        "UNIQUE (scheme_id, r, fm)", "A cell of the grid belongs to one segment."
    )
    _cell_check = models.Constraint(
        "CHECK (r BETWEEN 1 AND 5 AND fm BETWEEN 1 AND 5)", "The grid has five rows and columns."
    )

    @api.constrains("segment_id", "scheme_id")
    def _check_same_scheme(self):
        for cell in self:
            if cell.segment_id.scheme_id != cell.scheme_id:
                raise ValidationError(
                    self.env._("A cell can only be painted with a segment of its own scheme.")
                )

    def write(self, vals):
        schemes = self.scheme_id
        before = schemes._segment_maps()
        result = super().write(vals)
        schemes._ask_rescore(before)
        return result
