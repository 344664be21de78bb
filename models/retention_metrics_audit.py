from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL


class RetentionMetrics(models.AbstractModel):
    """What must hold in the tables, each as the ids for which it does not."""

    _inherit = "retention.metrics"

    @api.model
    def _audit_queries(self, company):
        """Return {code: SELECT of the ids that are wrong}. Hook for tables of bridges."""
        queries = {
            **self._audit_profiles(),
            **self._audit_ledger(),
            **self._audit_alerts(company),
            **self._audit_procedures(),
        }
        return {
            code: SQL("SELECT id FROM (%s) wrong WHERE company_id = %s", query, company.id)
            for code, query in queries.items()
        }

    @api.model
    def _audit_profiles(self):
        return {
            "profile_twice": SQL(
                """SELECT MAX(id) AS id, company_id FROM retention_profile
                   GROUP BY partner_id, company_id HAVING COUNT(*) > 1"""
            ),
            "profile_of_contact": SQL(
                """SELECT profile.id, profile.company_id FROM retention_profile profile
                   JOIN res_partner partner ON partner.id = profile.partner_id
                   WHERE partner.commercial_partner_id IS DISTINCT FROM partner.id"""
            ),
            # Signals that no longer exist take their reasons with them until the next night.
            "points": SQL(
                """SELECT profile.id, profile.company_id
                   FROM retention_profile profile
                   LEFT JOIN retention_reason reason ON reason.profile_id = profile.id
                   WHERE profile.risk_level IS NOT NULL
                   GROUP BY profile.id, profile.company_id, profile.risk_score
                   HAVING COALESCE(SUM(reason.points), 0) <> COALESCE(profile.risk_score, 0)"""
            ),
        }

    @api.model
    def _audit_ledger(self):
        return {
            # Who is a customer at the end of a month is one at the start of the next.
            "ledger_gap": SQL(
                """SELECT COALESCE(this.id, next.id) AS id,
                          COALESCE(this.company_id, next.company_id) AS company_id
                   FROM (SELECT * FROM retention_ledger WHERE active_end) this
                   FULL JOIN (SELECT * FROM retention_ledger WHERE active_start) next
                        ON next.partner_id = this.partner_id
                       AND next.company_id = this.company_id
                       AND next.month = this.month + INTERVAL '1 month'
                   JOIN LATERAL (
                        SELECT MIN(month) AS first, MAX(month) AS last FROM retention_ledger_month
                        WHERE company_id = COALESCE(this.company_id, next.company_id)
                          AND state = 'closed') closed
                        ON this.id IS NULL AND next.month > closed.first
                        OR next.id IS NULL AND this.month < closed.last"""
            ),
            # start − lost + new + back = end, customer by customer.
            "ledger_flags": SQL(
                """SELECT id, company_id FROM retention_ledger
                   WHERE active_start::int - is_lost::int + is_new::int + is_reactivated::int
                         <> active_end::int"""
            ),
            "ledger_new_twice": SQL(
                """SELECT MAX(id) AS id, company_id FROM retention_ledger WHERE is_new
                   GROUP BY partner_id, company_id HAVING COUNT(*) > 1"""
            ),
        }

    @api.model
    def _audit_alerts(self, company):
        return {
            "alert_twice": SQL(
                """SELECT MAX(id) AS id, company_id FROM retention_alert WHERE live
                   GROUP BY partner_id, company_id HAVING COUNT(*) > 1"""
            ),
            "alert_task": SQL(
                """SELECT alert.id, alert.company_id FROM retention_alert alert
                   LEFT JOIN mail_activity task ON task.id = alert.task_id AND task.active
                        AND task.res_model = 'retention.alert' AND task.res_id = alert.id
                   WHERE alert.state = 'open' AND task.id IS NULL"""
            ),
            "alert_task_twice": SQL(
                """SELECT alert.id, alert.company_id FROM retention_alert alert
                   JOIN mail_activity task ON task.res_model = 'retention.alert'
                        AND task.res_id = alert.id AND task.active
                   JOIN ir_model_data data ON data.model = 'mail.activity.type'
                        AND data.res_id = task.activity_type_id
                        AND data.module = 'customer_retention'
                        AND data.name IN ('activity_type_senior_interview',
                                          'activity_type_save_task')
                   GROUP BY alert.id HAVING COUNT(*) > 1"""
            ),
            "alert_owner": SQL(
                """SELECT alert.id, alert.company_id FROM retention_alert alert
                   JOIN res_users owner ON owner.id = alert.user_id
                   WHERE alert.live AND NOT owner.active"""
            ),
            "alert_archived": SQL(
                """SELECT alert.id, alert.company_id FROM retention_alert alert
                   JOIN res_partner partner ON partner.id = alert.partner_id
                   WHERE alert.live AND NOT partner.active"""
            ),
            # People and procedures open alerts without one.
            "alert_cause": SQL(
                """SELECT alert.id, alert.company_id FROM retention_alert alert
                   WHERE alert.live AND alert.create_uid = %s
                     AND NOT EXISTS (
                         SELECT FROM retention_alert_line line WHERE line.alert_id = alert.id)
                     AND NOT EXISTS (
                         SELECT FROM retention_sop_step_run run
                         WHERE run.res_model = 'retention.alert' AND run.res_id = alert.id)""",
                SUPERUSER_ID,
            ),
            "task_orphan": SQL(
                """SELECT task.id, %s AS company_id FROM mail_activity task
                   WHERE task.res_model = 'retention.alert'
                         AND NOT EXISTS (
                             SELECT FROM retention_alert WHERE id = task.res_id)
                      OR task.res_model = 'retention.enrollment'
                         AND NOT EXISTS (
                             SELECT FROM retention_enrollment WHERE id = task.res_id)""",
                company.id,
            ),
        }

    @api.model
    def _audit_procedures(self):
        return {
            "run_after_end": SQL(
                """SELECT run.id, run.company_id FROM retention_sop_step_run run
                   JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
                   WHERE run.state = 'waiting' AND enrollment.live IS NOT TRUE"""
            ),
            "enrollment_idle": SQL(
                """SELECT enrollment.id, enrollment.company_id
                   FROM retention_enrollment enrollment
                   WHERE enrollment.state = 'running' AND enrollment.arm = 'treated'
                     AND NOT EXISTS (
                         SELECT FROM retention_sop_step_run run
                         WHERE run.enrollment_id = enrollment.id
                           AND run.state IN ('waiting', 'open'))"""
            ),
            "run_twice": SQL(
                """SELECT MAX(id) AS id, company_id FROM retention_sop_step_run
                   WHERE mail_id IS NOT NULL
                   GROUP BY mail_id, company_id HAVING COUNT(*) > 1
                   UNION ALL
                   SELECT MAX(id), company_id FROM retention_sop_step_run
                   GROUP BY enrollment_id, step_id, number, company_id HAVING COUNT(*) > 1"""
            ),
            "control_touched": SQL(
                """SELECT run.id, run.company_id FROM retention_sop_step_run run
                   JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
                   WHERE enrollment.arm = 'control' AND run.state = 'done'"""
            ),
            "benefit_twice": SQL(
                """SELECT MAX(id) AS id, company_id FROM retention_tier_grant WHERE live
                   GROUP BY profile_id, benefit_id, company_id HAVING COUNT(*) > 1"""
            ),
        }
