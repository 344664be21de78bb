"""Telling owners of customers whose tier is about to end, and what is missing."""

from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount, format_date

from ..analytics import tier
from .joining import names_text

NOTICES = (60, 30, 7)  # days before the end of the grace


class RetentionProfile(models.Model):
    """One message per owner and night: it has no figures on the shared contact."""

    _inherit = "retention.profile"

    @api.model
    def _tell_of_grace(self, company, as_of, condition):
        """Tell the owners of customers in grace, once each at 60, 30 and 7 days from its end.

        :param condition: SQL on ``profile``
        """
        found = self.env["retention.metrics"]._in_grace(company, as_of, condition)
        marks = {
            profile_id: min(mark for mark in NOTICES if left <= mark)
            for profile_id, left in found
            if left <= NOTICES[0]
        }
        profiles = self.browse(marks)
        due = profiles.filtered(lambda p: not p.tier_notice or marks[p.id] < p.tier_notice)
        by_mark = defaultdict(self.browse)
        for profile in due:
            by_mark[marks[profile.id]] |= profile
        if not due:
            return
        for mark, told in by_mark.items():
            told.write({"tier_notice": mark})
        owners = self.env["retention.alert"].sudo()._choose_owners(company, due)
        by_owner = defaultdict(self.browse)
        for profile in due:
            by_owner[owners[profile][0]] |= profile
        for user, told in by_owner.items():
            if user:
                told.with_context(lang=user.lang)._send_grace(user)

    def _send_grace(self, user):
        """Send one message that lists these customers, by mail or inbox as the user has it."""
        rows = Markup().join(
            Markup('<li><a href="/odoo/retention.profile/%s">%s</a> — %s: %s</li>')
            % (profile.id, profile.partner_id.display_name, profile.tier_id.name, words)
            for profile in self
            if (words := profile._grace_words())
        )
        title = self.env._("Customers about to lose their tier: %s", len(self))
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=title,
            body=Markup("<p>%s</p><ul>%s</ul>") % (title, rows),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _grace_words(self):
        """Return what is missing to keep the tier, and until when."""
        self.ensure_one()
        return self.env._(
            "%(missing)s by %(day)s",
            missing=self._gap_words(self.tier_id),
            day=format_date(self.env, self.tier_grace_until, date_format="long"),
        )

    def _gap_words(self, wanted):
        """Return what is missing for the tier ``wanted``, as in "1,200.00 more".

        The figures are those of the window that counts now; of a customer in grace those of
        the window that was missed, lengthened by the grace.
        """
        self.ensure_one()
        spent = round(self.tier_spend * 100)
        cents, count = (int(x) for x in tier.gap(wanted._level_of(), spent, self.tier_orders))
        parts = []
        if cents:
            amount = format_amount(self.env, cents / 100, self.currency_id)
            parts.append(self.env._("%s more", amount))
        if count == 1:
            parts.append(self.env._("1 purchase more"))
        elif count:
            parts.append(self.env._("%s purchases more", count))
        if wanted.segment_ids:
            names = names_text(self.env, wanted.segment_ids.mapped("name"))
            parts.append(self.env._("one of the segments %s", names))
        if wanted.match == "all":
            return self.env._(" and ").join(parts)
        return self.env._(" or ").join(parts)
