"""Sales is told once when a request that was hard on the customer is solved."""

from odoo import api, models

from .retention_case import OPEN
from .retention_metrics_request import SEVERE


class RetentionService(models.AbstractModel):
    _inherit = "retention.service"

    @api.model
    def _request_closed(self, res_model, ids):
        """Ask somebody in sales to call, for each of these requests that was hard.

        To be called by whatever closes requests, after it wrote them; once more changes nothing.

        :param ids: of requests that were open before
        """
        kind = self._request_models().get(res_model)
        if not (ids and kind):
            return
        engine = self.sudo()
        waiting = engine.env[res_model].browse(ids)
        told = engine.env["retention.cue"].search(
            [("res_model", "=", res_model), ("res_id", "in", list(ids)), ("live", "=", True)]
        )
        waiting -= waiting.browse(told.mapped("res_id"))
        for company, records in waiting.grouped(
            lambda record: (record[kind.company] or self.env.company)._retention_company()
        ).items():
            engine._tell_sales(company, records)

    @api.model
    def _request_reopened(self, res_model, ids):
        """Take back what :meth:`_request_closed` asked for and nobody has done yet."""
        if ids:
            cues = self.env["retention.cue"].sudo()
            cues.search(
                [("res_model", "=", res_model), ("res_id", "in", list(ids)), ("live", "=", True)]
            )._withdraw()

    @api.model
    def _tell_sales(self, company, records):
        metrics, limit = self.env["retention.metrics"], company.sudo().retention_cue_days
        hard = {
            row.res_id: row
            for row in metrics._solved_requests(company, records._name, records.ids)
            if row.severity >= SEVERE or row.reopened or row.days > limit
        }
        if not hard:
            return
        contacts = self.env["res.partner"].browse(row.contact for row in hard.values())
        customers = contacts.commercial_partner_id
        people = self._people_for(company, customers)
        owners = {c.id: people[c.commercial_partner_id.id] for c in contacts}
        cues = self.env["retention.cue"].create(
            [
                {
                    "name": record.display_name,
                    "partner_id": hard[record.id].contact,
                    "company_id": company.id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "days_open": hard[record.id].days,
                    "reopened_count": hard[record.id].reopened,
                    "user_id": owners[hard[record.id].contact].id,
                    "told_on": company._retention_today(),
                }
                for record in records
                if record.id in hard and owners[hard[record.id].contact]
            ]
        )
        cues._plan(self._open_alerts(company, customers))

    @api.model
    def _open_alerts(self, company, customers):
        """Return {customer: open alert}."""
        alerts = self.env["retention.alert"].search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", company.id),
                ("live", "=", True),
            ]
        )
        return {alert.partner_id: alert for alert in alerts}


class RetentionRequestMixin(models.AbstractModel):
    """Tickets tell sales when they are closed, and take it back when they are opened again."""

    _inherit = "retention.request.mixin"

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        before = self._retention_closed()
        result = super().write(vals)
        after = self._retention_closed()
        service = self.env["retention.service"]
        service._request_closed(self._name, (after - before).ids)
        service._request_reopened(self._name, (before - after).ids)
        return result


class RetentionCase(models.Model):
    """Cases tell sales as tickets do."""

    _inherit = "retention.case"

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        was_open = self.filtered(lambda case: case.state in OPEN)
        result = super().write(vals)
        service = self.env["retention.service"]
        closed = self.filtered(lambda case: case.state not in OPEN)
        service._request_closed(self._name, (was_open & closed).ids)
        service._request_reopened(self._name, (self - was_open - closed).ids)
        return result
