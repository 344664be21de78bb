from odoo import api, models
from odoo.tools import SQL

SETTLED = 30  # days after its window in which what came late still changes an enrollment
# Whoever wrote to a customer has not been answered yet.
WRITTEN = ("wechat", "mail", "letter")
MEASURED = (
    "purchased_on",
    "bought_before_on",
    "responded_on",
    "revenue",
    "cost",
    "measured_until",
    "window_over",
)


class RetentionMetrics(models.AbstractModel):
    """What came of procedures: purchases, answers and cost in each goal window."""

    _inherit = "retention.metrics"

    @api.model
    def _measure_enrollments(self, company, as_of):
        """Write what is known on ``as_of`` of every window that is not settled.

        Both arms alike, in one statement; only rows that differ are written.

        :return: the number of enrollments that changed
        """
        for model in ("retention.enrollment", "retention.sop", "retention.interaction"):
            self.env[model].flush_model()
        found = self.env.execute_query(self._unsettled(company, as_of))
        if not found:
            return 0
        ids, partner_ids = (list(column) for column in zip(*found))
        measured = self._measured(ids, as_of)
        scope = self._scope(company, as_of, self._partner_table(sorted(set(partner_ids))))
        columns = [SQL.identifier(name) for name in MEASURED]
        self.env.cr.execute(
            SQL(
                """UPDATE retention_enrollment enrollment
                   SET (%(columns)s, write_date, write_uid) = ROW(%(values)s, %(now)s, %(uid)s)
                   FROM (%(found)s) found WHERE found.id = enrollment.id
                   AND (%(old)s) IS DISTINCT FROM (%(values)s)""",
                columns=SQL(", ").join(columns),
                values=SQL(", ").join(SQL("found.%s", column) for column in columns),
                old=SQL(", ").join(SQL("enrollment.%s", column) for column in columns),
                now=self.env.cr.now(),
                uid=self.env.uid,
                found=self._measures(company, ids, measured, scope),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _unsettled(self, company, as_of):
        """Return SQL (id, partner_id): windows not over, or over for too short a time."""
        return SQL(
            """SELECT enrollment.id, enrollment.partner_id
               FROM retention_enrollment enrollment
               JOIN retention_sop sop ON sop.id = enrollment.sop_id
               WHERE enrollment.company_id = %(company)s AND enrollment.entered_on <= %(as_of)s
               AND (enrollment.measured_until IS NULL OR enrollment.measured_until <= %(as_of)s)
               AND (enrollment.live OR enrollment.window_over IS NOT TRUE
                    OR enrollment.measured_until < enrollment.entered_on + sop.goal_days
                    OR GREATEST(enrollment.entered_on + sop.goal_days,
                                enrollment.ended_at::date) + %(settled)s >= %(as_of)s)""",
            company=company.id,
            as_of=as_of,
            settled=SETTLED,
        )

    @api.model
    def _measured(self, ids, as_of):
        """Return SQL of these enrollments with the last day of their window and of measuring."""
        return SQL(
            """SELECT enrollment.id, enrollment.partner_id, enrollment.entered_at,
                      enrollment.entered_on, enrollment.anchor_date, enrollment.orders_before,
                      enrollment.replied_on, sop.goal_days,
                      LEAST(enrollment.entered_on + sop.goal_days, %(as_of)s::date) AS until,
                      enrollment.entered_on + sop.goal_days < %(as_of)s AS over
               FROM retention_enrollment enrollment
               JOIN retention_sop sop ON sop.id = enrollment.sop_id
               WHERE enrollment.id = ANY(%(ids)s)""",
            as_of=as_of,
            ids=ids,
        )

    @api.model
    def _measures(self, company, ids, measured, scope):
        """Return SQL (id and the columns of ``MEASURED``) of these enrollments.

        Purchases of the day of entry were made afterwards if there are more than the customer
        had on entering. Their money counts if that is so of all that day's purchases.
        """
        return SQL(
            """SELECT measured.id,
                      CASE WHEN bought.more_that_day THEN measured.entered_on
                           ELSE bought.later_on END AS purchased_on,
                      bought.before_on AS bought_before_on,
                      LEAST(answered.day,
                            CASE WHEN measured.replied_on <= measured.until
                                 THEN measured.replied_on END) AS responded_on,
                      ROUND(COALESCE(bought.later_amount, 0) + CASE
                          WHEN bought.more_that_day
                               AND bought.known_before >= measured.orders_before
                          THEN bought.amount_that_day ELSE 0 END, 2) AS revenue,
                      ROUND(COALESCE(spent.amount, 0), 2) AS cost,
                      measured.until AS measured_until, measured.over AS window_over
               FROM (%(measured)s) measured
               LEFT JOIN (%(bought)s) bought ON bought.id = measured.id
               LEFT JOIN (%(answered)s) answered ON answered.id = measured.id
               LEFT JOIN (SELECT enrollment_id AS id, SUM(amount)::numeric AS amount
                          FROM (%(costs)s) cost GROUP BY enrollment_id) spent
                    ON spent.id = measured.id""",
            measured=measured,
            bought=self._bought_in_windows(measured, scope),
            answered=self._answered_in_windows(measured, scope),
            costs=self._union(self._enrollment_costs(company, ids)),
        )

    @api.model
    def _bought_in_windows(self, measured, scope):
        """Return SQL, one row per enrollment of a customer with purchases.

        Before: in as many days before the entry as the window has, without the purchase that
        the procedure began with.
        """
        purchases = self._purchase_rows(scope)
        if scope.basis == "order":
            purchases = SQL(
                """SELECT partner_id, day, SUM(amount) AS amount, SUM(documents) AS documents
                   FROM (%s UNION ALL %s) either GROUP BY partner_id, day""",
                purchases,
                self._order_refunds(scope),
            )
        later = SQL("p.day > m.entered_on AND p.day <= m.until")
        earlier = SQL(
            """p.day >= m.entered_on - m.goal_days AND p.day < m.entered_on
               AND p.day != m.anchor_date"""
        )
        return SQL(
            """SELECT *, documents_that_day > 0
                         AND known_before + documents_that_day > orders_before AS more_that_day
               FROM (SELECT m.id, m.orders_before,
                            MIN(p.day) FILTER (WHERE p.documents > 0 AND %(later)s) AS later_on,
                            SUM(p.amount) FILTER (WHERE %(later)s) AS later_amount,
                            MAX(p.day) FILTER (WHERE p.documents > 0 AND %(earlier)s)
                                AS before_on,
                            COALESCE(SUM(p.documents) FILTER (WHERE p.day < m.entered_on), 0)
                                AS known_before,
                            COALESCE(SUM(p.documents) FILTER (WHERE p.day = m.entered_on), 0)
                                AS documents_that_day,
                            SUM(p.amount) FILTER (WHERE p.day = m.entered_on) AS amount_that_day
                     FROM (%(measured)s) m JOIN (%(purchases)s) p ON p.partner_id = m.partner_id
                     GROUP BY m.id, m.orders_before) summed""",
            later=later,
            earlier=earlier,
            measured=measured,
            purchases=purchases,
        )

    @api.model
    def _order_refunds(self, scope):
        """Credit notes for what was ordered; orders themselves know nothing of them."""
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, move.invoice_date AS day,
                      -line.balance AS amount, 0 AS documents
               FROM account_move move JOIN account_move_line line ON line.move_id = move.id
               JOIN res_partner partner ON partner.id = move.partner_id
               WHERE move.state = 'posted' AND move.move_type = 'out_refund'
               AND move.company_id IN %s AND move.invoice_date <= %s
               AND line.display_type = 'product' %s
               AND EXISTS (
                   SELECT FROM sale_order_line_invoice_rel rel
                   JOIN sale_order_line ordered ON ordered.id = rel.order_line_id
                   WHERE rel.invoice_line_id = line.id AND ordered.is_downpayment IS NOT TRUE)""",
            scope.company._retention_members(),
            scope.as_of,
            self._only_partners(scope, SQL("partner.commercial_partner_id")),
        )

    @api.model
    def _answered_in_windows(self, measured, scope):
        """Return SQL (id, day) of the first talk in which the customer took part."""
        day, _known = self._local_day(scope, SQL("talk.date"))
        return SQL(
            """SELECT m.id, MIN(%(day)s) AS day
               FROM (%(measured)s) m
               JOIN retention_interaction talk ON talk.commercial_partner_id = m.partner_id
                    AND talk.company_id IN %(members)s AND talk.date >= m.entered_at
                    AND %(day)s <= m.until
               WHERE talk.outcome IN ('promised', 'refused')
               OR (talk.outcome != 'no_answer'
                   AND (talk.direction = 'incoming' OR talk.kind NOT IN %(written)s))
               GROUP BY m.id""",
            day=day,
            measured=measured,
            members=scope.company._retention_members(),
            written=WRITTEN,
        )

    @api.model
    def _enrollment_costs(self, company, ids):
        """Return SELECTs (enrollment_id, amount) of what these enrollments cost. Hook.

        Amounts are in company currency. A bridge calls super(), appends its own, such as the
        value of vouchers, and flushes what that reads. What a touch took goes before what its
        step says.
        """
        for model in ("retention.sop.step.run", "retention.sop.step", "retention.touch"):
            self.env[model].flush_model()
        return [
            SQL(
                """SELECT run.enrollment_id,
                          COALESCE(touch.minutes, step.minutes, 0) / 60.0 * %s
                              + COALESCE(touch.cost, step.cost, 0) AS amount
                   FROM retention_sop_step_run run
                   JOIN retention_sop_step step ON step.id = run.step_id
                   LEFT JOIN retention_touch touch
                        ON touch.id = run.touch_id AND touch.state = 'done'
                   WHERE run.state = 'done' AND run.enrollment_id = ANY(%s)""",
                company.sudo().retention_hour_cost,
                ids,
            )
        ]
