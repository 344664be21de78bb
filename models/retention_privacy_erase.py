"""Erasing a person: what must be finished first, what goes, what stays as figures of nobody."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .retention_privacy import FIGURES

_logger = logging.getLogger(__name__)
OPEN_CASES = ("new", "in_progress")


class RetentionPrivacy(models.AbstractModel):
    _inherit = "retention.privacy"

    # ---------------------------------------------------------------- erasing
    @api.model
    def _blocking(self, partner, companies):
        """Return sentences for what must be finished before a person can be erased. Hook."""
        persons, found = self._persons(partner), []
        for model, domain, words in (
            (
                "retention.case",
                [("state", "in", OPEN_CASES)],
                self.env._("Cases that are still open: %s"),
            ),
            (
                "retention.agreement",
                [("state", "=", "in_force")],
                self.env._("Agreements in force: %s"),
            ),
        ):
            records = (
                self.env[model]
                .sudo()
                .search([("partner_id", "in", persons.ids), ("company_id", "in", companies.ids)])
                .filtered_domain(domain)
            )
            if records:
                found.append(words % ", ".join(records.mapped("display_name")))
        return found

    @api.model
    def _erase(self, partner, companies):
        """Delete what these companies know of a person; return {label: (number, fate)}.

        Closed months and imported purchases stay as figures of an archived contact that says
        nothing. The contact itself and its documents are Odoo's: it objects to profiling from
        now on, so that nothing comes back from them.

        :raises UserError: while something must be finished first
        """
        if blocking := self._blocking(partner, companies):
            raise UserError("\n".join([self.env._("First finish these:"), *blocking]))
        persons = self._persons(partner)
        counts = {
            part.label: (len(part.records), part.fate) for part in self._found(partner, companies)
        }
        self._forget_names(partner, companies)
        self._give_away_figures(partner, companies)
        self._end_procedures(persons, companies)
        persons.write(
            {**dict.fromkeys(self._own_fields(persons), False), "retention_no_profiling": True}
        )
        persons._stop_profiling()
        self._unlink_mails(persons, companies)
        self._delete(partner, companies)
        self.env.flush_all()
        self._log_erasure(partner, companies, counts)
        return counts

    @api.model
    def _forget_names(self, partner, companies):
        """Leave in the audit trail who changed what kind of thing, without name and words."""
        persons, trail = self._persons(partner), self.env["retention.trail"].sudo()
        parts = [("res.partner", persons.ids)]
        parts += [(part.model, part.records.ids) for part in self._found(partner, companies)]
        for model, ids in parts:
            trail.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("company_id", "in", companies.ids),
                ]
            ).write({"subject": f"C{partner.id:06d}", "note": False})

    @api.model
    def _give_away_figures(self, partner, companies):
        """Give what stays as figures to contacts that say nothing, one for each who had them.

        Who is one customer now may have been two, with a month of the ledger each.
        """
        nobodies = {}
        metrics = self.env["retention.metrics"].sudo()
        for part in self._found(partner, companies):
            if part.fate != "figures":
                continue
            for person, records in part.records.grouped("partner_id").items():
                nobody = nobodies[person] = nobodies.get(person) or self._nobody()
                if part.model == "retention.ledger":
                    self.env.cr.execute(
                        SQL(
                            """UPDATE retention_ledger SET partner_id = %s, profile_id = NULL
                               WHERE id = ANY(%s)""",
                            nobody.id,
                            records.ids,
                        )
                    )
                else:
                    records.write({"partner_id": nobody.id, **FIGURES[part.model]})
        self.env.flush_all()
        for person, nobody in nobodies.items():
            metrics._keep_restated(person, nobody)
        self.env["retention.ledger"].invalidate_model(flush=False)

    @api.model
    def _nobody(self):
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": self.env._("Erased customer"),
                    "active": False,
                    "is_company": True,
                    "retention_no_profiling": True,
                }
            )
        )

    @api.model
    def _end_procedures(self, persons, companies):
        here = [("company_id", "in", companies.ids)]
        live = self.env["retention.enrollment"]._live_of(persons, here)
        live._leave("gone", fields.Datetime.now())

    @api.model
    def _unlink_mails(self, persons, companies):
        """Delete the mails themselves: they are Odoo's, but our procedures wrote them."""
        touches = self.env["retention.touch"].sudo()
        mine = touches.search(
            [
                "|",
                ("partner_id", "in", persons.ids),
                ("contact_id", "in", persons.ids),
                ("company_id", "in", companies.ids),
            ]
        )
        messages = mine.message_id
        mine.mail_id.unlink()
        messages.exists().unlink()

    @api.model
    def _delete(self, partner, companies):
        """Delete, those that hang on others first: some tables do not let go by themselves."""
        parts = [part for part in self._found(partner, companies) if part.fate == "delete"]
        tables = self._tables()
        hangs_on = {
            part.model: {self.env[part.model]._fields[f].comodel_name for f in tables[part.model]}
            for part in parts
        }
        parts.sort(key=lambda part: "res.partner" in hangs_on[part.model])
        persons = self._persons(partner)
        for part in parts:
            records = part.records.exists()
            lists = [n for n in tables[part.model] if records._fields[n].type == "many2many"]
            if lists:
                # Others' talks, and rows that may mean somebody else, stay without this person.
                others = records.browse(
                    record.id
                    for record in records
                    if any(record[name] - persons for name in tables[part.model])
                )
                others.write({n: [(3, person.id) for person in persons] for n in lists})
                records -= others
            records.unlink()

    @api.model
    def _log_erasure(self, partner, companies, counts):
        told = ", ".join(f"{label}: {count}" for label, (count, _fate) in counts.items())
        self.env["retention.trail"]._note(
            "privacy",
            [
                {
                    "company": company,
                    "what": self.env._("Personal data erased"),
                    # The number says who it was as long as the contact is there.
                    "subject": f"C{partner.id:06d}",
                    "new_value": told or self.env._("Nothing is known of this contact."),
                }
                for company in companies
            ],
        )
        _logger.info("Personal data of contact %s erased by user %s", partner.id, self.env.uid)
