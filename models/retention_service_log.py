"""What people in service note of a customer: checked plain values, in the request's company."""

import math
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

LONGEST = 2000  # characters


class RetentionService(models.AbstractModel):
    _inherit = "retention.service"

    @api.model
    def log_interaction(self, res_model, res_id, vals):
        """Note a talk that the caller had about this request.

        :param vals: ``kind`` of a follow-up record and ``text``; optionally ``date``
        """
        asked, given = self._noted(res_model, res_id, vals, {"kind", "text"}, {"date"})
        asked.service._create_noted(
            asked,
            "retention.interaction",
            {
                "kind": asked.service._kind("retention.interaction", given["kind"]),
                "date": asked.service._moment(asked.company, given.get("date")),
                "direction": "incoming",
                "topic": asked.record.display_name,
                "note": asked.service._text(given["text"]),
                "user_id": self.env.uid,
            },
        )
        return True

    @api.model
    def log_promise(self, res_model, res_id, vals):
        """Note what was promised to the customer.

        :param vals: ``text`` and ``date``, the day by which it is kept; ``mine`` when the caller
            keeps it, else the account manager does
        :return: the name of who keeps it
        """
        asked, given = self._noted(res_model, res_id, vals, {"text", "date"}, {"mine"})
        day = asked.service._date(given["date"])
        if day < asked.company._retention_today():
            raise ValidationError(self.env._("A promise is kept today or later."))
        owner = asked.service._promise_owner(asked, given.get("mine"))
        asked.service._create_noted(
            asked,
            "retention.promise",
            {
                "name": asked.service._text(given["text"]),
                "due_date": day,
                "user_id": owner.id,
            },
        )
        return owner.name

    @api.model
    def log_compensation(self, res_model, res_id, vals):
        """Note what the customer got to make good for it.

        :param vals: ``kind`` of a compensation, ``amount`` in the company's currency and
            ``text``, the reason; optionally ``date``
        """
        asked, given = self._noted(res_model, res_id, vals, {"kind", "amount", "text"}, {"date"})
        asked.service._create_noted(
            asked,
            "retention.compensation",
            {
                "kind": asked.service._kind("retention.compensation", given["kind"]),
                "amount": asked.service._amount(given["amount"]),
                "reason": asked.service._text(given["text"]),
                "given_on": asked.service._past_day(asked.company, given.get("date")),
                "res_model": asked.record._name,
                "res_id": asked.record.id,
                "user_id": self.env.uid,
            },
        )
        return True

    # ---------------------------------------------------------------- who and where
    @api.model
    def _noted(self, res_model, res_id, vals, needed, possible):
        """Return (what is asked, ``vals`` without what is empty).

        :raises ValidationError: when something is missing, or cannot be noted here
        :raises UserError: for a request without a contact
        """
        asked = self._asked(res_model, res_id)
        if not asked.contact:
            raise UserError(self.env._("Say first whose request this is: choose the contact."))
        if not isinstance(vals, dict) or vals.keys() - needed - possible:
            raise ValidationError(self.env._("This cannot be noted here."))
        given = {name: value for name, value in vals.items() if value not in (None, False, "")}
        if needed - given.keys():
            raise ValidationError(self.env._("Fill in everything that is asked for."))
        return asked, given

    @api.model
    def _create_noted(self, asked, model, values):
        """Create a record for the caller, who has no right on it, in the request's company."""
        return self.env[model].create(
            {**values, "partner_id": asked.contact.id, "company_id": asked.company.id}
        )

    @api.model
    def _promise_owner(self, asked, mine):
        """Return who keeps a promise: somebody who can open it."""
        alerts, me = self.env["retention.alert"], self.env.user
        if mine and alerts._may_take(me, asked.company):
            return me
        found = self._people_for(asked.company, asked.customer)[asked.customer.id]
        if found:
            return found
        if alerts._may_take(me, asked.company):
            return me
        eligible = alerts._eligible_users(asked.company)
        pools = alerts._owner_pools(asked.company, eligible)
        loads = alerts._owner_loads(asked.company)
        owner = alerts._first_owner(None, pools, loads, False)
        if not owner:
            raise UserError(self.env._("Nobody in sales could keep it: there is no such user."))
        return owner

    @api.model
    def _people_for(self, company, customers):
        """Return {customer id: who in sales looks after them}: the account manager.

        Without one, somebody of the rescue team, in turn; else nobody.
        """
        alerts = self.env["retention.alert"]
        eligible = alerts._eligible_users(company)
        profiles = self.env["retention.profile"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        )
        managers = {profile.partner_id: profile.user_id for profile in profiles}
        rescue = company.retention_rescue_user_ids & eligible
        loads = alerts._owner_loads(company) if rescue else None
        found = {}
        for customer in customers:
            named = (managers.get(customer), customer.user_id)
            owner = next((user for user in named if user and user in eligible), None)
            if not owner and rescue:
                owner = min(rescue, key=lambda user: (loads[user.id], user.id))
                loads[owner.id] += 1
            found[customer.id] = owner or self.env["res.users"]
        return found

    # ---------------------------------------------------------------- plain values
    @api.model
    def _kind(self, model, value):
        known = [code for code, _label in self._choices()[model.rpartition(".")[2]]]
        if value not in known:
            raise ValidationError(self.env._("There is no such kind: %s", value))
        return value

    @api.model
    def _text(self, value):
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > LONGEST:
            raise ValidationError(self.env._("Say it in words, in at most %s characters.", LONGEST))
        return text

    @api.model
    def _amount(self, value):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value <= 0:
            raise ValidationError(self.env._("An amount is a number above zero."))
        return float(value)

    @api.model
    def _date(self, value):
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except (TypeError, ValueError) as error:
            raise ValidationError(self.env._("A day is written as 2026-12-31.")) from error

    @api.model
    def _past_day(self, company, value):
        """Return the day that ``value`` names, today without one."""
        today = company._retention_today()
        day = self._date(value) if value else today
        if day > today:
            raise ValidationError(self.env._("That day is still to come."))
        return day

    @api.model
    def _moment(self, company, value):
        """Return now, or noon of an earlier day where the company is, in UTC."""
        day = self._past_day(company, value)
        if day == company._retention_today():
            return fields.Datetime.now()
        noon = datetime.combine(day, time(12), ZoneInfo(company._retention_timezone()))
        return noon.astimezone(UTC).replace(tzinfo=None)
