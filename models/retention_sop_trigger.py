from ast import literal_eval
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from .joining import names_text
from .retention_sop_words import LEVELS_FROM

CATCH_UP = 7  # days for which an occasion still counts that nobody noticed in time
LONG_AGO = date(1900, 1, 1)


class TriggerType(NamedTuple):
    """An occasion on which customers enter a procedure.

    ``label``: translated; ``needs``: fields of the procedure that must be filled;
    ``by_figures``: whether it reads only figures that move by themselves or with a refresh, so
    that it is also looked at as soon as a customer's figures are; ``prospects``: whether people
    who never bought may enter, to whom no condition on figures applies.
    """

    label: str
    needs: tuple = ()
    by_figures: bool = True
    prospects: bool = False


class Span(NamedTuple):
    """Which occasions count: of ``company``, from ``since`` to ``as_of``, both included.

    ``partners``: None for everybody, else a list of ids of commercial partners.
    """

    company: object
    since: date
    as_of: date
    partners: list | None


class RetentionSop(models.Model):
    """Occasions: who enters when. Each is one SELECT, asked alike by night and by event."""

    _inherit = "retention.sop"

    @api.model
    def _trigger_types(self):
        """Return {type: TriggerType}. Hook for bridges.

        A type also needs ``_occasions_<type>(span)`` on this model: SQL of rows (partner_id,
        contact_id, anchor_date, source_model, source_id), the anchor within the span; the same
        occasion always has the same anchor.
        """
        return {
            "manual": TriggerType(self.env._("By hand only")),
            "first_purchase": TriggerType(self.env._("First purchase")),
            "purchase": TriggerType(self.env._("Every purchase")),
            "segment": TriggerType(self.env._("Segment entered"), needs=("trigger_segment_ids",)),
            "stage": TriggerType(self.env._("Stage entered"), needs=("trigger_stage",)),
            "risk": TriggerType(self.env._("Risk level reached"), needs=("trigger_level",)),
            "alert": TriggerType(self.env._("Churn alert opened")),
            "no_purchase": TriggerType(
                self.env._("Days since the last purchase"), needs=("trigger_days",)
            ),
            "no_contact": TriggerType(
                self.env._("Days without any contact"), needs=("trigger_days",)
            ),
            "date": TriggerType(
                self.env._("A date of the contact or a document"),
                needs=("trigger_field_id",),
                by_figures=False,
                prospects=True,
            ),
            "key_date": TriggerType(
                self.env._("Birthday or another key date"), by_figures=False, prospects=True
            ),
            "festival": TriggerType(
                self.env._("Festival or member day"),
                needs=("trigger_festival_id",),
                by_figures=False,
            ),
            "prospect": TriggerType(self.env._("First talk with a prospect"), prospects=True),
            "talk": TriggerType(self.env._("Something said in a talk"), prospects=True),
        }

    def _trigger_type(self):
        self.ensure_one()
        known = self._trigger_types()
        if self.trigger not in known:
            raise ValidationError(
                self.env._("Nothing installed knows the trigger %s.", self.trigger)
            )
        return known[self.trigger]

    def _trigger_problems(self):
        """Return what the trigger lacks, in words."""
        self.ensure_one()
        missing = [name for name in self._trigger_type().needs if not self[name]]
        labels = [self._fields[name].get_description(self.env)["string"] for name in missing]
        found = [self.env._("Fill in: %s", names_text(self.env, labels))] if labels else []
        if self.trigger == "talk" and not (self.trigger_tag_ids or self.trigger_sentiment):
            found.append(self.env._("Say which words of a talk count: a tag, or how it was."))
        return found

    # ---------------------------------------------------------------- asking
    def _occasions(self, span):
        """Return SQL of the occasions of this procedure in ``span``; None without any."""
        self.ensure_one()
        self._trigger_type()
        collect = getattr(self, f"_occasions_{self.trigger}", None)
        if collect is None:
            raise ValidationError(
                self.env._("The trigger %s cannot tell its occasions.", self.trigger)
            )
        return collect(span)

    def _span(self, as_of, partner_ids=None):
        """Return the Span in which occasions count on ``as_of``."""
        self.ensure_one()
        since = LONG_AGO
        if not self.include_existing:
            caught_up = as_of - timedelta(days=CATCH_UP - 1)
            since = max(self.started_on or as_of, caught_up)
            if back := self.env.context.get("retention_look_back"):
                since = as_of - timedelta(days=back)
        return Span(self.company_id, since, as_of, partner_ids)

    def _only(self, span, column):
        if span.partners is None:
            return SQL()
        return SQL("AND %s = ANY(%s)", column, list(span.partners))

    def _from_profile(self, span, anchor, condition=None):
        """Return the occasions whose date stands on the profile."""
        return SQL(
            """SELECT profile.partner_id, profile.partner_id AS contact_id,
                      %(anchor)s AS anchor_date,
                      NULL::varchar AS source_model, NULL::int AS source_id
               FROM retention_profile profile
               WHERE profile.company_id = %(company)s
               AND %(anchor)s BETWEEN %(since)s AND %(as_of)s AND %(condition)s %(only)s""",
            anchor=anchor,
            company=span.company.id,
            since=span.since,
            as_of=span.as_of,
            condition=condition or SQL("TRUE"),
            only=self._only(span, SQL("profile.partner_id")),
        )

    def _occasions_manual(self, span):
        return None

    def _occasions_segment(self, span):
        condition = SQL("profile.segment_id = ANY(%s)", self.trigger_segment_ids.ids)
        return self._from_profile(span, SQL("profile.segment_since"), condition)

    def _occasions_stage(self, span):
        condition = SQL("profile.stage = %s", self.trigger_stage)
        return self._from_profile(span, SQL("profile.stage_since"), condition)

    def _occasions_risk(self, span):
        condition = SQL("profile.risk_level = ANY(%s)", LEVELS_FROM[self.trigger_level])
        return self._from_profile(span, SQL("profile.risk_level_since"), condition)

    def _occasions_no_purchase(self, span):
        anchor = SQL("(profile.last_order_date + %s)", self.trigger_days)
        return self._from_profile(span, anchor)

    def _occasions_no_contact(self, span):
        last = SQL("GREATEST(profile.last_interaction_date, profile.last_order_date)")
        anchor = SQL("(%s + %s)", last, self.trigger_days)
        return self._from_profile(span, anchor, SQL("profile.first_order_date IS NOT NULL"))

    def _occasions_alert(self, span):
        return SQL(
            """SELECT alert.partner_id, alert.partner_id AS contact_id,
                      alert.opened_on AS anchor_date,
                      'retention.alert'::varchar AS source_model, alert.id AS source_id
               FROM retention_alert alert
               WHERE alert.company_id = %s AND alert.live
               AND alert.opened_on BETWEEN %s AND %s %s""",
            span.company.id,
            span.since,
            span.as_of,
            self._only(span, SQL("alert.partner_id")),
        )

    def _occasions_first_purchase(self, span):
        return self.env["retention.metrics"]._first_purchases(span)

    def _occasions_purchase(self, span):
        return self.env["retention.metrics"]._purchases_of(
            span, self.trigger_product_ids.ids, self._trigger_category_ids()
        )

    def _trigger_category_ids(self):
        return (
            self.env["product.category"]
            .search([("id", "child_of", self.trigger_category_ids.ids)])
            .ids
            if self.trigger_category_ids
            else []
        )

    def _occasions_prospect(self, span):
        return self.env["retention.metrics"]._first_talks(span)

    def _occasions_talk(self, span):
        sentiment = {"promoter": "positive", "detractor": "negative"}.get(self.trigger_sentiment)
        return self.env["retention.metrics"]._telling_talks(
            span, self.trigger_tag_ids.ids, sentiment
        )

    def _occasions_key_date(self, span):
        """Key dates ``trigger_days`` from the day they are told on; the anchor is the day."""
        days = timedelta(days=self.trigger_days)
        since = max(span.since, span.as_of - timedelta(days=CATCH_UP - 1))
        found = self.env["retention.key.date"]._occurrences(
            span.company, since - days, span.as_of - days
        )
        dates = self.env["retention.key.date"].browse(found)
        if self.trigger_key_date:
            dates = dates.filtered(lambda d: d.kind == self.trigger_key_date)
        return self.env["retention.metrics"]._as_occasions(
            span,
            [(d.partner_id.id, found[d.id], "retention.key.date", d.id) for d in dates],
        )

    def _occasions_festival(self, span):
        """Every customer, ``trigger_days`` from a day of the festival; the anchor is that day."""
        days = timedelta(days=self.trigger_days)
        since = max(span.since, span.as_of - timedelta(days=CATCH_UP - 1))
        found = self.env["retention.festival"]._dates_between(since - days, span.as_of - days)
        dates = found.get(self.trigger_festival_id.id)
        return self.env["retention.metrics"]._everybody_on(span, dates) if dates else None

    def _occasions_date(self, span):
        """Documents whose date is ``trigger_days`` before the day; the anchor is their date."""
        return self.env["retention.metrics"]._dated_documents(span, self)

    # ---------------------------------------------------------------- documents with a date
    def _trigger_documents(self):
        """Return (model, name of its field that names the contact, domain).

        :raises ValidationError: when the documents do not name a contact
        """
        self.ensure_one()
        field = self.sudo().trigger_field_id
        model = self.env[field.model]
        domain = self._parse_domain(self.trigger_domain, field.model)
        if field.model == "res.partner":
            return model, "id", domain
        name = next(
            (
                name
                for name in ("partner_id", "contact_id", "commercial_partner_id")
                if name in model._fields
                and model._fields[name].store
                and model._fields[name].comodel_name == "res.partner"
            ),
            None,
        )
        if model._abstract or model._transient or not name:
            raise ValidationError(
                self.env._("%s names no contact whom the date concerns.", field.model_id.name)
            )
        return model, name, domain

    @api.model
    def _parse_domain(self, text, model):
        """Return a domain kept as text as a list, checked against ``model``.

        The engine searches by it with its own rights; so whoever writes it must be able to
        search by it with theirs: see :meth:`_check_own_rights`.

        :raises ValidationError: when it is no domain, or not one of that model
        """
        try:
            domain = literal_eval((text or "[]").strip())
            self.env[model].sudo()._search(domain)
        except Exception as error:
            raise ValidationError(
                self.env._("This is not a condition that can be used: %s", text)
            ) from error
        return domain

    @api.model
    def _check_own_rights(self, domain, model):
        """Refuse a condition on what its writer may not read: counts would tell it.

        :raises ValidationError: naming what is wrong
        """
        try:
            # Checks of records are made with all rights.
            records = self.env[model].sudo(False)
            records.check_access("read")
            records._search(domain)
        except AccessError as error:
            raise ValidationError(
                self.env._("This condition asks for what you may not see: %s", error)
            ) from error

    def _audience(self):
        """Return the domain on ``retention.profile`` of suitable customers, as a list."""
        self.ensure_one()
        return self._parse_domain(self.audience_domain, "retention.profile")
