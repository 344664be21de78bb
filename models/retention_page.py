"""What the customer page shows at the top: everything that is computed, in one call."""

from babel.dates import format_skeleton

from odoo import api, models
from odoo.tools import SQL, format_date, format_datetime
from odoo.tools.misc import babel_locale_parse, get_lang

from ..analytics import strip
from .joining import names_text

MONTHS = 24
FAVOURITES = 5
RECENT = 3
# Some of the latest contacts may not be for the caller to read.
RECENT_READ = 12


class RetentionPage(models.AbstractModel):
    """Blocks of the customer page, as plain values in words: amounts and dates are text.

    Figures of the customer are for every user of Retention; records (talks, messages, alerts)
    are read with the caller's own rights.
    """

    _name = "retention.page"
    _description = "Customer Page"

    @api.model
    def _data(self, partner, as_of):
        """Return {block: values} of the company ``partner`` belongs to.

        :param partner: one contact that the caller may read
        :param as_of: a date; later purchases and contacts do not exist yet
        """
        company = self.env.company._retention_company()
        customer = partner.commercial_partner_id
        metrics = self.env["retention.metrics"]
        few = SQL("(SELECT %s::int AS partner_id) few", customer.id)
        scope = metrics._scope(company, as_of, few)
        profile = partner.retention_profile_id
        return {
            "customer": {"id": customer.id, "name": customer.sudo().display_name},
            "has_purchases": bool(profile.first_order_date),
            "computed": self._computed(profile),
            "action": self._action(profile),
            "recent": self._recent(scope),
            "rhythm": self._rhythm(scope, profile),
            "risk": self._risk(profile),
            "purchases": self._purchases(profile),
            "favourites": self._favourites(scope),
            "receivables": self._receivables(scope),
            "can_quote": self.env["sale.order"].has_access("create"),
        }

    @api.model
    def _day(self, day):
        return format_date(self.env, day) if day else ""

    @api.model
    def _computed(self, profile):
        at = profile.computed_at
        return {"at": at and format_datetime(self.env, at), "pending": profile.refresh_pending}

    # ---------------------------------------------------------------- what to do, what was
    @api.model
    def _action(self, profile):
        """Return what to do next: the segment's standard action. Hook for something urgent.

        ``text``; ``source``, whose word it is; ``res_model`` and ``res_id`` of what to open.
        """
        segment = profile.segment_id
        return {
            "text": profile.treatment or "",
            "source": segment.name or "",
            "color": segment.color,
            "res_model": False,
            "res_id": False,
        }

    @api.model
    def _recent(self, scope):
        """Return the last three contacts of any kind that the caller may read."""
        timeline = self.env["retention.timeline"]
        return timeline._entries(timeline._rows(timeline._recent_query(scope, RECENT_READ)))[
            :RECENT
        ]

    # ---------------------------------------------------------------- rhythm
    @api.model
    def _rhythm(self, scope, profile):
        """Return the strip (see :func:`analytics.strip.strip`) with its words."""
        days = self.env["retention.metrics"]._purchase_days(scope, MONTHS)
        found = strip.strip(
            days,
            scope.as_of,
            MONTHS,
            profile.next_order_date or None,
            profile.expected_gap_days,
            self._closed_days(scope.company),
        )
        currency = scope.company.sudo().currency_id
        locale = babel_locale_parse(get_lang(self.env).code)
        for dot in found["dots"]:
            dot["label"] = f"{self._day(dot['day'])}: {currency.format(dot['amount'])}"
        for span in (*found["closed"], found["window"] or {}):
            if span:
                span["label"] = f"{self._day(span['first'])} – {self._day(span['last'])}"
        for tick in found["ticks"]:
            tick["label"] = format_skeleton("yMMM", tick["day"], locale=locale)
        found["summary"] = self._rhythm_words(len(days), profile)
        found["by_hand"] = self._by_hand(profile, scope.as_of)
        return found

    @api.model
    def _closed_days(self, company):
        """Return [(first, last)] of the announced closures of ``company``."""
        closures = company.sudo().retention_closure_ids
        return [(closure.date_from, closure.date_to) for closure in closures]

    @api.model
    def _rhythm_words(self, count, profile):
        parts = [
            self.env._("no purchase in %s months", MONTHS)
            if not count
            else self.env._("1 purchase in %s months", MONTHS)
            if count == 1
            else self.env._("%(count)s purchases in %(months)s months", count=count, months=MONTHS)
        ]
        if profile.expected_gap_days:
            parts.append(self.env._("usually every %s days", profile.expected_gap_days))
        if profile.next_order_date:
            parts.append(self.env._("next expected %s", self._day(profile.next_order_date)))
        words = names_text(self.env, parts)
        return words[:1].upper() + words[1:]

    @api.model
    def _by_hand(self, profile, as_of):
        """Return what a person set against the figures, in words; "" for nothing."""
        words = []
        if profile.expected_date:
            words.append(self.env._("expected by hand on %s", self._day(profile.expected_date)))
        if profile.pause_until and profile.pause_until >= as_of:
            paused = self.env._("warnings paused until %s", self._day(profile.pause_until))
            words.append(f"{paused} ({profile.pause_reason})" if profile.pause_reason else paused)
        words = names_text(self.env, words)
        return words[:1].upper() + words[1:]

    # ---------------------------------------------------------------- risk
    @api.model
    def _risk(self, profile):
        """Return the score and the reasons whose points add up to it; None before there is one."""
        if not profile.risk_level:
            return None
        reasons = profile.reason_ids
        return {
            "score": profile.risk_score,
            "level": profile.risk_level,
            "label": self.env["retention.timeline"]._label(profile, "risk_level"),
            "notes": self._risk_notes(profile),
            "reasons": [
                {"id": reason.id, "sentence": reason.sentence, "points": reason.points}
                for reason in reasons
            ],
        }

    @api.model
    def _risk_notes(self, profile):
        notes = [self.env._("Data coverage %s%%", profile.risk_coverage)]
        if profile.value_at_stake:
            amount = profile.currency_id.format(profile.value_at_stake)
            notes.append(self.env._("Value at stake %s", amount))
        return notes

    # ---------------------------------------------------------------- figures
    @api.model
    def _purchases(self, profile):
        """Return [label, value, hint] lines; empty without a purchase."""
        if not profile.first_order_date:
            return []
        currency = profile.currency_id
        lines = [
            [
                self.env._("Last purchase"),
                self._day(profile.last_order_date),
                self.env._("%s days ago", profile.rfm_recency_days),
            ],
            [
                self.env._("Purchase count"),
                str(profile.order_count),
                self.env._("since %s", self._day(profile.first_order_date)),
            ],
            [self.env._("Order value"), currency.format(profile.avg_order_value), ""],
            [self.env._("Total"), currency.format(profile.revenue_total), ""],
        ]
        if profile.expected_gap_days:
            every = self.env._("every %s days", profile.expected_gap_days)
            lines.insert(2, [self.env._("Usually"), every, ""])
        return lines

    @api.model
    def _favourites(self, scope):
        """Return the favourite products that the caller may read, with the last price."""
        rows = self.env["retention.metrics"]._favourites(scope, MONTHS, FAVOURITES)
        products = self.env["product.product"].browse(row["product_id"] for row in rows)
        readable = set(products._filtered_access("read").ids)
        units = self.env.user.has_group("uom.group_uom")
        currencies, uoms = self.env["res.currency"], self.env["uom.uom"]
        found = []
        for product, row in zip(products, rows, strict=True):
            if product.id not in readable:
                continue
            price = currencies.browse(row["currency_id"]).format(float(row["price"]))
            if units and row["uom_id"]:
                price = f"{price} / {uoms.browse(row['uom_id']).name}"
            found.append(
                {
                    "id": product.id,
                    "name": product.display_name,
                    "days": row["days"],
                    "price": price,
                    "day": self._day(row["day"]),
                }
            )
        return found

    @api.model
    def _receivables(self, scope):
        """Return what is owed; None when nothing is. The invoices are for who may read them."""
        row = self.env["retention.metrics"]._receivables(scope)
        if not (row["count"] or row["credit"]):
            return None
        currency = scope.company.sudo().currency_id
        lines = []
        if row["overdue_count"]:
            note = self.env._(
                "invoices: %(count)s, oldest %(days)s days late",
                count=row["overdue_count"],
                days=(scope.as_of - row["oldest"]).days,
            )
            amount = currency.format(float(row["overdue_amount"]))
            lines.append([self.env._("Overdue"), amount, note, "text-danger"])
        if row["count"]:
            note = self.env._("invoices: %s", row["count"])
            lines.append([self.env._("Not paid"), currency.format(float(row["amount"])), note, ""])
        if row["credit"]:
            amount = currency.format(float(row["credit"]))
            lines.append([self.env._("Credit left"), amount, "", ""])
        return {"lines": lines, "can_open": self.env["account.move"].has_access("read")}
