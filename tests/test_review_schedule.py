"""Drafts come by themselves, once; finished reviews are mailed, once to each."""

from contextlib import suppress
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .ledger_common import month_start
from .review_common import TwelveCase


@tagged("post_install", "-at_install")
class TestReviewSchedule(TwelveCase):
    def prepare(self, day):
        return self.reviews._prepare_due(self.company, day)

    def test_on_the_second_once(self):
        self.company.retention_review_user_id = self.boss
        self.assertFalse(self.prepare(date(2025, 9, 1)))
        review = self.prepare(date(2025, 9, 2))
        self.assertEqual((review.first, review.user_id), (month_start(8), self.boss))
        self.assertEqual(review.activity_ids.user_id, self.boss)
        self.assertEqual(review.activity_ids.date_deadline, date(2025, 9, 5))
        self.assertFalse(self.prepare(date(2025, 9, 2)))
        # Who deletes a draft does not want it.
        review.unlink()
        self.assertFalse(self.prepare(date(2025, 9, 3)))
        review = self.review(8)
        review.action_done()
        self.assertFalse(review.activity_ids)

    def test_not_before_the_month_is_closed(self):
        self.assertFalse(self.prepare(date(2025, 10, 2)))
        self.night(date(2025, 10, 5))
        self.assertEqual(self.prepare(date(2025, 10, 5)).first, month_start(9))

    def test_quarters_off_and_made_by_hand(self):
        self.company.retention_review_kind = "quarterly"
        self.assertEqual(self.prepare(date(2025, 9, 9)).name, "2025-Q2")
        self.company.write({"retention_review_kind": "off", "retention_review_until": False})
        self.assertFalse(self.prepare(date(2025, 9, 9)))
        self.company.retention_review_kind = "monthly"
        self.review(8)
        self.assertFalse(self.prepare(date(2025, 9, 9)))

    def test_nobody_named_a_manager_does_it(self):
        self.assertEqual(self.prepare(date(2025, 9, 2)).user_id, self.boss)

    @freeze_time("2025-09-02 06:00:00")
    def test_the_scheduled_action_twice_and_two_companies(self):
        other = self.make_company("Nothing Yet")
        companies = self.company | other
        with (
            patch.object(
                type(self.env["res.company"]), "_retention_companies", lambda model: companies
            ),
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
        ):
            for _n in range(2):
                self.env["retention.review"].with_company(other)._cron_reviews()
        found = self.reviews.sudo().search([("company_id", "in", companies.ids)])
        self.assertEqual((found.company_id, found.mapped("name")), (self.company, ["2025-08"]))

    @freeze_time("2025-09-02 06:00:00")
    def test_one_company_does_not_keep_the_others_waiting(self):
        other = self.make_company("Fails")
        companies, prepare = other | self.company, type(self.reviews)._prepare_due

        def failing(reviews, company, today):
            if company == other:
                raise ValueError("not this one")
            return prepare(reviews, company, today)

        with (
            patch.object(
                type(self.env["res.company"]), "_retention_companies", lambda model: companies
            ),
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            patch.object(type(self.reviews), "_prepare_due", failing),
            mute_logger("odoo.addons.customer_retention.models.batches"),
            suppress(ValueError),  # assertRaises would take back what was done
        ):
            self.reviews._cron_reviews()
            self.fail("The error is told.")
        found = self.reviews.sudo().search([("company_id", "=", self.company.id)])
        self.assertEqual(found.mapped("name"), ["2025-08"])

    # ---------------------------------------------------------------- sending
    def mails(self, review):
        return (
            self.env["mail.mail"]
            .search([("model", "=", review._name), ("res_id", "=", review.id)])
            .filtered("recipient_ids")
        )

    def test_sent_once_to_each(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        ann = self.customer("Ann", email="ann@example.com", lang="en_US")
        wei = self.customer("Wei", email="wei@example.com", lang="zh_CN")
        nobody = self.customer("No Address")
        review = self.review()
        self.assertRefused(UserError, "Finish the review first", review.action_send)
        review.action_done()
        self.assertRefused(UserError, "Nobody gets reviews yet", review.action_send)
        self.company.retention_review_partner_ids = ann | wei | nobody
        with self.allow_pdf_render():
            review.with_context(force_report_rendering=True).action_send()
        mails = self.mails(review)
        self.assertEqual(mails.recipient_ids, ann | wei)
        self.assertEqual(review.sent_partner_ids, ann | wei)
        for mail in mails:
            self.assertEqual(len(mail.recipient_ids), 1)
            names = sorted(mail.attachment_ids.mapped("name"))
            self.assertEqual([name.rpartition(".")[2] for name in names], ["pdf", "xlsx"])
        mine = {mail.recipient_ids: mail for mail in mails}
        self.assertIn("Retention review August 2025", mine[ann].subject)
        self.assertIn("2025年8月", mine[wei].subject)
        self.assertNotIn("Retention review", mine[wei].subject)
        review.action_send()
        self.assertEqual(self.mails(review), mails)
        bob = self.customer("Bob", email="bob@example.com")
        self.company.retention_review_partner_ids |= bob
        with self.allow_pdf_render():
            review.with_context(force_report_rendering=True).action_send()
        self.assertEqual((self.mails(review) - mails).recipient_ids, bob)

    def test_sent_when_finished(self):
        ann = self.customer("Ann", email="ann@example.com")
        office = self.env["res.partner"].create(
            {"parent_id": ann.id, "type": "invoice", "email": "office@example.com"}
        )
        self.company.write(
            {
                "retention_review_send": True,
                "retention_review_partner_ids": (ann | office).ids,
            }
        )
        review = self.review()
        with self.allow_pdf_render():
            review.with_context(force_report_rendering=True).action_done()
        self.assertEqual(self.mails(review).recipient_ids, ann | office)
