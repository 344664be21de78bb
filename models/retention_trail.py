from odoo import api, fields, models


class RetentionTrail(models.Model):
    """Who decided what, past the rules or about them: one line each, kept for good.

    Erasing a person puts a number for the name, and takes the words of the reason.

    Figures that the engine computes have their history in ``retention.change``.
    """

    _name = "retention.trail"
    _description = "Audit Trail"
    _order = "date desc, id desc"
    _rec_name = "what"
    _log_access = False
    _allow_sudo_commands = False

    date = fields.Datetime("At", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        "Who Changed It",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("setting", "Company setting"),
            ("rule", "Rule"),
            ("override", "Figure overruled by hand"),
            ("outcome", "Answer changed"),
            ("privacy", "Personal data"),
        ],
        "About",
        required=True,
        readonly=True,
        index=True,
    )
    what = fields.Char(required=True, readonly=True, help="The field, or what was done.")
    subject = fields.Char("Record", readonly=True, help="Its name at that moment.")
    res_model = fields.Char("Technical Model", readonly=True)
    res_id = fields.Many2oneReference("Record Number", model_field="res_model", readonly=True)
    old_value = fields.Char("Before", readonly=True)
    new_value = fields.Char("After", readonly=True)
    note = fields.Text("Reason", readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _note(self, kind, lines):
        """Add lines in the name of the user who is at work.

        :param lines: dicts with ``company`` and ``what``, optionally ``record``, ``subject``,
            ``old_value``, ``new_value``, ``note``
        """
        if not lines:
            return self.browse()
        rows = []
        for line in lines:
            record = line.get("record")
            rows.append(
                {
                    "company_id": line["company"]._retention_company().id,
                    "user_id": self.env.uid,
                    "kind": kind,
                    "what": line["what"],
                    "subject": line.get("subject") or (record and record.display_name),
                    "res_model": record and record._name,
                    "res_id": record and record.id,
                    "old_value": line.get("old_value"),
                    "new_value": line.get("new_value"),
                    "note": line.get("note"),
                }
            )
        return self.sudo().create(rows)

    @api.model
    def _shown(self, record, name):
        """Return the value of a field as its reader would see it."""
        field, value = record._fields[name], record[name]
        if field.relational:
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        return field.convert_to_display_name(value, record) if value or value == 0 else ""
