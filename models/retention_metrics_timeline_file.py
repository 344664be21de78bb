from odoo import api, models
from odoo.tools import SQL


class RetentionTimeline(models.AbstractModel):
    """The customer file in the timeline: promises, needs, agreements and other notes."""

    _inherit = "retention.timeline"

    @api.model
    def _kinds(self):
        return {
            **super()._kinds(),
            "promise": (self.env._("Promises"), "fa-handshake-o"),
            "need": (self.env._("Needs"), "fa-lightbulb-o"),
            "agreement": (self.env._("Agreements"), "fa-file-o"),
            "note": (self.env._("Other notes"), "fa-sticky-note-o"),
        }

    @api.model
    def _file_columns(self):
        """Return {model: (kind, column of the moment, whether it is a day)}."""
        return {
            "retention.promise": ("promise", "create_date", False),
            "retention.need": ("need", "date", True),
            "retention.agreement": ("agreement", "start", True),
            "retention.competitor.note": ("note", "date", True),
            "retention.plan": ("note", "date_start", True),
            "retention.referral": ("note", "date", True),
        }

    @api.model
    def _source_fields(self):
        return {
            **super()._source_fields(),
            **{
                model: ["commercial_partner_id", "company_id", column]
                for model, (_kind, column, _is_day) in self._file_columns().items()
            },
        }

    @api.model
    def _sources(self, scope):
        return super()._sources(scope) + [
            self._file_entries(scope, model, *columns)
            for model, columns in self._file_columns().items()
        ]

    @api.model
    def _file_entries(self, scope, model, kind, column, is_day):
        moment = SQL("record.%s", SQL.identifier(column))
        return SQL(
            """SELECT record.commercial_partner_id AS partner_id, %s AS moment,
                      %s::varchar AS kind, %s::varchar AS res_model, record.id AS res_id
               FROM %s record WHERE record.company_id = %s %s""",
            self._morning(scope, moment) if is_day else moment,
            kind,
            model,
            SQL.identifier(self.env[model]._table),
            scope.company.id,
            self.env["retention.metrics"]._only_partners(
                scope, SQL("record.commercial_partner_id")
            ),
        )

    # ---------------------------------------------------------------- telling
    @api.model
    def _tell_retention_promise(self, promise):
        return {
            "title": promise.name,
            "text": self._label(promise, "state"),
            "who": self._shown(promise.user_id),
        }

    @api.model
    def _tell_retention_need(self, need):
        return {"title": need.name, "text": self._label(need, "state")}

    @api.model
    def _tell_retention_agreement(self, agreement):
        return {
            "title": " ".join(filter(None, (agreement.number, agreement.name))),
            "text": self._label(agreement, "state"),
            "who": self._shown(agreement.user_id),
            "amount": agreement.amount and agreement.currency_id.format(agreement.amount),
        }

    @api.model
    def _tell_retention_competitor_note(self, note):
        return {
            "title": note.display_name,
            "text": self._short(note.note or ""),
            "amount": note.price and note.currency_id.format(note.price),
        }

    @api.model
    def _tell_retention_plan(self, plan):
        return {
            "title": plan.name,
            "text": self._short(plan.note or ""),
            "who": self._shown(plan.user_id),
        }

    @api.model
    def _tell_retention_referral(self, referral):
        return {
            "title": self.env._("Referred by %s", self._shown(referral.referred_by_id)),
            "text": self._short(referral.note or ""),
        }
