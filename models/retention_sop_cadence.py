"""Regular visits and contacts: who is due, and no more a day than their owner can do."""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from ..analytics.cadence import Customer, plan, rounds
from .retention_cadence import KINDS
from .retention_sop_trigger import TriggerType

TRIGGER = "cadence"
HORIZON = 28  # days that are planned ahead
NEVER = 36500  # days until a customer who takes part once would be due again


class Planned(NamedTuple):
    """What :meth:`_cadence_plan` returns.

    ``contacts``: (partner id, user id, day); ``left_out``: (partner id, user id) of those who
    are due and do not fit in; ``due``: {partner id: day on which the first contact is due}.
    """

    contacts: list
    left_out: list
    due: dict


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    cadence = fields.Selection(
        KINDS,
        "What Is Planned",
        help="How often is said by the company's rules of visits and contacts.",
    )

    def _trigger_types(self):
        label = self.env._("When a visit or contact is due")
        return super()._trigger_types() | {TRIGGER: TriggerType(label, ("cadence",), False)}

    def _trigger_problems(self):
        found = super()._trigger_problems()
        rules = self.env["retention.cadence"]
        planned = self.trigger == TRIGGER and self.cadence and self.company_id
        if planned and not rules._of_company(self.company_id, self.cadence):
            found.append(self.env._("No rule says how often customers are to be contacted."))
        return found

    def _when_cadence(self):
        if self.cadence == "visit":
            return self.env._("When it is time for the next visit")
        return self.env._("When it is time for the next contact")

    # ---------------------------------------------------------------- who is due
    def _occasions_cadence(self, span):
        """Customers whose next visit or contact is due; all of them, whatever a day allows."""
        rules = self.env["retention.cadence"]._of_company(span.company, self.cadence)
        return self.env["retention.metrics"]._cadence_due(self, span, rules) if rules else None

    def _candidates(self, as_of, partner_ids=None, limit=None):
        if self.trigger != TRIGGER:
            return super()._candidates(as_of, partner_ids, limit)
        # Everybody is looked at, even for a few: the room of a day goes to the most overdue.
        chosen = self._level(super()._candidates(as_of), as_of)
        if partner_ids is not None:
            few = set(partner_ids)
            chosen = [row for row in chosen if row["partner_id"] in few]
        return chosen[:limit]

    def _level(self, rows, as_of):
        """Return those of ``rows`` for whom their owner has room on ``as_of``, in order."""
        rest = self.company_id._retention_rest_days(as_of, as_of)
        if not rows or as_of in rest:
            return []
        customers, people = self._plan_customers(rows)
        taken = self._taken_on(as_of)
        room = {
            user.id: max(self._contacts_per_day() - taken[user.id], 0)
            for user, _team in people.values()
        }
        chosen = plan(customers, room, as_of, 1, rest.__contains__).dates
        by_partner = {row["partner_id"]: row for row in rows}
        return [{**by_partner[key], "people": people[key]} for key in chosen]

    def _plan_customers(self, rows, every=None):
        """Return (customers as the plan needs them, {partner id: (user, sales team)}).

        :param every: {partner id: days between two contacts}; only the next contact without
        """
        found = self._row_people(rows)
        people = {row["partner_id"]: found[n] for n, row in enumerate(rows)}
        profiles = self.env["retention.profile"].sudo()
        profiles = profiles.browse(row["profile_id"] for row in rows)
        customers = []
        for row, profile in zip(rows, profiles, strict=True):
            key = row["partner_id"]
            days = self._again_after(every[key]) if every else 0
            last = row["anchor_date"] - timedelta(days=days)
            owner = people[key][0].id
            customers.append(Customer(key, owner, 0, last, days, profile.rfm_monetary))
        return customers, people

    def _again_after(self, days):
        """Return after how many days a customer takes part again, who may do so."""
        if self.reentry == "once":
            return NEVER
        return max(days, self.reentry_days) if self.reentry == "gap" else days

    def _row_people(self, rows):
        """Who was found to have room takes the customer."""
        if self.trigger == TRIGGER and rows and all("people" in row for row in rows):
            return {n: row["people"] for n, row in enumerate(rows)}
        return super()._row_people(rows)

    def _contacts_per_day(self):
        return self.company_id.sudo().retention_contacts_per_day

    def _taken_on(self, as_of):
        """Return {user id: planned contacts that begin on ``as_of``}, of all such procedures."""
        found = (
            self.env["retention.enrollment"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("entered_on", "=", as_of),
                    ("arm", "=", "treated"),
                    ("sop_id.trigger", "=", TRIGGER),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return Counter({user.id: count for user, count in found})

    # ---------------------------------------------------------------- the plan
    def _cadence_plan(self, start, days=HORIZON):
        """Return the :class:`Planned` of this procedure, as each night would take people in.

        Procedures that are switched on and more urgent come first.
        """
        self.ensure_one()
        end = start + timedelta(days=days - 1)
        rest = self.company_id._retention_rest_days(start, end)
        taken = {(user, start): count for user, count in self._taken_on(start).items()}
        before = self._running(self.company_id).filtered(
            lambda sop: sop.trigger == TRIGGER and sop.root_id != self.root_id
        )
        for sop in (before | self.sudo()).sorted():
            rows, every = sop._due_until(end)
            customers, people = sop._plan_customers(rows, every) if rows else ([], {})
            capacity = {user.id: sop._contacts_per_day() for user, _team in people.values()}
            found = rounds(customers, capacity, start, days, rest.__contains__, taken)
            taken = Counter(taken) + Counter(found.load)
            if sop == self:
                break
        return Planned(
            [(key, people[key][0].id, day) for key, day in found.contacts],
            [(key, people[key][0].id) for key in found.left_out],
            {row["partner_id"]: row["anchor_date"] for row in rows},
        )

    def _due_until(self, end):
        """Return (rows of everybody due up to ``end``, {partner id: days between contacts})."""
        metrics = self.env["retention.metrics"]
        occasions = self._occasions(self._span(end))
        if occasions is None:
            return [], {}
        rows = metrics._entering(self, occasions, None)
        return rows, metrics._every_days(occasions) if rows else {}

    def action_cadence_plan(self):
        """Show what the next four weeks would look like, before it is switched on."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["retention.cadence.plan"]._prepare(
            self, self.company_id._retention_today()
        )
        return wizard._open()
