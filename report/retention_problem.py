from odoo import fields, models
from odoo.tools import SQL

from ..models.retention_metrics_request import SEVERE


class RetentionProblem(models.Model):
    """Customers to talk about across departments: what is open, for how long, what it may cost.

    Live, from cases and the tickets of bridges alike. On the list is who has something severe
    or overdue open, several things at once, or something that came back.
    """

    _name = "retention.problem"
    _description = "Problem Customer"
    _auto = False
    _order = "severe_count desc, value_at_stake desc, oldest_at, id"
    _rec_name = "partner_id"
    _depends = {
        "retention.profile": [
            "company_id",
            "partner_id",
            "risk_level",
            "stage",
            "tier_id",
            "user_id",
            "value_at_stake",
        ],
        "res.company": ["currency_id"],
        "res.partner": ["user_id"],
    }

    profile_id = fields.Many2one("retention.profile", "Figures", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    open_count = fields.Integer("Open Requests", readonly=True)
    severe_count = fields.Integer("Severe Ones", readonly=True)
    late_count = fields.Integer("Overdue Ones", readonly=True)
    again_count = fields.Integer("Reopened Ones", readonly=True)
    oldest_at = fields.Datetime("Oldest Since", readonly=True)
    value_at_stake = fields.Monetary(readonly=True)
    tier_id = fields.Many2one("retention.tier", readonly=True)
    stage = fields.Selection(lambda self: self._same_selection("stage"), readonly=True)
    risk_level = fields.Selection(lambda self: self._same_selection("risk_level"), readonly=True)

    def _same_selection(self, name):
        return self.env["retention.profile"]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self):
        metrics = self.env["retention.metrics"]
        companies = self.env["res.company"]
        for company in self.env.companies:
            companies |= company._retention_company()
        found = [
            self._of_company(company, requests)
            for company in companies
            if (requests := metrics._requests(company)) is not None
        ]
        return SQL(" UNION ALL ").join(found)

    def _of_company(self, company, requests):
        return SQL(
            """SELECT profile.id AS id, profile.id AS profile_id, profile.partner_id,
                      profile.company_id, company.currency_id, problem.open_count,
                      problem.severe_count, problem.late_count, problem.again_count,
                      problem.oldest_at, profile.value_at_stake, profile.tier_id, profile.stage,
                      profile.risk_level, COALESCE(profile.user_id, customer.user_id) AS user_id
               FROM (SELECT contact.commercial_partner_id AS partner_id, COUNT(*) AS open_count,
                            COUNT(*) FILTER (WHERE request.severity >= %(severe)s)
                                AS severe_count,
                            COUNT(*) FILTER (WHERE request.sla_missed) AS late_count,
                            COUNT(*) FILTER (WHERE request.reopened > 0) AS again_count,
                            MIN(request.opened_at) AS oldest_at
                     FROM (%(requests)s) request
                     JOIN res_partner contact ON contact.id = request.contact_id
                     WHERE request.closed_at IS NULL
                     GROUP BY contact.commercial_partner_id) problem
               JOIN retention_profile profile ON profile.partner_id = problem.partner_id
                    AND profile.company_id = %(company)s
               JOIN res_company company ON company.id = profile.company_id
               JOIN res_partner customer ON customer.id = profile.partner_id
               WHERE problem.severe_count + problem.late_count + problem.again_count > 0
               OR problem.open_count > 1""",
            severe=SEVERE,
            requests=requests,
            company=company.id,
        )

    def action_open_customer(self):
        """Open the contact, where everything about it stands."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
