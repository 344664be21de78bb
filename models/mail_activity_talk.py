from odoo import models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.discuss import Store

USER = "customer_retention.group_user"
# Activity category: how the talk was held.
KINDS = {"phonecall": "call", "meeting": "meeting"}


class MailActivity(models.Model):
    """Finishing an activity about a customer can be noted as a talk in the same step."""

    _inherit = "mail.activity"

    def _to_store_defaults(self, target):
        return [
            *super()._to_store_defaults(target),
            Store.Attr("can_log_talk", lambda activity: activity._can_log_talk()),
        ]

    def _can_log_talk(self):
        """Whether this is about a customer, and the reader notes talks."""
        self.ensure_one()
        kept = self.env["retention.metrics"]._activity_documents()
        return self.active and self.res_model in kept and self.env.user.has_group(USER)

    def _talk_partner(self):
        """Return the contact of the document this activity hangs on."""
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return document if document._name == "res.partner" else document.partner_id

    def _talk_kind(self):
        """Return how the talk was held, as far as one can tell. Hook."""
        return KINDS.get(self.activity_type_id.category)

    def action_done_and_talk(self, feedback=False):
        """Mark as done and open the quick form with what was planned and said.

        :param feedback: what was written while marking it as done
        :raises UserError: for an activity that is not about a customer
        """
        self.ensure_one()
        self.check_access("read")
        partner = self._talk_partner() if self._can_log_talk() else None
        if not partner:
            raise UserError(self.env._("This activity is not about a customer."))
        said = {
            "topic": self.summary or self.activity_type_id.name,
            "note": feedback,
            "kind": self._talk_kind(),
        }
        action = self.env["retention.interaction"]._action_log(
            partner, **{name: value for name, value in said.items() if value}
        )
        self.action_feedback(feedback=feedback)
        return action
