"""What is too old goes, in batches; what something still looks at stays."""

import base64
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.models import retention_storage

from .gate_common import NOON, GateCase
from .sop_common import START, SopCase

MONTHS = timedelta(days=31)


@tagged("post_install", "-at_install")
class TestStorage(GateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storage = cls.env["retention.storage"]
        clock = freeze_time(NOON)
        clock.start()
        cls.addClassCleanup(clock.stop)

    def forget(self, kind, months=6):
        """Delete one kind; return how many rows went in how many batches."""
        limit, counts = NOON - months * MONTHS, []
        while count := self.storage._forget(self.company, kind, limit):
            counts.append(count)
        return counts

    def cron(self, forget, left=60.0):
        """Run the scheduled action with ``forget(kind)``; return the (company, kind) asked for.

        :param left: seconds that are left, or one number for each commit
        """
        self.asked = set()

        def noted(storage, company, kind, limit, count=0):
            self.asked.add((company, kind))
            return forget(kind)

        registry = self.env.registry
        options = {"side_effect": left} if isinstance(left, list) else {"return_value": left}
        with (
            patch.object(registry["retention.storage"], "_forget", noted),
            patch.object(registry["ir.cron"], "_commit_progress", **options),
            # The test has one transaction only.
            patch.object(self.env.cr, "rollback"),
        ):
            self.storage._cron_storage()
        return self.asked

    def test_old_touches_go_in_batches(self):
        old = [self.touched(moment=NOON - 8 * MONTHS - timedelta(n)) for n in range(5)]
        new = self.touched(moment=NOON - 5 * MONTHS)
        waiting = self.touched(
            moment=NOON - 9 * MONTHS, state="deferred", date=False, next_try_at=NOON
        )
        with patch.object(retention_storage, "BATCH", 2):
            counts = []
            while count := self.storage._forget(
                self.company, "touches", NOON - 6 * MONTHS, retention_storage.BATCH
            ):
                counts.append(count)
        self.assertEqual(counts, [2, 2, 1])
        self.assertFalse(any(touch.exists() for touch in old))
        self.assertTrue(new.exists() and waiting.exists())

    def test_a_limit_of_touches_still_counts_them(self):
        touch = self.touched(moment=NOON - 8 * MONTHS)
        self.env["retention.touch.cap"].create(
            {"company_id": self.company.id, "count": 1, "days": 365}
        )
        self.assertEqual(self.forget("touches"), [])
        self.env["retention.touch.cap"].search(
            [("company_id", "=", self.company.id), ("days", "=", 365)]
        ).unlink()
        wish = self.env["retention.preference"].create(
            {
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "contact_every_days": 300,
            }
        )
        self.assertEqual(self.forget("touches"), [])
        wish.contact_every_days = 30
        self.assertEqual(self.forget("touches"), [1])
        self.assertFalse(touch.exists())

    def test_an_open_alert_still_looks_at_them(self):
        touch = self.touched(moment=NOON - 8 * MONTHS)
        self.env["retention.alert"].sudo().create(
            {"partner_id": self.ann.id, "company_id": self.company.id, "opened_on": NOON.date()}
        )
        self.assertEqual(self.forget("touches"), [])
        self.assertTrue(touch.exists())

    def test_a_month_that_waits_still_counts_them(self):
        touch = self.touched(moment=NOON - 8 * MONTHS)
        month = self.env["retention.ledger.month"].create(
            {
                "company_id": self.company.id,
                "month": (NOON - 12 * MONTHS).date().replace(day=1),
                "state": "closed",
            }
        )
        self.assertEqual(self.forget("touches"), [])
        month.month = NOON.date().replace(day=1)
        self.assertEqual(self.forget("touches"), [1])
        self.assertFalse(touch.exists())

    def test_scores_go_and_other_changes_stay(self):
        profile = self.make_profile(self.ann, age=900)
        for what in ("rfm_score", "segment", "tier", "stage", "risk_level"):
            self.env["retention.change"].sudo().create(
                {
                    "profile_id": profile.id,
                    "company_id": self.company.id,
                    "date": (NOON - 8 * MONTHS).date(),
                    "what": what,
                    "cause": "nightly",
                }
            )
        self.env.cr.execute(
            "UPDATE retention_change SET create_date = %s WHERE profile_id = %s",
            (NOON - 8 * MONTHS, profile.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self.forget("scores"), [1])
        self.assertNotIn("rfm_score", profile.change_ids.mapped("what"))
        self.assertEqual(len(profile.change_ids), 4)

    def test_a_full_batch_of_rows_leaves_the_files_to_the_next(self):
        imports = self.env["retention.history.import"].create(
            [
                {
                    "file": base64.b64encode(b"name,day,amount\nAnn,2024-01-01,5\n"),
                    "file_name": f"{number}.csv",
                    "company_id": self.company.id,
                }
                for number in (1, 2)
            ]
        )
        imports.sudo().write({"state": "done", "done_at": NOON - 8 * MONTHS})
        self.env["retention.history.import.line"].sudo().create(
            [
                {
                    "import_id": imports[0].id,
                    "row_number": number,
                    "kind": "wrong",
                    "code": "no_customer",
                    "reason": "Nobody of that name",
                }
                for number in (2, 3)
            ]
        )
        limit = NOON - 6 * MONTHS
        counts = []
        while count := self.storage._forget(self.company, "imports", limit, 2):
            counts.append(count)
        self.assertEqual(counts, [2, 2])

    def test_files_and_rows_of_imports_go(self):
        done = self.env["retention.history.import"].create(
            {
                "file": base64.b64encode(b"name,day,amount\nAnn,2024-01-01,5\n"),
                "file_name": "old.csv",
                "company_id": self.company.id,
            }
        )
        done.sudo().write({"state": "done", "done_at": NOON - 8 * MONTHS})
        self.assertTrue(done.file)
        self.assertEqual(sum(self.forget("imports")), 1 + len(done.line_ids))
        self.env.invalidate_all()
        self.assertFalse(done.file or done.line_ids)
        self.assertTrue(done.exists())

    def test_periods_are_the_company_s_own(self):
        """0 keeps everything; a period of one company says nothing of another's."""
        other = self.make_company("Other", retention_keep_touches=6)
        touch = self.touched(moment=NOON - 40 * MONTHS)
        asked = self.cron(lambda kind: 0)
        self.assertIn((other, "touches"), asked)
        self.assertNotIn((self.company, "touches"), asked)
        self.assertTrue(touch.exists())

    def test_one_kind_that_fails_does_not_stop_the_others(self):
        self.company.write({"retention_keep_touches": 6, "retention_keep_scores": 6})
        self.env.flush_all()

        def forget(kind):
            if kind == "touches":
                raise ValueError("no")
            return 0

        self.asked = set()
        with mute_logger(retention_storage.__name__), self.assertRaises(ValueError):
            self.cron(forget)
        self.assertIn((self.company, "scores"), self.asked)

    def test_it_stops_when_its_time_is_over(self):
        self.company.write({"retention_keep_touches": 6, "retention_keep_scores": 6})
        self.assertEqual(self.cron(lambda kind: 0, left=0.0), set())
        # Half-way the next call goes on where this one was.
        self.assertEqual(len(self.cron(lambda kind: 5, left=[60.0, 0.0])), 1)

    def test_a_period_is_not_negative(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
            self.company.retention_keep_mails = -1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestStorageMails(SopCase):
    def test_texts_of_mails_go_once_the_procedure_is_over(self):
        ann = self.buyer("Ann", START)
        sop = self.make_sop(self.mail(), {"type": "wait", "delay_count": 9})
        enrollment = self.enter(sop, ann)
        self.tick(0, 10)
        mail = self.mails(ann)
        self.assertIn("Hello", mail.body_html)
        limit = self.moment(400)
        storage = self.env["retention.storage"]
        self.assertEqual(storage._forget(self.company, "mails", limit), 0, "still under way")
        enrollment.sudo()._leave("hand", self.moment(1))
        mail.state = "outgoing"
        self.assertEqual(storage._forget(self.company, "mails", limit), 0, "not sent yet")
        mail.state = "sent"
        self.assertEqual(storage._forget(self.company, "mails", limit), 1)
        self.env.invalidate_all()
        self.assertFalse(mail.body_html or mail.mail_message_id.body)
        self.assertEqual(mail.subject, "Hello Ann")
        self.assertEqual(storage._forget(self.company, "mails", limit), 0)
