from odoo import api, fields, models
from odoo.tools import format_date


class RetentionWorkday(models.Model):
    """A day off that is no weekend, or a weekend day on which people work instead."""

    _name = "retention.workday"
    _description = "Public Holiday or Swapped Working Day"
    _order = "date desc, id"
    _rec_names_search = ["name"]
    _allow_sudo_commands = False

    date = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [("off", "Public holiday"), ("work", "Swapped working day")],
        required=True,
        default="off",
        help="A day off, or a weekend day on which people work.",
    )
    name = fields.Char("Occasion", translate=True)
    country_id = fields.Many2one(
        "res.country", ondelete="cascade", help="Empty: for companies of every country."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Empty: for all companies. A company's own day goes before that of its country.",
    )

    # Not a constraint, which would take two empty companies for different ones. Merging
    # contacts does not come by here.
    _once = models.UniqueIndex(
        "(date, COALESCE(company_id, 0), COALESCE(country_id, 0))",
        "There is already an entry for that day, country and company.",
    )

    @api.depends("date", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            parts = (format_date(self.env, record.date), record.name)
            record.display_name = " ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        # An import passes an empty cell as False: that is a public holiday, too.
        given = [{k: v for k, v in vals.items() if k != "kind" or v} for vals in vals_list]
        return super().create(given)
