from odoo import api, fields, models
from odoo.tools import SQL

from .own_fields import LiveFlag

CUE_TYPE = "customer_retention.activity_type_cue"


class RetentionCue(models.Model):
    """A request that was hard on a customer is solved: somebody in sales is asked to call.

    Its activity hangs on the customer's open alert, else here: both have a company rule. Live
    until the request is opened again; written by the engine only.
    """

    _name = "retention.cue"
    _description = "Cue to Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id", "name"]
    _allow_sudo_commands = False
    # Colleagues who may read a cue may discuss it and see its task.
    _mail_post_access = "read"

    name = fields.Char("Solved Request", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    res_model = fields.Char("Model of the Request", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Request", model_field="res_model", required=True, readonly=True
    )
    days_open = fields.Integer(
        readonly=True, aggregator="avg", help="How many days the request was open."
    )
    reopened_count = fields.Integer(
        "Times Reopened",
        readonly=True,
        aggregator=None,
        help="How often it came back after it had been solved.",
    )
    user_id = fields.Many2one("res.users", "Asked", index="btree_not_null", readonly=True)
    told_on = fields.Date("Asked On", required=True, readonly=True)
    activity_id = fields.Many2one(
        "mail.activity",
        "Task",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )
    live = LiveFlag(default=True, readonly=True)

    # The last word on "once", whatever calls twice.
    _request_uniq = models.Constraint(
        "UNIQUE (res_model, res_id, live)", "A request that is solved is told once."
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for cue in self:
            names = (cue.partner_id.sudo().display_name, cue.name)
            cue.display_name = " · ".join(name for name in names if name)

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(RetentionCue, quiet).create(vals_list).with_env(self.env)

    def _words(self):
        """Return what was hard about it, in the language of the environment."""
        self.ensure_one()
        parts = [self.name]
        if self.days_open:
            parts.append(self.env._("open for %s days", self.days_open))
        if self.reopened_count:
            parts.append(self.env._("opened again %s times", self.reopened_count))
        return " · ".join(parts)

    def _mail_get_partner_fields(self, introspect_fields=False):
        # A discussion among colleagues: the customer is never proposed as a recipient.
        return []

    # ---------------------------------------------------------------- its task
    def _plan(self, alerts):
        """Plan the task of each of these, in one go.

        :param alerts: {commercial partner: open alert} of these customers
        """
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(CUE_TYPE, raise_if_not_found=True)
        models_ = self.env["ir.model"]
        values = []
        for cue in self:
            mine = cue.with_context(lang=cue.user_id.lang or self.env.lang)
            place = alerts.get(cue.partner_id.commercial_partner_id) or cue
            values.append(
                {
                    "activity_type_id": type_id,
                    "summary": mine.env._("Solved: a good moment to call"),
                    "note": mine._words(),
                    "automated": True,
                    "date_deadline": fields.Date.add(cue.told_on, days=1),
                    "res_model_id": models_._get_id(place._name),
                    "res_id": place.id,
                    "user_id": cue.user_id.id,
                }
            )
        # The task is seen in the activity menu; no mail besides.
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        for cue, activity in zip(self, quiet.create(values), strict=True):
            cue.activity_id = activity

    def _withdraw(self):
        """The request was opened again: this is no good moment any more."""
        self.activity_id.filtered("active").unlink()
        self.write({"live": False})


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _activity_documents(self):
        """Calls made because of a cue are contacts with the customer."""
        cues = SQL("SELECT id, partner_id, company_id FROM retention_cue")
        return super()._activity_documents() | {"retention.cue": cues}

    @api.model
    def _interaction_fields(self):
        return super()._interaction_fields() | {"retention.cue": ["partner_id", "company_id"]}
