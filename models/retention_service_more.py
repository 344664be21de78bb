"""What else the service panel tells: a short list each, the same queries however much there is."""

from odoo import api, models

LIMIT = 4


class RetentionService(models.AbstractModel):
    _inherit = "retention.service"

    @api.model
    @api.readonly
    def panel_more(self, res_model, res_id):
        """Return what is behind "More": a list of blocks as plain values.

        A block: key, label, entries (title, note, badge, tone; res_model and res_id of what the
        caller may open), more (there are further ones), empty (what to say where there is none).

        :raises AccessError: without access to the request
        """
        asked = self._asked(res_model, res_id)
        return asked.service._more_blocks(asked) if asked.contact else []

    @api.model
    def _more_blocks(self, asked):
        """Return the blocks. Hook for bridges; those without entries and words are left out."""
        blocks = [
            self._told_block(asked),
            self._action_block(asked),
            self._request_block(asked),
            self._procedure_block(asked),
            self._quotation_block(asked),
            self._renewal_block(asked),
            self._need_block(asked),
        ]
        return [block for block in blocks if block["entries"] or block["empty"]]

    @api.model
    def _more_block(self, key, label, entries, empty=""):
        """Return a block of up to LIMIT of ``entries``, dicts of which title is needed."""
        shown = [
            {
                "title": "",
                "note": "",
                "badge": "",
                "tone": "text-bg-light",
                "res_model": False,
                "res_id": False,
                **entry,
            }
            for entry in entries[:LIMIT]
        ]
        return {
            "key": key,
            "label": label,
            "entries": shown,
            "more": len(entries) > LIMIT,
            "empty": empty,
        }

    @api.model
    def _of_customer(self, asked, model, domain, order):
        """Return one more record of the customer file than is shown."""
        mine = [
            ("commercial_partner_id", "=", asked.customer.id),
            ("company_id", "=", asked.company.id),
        ]
        return self.env[model].search([*mine, *domain], order=order, limit=LIMIT + 1)

    # ---------------------------------------------------------------- what to do
    @api.model
    def _action_block(self, asked):
        action = self.env["retention.page"]._action(asked.profile)
        entries = [{"title": action["text"], "badge": action["source"]}] if action["text"] else []
        return self._more_block("action", self.env._("Next best action"), entries)

    @api.model
    def _told_block(self, asked):
        """Whether sales knows: who was told of this request or warned of the customer, when."""
        entries = [
            *self._told_cues(asked),
            *self._told_tasks(asked),
            *self._told_promises(asked),
            *self._told_alert(asked),
        ]
        return self._more_block(
            "told",
            self.env._("Was sales told?"),
            entries,
            self.env._("No: nothing about this has reached sales yet."),
        )

    @api.model
    def _told_cues(self, asked):
        cues = self.env["retention.cue"].search(
            [("res_model", "=", asked.record._name), ("res_id", "=", asked.record.id)],
            order="id desc",
            limit=2,
        )
        return [
            {
                "title": self.env._("Asked to call, because it is solved"),
                "note": cue.user_id.name,
                "badge": self._day(cue.told_on),
            }
            if cue.activity_id.active
            else {
                "title": self.env._("Called after it was solved")
                if cue.activity_id
                else self.env._("Asked to call; no longer planned"),
                "note": cue.user_id.name,
                "badge": self._day(cue.activity_id.date_done or cue.told_on),
            }
            for cue in cues
        ]

    @api.model
    def _told_tasks(self, asked):
        """Tasks that procedures or people gave to somebody because of this request."""
        runs = self.env["retention.sop.step.run"].search(
            [
                ("enrollment_id.source_model", "=", asked.record._name),
                ("enrollment_id.source_id", "=", asked.record.id),
                ("activity_id", "!=", False),
            ],
            order="id desc",
            limit=2,
        )
        manager = self._account_manager(asked)
        planned = self.env["mail.activity"]
        if manager:
            planned = planned.with_context(active_test=False).search(
                [
                    ("res_model", "=", asked.record._name),
                    ("res_id", "=", asked.record.id),
                    ("user_id", "=", manager.id),
                ],
                order="id desc",
                limit=2,
            )
        return [
            {
                "title": activity.summary or activity.activity_type_id.name,
                "note": activity.user_id.name or "",
                "badge": self._day(activity.date_done or activity.create_date),
            }
            for activity in planned | runs.activity_id
        ]

    @api.model
    def _told_promises(self, asked):
        """Promises that somebody gave to a colleague to keep since this request came."""
        promises = self._of_customer(
            asked,
            "retention.promise",
            [("create_date", ">=", asked.record.create_date)],
            "id desc",
        )
        return [
            {
                "title": self.env._("Given a promise to keep: %s", promise.name),
                "note": promise.user_id.name,
                "badge": self._day(promise.create_date),
            }
            for promise in promises
            if promise.user_id != promise.create_uid
        ]

    @api.model
    def _told_alert(self, asked):
        alert = self.env["retention.alert"].search(
            [
                ("partner_id", "=", asked.customer.id),
                ("company_id", "=", asked.company.id),
                ("live", "=", True),
            ],
            limit=1,
        )
        if not alert:
            return []
        title = self.env._("Warned that the customer may leave")
        return [
            {"title": title, "note": alert.user_id.name or "", "badge": self._day(alert.opened_on)}
        ]

    # ---------------------------------------------------------------- what is under way
    @api.model
    def _request_block(self, asked):
        """Other open requests; what the caller may not read is told without its words."""
        rows = [
            row
            for row in self.env["retention.metrics"]._open_requests(
                asked.company, asked.customer.ids
            )
            if (row.res_model, row.res_id) != (asked.record._name, asked.record.id)
        ]
        readable = {}
        for model in {row.res_model for row in rows[:LIMIT]}:
            ids = [row.res_id for row in rows[:LIMIT] if row.res_model == model]
            mine = self.env[model].with_env(asked.record.env).browse(ids)._filtered_access("read")
            readable |= {(model, record.id): record.display_name for record in mine}
        grades = dict(
            self.env["retention.case"]._fields["severity"]._description_selection(self.env)
        )
        entries = [
            {
                "title": readable.get(row[:2]) or self.env._("A request at another desk"),
                "note": self.env._("since %s", self._day(row.opened_at)),
                "badge": grades.get(str(row.severity), ""),
                "res_model": row.res_model if row[:2] in readable else False,
                "res_id": row.res_id if row[:2] in readable else False,
            }
            for row in rows[: LIMIT + 1]
        ]
        return self._more_block("request", self.env._("Other open requests"), entries)

    @api.model
    def _procedure_block(self, asked):
        """Procedures under way; who is only watched must not be treated otherwise for it."""
        enrollments = self.env["retention.enrollment"].search(
            [
                ("partner_id", "=", asked.customer.id),
                ("company_id", "=", asked.company.id),
                ("live", "=", True),
                ("arm", "=", "treated"),
            ],
            order="entered_at desc, id desc",
            limit=LIMIT + 1,
        )
        label = self.env["retention.timeline"]._label
        entries = [
            {
                "title": enrollment.sop_id.name,
                "note": enrollment.step_id.name or "",
                "badge": label(enrollment, "purpose"),
                "tone": "text-bg-danger" if enrollment.purpose == "rescue" else "text-bg-light",
            }
            for enrollment in enrollments
        ]
        return self._more_block("procedure", self.env._("Procedures under way"), entries)

    # ---------------------------------------------------------------- what sales has open
    @api.model
    def _quotation_block(self, asked):
        orders = self.env["sale.order"].search(
            [
                ("partner_id.commercial_partner_id", "=", asked.customer.id),
                ("company_id", "in", asked.company._retention_members()),
                ("state", "in", ("draft", "sent")),
            ],
            order="date_order desc, id desc",
            limit=LIMIT + 1,
        )
        entries = [
            {
                "title": order.name,
                "note": " · ".join(
                    part for part in (self._day(order.date_order), order.user_id.name) if part
                ),
                "badge": order.currency_id.format(order.amount_untaxed),
            }
            for order in orders
        ]
        return self._more_block("quotation", self.env._("Open quotations"), entries)

    @api.model
    def _renewal_block(self, asked):
        """Agreements that end: whether they are to be renewed is being decided now."""
        agreements = self._of_customer(
            asked,
            "retention.agreement",
            [("state", "=", "in_force"), ("end", "!=", False), ("renewal", "!=", "end")],
            "end, id",
        )
        tell = self.env["retention.page"]._tell_agreement
        entries = [tell(agreement, asked.customer) for agreement in agreements]
        return self._more_block("renewal", self.env._("Planned renewals"), entries)

    @api.model
    def _need_block(self, asked):
        needs = self._of_customer(
            asked, "retention.need", [("state", "=", "open")], "date desc, id desc"
        )
        tell = self.env["retention.page"]._tell_need
        entries = [tell(need, asked.customer) for need in needs]
        return self._more_block("need", self.env._("Needs that sales noted"), entries)
