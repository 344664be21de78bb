from random import randint

from odoo import api, fields, models


class RetentionTopic(models.Model):
    """A word for what a contact likes to talk about: picked in the preferences."""

    _name = "retention.topic"
    _description = "Topic or Hobby"
    _order = "name, id"
    _allow_sudo_commands = False

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("topic", "Business topic"), ("hobby", "Hobby")], required=True, default="topic"
    )
    color = fields.Integer(default=lambda self: self._default_color())
    company_id = fields.Many2one(
        "res.company", ondelete="cascade", help="Empty: for all companies."
    )

    @api.model
    def _default_color(self):
        return randint(1, 11)


class RetentionPreference(models.Model):
    """How a contact wants to be treated; everybody who contacts them looks here first."""

    _name = "retention.preference"
    _description = "Contact Preferences"
    _inherit = ["retention.file.record"]
    _order = "partner_id, id"
    _rec_name = "partner_id"
    _allow_sudo_commands = False

    partner_id = fields.Many2one(ondelete="cascade")
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("wechat", "WeChat"),
            ("mail", "Mail"),
            ("sms", "SMS"),
            ("visit", "Visit"),
        ],
        "Preferred Way",
        help="Messages go this way first, if it can be done.",
    )
    contact_every_days = fields.Integer(
        "Contact Every (days)", help="How often they like to hear from us; 0: no wish."
    )
    quiet_from = fields.Float(help="Not to be disturbed from this hour on …")
    quiet_to = fields.Float("Quiet Until", help="… until this hour, on the next day if earlier.")
    price_sensitive = fields.Selection(
        [("yes", "Looks at the price"), ("no", "Price is secondary")],
        "Price",
        help="Empty: not known.",
    )
    customisation = fields.Text("Special Wishes", help="What they want made differently.")
    topic_ids = fields.Many2many(
        "retention.topic",
        "retention_preference_topic_rel",
        string="Topics",
        domain=[("kind", "=", "topic")],
    )
    hobby_ids = fields.Many2many(
        "retention.topic",
        "retention_preference_hobby_rel",
        string="Hobbies",
        domain=[("kind", "=", "hobby")],
        help="Something to begin a talk with, or a present.",
    )
    note = fields.Text()

    _partner_company_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)", "A contact has one set of preferences in each company."
    )
    _quiet_hours = models.Constraint(
        "CHECK (quiet_from >= 0 AND quiet_from < 24 AND quiet_to >= 0 AND quiet_to <= 24)",
        "Quiet hours are hours of the day, from 0:00 to 24:00.",
    )
    _every_not_negative = models.Constraint(
        "CHECK (contact_every_days >= 0)", "The days between contacts cannot be negative."
    )

    @api.model
    def _merge_partners(self, src_partners, dst_partner):
        result = super()._merge_partners(src_partners, dst_partner)
        self._merge_unique(
            src_partners,
            dst_partner,
            (
                "channel",
                "contact_every_days",
                ("quiet_from", "quiet_to"),
                "price_sensitive",
                "customisation",
                "topic_ids",
                "hobby_ids",
                "note",
            ),
        )
        return result
