"""Everything the addon knows of a person: found in every table of ours, handed out, or erased.

Tables are found by what they point at, so that none is forgotten when one is added; what may not
simply be deleted is named here.
"""

import json
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..analytics.workbook import Sheet, make_workbook

OURS = "customer_retention"
# What stays: the person's own will is in it, or sums of documents, which stay themselves.
KEPT = frozenset({"retention.optout", "retention.merged.contact", "retention.ledger.erased"})
# What stays as figures, of nobody: closed months, imported purchases, and what amends cost.
FIGURES = {
    "retention.ledger": {},
    "retention.history.purchase": {"outside_id": False},
    "retention.compensation": {"reason": "–", "res_model": False, "res_id": False},
}
# Fields that say nothing of the person.
TECHNICAL = frozenset({"id", "create_uid", "write_uid", "write_date", "display_name"})


class Part(NamedTuple):
    """What one table holds of a person; ``fate``: delete, figures or keep."""

    model: str
    label: str
    records: object
    fate: str


class RetentionPrivacy(models.AbstractModel):
    """Works with the engine's rights: who may ask is decided by the dialog, for managers only."""

    _name = "retention.privacy"
    _description = "Personal Data"

    # ---------------------------------------------------------------- whose data
    @api.model
    def _persons(self, partner):
        """Return the contact, and everybody who belongs to it where it is a customer itself."""
        partner = partner.sudo().with_context(active_test=False)
        partner.ensure_one()
        if partner.commercial_partner_id != partner:
            return partner
        return partner | partner.search([("commercial_partner_id", "=", partner.id)])

    @api.model
    def _tables(self):
        """Return {model: names of the fields that lead to a person}.

        A field leads there when it points at a contact, or at a record of ours that does and
        cannot be without it.
        """
        found = {}
        models_ = [m for m in self.env.values() if self._is_ours(m)]
        while True:
            size = len(found)
            for model in models_:
                if model._name in found:
                    continue
                fields_ = [f for f in model._fields.values() if f.store and f.comodel_name]
                names = [f.name for f in fields_ if f.comodel_name == "res.partner"]
                if not any(model._fields[name].type == "many2one" for name in names):
                    names = []  # a list of recipients, say, is no record about one of them
                names = names or [
                    f.name
                    for f in fields_
                    if f.type == "many2one"
                    and f.comodel_name in found
                    and f.required
                    and f.ondelete == "cascade"
                ]
                if names:
                    found[model._name] = names
            if len(found) == size:
                return found

    @api.model
    def _is_ours(self, model):
        return (
            model._auto
            and not model._transient
            and not model._abstract
            and str(model._original_module).startswith(OURS)
            and model._name != "retention.trail"
        )

    @api.model
    def _found(self, partner, companies):
        """Return the list of Part of a person, as far as these companies keep it."""
        tables, mine = self._tables(), {}
        kept = {company._retention_company().id for company in companies}
        kept |= {member for c in companies for member in c._retention_members()}
        waiting = dict(tables)
        persons = self._persons(partner)
        while waiting:
            ready = {
                name: fields_
                for name, fields_ in waiting.items()
                if all(
                    self.env[name]._fields[f].comodel_name == "res.partner"
                    or self.env[name]._fields[f].comodel_name in mine
                    for f in fields_
                )
            }
            for name, names in ready.items():
                mine[name] = self._records(name, names, persons, mine, kept)
                del waiting[name]
        labels = {name: self.env["ir.model"]._get(name).name for name in mine}
        return [
            Part(name, labels[name], records, self._fate(name))
            for name, records in sorted(mine.items(), key=lambda item: labels[item[0]])
            if records
        ]

    @api.model
    def _records(self, name, names, persons, mine, kept):
        model = self.env[name].sudo().with_context(active_test=False)
        wanted = ["|"] * (len(names) - 1)
        for field in names:
            comodel = model._fields[field].comodel_name
            ids = persons.ids if comodel == "res.partner" else mine[comodel].ids
            wanted.append((field, "in", ids))
        company = model._fields.get("company_id")
        if company is not None and company.store:
            wanted = ["&", ("company_id", "in", [*kept, False]), *wanted]
        return model.search(wanted, order="id")

    @api.model
    def _fate(self, name):
        return "keep" if name in KEPT else "figures" if name in FIGURES else "delete"

    # ---------------------------------------------------------------- handing out
    @api.model
    def _export(self, partner, companies):
        """Return {"contact": …, "parts": {label: [{field: value}]}} in words and plain values."""
        parts = self._found(partner, companies)
        return {
            "contact": {
                "id": partner.id,
                "name": partner.display_name,
                **self._own_values(partner.sudo()),
            },
            "companies": companies.mapped("name"),
            "written": fields.Datetime.now().isoformat(timespec="seconds"),
            "parts": {
                part.label: [
                    *map(self._plain, part.records),
                    *self._messages(part),
                ]
                for part in parts
            },
        }

    @api.model
    def _plain(self, record):
        """Return {label: value} of a record: what is stored, and how it is called."""
        found = {self.env._("Name"): record.display_name}
        for name, field in record._fields.items():
            if not field.store or name in TECHNICAL or field.type in ("binary", "one2many"):
                continue
            value = record[name]
            if field.relational:
                value = ", ".join(value.mapped("display_name"))
            elif field.type == "html":
                value = html2plaintext(value or "")
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            elif field.type in ("json", "properties"):
                value = json.dumps(value, ensure_ascii=False) if value else ""
            elif hasattr(value, "isoformat"):
                value = value.isoformat()
            if value or value == 0:
                found[f"{field._description_string(self.env)} [{name}]"] = value
        return found

    @api.model
    def _messages(self, part):
        """Yield what colleagues and the person wrote on these records."""
        if "message_ids" not in part.records._fields:
            return
        messages = self.env["mail.message"].sudo()
        for message in messages.search(
            [("model", "=", part.model), ("res_id", "in", part.records.ids)], order="id"
        ):
            if body := html2plaintext(message.body or "").strip():
                yield {
                    self.env._("Name"): message.record_name or "",
                    self.env._("Written at"): message.date.isoformat(),
                    self.env._("Written by"): message.author_id.display_name or "",
                    self.env._("Text"): body,
                }

    @api.model
    def _as_json(self, export):
        return json.dumps(export, ensure_ascii=False, indent=2, default=str).encode()

    @api.model
    def _as_workbook(self, export):
        """Return the workbook: a sheet for each table. Texts stay texts, whatever they say."""
        sheets = []
        for label, rows in export["parts"].items():
            columns = list(dict.fromkeys(name for row in rows for name in row))
            cells = [["" if r.get(c) is None else str(r.get(c, "")) for c in columns] for r in rows]
            sheets.append(Sheet(label, [(column, "text") for column in columns], cells))
        if not sheets:
            none = self.env._("Nothing is known of this contact.")
            sheets = [Sheet(self.env._("Nothing"), [(none, "text")], [])]
        return make_workbook(sheets, export["contact"]["name"])

    @api.model
    def _own_fields(self, partner):
        """Return the names of what the addon keeps on the contact itself."""
        return [
            name
            for name, field in partner._fields.items()
            if field.store
            and not field.compute
            and field.type != "one2many"
            and any(str(module).startswith(OURS) for module in field._modules or ())
        ]

    @api.model
    def _own_values(self, partner):
        trail = self.env["retention.trail"]
        return {name: trail._shown(partner, name) for name in self._own_fields(partner)}
