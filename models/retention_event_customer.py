from odoo import api, models
from odoo.tools import email_normalize

from ..analytics import events, matching

GIVEN = ("ref", "vat", "email", "phone", "customer")  # in the order of matching.KINDS


class RetentionEvent(models.Model):
    """Whose an event is: all rows are looked up in a few queries, and no contact is made."""

    _inherit = "retention.event"

    @api.model
    def _find_customers(self, company, records):
        """Return for each of ``records`` the id of its contact, or a code of ``_problem``.

        An id given counts alone; else the first of reference, tax number, e-mail, phone and
        name that finds anyone decides.
        """
        identities = [self._identity(record) for record in records]
        ids = {record["partner_id"] for record in records if self._has_id(record)}
        known = self.env["retention.metrics"]._event_partners(company, ids)
        matcher = matching.Matcher(self._event_candidates(company, identities))
        found = []
        for record, identity in zip(records, identities, strict=True):
            if record.get("partner_id"):
                given = record["partner_id"] if self._has_id(record) else None
                found.append(given if given in known else "no_customer")
            elif not any(identity):
                found.append("no_customer_given")
            elif not (match := matcher.match(identity)):
                found.append("no_customer")
            else:
                found.append("several" if match.doubt else match.partner_id)
        return found

    @api.model
    def _has_id(self, record):
        given = record.get("partner_id")
        return isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**31

    @api.model
    def _identity(self, record):
        """Return what the record says of its customer, in the order of ``matching.KINDS``."""
        try:
            said = {name: events.text(record.get(name) or "") for name in GIVEN}
        except events.EventError:
            return ("",) * len(GIVEN)
        said["email"] = email_normalize(said["email"]) or ""
        return tuple(said[name] for name in GIVEN)

    @api.model
    def _event_candidates(self, company, identities):
        metrics, found = self.env["retention.metrics"], {}
        for position, kind in enumerate(matching.KINDS):
            values = {identity[position] for identity in identities} - {""}
            if keys := matching.lookup_keys(kind, values):
                found[kind] = metrics._history_candidates(company, kind, keys)
        return found
