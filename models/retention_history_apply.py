import base64
import io

import xlsxwriter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..analytics import matching
from .retention_metrics_history import CHANGED

CHUNK = 5000
NAMING = ("name", "mail", "reference", "vat", "phone")


class RetentionHistoryImport(models.Model):
    """Importing what is good and decided, and undoing it as a whole."""

    _inherit = "retention.history.import"

    wrong_file = fields.Binary("Rows Left Out", compute="_compute_wrong_file")

    # ---------------------------------------------------------------- import
    def action_import(self):
        self._expect("checked")
        self._check_may_import()
        self._check_mapping()
        rows = self._evaluate()
        self._store_check(rows)
        ready = [row for row in rows if row.ready]
        if not ready:
            raise UserError(
                self.env._(
                    "There is nothing to import: every row is wrong, undecided or left out. "
                    "Decide the doubtful rows, or correct the file and upload it again."
                )
            )
        contacts = self._create_contacts(ready)
        added, updates = self._split(ready)
        rates = self._rates_of(ready)
        self._add(added, rates)
        previous = self._update(updates, rates)
        self.write(
            {
                "state": "done",
                "done_at": fields.Datetime.now(),
                "created_count": len(added),
                "updated_count": len(previous),
                "unchanged_count": len(updates) - len(previous),
                "left_count": len(rows) - len(ready),
                "previous": previous,
                "contact_ids": [Command.set(contacts.ids)],
            }
        )

    def _create_contacts(self, rows):
        """Make one contact for each new customer and name it in its rows."""
        by_customer = {}
        for row in rows:
            if row.create:
                kind = next(kind for kind in (*matching.KINDS, "mail") if row.texts[kind])
                key = (kind, matching.name_key(row.texts[kind]))
                by_customer.setdefault(key, []).append(row)
        if not by_customer:
            return self.env["res.partner"]
        self._check_may_create_contacts()
        partners = self.env["res.partner"].with_context(no_vat_validation=True)
        contacts = partners.create([self._contact_values(group) for group in by_customer.values()])
        for contact, group in zip(contacts, by_customer.values()):
            for row in group:
                row.partner_id = contact.id
        return contacts

    def _contact_values(self, rows):
        """Return the new contact's values: of each the first that any of its rows has."""
        texts = {
            name: next((row.texts[name] for row in rows if row.texts[name]), False)
            for name in NAMING
        }
        return {
            "name": next(texts[name] for name in NAMING if texts[name]),
            "ref": texts["reference"],
            "vat": texts["vat"],
            "email": texts["mail"],
            "phone": texts["phone"],
            "is_company": bool(texts["vat"]),
        }

    def _split(self, rows):
        """Return (rows to add, {purchase: row} of those known by their outside number)."""
        numbers = list({row.texts["outside"] for row in rows} - {""})
        found = self.env["retention.history.purchase"].search_fetch(
            [
                ("company_id", "=", self.company_id.id),
                ("outside_id", "in", numbers),
            ],
            ["outside_id", *CHANGED],
        )
        known = {purchase.outside_id: purchase for purchase in found}
        added, updates = [], {}
        for row in rows:
            if purchase := known.get(row.texts["outside"]):
                updates[purchase] = row
            else:
                added.append(row)
        return added, updates

    def _rates_of(self, rows):
        currencies = self.env["res.currency"].browse({row.currency_id for row in rows})
        return self.env["retention.metrics"]._history_rates(self.company_id, currencies)

    def _row_values(self, row, rates):
        currency = self.env["res.currency"].browse(row.currency_id)
        amount = currency.round(row.amount)
        return {
            "partner_id": row.partner_id,
            "day": row.day,
            "currency_id": row.currency_id,
            "amount": amount,
            "amount_company": rates.convert(amount, currency, self.company_id.currency_id, row.day),
            "always_counts": self.always_counts,
        }

    def _add(self, rows, rates):
        """Add the purchases, in chunks."""
        for start in range(0, len(rows), CHUNK):
            self.env["retention.metrics"]._history_insert(
                [
                    {
                        **self._row_values(row, rates),
                        "company_id": self.company_id.id,
                        "outside_id": row.texts["outside"] or None,
                        "import_id": self.id,
                    }
                    for row in rows[start : start + CHUNK]
                ]
            )
        self._ask_refresh(row.partner_id for row in rows)

    def _update(self, updates, rates):
        """Correct known purchases; return {id: earlier values} of those that changed."""
        previous, changes = {}, []
        for purchase, row in updates.items():
            before = self._purchase_values(purchase)
            after = self._row_values(row, rates)
            # The rate may have been corrected since: that alone is no change.
            if any(before[name] != after[name] for name in CHANGED if name != "amount_company"):
                changes.append({"id": purchase.id, **after})
                previous[str(purchase.id)] = {**before, "day": fields.Date.to_string(before["day"])}
        self._change(changes, (values["partner_id"] for values in previous.values()))
        return previous

    @staticmethod
    def _purchase_values(purchase):
        return {
            name: purchase[name].id if name.endswith("_id") else purchase[name] for name in CHANGED
        }

    def _change(self, changes, earlier_partner_ids):
        for start in range(0, len(changes), CHUNK):
            self.env["retention.metrics"]._history_update(changes[start : start + CHUNK])
        self._ask_refresh([*earlier_partner_ids, *(values["partner_id"] for values in changes)])

    def _ask_refresh(self, partner_ids):
        self.env["retention.refresh.request"]._ask_pairs(
            {(partner_id, self.company_id.id) for partner_id in partner_ids}
        )

    # ---------------------------------------------------------------- undo
    def action_undo(self):
        """Delete exactly the purchases this import added; give those it changed back."""
        self._expect("done")
        self._check_may_import()
        self.env["retention.history.purchase"].search([("import_id", "=", self.id)]).unlink()
        self._restore()
        self.state = "undone"

    def _restore(self):
        """Give updated purchases the values they had before this import.

        Where a later import changed the purchase again, that one's values stay and ours
        become what its own undoing restores. What is gone meanwhile is passed over.
        """
        previous = dict(self.previous or {})
        if not previous:
            return
        for later in self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("updated_count", ">", 0),
                ("id", "!=", self.id),
                "|",
                ("done_at", ">", self.done_at),
                "&",
                ("done_at", "=", self.done_at),
                ("id", ">", self.id),
            ],
            order="done_at, id",
        ):
            theirs = later.previous or {}
            if shared := theirs.keys() & previous.keys():
                later.previous = {**theirs, **{key: previous.pop(key) for key in shared}}
        purchases = self.env["retention.history.purchase"].browse(map(int, previous)).exists()
        partners = self.env["res.partner"].browse({v["partner_id"] for v in previous.values()})
        known = set(partners.exists().ids)
        changes = []
        for purchase in purchases:
            values = {"id": purchase.id, **previous[str(purchase.id)]}
            if values["partner_id"] not in known:  # merged into another one meanwhile
                values["partner_id"] = purchase.partner_id.id
            changes.append(values)
        self._change(changes, purchases.partner_id.ids)

    # ---------------------------------------------------------------- looking at it
    def action_open_purchases(self):
        self.ensure_one()
        changed = [int(key) for key in self.previous or {}] if self.state == "done" else []
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_history_purchase"
        )
        domain = ["|", ("import_id", "=", self.id), ("id", "in", changed)]
        return {**action, "domain": domain, "context": {}}

    def action_open_contacts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", self.contact_ids.ids)],
            "name": self.env._("Created Contacts"),
            "context": {"active_test": False},
        }

    def _left_out_lines(self):
        """Return the rows to correct: wrong ones, and doubtful ones nobody decided."""
        return self.line_ids.filtered(lambda line: line.kind == "wrong" or not line.decision)

    def action_download_wrong(self):
        """Hand out the wrong rows as they were, with the reason, to correct and upload."""
        self.ensure_one()
        self.check_access("read")
        name = self.env._("rows-to-correct")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/wrong_file/{name}.xlsx?download=true",
            "target": "download",
        }

    def _compute_wrong_file(self):
        for one in self:
            one.wrong_file = one._left_out_workbook()

    def _left_out_workbook(self):
        """Return the workbook, base64 encoded. Texts stay texts: no formula, no link."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(
            buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*self.column_ids.mapped("name"), self.env._("Reason")])
        for index, line in enumerate(self._left_out_lines(), 1):
            reason = self.env._("Row %(row)s: %(reason)s", row=line.row_number, reason=line.reason)
            sheet.write_row(index, 0, [*(line.cells or []), reason])
        book.close()
        return base64.b64encode(buffer.getvalue())
