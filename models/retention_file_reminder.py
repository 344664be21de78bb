from odoo import api, fields, models


class RetentionFileReminder(models.AbstractModel):
    """A record of the customer file with one open activity of its own.

    The activity hangs on the record, which has a company rule, never on the contact.
    """

    _name = "retention.file.reminder"
    _description = "Record of the Customer File with a Reminder"
    _inherit = ["retention.file.record", "mail.thread", "mail.activity.mixin"]
    # Colleagues who may read a record may discuss it and see its reminder.
    _mail_post_access = "read"
    _reminder_type = ""  # external id of the activity type
    _reminder_fields = frozenset()  # what the activity repeats

    reminder_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        bypass_search_access=True,
    )

    @api.constrains("reminder_id")
    def _check_reminder(self):
        for record in self:
            record.reminder_id._check_hangs_on(record)

    @api.model_create_multi
    def create(self, vals_list):
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        records = super(RetentionFileReminder, quiet).create(vals_list).with_env(self.env)
        records._sync_reminder()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._reminder_fields & vals.keys():
            self._sync_reminder()
        return result

    def _reminder_values(self):
        """Return what the activity says, or None when there is nothing to be reminded of."""
        raise NotImplementedError

    def _sync_reminder(self):
        """Have one open activity say what the record says; done activities are kept."""
        for record in self:
            wanted = record._reminder_values()
            activity = record.reminder_id.sudo().filtered("active")
            if not wanted:
                activity.unlink()
            elif activity:
                changed = {
                    name: value
                    for name, value in wanted.items()
                    if activity._fields[name].convert_to_write(activity[name], activity) != value
                }
                if changed:
                    activity.write(changed)
            else:
                record._schedule_reminder(wanted)

    def _schedule_reminder(self, values):
        self.reminder_id = self.activity_schedule(self._reminder_type, automated=False, **values)

    def _reminder_done(self, feedback, attachment_ids):
        """The reminder was finished in the activity menu. Hook; does nothing by itself."""

    def _mail_get_partner_fields(self, introspect_fields=False):
        # A discussion among colleagues: the customer is never proposed as a recipient.
        return []


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _reminded_records(self):
        """Return the records of the customer file, by model, of which these are reminders."""
        found = []
        for name, activities in self.filtered("active").grouped("res_model").items():
            model = self.env.get(name)
            if isinstance(model, self.env.registry["retention.file.reminder"]):
                # The activity's owner may finish it even without access to the record.
                found.append(model.sudo().search([("reminder_id", "in", activities.ids)]))
        return found

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            for records in self._reminded_records():
                # Only the person: another day for the reminder is not another due date.
                records.filtered(lambda r: r.user_id.id != vals["user_id"]).write(
                    {"user_id": vals["user_id"]}
                )
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        reminded = self._reminded_records()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for records in reminded:
            records._reminder_done(feedback, attachment_ids)
        return result
