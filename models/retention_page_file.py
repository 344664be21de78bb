"""The customer file on the customer page: what people noted, one compact block each."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools.date_utils import float_to_time

from .joining import names_text

LIMIT = 4


class Block(NamedTuple):
    """One list of the customer file: which records, in which order, told by which method."""

    key: str
    model: str
    label: str
    domain: list
    order: str
    tell: str


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _data(self, partner, as_of):
        data = super()._data(partner, as_of)
        data["promises"] = self._block(partner, self._promise_block())
        return data

    @api.model
    def _file(self, partner):
        """Return the blocks of the customer file, each with its first records.

        A block: key, label, res_model, entries (id, title, note, badge, tone), more (there are
        further ones), can_add, domain, context.
        """
        return [self._block(partner, block) for block in self._blocks()]

    @api.model
    def _promise_block(self):
        label = self.env._("Open promises")
        open_ones = [("state", "=", "open")]
        return Block("promise", "retention.promise", label, open_ones, "due_date, id", "_promise")

    @api.model
    def _blocks(self):
        """Return the Blocks of the customer file. Hook for further ones."""
        return [
            Block(
                "preference",
                "retention.preference",
                self.env._("Preferences"),
                [],
                "id",
                "_preference",
            ),
            Block(
                "need",
                "retention.need",
                self.env._("Needs"),
                [("state", "=", "open")],
                "date desc, id desc",
                "_need",
            ),
            Block(
                "key_date",
                "retention.key.date",
                self.env._("Key dates"),
                [],
                "next_date, id",
                "_key_date",
            ),
            Block(
                "agreement",
                "retention.agreement",
                self.env._("Agreements"),
                [("state", "in", ("draft", "in_force"))],
                "end desc, id desc",
                "_agreement",
            ),
            Block(
                "competitor",
                "retention.competitor.note",
                self.env._("Competitors"),
                [],
                "in_use desc, date desc, id desc",
                "_competitor",
            ),
            Block(
                "plan", "retention.plan", self.env._("Joint plans"), [], "review_date, id", "_plan"
            ),
        ]

    @api.model
    def _block(self, partner, block):
        customer = partner.commercial_partner_id
        company = self.env.company._retention_company()
        model = self.env[block.model]
        domain = [
            ("commercial_partner_id", "=", customer.id),
            ("company_id", "=", company.id),
            *block.domain,
        ]
        found = model.search(domain, order=block.order, limit=LIMIT + 1)
        tell = getattr(self, f"_tell{block.tell}")
        return {
            "key": block.key,
            "label": block.label,
            "res_model": block.model,
            "entries": [
                {"id": record.id, "note": "", "badge": "", "tone": "", **tell(record, customer)}
                for record in found[:LIMIT]
            ],
            "more": len(found) > LIMIT,
            "can_add": model.has_access("create"),
            "domain": domain,
            "context": {"default_partner_id": partner.id, "default_company_id": company.id},
        }

    # ---------------------------------------------------------------- telling
    @api.model
    def _person(self, record, customer):
        """Return the name of the contact a record is about, unless it is the customer."""
        return "" if record.partner_id == customer else record.partner_id.sudo().name or ""

    @api.model
    def _join(self, *parts):
        return " · ".join(part for part in parts if part)

    @api.model
    def _tell_promise(self, promise, customer):
        overdue = promise.is_overdue
        return {
            "title": promise.name,
            "badge": self._day(promise.due_date),
            "tone": "text-bg-danger" if overdue else "text-bg-light",
            "note": self._join(promise.user_id.sudo().name, self._person(promise, customer)),
        }

    @api.model
    def _tell_preference(self, preference, customer):
        label = self.env["retention.timeline"]._label
        every, quiet = preference.contact_every_days, ""
        if preference.quiet_from != preference.quiet_to:
            quiet = self.env._(
                "quiet from %(start)s to %(end)s",
                start=self._hour(preference.quiet_from),
                end=self._hour(preference.quiet_to),
            )
        words = self._join(
            label(preference, "channel"),
            self.env._("every %s days", every) if every else "",
            quiet,
            label(preference, "price_sensitive"),
            preference.customisation,
            names_text(self.env, (preference.topic_ids | preference.hobby_ids).mapped("name")),
        )
        person = self._person(preference, customer)
        return {
            "title": person or words or preference.note or self.env._("Preferences"),
            "note": words if person else "",
        }

    @api.model
    def _hour(self, hour):
        return "24:00" if hour >= 24 else float_to_time(hour).strftime("%H:%M")

    @api.model
    def _tell_need(self, need, customer):
        product = need.product_id.sudo().display_name
        note = self._join(self._day(need.date), product, self._person(need, customer))
        return {"title": need.name, "note": note}

    @api.model
    def _tell_key_date(self, date, customer):
        kind = self.env["retention.timeline"]._label(date, "kind")
        person = self._person(date, customer)
        return {
            "title": self._join(date.name or kind, person),
            "badge": self._day(date.next_date),
            "tone": "text-bg-light",
            "note": date.day_text or "",
        }

    @api.model
    def _tell_agreement(self, agreement, customer):
        amount = agreement.amount and agreement.currency_id.format(agreement.amount)
        until = agreement.end and self.env._("until %s", self._day(agreement.end))
        return {
            "title": self._join(agreement.number, agreement.name),
            "badge": self.env._("Decision due")
            if agreement.to_decide
            else self.env["retention.timeline"]._label(agreement, "state"),
            "tone": "text-bg-warning" if agreement.to_decide else "text-bg-light",
            "note": self._join(until, amount),
        }

    @api.model
    def _tell_competitor(self, note, customer):
        price = note.price and note.currency_id.format(note.price)
        return {
            "title": note.display_name,
            "badge": self.env._("In use") if note.in_use else "",
            "tone": "text-bg-warning",
            "note": self._join(price, self._day(note.date)),
        }

    @api.model
    def _tell_plan(self, plan, customer):
        reached = len(plan.goal_ids.filtered(lambda goal: goal.state == "reached"))
        goals = plan.goal_ids and self.env._(
            "%(reached)s of %(all)s goals reached", reached=reached, all=len(plan.goal_ids)
        )
        review = plan.review_date and self.env._("review %s", self._day(plan.review_date))
        return {"title": plan.name, "note": self._join(review, goals)}
