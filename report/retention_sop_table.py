from odoo import fields, models
from odoo.tools import SQL

# Columns that are no fields, by figure: a group's sums are divided.
RATIOS = {
    "treated_response": ("treated_responses", "treated_judged"),
    "treated_rate": ("treated_purchases", "treated_judged"),
    "control_rate": ("control_purchases", "control_judged"),
}
DIFFERENCE = "difference"


class RetentionSopReport(models.Model):
    """Both arms beside each other, so that a procedure is one row of a table."""

    _inherit = "retention.sop.report"

    entered = fields.Integer(
        "Customers Entered",
        readonly=True,
        help="Took part or were in the control group, whether judged yet or not.",
    )
    treated_response = fields.Float(
        "Answered, of Who Took Part (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Answered or talked to, of those who took part and whose goal window is over.",
    )
    treated_rate = fields.Float(
        "Bought, of Who Took Part (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Bought within the goal window, of those who took part and whose window is over.",
    )
    control_rate = fields.Float(
        "Bought, of the Control Group (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="What would have happened anyway. Empty without a control group.",
    )
    difference = fields.Float(
        "More than the Control Group (Points)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="In percentage points. Whether it may be chance stands with the procedure.",
    )

    def _read_group_select(self, aggregate_spec, query):
        def rate(name):
            part, whole = (SQL.identifier(self._table, column) for column in RATIOS[name])
            return SQL("(100 * SUM(%s)::float8 / NULLIF(SUM(%s), 0))", part, whole)

        name = aggregate_spec.partition(":")[0]
        if name in RATIOS:
            return rate(name)
        if name == DIFFERENCE:
            return SQL("(%s - %s)", rate("treated_rate"), rate("control_rate"))
        return super()._read_group_select(aggregate_spec, query)

    @property
    def _table_query(self):
        return SQL(
            """SELECT line.*, 1 AS entered,
                      100.0 * treated_responses / NULLIF(treated_judged, 0) AS treated_response,
                      100.0 * treated_purchases / NULLIF(treated_judged, 0) AS treated_rate,
                      100.0 * control_purchases / NULLIF(control_judged, 0) AS control_rate,
                      NULL::float8 AS difference
               FROM (SELECT line.*, judged * (arm = 'treated')::int AS treated_judged,
                            responses * (arm = 'treated')::int AS treated_responses,
                            purchases * (arm = 'treated')::int AS treated_purchases,
                            judged * (arm = 'control')::int AS control_judged,
                            purchases * (arm = 'control')::int AS control_purchases
                     FROM (%s) line) line""",
            super()._table_query,
        )
