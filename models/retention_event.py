from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..analytics import events

MAX_ROWS = 5000  # of one call
AHEAD = relativedelta(days=1)  # how far another system's clock may be wrong
DEFAULT_SOURCE = "api"


class RetentionEvent(models.Model):
    """What a customer did elsewhere: logged in, used a feature, wrote a review.

    Rows come in large numbers from another system or a spreadsheet, are never changed, and are
    deleted once they are older than the company keeps them.
    """

    _name = "retention.event"
    _description = "Outside Event"
    _order = "moment desc, id desc"
    _rec_name = "name"
    _rec_names_search = ["name", "outside_id"]
    _allow_sudo_commands = False

    kind = fields.Selection(
        [
            ("login", "Login"),
            ("feature", "Feature used"),
            ("page_view", "Page viewed"),
            ("review", "Review"),
            ("social", "Social media"),
            ("other", "Something else"),
        ],
        "Kind of Event",
        required=True,
        help="What happened outside Odoo; signals tell kinds apart.",
    )
    name = fields.Char("About", help="The feature, the page or the product, say.")
    moment = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="When it happened, not when it was recorded.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    weight = fields.Float(default=1, help="How many such uses the row stands for.")
    source = fields.Char(
        required=True, default=lambda self: self.env._("Entered by hand"), help="Where it is from."
    )
    outside_id = fields.Char(
        "Outside Number", copy=False, help="Its number there: nothing is recorded twice."
    )
    sentiment = fields.Selection(
        [("positive", "Positive"), ("neutral", "Neutral"), ("negative", "Negative")],
        help="How the customer felt; negative ones can be a signal.",
    )
    note = fields.Text("What Was Said")
    import_id = fields.Many2one(
        "retention.event.import", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _outside_uniq = models.Constraint(
        "UNIQUE (company_id, source, outside_id)",
        "This event has been recorded already: its source has this outside number.",
    )
    _weight_positive = models.Constraint("CHECK (weight > 0)", "The weight must be above zero.")
    # What signals read of some customers, and whether a source still sends anything.
    _signal_idx = models.Index("(company_id, kind, commercial_partner_id, moment)")
    _feed_idx = models.Index("(company_id, kind, moment)")

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        for event in self:
            owner = event.partner_id.company_id
            if owner and owner._retention_company() != event.company_id._retention_company():
                raise ValidationError(
                    self.env._(
                        "%(contact)s belongs to another company than the event.",
                        contact=event.partner_id.display_name,
                    )
                )

    @api.depends("kind", "name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for event in self:
            event.display_name = event.name or labels.get(event.kind, "")

    # ---------------------------------------------------------------- recording
    # The name is part of the interface: POST /json/2/retention.event/action_record
    @api.model
    def action_record(self, events):
        """Record events of another system; sending them again changes nothing.

        :param list events: at most MAX_ROWS dicts with ``kind``, ``moment`` (ISO 8601; UTC
            without an offset), ``outside_id`` and the customer: ``partner_id`` (id of a
            contact), or any of ``ref``, ``vat``, ``email``; optionally ``name``, ``weight``,
            ``source``, ``sentiment``, ``note``
        :return: a list with one dict per event, in the same order: ``row``, ``outside_id``,
            ``status`` (accepted, duplicate, error) and ``message``, a sentence
        :raises AccessError: without the right to create events
        :raises UserError: when ``events`` is no list of at most MAX_ROWS dicts
        """
        self.check_access("create")
        if not isinstance(events, list) or not all(isinstance(row, dict) for row in events):
            raise UserError(self.env._("Send a list of events, each an object with its fields."))
        if len(events) > MAX_ROWS:
            raise UserError(self.env._("Send at most %s events in one call.", MAX_ROWS))
        company = self.env.company._retention_company()
        return self.sudo()._record(company, events, fields.Datetime.now())

    @api.model
    def _choices(self, company, now):
        kept = relativedelta(months=company.sudo().retention_event_months)
        return events.Choices(
            frozenset(dict(self._fields["kind"].selection)),
            frozenset(dict(self._fields["sentiment"].selection)),
            now + AHEAD,
            now - kept,
        )

    @api.model
    def _record(self, company, records, now, import_id=None, dry_run=False):
        """Do what :meth:`action_record` says, in a few statements however many there are.

        :param dry_run: say what would happen, record nothing
        """
        choices = self._choices(company, now)
        customers = self._find_customers(company, records)
        results, good = [], []
        for row, (record, customer) in enumerate(zip(records, customers, strict=True)):
            result = {"row": row, "outside_id": record.get("outside_id") or False}
            results.append(result)
            try:
                event = events.read_event(record, choices, DEFAULT_SOURCE)
                if isinstance(customer, str):
                    raise events.EventError(customer)
            except events.EventError as error:
                result["status"], result["message"] = "error", self._problem(error.args[0])
            else:
                good.append((result, event, customer))
        metrics = self.env["retention.metrics"]
        keys = [(event.source, event.outside_id) for _result, event, _customer in good]
        if dry_run:
            fresh = set(keys) - metrics._events_known(company, keys)
        else:
            rows = {}  # of two rows with the same number the first counts
            for key, (_result, event, customer) in zip(keys, good, strict=True):
                rows.setdefault(key, {**event._asdict(), "partner_id": customer})
            fresh = metrics._events_insert(company, list(rows.values()), import_id)
        words = {
            "accepted": self.env._("Recorded."),
            "duplicate": self.env._("Recorded before: nothing changed."),
        }
        for (result, _event, _customer), key in zip(good, keys, strict=True):
            result["status"] = "accepted" if key in fresh else "duplicate"
            result["message"] = words[result["status"]]
            fresh.discard(key)  # a second row of the same call says nothing new
        return results

    @api.model
    def _problem(self, code):
        """Return the sentence for what is wrong with an event."""
        return {
            "no_kind": self.env._(
                "The kind must be one of %s.", ", ".join(dict(self._fields["kind"].selection))
            ),
            "no_moment": self.env._("The moment is missing, or cannot be read as one."),
            "future": self.env._("The moment is in the future."),
            "too_old": self.env._("The moment lies further back than events are kept."),
            "no_outside": self.env._("The outside number is missing."),
            "bad_weight": self.env._("The weight must be a number above zero."),
            "bad_sentiment": self.env._("The sentiment must be positive, neutral or negative."),
            "no_text": self.env._("A field holds a list or an object instead of a text."),
            "no_customer_given": self.env._(
                "No customer: give the id, the reference, the tax number or the e-mail address."
            ),
            "no_customer": self.env._("There is no such customer here."),
            "several": self.env._("Several customers fit: give the id of the contact."),
        }[code]

    # ---------------------------------------------------------------- how long they are kept
    @api.autovacuum
    def _gc_events(self):
        """Delete events older than their company keeps them; see ``_events_forget``."""
        today, done, more = fields.Datetime.now(), 0, 0
        for company in self.env["res.company"]._retention_companies():
            limit = today - relativedelta(months=company.retention_event_months)
            deleted, remaining = self.env["retention.metrics"]._events_forget(company, limit)
            done, more = done + deleted, more + remaining
        return done, more
