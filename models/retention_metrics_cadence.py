from odoo import api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """When customers are due for a visit or a contact."""

    _inherit = "retention.metrics"

    @api.model
    def _cadence_due(self, sop, span, rules):
        """Return SQL of occasions, with ``every_days``: customers due up to ``span.as_of``.

        The day follows from the last contact, or from the last time the procedure began where
        no contact came of it, and from the rule that fits: it stays while these do. Whoever is
        overdue counts however long, so the span's beginning does not matter.

        :param rules: ``retention.cadence`` of one kind, in the order in which they are tried
        """
        for model in ("retention.profile", "retention.enrollment"):
            self.env[model].flush_model()
        partners = None if span.partners is None else self._alert_partners(span.partners)
        return SQL(
            """SELECT due.partner_id, due.partner_id AS contact_id, due.anchor_date,
                      NULL::varchar AS source_model, NULL::int AS source_id, due.every_days
               FROM (SELECT profile.partner_id, every.days AS every_days,
                            GREATEST(last.base + every.days, past.ended_on + %(rest)s)
                                AS anchor_date
                     FROM retention_profile profile
                     %(visits)s
                     LEFT JOIN (SELECT partner_id, MAX(entered_on) AS entered_on,
                                       MAX(ended_at)::date AS ended_on, BOOL_OR(live) AS live
                                FROM retention_enrollment
                                WHERE root_id = %(root)s AND company_id = %(company)s
                                GROUP BY partner_id) past
                          ON past.partner_id = profile.partner_id
                     CROSS JOIN LATERAL
                          (SELECT GREATEST(%(last)s, past.entered_on) AS base) last
                     CROSS JOIN LATERAL (SELECT %(every)s AS days) every
                     WHERE profile.company_id = %(company)s
                     AND profile.first_order_date IS NOT NULL
                     AND profile.stage IS DISTINCT FROM 'lost'
                     AND every.days IS NOT NULL AND past.live IS NOT TRUE %(only)s) due
               WHERE due.anchor_date <= %(as_of)s""",
            rest=sop.reentry_days if sop.reentry == "gap" else SQL("NULL::int"),
            every=self._cadence_interval(rules),
            visits=self._visits_join(span, partners) if sop.cadence == "visit" else SQL(),
            root=sop.root_id.id,
            company=span.company.id,
            last=SQL("COALESCE(visit.day, profile.first_order_date)")
            if sop.cadence == "visit"
            else SQL("GREATEST(profile.last_interaction_date, profile.last_order_date)"),
            only=self._alert_only(SQL("profile.partner_id"), span.partners),
            as_of=span.as_of,
        )

    @api.model
    def _cadence_interval(self, rules):
        """Return SQL of the days between two contacts; NULL where no rule fits."""
        cases = []
        for rule in rules:
            wanted = [SQL("last.base - profile.first_order_date >= %s", rule.age_from_days)]
            if rule.age_to_days:
                wanted.append(SQL("last.base - profile.first_order_date <= %s", rule.age_to_days))
            if rule.value != "all":
                wanted.append(SQL("COALESCE(profile.is_core, FALSE) = %s", rule.value == "core"))
            if rule.segment_ids:
                wanted.append(SQL("profile.segment_id = ANY(%s)", rule.segment_ids.ids))
            if rule.stage:
                wanted.append(SQL("profile.stage = %s", rule.stage))
            wanted += self._cadence_tiers(rule)
            cases.append(SQL("WHEN %s THEN %s", SQL(" AND ").join(wanted), rule.every_days))
        return SQL("CASE %s END", SQL(" ").join(cases))

    @api.model
    def _visits_join(self, span, partners):
        """Return SQL that joins each customer's last visit or meeting, done tasks among them."""
        scope = self._scope(span.company, span.as_of, partners)
        for model, names in self._interaction_fields().items():
            self.env[model].flush_model(names)
        self.env["retention.sop.step.run"].flush_model()
        day, known = self._local_day(scope, SQL("run.done_at"))
        tasks = SQL(
            """SELECT run.partner_id, %s AS day, 'visit' AS kind, NULL, run.id
               FROM retention_sop_step_run run
               JOIN retention_sop_step step ON step.id = run.step_id
               WHERE run.company_id = %s AND run.state = 'done' AND step.channel = 'visit'
               AND %s %s""",
            day,
            span.company.id,
            known,
            self._only_partners(scope, SQL("run.partner_id")),
        )
        records, meetings = self._record_interactions(scope), self._meeting_interactions(scope)
        return SQL(
            """LEFT JOIN (SELECT partner_id, MAX(day) AS day FROM (%s) seen
                          WHERE kind IN ('visit', 'meeting') AND day <= %s
                          GROUP BY partner_id) visit ON visit.partner_id = profile.partner_id""",
            self._union([records, meetings, tasks]),
            span.as_of,
        )

    @api.model
    def _every_days(self, occasions):
        """Return {partner id: days between two contacts} of :meth:`_cadence_due`."""
        return dict(
            self.env.execute_query(
                SQL("SELECT partner_id, every_days FROM (%s) occasion", occasions)
            )
        )
