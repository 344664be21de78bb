"""What people in service see of a customer on a ticket or case, without rights on our models."""

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .retention_file_record import USER

PROMISES = 3
REASONS = 3


class RequestModel(NamedTuple):
    """A model of requests: for whom the panel is there, and the fields that it reads.

    ``groups``: external ids, of which the caller needs one besides access to the record.
    """

    groups: tuple
    contact: str = "partner_id"
    company: str = "company_id"


class Asked(NamedTuple):
    """A request that the caller may read, and whose it is.

    ``record`` has the caller's rights; all else those of the engine, in the caller's language.
    ``company`` is the one that keeps the customer, ``service`` this model as the engine.
    """

    record: models.Model
    service: models.Model
    company: models.Model
    contact: models.Model
    customer: models.Model
    profile: models.Model


class RetentionService(models.AbstractModel):
    """A façade: plain values of one customer for who may read one of the customer's requests.

    No access right on our models stands behind it, so there is no other way to these values.
    """

    _name = "retention.service"
    _description = "Service Panel"

    @api.model
    def _request_models(self):
        """Return {model: :class:`RequestModel`}. Hook for bridges."""
        return {"retention.case": RequestModel((USER,))}

    # ---------------------------------------------------------------- who may ask
    @api.model
    def _asked(self, res_model, res_id):
        """Return what is :class:`Asked` for.

        :raises ValidationError: for another model
        :raises UserError: for a record that is not there
        :raises AccessError: for who does not work on such requests, or may not read this one
        """
        kinds = self._request_models()
        kind = kinds.get(res_model) if isinstance(res_model, str) else None
        if not kind:
            raise ValidationError(self.env._("This is neither a ticket nor a case."))
        if not any(self.env.user.has_group(group) for group in kind.groups):
            raise AccessError(self.env._("The service panel is for people in service."))
        if (
            not isinstance(res_id, int)
            or not (record := self.env[res_model].browse(res_id)).exists()
        ):
            raise UserError(self.env._("This ticket or case does not exist."))
        record.check_access("read")
        known = record.sudo()
        company = (known[kind.company] or self.env.company)._retention_company()
        context = {
            **self.env.context,
            "lang": self.env.context.get("lang") or self.env.user.lang,
            "allowed_company_ids": company.ids,
        }
        engine = self.env(su=True, context=context)
        contact = known[kind.contact].with_env(engine)
        customer = contact.commercial_partner_id
        profile = engine["retention.profile"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        )
        return Asked(
            record, self.with_env(engine), company.with_env(engine), contact, customer, profile
        )

    # ---------------------------------------------------------------- three lines
    @api.model
    @api.readonly
    def panel(self, res_model, res_id):
        """Return who is calling, what is in danger and which promise is open, as plain values.

        ``contact`` is False where the request names nobody; then there is nothing else.

        :raises AccessError: without access to the request
        """
        asked = self._asked(res_model, res_id)
        return asked.service._panel(asked) if asked.contact else {"contact": False}

    @api.model
    def _panel(self, asked):
        promises = self._open_promises(asked)
        manager = self._account_manager(asked)
        may_read = asked.contact.with_env(asked.record.env).has_access("read")
        return {
            "contact": asked.contact.name or asked.contact.display_name,
            "customer": asked.customer.name or asked.customer.display_name,
            "partner_id": asked.contact.id if may_read else False,
            "known": bool(asked.profile.first_order_date),
            "since": self._day(asked.profile.first_order_date),
            "tier": self._tier(asked.profile),
            "manager": manager.name or "",
            "danger": self._danger(asked.profile),
            "promises": promises[:PROMISES],
            "more_promises": len(promises) > PROMISES,
            "choices": self._choices(),
            "currency": asked.company.currency_id.name,
            "may_own": self.env["retention.alert"]._may_take(self.env.user, asked.company),
        }

    @api.model
    def _day(self, day):
        return self.env["retention.page"]._day(day)

    @api.model
    def _account_manager(self, asked):
        """Return who looks after the customer, in this company or else at all."""
        return asked.profile.user_id or asked.customer.user_id

    @api.model
    def _tier(self, profile):
        tier = profile.tier_id
        return {"name": tier.name, "color": tier.color} if tier else None

    @api.model
    def _danger(self, profile):
        """Return health, the top reasons and the value at stake; None before it is assessed."""
        risk = self.env["retention.page"]._risk(profile)
        if not risk:
            return None
        stake = profile.value_at_stake
        return {
            "light": profile.light,
            "label": self.env["retention.timeline"]._label(profile, "light"),
            "reasons": [reason["sentence"] for reason in risk["reasons"][:REASONS]],
            "stake": profile.currency_id.format(stake) if stake else "",
        }

    @api.model
    def _open_promises(self, asked):
        promises = self.env["retention.promise"].search(
            [
                ("commercial_partner_id", "=", asked.customer.id),
                ("company_id", "=", asked.company.id),
                ("state", "=", "open"),
            ],
            order="due_date, id",
            limit=PROMISES + 1,
        )
        return [
            {
                "name": promise.name,
                "day": self._day(promise.due_date),
                "overdue": promise.is_overdue,
                "who": promise.user_id.name or "",
            }
            for promise in promises
        ]

    @api.model
    def _choices(self):
        """Return {dialog: [value, label] pairs} in the caller's language."""
        return {
            name: self.env[model]._fields["kind"]._description_selection(self.env)
            for name, model in (
                ("interaction", "retention.interaction"),
                ("compensation", "retention.compensation"),
            )
        }
