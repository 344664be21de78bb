from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time

from .alert_common import AlertCase
from .common import AS_OF
from .ledger_common import LedgerCase
from .sop_common import SopCase


class Planting:
    """Corruptions are planted by SQL, past everything that would prevent them."""

    def plant(self, sql, **values):
        self.env.flush_all()
        self.env.cr.execute(sql, values)
        self.env.invalidate_all()

    def drop(self, table, constraint):
        self.env.cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{constraint}")

    def found(self):
        """Return {code: count} of what the audit finds in the company."""
        return {finding.code: finding.count for finding in self.findings(self.company)}

    def findings(self, company):
        with freeze_time("2026-09-01 09:00:00"):
            return self.env["retention.audit"]._audit(company)


class TestAuditFigures(Planting, LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twelve()
        cls.night(date(2026, 8, 31))
        cls.ann, cls.ben = cls.profiles.search([("company_id", "=", cls.company.id)], limit=2)

    def test_nothing_wrong(self):
        self.assertEqual(self.found(), {})

    def test_before_the_first_run(self):
        company = self.make_company("Never Computed")
        self.assertEqual(self.findings(company), [])

    def test_amount_changed(self):
        self.plant(
            "UPDATE retention_profile SET revenue_total = revenue_total + 1 WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"scores": 1})

    def test_date_lost(self):
        self.plant(
            "UPDATE retention_profile SET last_order_date = NULL WHERE id = %(id)s", id=self.ann.id
        )
        self.assertEqual(self.found(), {"scores": 1})

    def test_segment_changed(self):
        other = self.env["retention.segment"].search(
            [("id", "!=", self.ann.segment_id.id)], limit=1
        )
        self.plant(
            "UPDATE retention_profile SET segment_id = %(segment)s WHERE id = %(id)s",
            segment=other.id,
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"scores": 1})

    def test_who_waits_is_not_compared(self):
        self.plant(
            "UPDATE retention_profile SET revenue_total = revenue_total + 1 WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.env["retention.refresh.request"]._ask("res.partner", self.ann.partner_id.ids)
        self.commit_requests()
        self.assertEqual(self.found(), {})

    def test_bought_after_the_last_night(self):
        day = date(2026, 9, 1)
        self.order(self.ann.partner_id, day)
        self.refresh(day, self.ann.partner_id)
        self.commit_requests()
        self.env.cr.execute("DELETE FROM retention_refresh_request")
        self.assertEqual(self.ann.last_order_date, day)
        self.assertEqual(self.found(), {})
        self.plant(
            "UPDATE retention_profile SET rfm_frequency = rfm_frequency + 1 WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"scores": 1})

    def test_a_run_under_way_is_no_corruption(self):
        self.order(self.ann.partner_id, date(2026, 8, 20))
        self.refresh(date(2026, 8, 31), self.ann.partner_id)
        before = self.ann.rfm_r
        run = self.env["retention.run"]._plan(self.company, date(2026, 10, 15))
        while run.phase != "assess":
            run._step()
        self.env.invalidate_all()
        self.assertLess(self.ann.rfm_r, before)
        self.assertNotIn("scores", self.found())

    def test_profile_missing(self):
        self.plant(
            "DELETE FROM retention_ledger WHERE profile_id = %(id)s;"
            "DELETE FROM retention_profile WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"profile_missing": 1})

    def test_figures_without_a_purchase(self):
        partner = self.customer("Nothing Bought")
        self.plant(
            "INSERT INTO retention_profile (partner_id, company_id, order_count) "
            "VALUES (%(partner)s, %(company)s, 0)",
            partner=partner.id,
            company=self.company.id,
        )
        self.assertEqual(self.found(), {})
        self.plant(
            "UPDATE retention_profile SET order_count = 1 WHERE partner_id = %(partner)s",
            partner=partner.id,
        )
        self.assertEqual(self.found(), {"scores": 1})

    def test_profile_twice(self):
        self.drop("retention_profile", "partner_company_uniq")
        self.plant(
            "INSERT INTO retention_profile (partner_id, company_id) "
            "SELECT partner_id, company_id FROM retention_profile WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"profile_twice": 1})

    def test_profile_of_contact(self):
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.ben.partner_id.id}
        )
        self.plant(
            "UPDATE retention_profile SET partner_id = %(contact)s WHERE id = %(id)s",
            contact=contact.id,
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"profile_of_contact": 1, "profile_missing": 1, "scores": 1})

    def test_points(self):
        self.plant(
            "UPDATE retention_profile SET risk_score = risk_score + 1 WHERE id = %(id)s",
            id=self.ann.id,
        )
        self.assertEqual(self.found(), {"points": 1})

    def test_month_lost(self):
        row = self.rows(self.ann.partner_id).filtered(lambda r: r.active_start and r.active_end)[0]
        self.plant("DELETE FROM retention_ledger WHERE id = %(id)s", id=row.id)
        # Its neighbours no longer meet: neither the month before nor the one after.
        self.assertEqual(self.found()["ledger_gap"], 2)

    def test_flag_changed(self):
        row = self.rows(self.ann.partner_id).filtered("active_end")[-1]
        self.plant("UPDATE retention_ledger SET is_lost = NOT is_lost WHERE id = %(id)s", id=row.id)
        self.assertEqual(self.found()["ledger_flags"], 1)

    def test_new_twice(self):
        self.plant(
            "UPDATE retention_ledger SET is_new = TRUE, active_start = FALSE "
            "WHERE id = (SELECT MAX(id) FROM retention_ledger WHERE partner_id = %(id)s "
            "AND active_end)",
            id=self.ann.partner_id.id,
        )
        self.assertIn("ledger_new_twice", self.found())

    def test_other_companies_have_their_own(self):
        other = self.make_company("Other")
        partner = self.customer("There")
        self.order(partner, "2026-08-01", company=other)
        self.refresh(date(2026, 8, 31), company=other)
        self.plant(
            "UPDATE retention_profile SET revenue_total = 1 WHERE company_id = %(id)s", id=other.id
        )
        self.assertEqual(self.found(), {})
        self.assertEqual(len(self.findings(other)), 1)

    @freeze_time("2026-09-01 09:00:00")
    def test_button(self):
        user = self.make_user("aud_user", "customer_retention.group_user")
        with self.assertRaises(AccessError):
            self.env["retention.run"].with_user(user).action_check_data()
        manager = self.make_user("aud_manager", "customer_retention.group_manager")
        told = self.env["retention.run"].with_user(manager).action_check_data()["params"]
        self.assertEqual(told["type"], "success")
        self.plant("UPDATE retention_profile SET risk_score = 99 WHERE id = %(id)s", id=self.ann.id)
        told = self.env["retention.run"].with_user(manager).action_check_data()["params"]
        self.assertEqual((told["type"], told["sticky"]), ("warning", True))
        self.assertIn("(1)", told["message"])


class TestAuditAlerts(Planting, AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_reason(cls.make_profile(risk_score=0))
        cls.alert = cls.sync()

    def test_nothing_wrong(self):
        self.assertEqual(len(self.alert), 1)
        self.assertEqual(self.found(), {})

    def test_task_done_behind_its_back(self):
        self.plant(
            "UPDATE mail_activity SET active = FALSE WHERE id = %(id)s", id=self.alert.task_id.id
        )
        self.assertEqual(self.found(), {"alert_task": 1})

    def test_task_doubled(self):
        self.plant(
            "INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, user_id,"
            " date_deadline, active) SELECT res_model_id, res_model, res_id, activity_type_id,"
            " user_id, date_deadline, TRUE FROM mail_activity WHERE id = %(id)s",
            id=self.alert.task_id.id,
        )
        self.assertEqual(self.found(), {"alert_task_twice": 1})

    def test_alert_doubled(self):
        self.drop("retention_alert", "customer_live_uniq")
        self.plant(
            "INSERT INTO retention_alert (partner_id, company_id, live, state, action, escalation,"
            " opened_on) SELECT partner_id, company_id, TRUE, 'queued', action, escalation,"
            " opened_on FROM retention_alert WHERE id = %(id)s",
            id=self.alert.id,
        )
        self.assertEqual(self.found(), {"alert_twice": 1})

    def test_owner_gone(self):
        self.plant(
            "UPDATE res_users SET active = FALSE WHERE id = %(id)s", id=self.alert.user_id.id
        )
        self.assertEqual(self.found(), {"alert_owner": 1})

    def test_customer_archived(self):
        self.plant(
            "UPDATE res_partner SET active = FALSE WHERE id = %(id)s", id=self.alert.partner_id.id
        )
        self.assertEqual(self.found(), {"alert_archived": 1})

    def test_cause_lost(self):
        self.plant("DELETE FROM retention_alert_line WHERE alert_id = %(id)s", id=self.alert.id)
        self.assertEqual(self.found(), {"alert_cause": 1})

    def test_people_and_procedures_need_no_cause(self):
        self.plant("DELETE FROM retention_alert_line WHERE alert_id = %(id)s", id=self.alert.id)
        self.plant(
            "UPDATE retention_alert SET create_uid = %(user)s WHERE id = %(id)s",
            user=self.owner.id,
            id=self.alert.id,
        )
        self.assertEqual(self.found(), {})

    def test_alert_lost(self):
        self.plant("DELETE FROM retention_alert WHERE id = %(id)s", id=self.alert.id)
        self.assertEqual(self.found(), {"task_orphan": 1})


class TestAuditProcedures(Planting, SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann", AS_OF)
        cls.sop = cls.make_sop(cls.mail(), cls.task(delay_count=3))
        cls.ann_in = cls.enter(cls.sop, cls.ann)

    def setUp(self):
        super().setUp()
        self.tick()
        self.ann_in = self.of(self.sop)

    def test_nothing_wrong(self):
        self.assertEqual(self.ann_in.state, "running")
        self.assertEqual(self.found(), {})

    def test_step_after_the_end(self):
        self.plant(
            "UPDATE retention_enrollment SET state = 'done', live = NULL WHERE id = %(id)s",
            id=self.ann_in.id,
        )
        self.assertEqual(self.found(), {"run_after_end": 1})

    def test_nothing_planned(self):
        self.plant(
            "DELETE FROM retention_sop_step_run WHERE state = 'waiting' AND enrollment_id = %(id)s",
            id=self.ann_in.id,
        )
        self.assertEqual(self.found(), {"enrollment_idle": 1})

    def test_step_doubled(self):
        self.drop("retention_sop_step_run", "step_uniq")
        self.plant(
            "INSERT INTO retention_sop_step_run (enrollment_id, step_id, number, sop_id,"
            " partner_id, company_id, state, due_at, first_due_at, done_at, mail_id)"
            " SELECT enrollment_id, step_id, number, sop_id, partner_id, company_id, state,"
            " due_at, first_due_at, done_at, mail_id FROM retention_sop_step_run"
            " WHERE state = 'done' AND enrollment_id = %(id)s",
            id=self.ann_in.id,
        )
        # By its number and by the mail it sent.
        self.assertEqual(self.found(), {"run_twice": 2})

    def test_watched_only(self):
        self.plant(
            "UPDATE retention_enrollment SET arm = 'control' WHERE id = %(id)s", id=self.ann_in.id
        )
        self.assertEqual(self.found(), {"control_touched": 1})
