from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Fewer digits are extensions and typing errors rather than a number of one's own.
SHORTEST_PHONE = 7


class RetentionDuplicate(models.Model):
    """Customers that share a tax number, an e-mail or a phone number: probably one.

    A list over live data: a customer that was merged or corrected is gone from it at once.
    """

    _name = "retention.duplicate"
    _description = "Probable Duplicate"
    _auto = False
    _order = "kind, value, partner_id"
    _rec_name = "partner_id"
    _depends = {
        "res.partner": [
            "vat",
            "email_normalized",
            "phone",
            "active",
            "parent_id",
            "company_id",
            "commercial_partner_id",
        ],
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind = fields.Selection(
        [("vat", "Tax number"), ("email", "E-mail"), ("phone", "Phone")],
        "The Same",
        readonly=True,
    )
    value = fields.Char("Shared Value", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    last_order_date = fields.Date(related="partner_id.last_order_date")

    @property
    def _table_query(self):
        # Digits only: +86 (0)21 5555-1234 and 02155551234 share their last nine.
        keys = SQL(
            """SELECT id, company_id, 'vat' AS kind,
                      UPPER(REGEXP_REPLACE(vat, '[^A-Za-z0-9]', '', 'g')) AS value
               FROM res_partner
               WHERE active AND id = commercial_partner_id AND LENGTH(vat) > 3
               UNION ALL
               SELECT id, company_id, 'email', email_normalized FROM res_partner
               WHERE active AND id = commercial_partner_id AND email_normalized IS NOT NULL
               UNION ALL
               SELECT id, company_id, 'phone',
                      RIGHT(REGEXP_REPLACE(phone, '[^0-9]', '', 'g'), 9)
               FROM res_partner
               WHERE active AND id = commercial_partner_id
               AND LENGTH(REGEXP_REPLACE(phone, '[^0-9]', '', 'g')) >= %s""",
            SHORTEST_PHONE,
        )
        # An id that stays the same for the same row, so that selections survive paging.
        return SQL(
            """SELECT found.id * 3 + CASE kind WHEN 'vat' THEN 0 WHEN 'email' THEN 1 ELSE 2 END
                          AS id,
                      found.id AS partner_id, kind, value, company_id
               FROM (SELECT keys.*, COUNT(*) OVER (PARTITION BY kind, value) AS sharing
                     FROM (%s) keys) found
               WHERE sharing > 1""",
            keys,
        )

    def action_merge(self):
        """Open Odoo's own merge for the selected customers."""
        self.check_access("read")
        partners = self.partner_id
        if len(partners) < 2:
            raise UserError(self.env._("Select two or more customers to merge."))
        action = self.env["ir.actions.act_window"]._for_xml_id("base.action_partner_merge")
        return {
            **action,
            "context": {"active_model": "res.partner", "active_ids": partners.ids},
        }
