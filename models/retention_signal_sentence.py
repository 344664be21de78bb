"""How each signal speaks: the sentence of a reason, what would lower it, its records.

A bridge brings ``_sentence_<type>``, ``_remedy_<type>`` and ``_records_<type>`` for its types.
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class RetentionSignal(models.Model):
    _inherit = "retention.signal"

    # ---------------------------------------------------------------- sentences
    def _sentence(self, reason):
        """Return the sentence of a signal that brings none of its own."""
        measure = f"{reason._measure():g}"
        units = dict(self._fields["unit"]._description_selection(self.env))
        if self.unit == "yes":
            return self.display_name
        return self.env._(
            "%(signal)s: %(measure)s %(unit)s",
            signal=self.display_name,
            measure=measure,
            unit=units.get(self.unit, ""),
        )

    def _sentence_recency(self, reason):
        profile = reason.profile_id
        return self.env._(
            "No purchase for %(days)s days, since %(date)s.",
            days=profile.rfm_recency_days,
            date=format_date(self.env, profile.last_order_date),
        )

    def _sentence_core_silent(self, reason):
        profile = reason.profile_id
        return self.env._(
            "A high-value customer has bought nothing for %(days)s days, since %(date)s.",
            days=profile.rfm_recency_days,
            date=format_date(self.env, profile.last_order_date),
        )

    def _sentence_overdue(self, reason):
        profile = reason.profile_id
        return self.env._(
            "Usually buys every %(gap)s days; the next order was expected on %(date)s.",
            gap=profile.expected_gap_days,
            date=format_date(self.env, profile.next_order_date),
        )

    def _sentence_lengthening(self, reason):
        return self.env._("Each of the last three gaps between purchases was longer.")

    def _dropped(self, reason, text):
        on = (reason.evidence or {}).get("on")
        return self.env._(
            "%(what)s %(percent)s %% below the period before (on %(date)s).",
            what=text,
            percent=f"{reason._measure():.0f}",
            date=format_date(self.env, on),
        )

    def _sentence_frequency_drop(self, reason):
        return self._dropped(reason, self.env._("Purchase days in six months are"))

    def _sentence_spend_drop(self, reason):
        return self._dropped(reason, self.env._("Net amount in six months is"))

    def _sentence_value_drop(self, reason):
        return self._dropped(reason, self.env._("The average order of six months is"))

    def _sentence_falling(self, reason):
        return self.env._(
            "Recency, frequency and amount were lower at each of the last %s month ends.",
            f"{reason._measure():.0f}",
        )

    def _sentence_no_contact(self, reason):
        return self.env._("No talk, message or meeting since %s.", reason._anchor())

    def _sentence_untouched(self, reason):
        return self.env._("No contact of any kind since %s.", reason._anchor())

    def _sentence_no_answer(self, reason):
        return self.env._(
            "%s attempts in a row came to nothing: calls unanswered or meetings declined.",
            f"{reason._measure():.0f}",
        )

    def _sentence_quiet_login(self, reason):
        return self.env._("Nobody has logged in since %s.", reason._anchor())

    def _sentence_contact_gone(self, reason):
        return self.env._("Whoever placed the last order is archived, or mail bounces.")

    def _sentence_lost_quotation(self, reason):
        return self.env._(
            "%s quotations refused or expired since the last purchase.",
            f"{reason._measure():.0f}",
        )

    def _sentence_overdue_invoice(self, reason):
        return self.env._("An invoice has been due since %s.", reason._anchor())

    def _sentence_leave_intent(self, reason):
        return self.env._("Said that they want to leave.")

    # ---------------------------------------------------------------- remedies
    def _remedy(self, reason):
        return {
            "trend": self.env._("An order of the usual size in the usual time."),
            "engagement": self.env._("A talk: call, visit or message."),
            "commercial": self.env._("Settle the matter together with the customer."),
            "voice": self.env._("Find out what is wrong and offer a solution."),
            "service": self.env._("Solve the open problem and tell the customer."),
        }.get(self.group, False)

    def _remedy_recency(self, reason):
        return self.env._(
            "A purchase today brings the score to %s.", reason.profile_id.risk_after_purchase
        )

    def _remedy_core_silent(self, reason):
        return self.env._("A purchase, or an expected date set by hand.")

    def _remedy_overdue_invoice(self, reason):
        return self.env._("Payment, or an agreed date for it.")

    def _remedy_contact_gone(self, reason):
        return self.env._("A new contact person, or a working e-mail address.")

    # ---------------------------------------------------------------- records
    def _records(self, reason):
        """Open the customer's orders: what most signals are measured on."""
        return self._open(
            "sale.order",
            Domain("state", "=", "sale"),
            reason,
            self.env._("Sales Orders"),
        )

    def _open(self, model, domain, reason, name):
        """Return the action that lists the customer's records of ``model``."""
        members = reason.company_id._retention_members()
        own = Domain("partner_id", "child_of", reason.partner_id.id)
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(domain & own & Domain("company_id", "in", members)),
            "name": name,
        }

    def _records_lost_quotation(self, reason):
        lost = Domain("state", "in", ("draft", "sent", "cancel"))
        return self._open("sale.order", lost, reason, self.env._("Quotations"))

    def _records_overdue_invoice(self, reason):
        unpaid = Domain("move_type", "=", "out_invoice") & Domain(
            "payment_state", "in", ("not_paid", "partial")
        )
        return self._open("account.move", unpaid, reason, self.env._("Unpaid Invoices"))

    def _open_talks(self, reason):
        return self.env["retention.interaction"]._action_list(reason.partner_id)

    def _records_no_contact(self, reason):
        return self._open_talks(reason)

    def _records_no_answer(self, reason):
        return self._open_talks(reason)

    def _records_leave_intent(self, reason):
        return self._open_talks(reason)

    def _records_untouched(self, reason):
        return self._open_talks(reason)

    def _records_contact_gone(self, reason):
        return reason.profile_id.action_open_partner()

    def _records_quiet_login(self, reason):
        return reason.profile_id.action_open_partner()
