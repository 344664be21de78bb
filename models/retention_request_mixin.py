from odoo import api, fields, models
from odoo.tools import SQL

INTERNAL = "base.group_user"


class RetentionRequestMixin(models.AbstractModel):
    """What helpdesks do not tell of their tickets themselves. For bridges to inherit.

    The ticket has chatter and a stage; a bridge says by which column of the stage it is closed.
    It inherits this first, the ticket second: so it stands before the chatter, however the
    Helpdesk inherits that.
    """

    _name = "retention.request.mixin"
    _inherit = ["mail.thread"]  # whose methods it stands before
    _description = "Ticket with Product, First Reply and Reopenings"

    retention_product_id = fields.Many2one(
        "product.product",
        "Product",
        groups=INTERNAL,
        help="What it is about: whoever sells it to this customer is warned, and trouble with "
        "the same product counts as a repeated problem.",
    )
    retention_first_reply_at = fields.Datetime(
        "First Reply", readonly=True, copy=False, groups=INTERNAL
    )
    retention_reopened_count = fields.Integer(
        "Times Reopened",
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="How often it came back after it had been solved.",
    )

    # ---------------------------------------------------------------- hooks
    def _retention_closed(self):
        """Return those of the tickets whose stage is a closed one."""
        return self.filtered(lambda ticket: ticket.stage_id[self._retention_closed_column()])

    @api.model
    def _retention_closed_column(self):
        """Return the name of the stored boolean of the stage that says so. Hook."""
        raise NotImplementedError

    # ---------------------------------------------------------------- what happens
    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        before = self.sudo()._retention_closed()
        result = super().write(vals)
        for ticket in before - before._retention_closed():
            ticket.retention_reopened_count += 1
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        ticket = self.sudo()
        # What only colleagues see is no reply, nor is what the customer or a robot writes.
        public = message.subtype_id and not message.subtype_id.internal and not message.is_internal
        spoken = message.message_type in ("comment", "email")
        if spoken and public and not ticket.retention_first_reply_at:
            author = message.sudo().author_id
            if author and not author.partner_share:
                ticket.retention_first_reply_at = message.date
        return result

    # ---------------------------------------------------------------- what happened before
    @api.model
    def _retention_read_history(self):
        """Tell first replies and reopenings of earlier tickets from chatter and tracking.

        For the bridge's installation: afterwards they are written as they happen.
        """
        self.env.flush_all()
        table, stages = SQL.identifier(self._table), self._fields["stage_id"].comodel_name
        stage_table = SQL.identifier(self.env[stages]._table)
        self.env.cr.execute(
            SQL(
                """UPDATE %s ticket SET retention_first_reply_at = reply.date
                   FROM (SELECT message.res_id, MIN(message.date) AS date
                         FROM mail_message message
                         JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                         JOIN res_partner author ON author.id = message.author_id
                         WHERE message.model = %s AND message.message_type IN ('comment', 'email')
                         AND subtype.internal IS NOT TRUE AND message.is_internal IS NOT TRUE
                         AND author.partner_share IS NOT TRUE
                         GROUP BY message.res_id) reply
                   WHERE reply.res_id = ticket.id AND ticket.retention_first_reply_at IS NULL""",
                table,
                self._name,
            )
        )
        closed = SQL.identifier(self._retention_closed_column())
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s ticket SET retention_reopened_count = moved.times
                   FROM (SELECT message.res_id, COUNT(*) AS times
                         FROM mail_tracking_value value
                         JOIN mail_message message ON message.id = value.mail_message_id
                         JOIN %(stages)s was ON was.id = value.old_value_integer
                         JOIN %(stages)s is_now ON is_now.id = value.new_value_integer
                         WHERE value.field_id = %(field)s AND message.model = %(model)s
                         AND was.%(closed)s AND is_now.%(closed)s IS NOT TRUE
                         GROUP BY message.res_id) moved
                   WHERE moved.res_id = ticket.id""",
                table=table,
                stages=stage_table,
                field=self.env["ir.model.fields"]._get(self._name, "stage_id").id,
                model=self._name,
                closed=closed,
            )
        )
        self.invalidate_model(["retention_first_reply_at", "retention_reopened_count"])
