"""One timeline over everything that happened with a customer."""

from datetime import datetime
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date, html2plaintext

PAGE_SIZE = 20
TEXT_LENGTH = 200
USER = "customer_retention.group_user"


class Place(NamedTuple):
    """Where an entry stands in the timeline; what "load more" goes on from."""

    moment: datetime
    kind: str
    res_model: str
    res_id: int


class RetentionTimeline(models.AbstractModel):
    """Entries of all kinds in one order, latest first, read with the caller's own rights.

    The union of what happened is ordered and cut in SQL (``_sources``), then each model on the
    page is read once: the number of queries does not grow with a customer's history.
    """

    _name = "retention.timeline"
    _description = "Customer Timeline"

    # ---------------------------------------------------------------- what there is
    @api.model
    def _kinds(self):
        """Return {kind: (label, icon)} in the order of the filter. Hook for further kinds."""
        return {
            "purchase": (self.env._("Purchases"), "fa-shopping-cart"),
            "quotation": (self.env._("Quotations"), "fa-file-text-o"),
            "invoice": (self.env._("Invoices"), "fa-money"),
            "talk": (self.env._("Talks"), "fa-comments-o"),
            "activity": (self.env._("Activities done"), "fa-check"),
            "message": (self.env._("Messages"), "fa-envelope-o"),
            "meeting": (self.env._("Meetings"), "fa-calendar"),
            "change": (self.env._("Changes"), "fa-line-chart"),
        }

    # ---------------------------------------------------------------- reading
    @api.model
    @api.readonly
    def load(self, partner_id, kind=None, after=None):
        """Return a page of the timeline of a contact's company.

        :param int partner_id: a contact the caller may read
        :param kind: one of ``_kinds()``; None for all
        :param after: ``next`` of the page before; None for the latest entries
        :return: ``entries`` (see ``_entries``), ``next`` (None at the end), and ``kinds``, a
            list of [kind, label]
        :raises AccessError: without access to the contact or without our group
        """
        partner = self._allowed_partner(partner_id)
        kinds = self._kinds()
        if kind is not None and kind not in kinds:
            raise ValidationError(self.env._("There is no kind of entry called %s.", kind))
        company = self.env.company._retention_company()
        rows, place = self._page(
            partner, company, company._retention_today(), kind, self._parse_place(after)
        )
        return {
            "entries": self._entries(rows),
            "next": place and [place.moment.isoformat(), *place[1:]],
            "kinds": [[name, label] for name, (label, _icon) in kinds.items()],
        }

    @api.model
    def _allowed_partner(self, partner_id):
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Only users of Retention see the customer page."))
        if not isinstance(partner_id, int):
            raise UserError(self.env._("This contact does not exist."))
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This contact does not exist."))
        partner.check_access("read")
        return partner

    @api.model
    def _parse_place(self, after):
        if after is None:
            return None
        try:
            moment, kind, res_model, res_id = after
            return Place(datetime.fromisoformat(moment), str(kind), str(res_model), int(res_id))
        except (TypeError, ValueError) as error:
            message = self.env._("The timeline cannot go on from there; load the page again.")
            raise ValidationError(message) from error

    @api.model
    def _page(self, partner, company, as_of, kind=None, after=None, size=PAGE_SIZE):
        """Return (rows, Place to go on from or None), latest first.

        A row is (Place, day where the company is). All four columns of a place are compared,
        so entries of the same moment are neither repeated nor left out.
        """
        metrics = self.env["retention.metrics"]
        few = SQL("(SELECT %s::int AS partner_id) few", partner.commercial_partner_id.id)
        scope = metrics._scope(company, as_of, few)
        found = self._rows(self._page_query(scope, self._sources(scope), kind, after, size + 1))
        return found[:size], found[size - 1][0] if len(found) > size else None

    @api.model
    def _rows(self, query):
        return [(Place(*row[:4]), row[4]) for row in self.env.execute_query(query)]

    # ---------------------------------------------------------------- telling
    @api.model
    def _entries(self, rows):
        """Return what the caller may read of ``rows``, in their order, as dicts.

        Keys: key, kind, label, icon, day (text), res_model, res_id (False: not to be opened),
        title, text, who, amount (text or False).
        """
        kinds = self._kinds()
        told = self._told({(place.res_model, place.res_id) for place, _day in rows})
        entries = []
        for place, day in rows:
            line = told.get((place.res_model, place.res_id))
            if line is None:
                continue
            label, icon = kinds.get(place.kind, (place.kind, "fa-circle-o"))
            entries.append(
                {
                    "key": f"{place.kind}-{place.res_model}-{place.res_id}",
                    "kind": place.kind,
                    "label": label,
                    "icon": icon,
                    "day": format_date(self.env, day),
                    "res_model": place.res_model,
                    "res_id": place.res_id,
                    **line,
                }
            )
        return entries

    @api.model
    def _told(self, references):
        """Return {(model, id): line} of the records the caller may read, one read per model."""
        ids = {}
        for model, res_id in sorted(references):
            ids.setdefault(model, []).append(res_id)
        told, open_to_all = {}, self._open_models()
        for model, found in ids.items():
            records = self.env[model].browse(found)
            readable = records._filtered_access("read")
            shown = records.sudo().exists() if model in open_to_all else readable
            tell = getattr(self, f"_tell_{model.replace('.', '_')}", self._tell_any)
            for record in shown:
                told[model, record.id] = {
                    "title": "",
                    "text": "",
                    "who": "",
                    "amount": False,
                    **tell(record),
                    **({} if record.id in readable._ids else {"res_id": False}),
                }
        return told

    @api.model
    def _open_models(self):
        """Return models of which the line is told to everybody who may see the customer.

        Hook for records that say nothing but that they reached the customer. Who may not read
        the record sees its line, and cannot open it.
        """
        return set()

    # Hook: ``_tell_<model>(record)`` returns title, text, who and amount, as far as there are.
    @api.model
    def _tell_any(self, record):
        return {"title": record.display_name}

    @api.model
    def _tell_sale_order(self, order):
        return {
            "title": order.name,
            "text": order.client_order_ref or "",
            "who": self._shown(order.user_id),
            "amount": order.currency_id.format(order.amount_untaxed),
        }

    @api.model
    def _tell_retention_history_purchase(self, purchase):
        return {
            "title": self.env._("Imported purchase"),
            "text": purchase.outside_id or "",
            "amount": purchase.currency_id.format(purchase.amount),
        }

    @api.model
    def _tell_account_move(self, move):
        sign = -1 if move.move_type == "out_refund" else 1
        return {
            "title": move.name,
            "text": self._label(move, "payment_state"),
            "who": self._shown(move.invoice_user_id),
            "amount": move.currency_id.format(sign * move.amount_untaxed),
        }

    @api.model
    def _tell_retention_interaction(self, talk):
        contact = talk.partner_id - talk.commercial_partner_id
        return {
            "title": f"{self._label(talk, 'kind')} · {self._label(talk, 'outcome')}",
            "text": self._short(" – ".join(filter(None, (talk.topic, talk.note)))),
            "who": " → ".join(filter(None, (self._shown(talk.user_id), contact.sudo().name))),
        }

    @api.model
    def _tell_mail_activity(self, activity):
        feedback = html2plaintext(activity.feedback or "")
        return {
            "title": activity.summary or self._shown(activity.activity_type_id),
            "text": self._short(feedback),
            "who": self._shown(activity.user_id),
        }

    @api.model
    def _tell_mail_message(self, message):
        return {
            "title": message.subject or "",
            "text": self._short(message.preview or ""),
            "who": message.author_id.sudo().name or message.email_from or "",
        }

    @api.model
    def _tell_calendar_event(self, event):
        return {
            "title": event.name,
            "text": event.location or "",
            "who": self._shown(event.user_id),
        }

    @api.model
    def _tell_retention_change(self, change):
        return {
            "title": self._label(change, "what"),
            "text": f"{change.old_label or '–'} → {change.new_label or '–'}",
        }

    # ---------------------------------------------------------------- words
    @api.model
    def _shown(self, record):
        """Return what a link shows: as everywhere in Odoo, the name without further rights."""
        return record.sudo().display_name or ""

    @api.model
    def _label(self, record, name):
        options = dict(record._fields[name]._description_selection(self.env))
        return options.get(record[name], "")

    @api.model
    def _short(self, text):
        text = " ".join(text.split())
        return text if len(text) <= TEXT_LENGTH else f"{text[: TEXT_LENGTH - 1]}…"
