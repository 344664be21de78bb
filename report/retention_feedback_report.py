"""NPS and satisfaction as figures that stay right in every group."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..analytics import voice


class RetentionFeedbackReport(models.Model):
    """One row per answer; what does not count is empty there, so that averages leave it out.

    The average of +100 for promoters, 0 for passives and −100 for detractors is the NPS of any
    group. Of each customer only the latest answer of a period counts, by the company's choice.
    """

    _name = "retention.feedback.report"
    _description = "NPS and Satisfaction"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "commercial_partner_id"
    _depends = {
        "retention.feedback": [
            *("partner_id", "commercial_partner_id", "company_id", "date", "kind", "score"),
            *("nps_class", "answer_class", "source", "survey", "theme_ids"),
        ],
        "retention.profile": ["partner_id", "company_id", "segment_id", "tier_id", "stage"],
        "res.company": ["retention_voice_months"],
        "res.partner": ["user_id"],
    }

    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date("Answered On", readonly=True)
    kind = fields.Selection(lambda self: self._same("kind"), "Kind of Answer", readonly=True)
    nps_class = fields.Selection(lambda self: self._same("nps_class"), "NPS Class", readonly=True)
    source = fields.Selection(lambda self: self._same("source"), readonly=True)
    survey = fields.Char(readonly=True)
    segment_id = fields.Many2one("retention.segment", readonly=True)
    tier_id = fields.Many2one("retention.tier", readonly=True)
    stage = fields.Selection(
        lambda self: (
            self.env["retention.profile"]._fields["stage"]._description_selection(self.env)
        ),
        "Life-cycle Stage",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Account Manager", readonly=True)
    theme_ids = fields.Many2many(
        "retention.theme",
        "retention_feedback_theme_rel",
        "feedback_id",
        "theme_id",
        "Themes",
        readonly=True,
    )
    counts = fields.Boolean(readonly=True, help="The customer's latest of the period.")
    nps = fields.Float(
        "NPS",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Percent of promoters less percent of detractors.",
    )
    promoters = fields.Integer(readonly=True)
    passives = fields.Integer(readonly=True)
    detractors = fields.Integer(readonly=True)
    csat = fields.Float("Average Satisfaction", readonly=True, aggregator="avg", digits=(3, 2))
    satisfied = fields.Float(
        "Satisfied (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Answers of 4 and 5 among all answers about satisfaction.",
    )

    @api.model
    def _same(self, name):
        return self.env["retention.feedback"]._fields[name]._description_selection(self.env)

    @property
    def _table_query(self):
        return SQL(
            """SELECT answer.*,
                      CASE WHEN counts THEN CASE nps_class WHEN 'promoter' THEN 100.0
                           WHEN 'passive' THEN 0.0 WHEN 'detractor' THEN -100.0 END END AS nps,
                      CASE WHEN counts THEN (nps_class = 'promoter')::int END AS promoters,
                      CASE WHEN counts THEN (nps_class = 'passive')::int END AS passives,
                      CASE WHEN counts THEN (nps_class = 'detractor')::int END AS detractors,
                      CASE WHEN kind = 'csat' THEN score::float8 END AS csat,
                      CASE WHEN kind = 'csat' THEN CASE WHEN score >= 4 THEN 100.0 ELSE 0.0 END
                           END AS satisfied
               FROM (%s) answer""",
            self._answers(),
        )

    @api.model
    def _answers(self):
        """Return SQL of answers with who gave them, and whether they count."""
        return SQL(
            """SELECT answer.id, answer.commercial_partner_id, answer.partner_id,
                      answer.company_id, answer.date, answer.kind, answer.score,
                      answer.nps_class, answer.source, answer.survey,
                      profile.segment_id, profile.tier_id, profile.stage,
                      COALESCE(profile.user_id, customer.user_id) AS user_id,
                      answer.kind = 'nps' AND (
                          answer.commercial_partner_id IS NULL
                          OR ROW_NUMBER() OVER (
                              PARTITION BY answer.company_id, answer.commercial_partner_id,
                                  answer.kind, %s
                              ORDER BY answer.date DESC, answer.id DESC) = 1) AS counts
               FROM retention_feedback answer
               JOIN res_company company ON company.id = answer.company_id
               LEFT JOIN res_partner customer ON customer.id = answer.commercial_partner_id
               LEFT JOIN retention_profile profile
                    ON profile.partner_id = answer.commercial_partner_id
                    AND profile.company_id = answer.company_id""",
            self._period(SQL("answer.date")),
        )

    @api.model
    def _period(self, day):
        """Return SQL of the first day of the period of ``day``; ``company`` has its length."""
        return SQL(
            """(DATE_TRUNC('year', %(day)s)
                + (EXTRACT(MONTH FROM %(day)s)::int - 1) / company.retention_voice_months::int
                * company.retention_voice_months::int * INTERVAL '1 month')::date""",
            day=day,
        )


class RetentionFeedbackPeriod(models.Model):
    """The NPS of a company period by period, with the interval it is certain within."""

    _name = "retention.feedback.period"
    _description = "NPS by Period"
    _auto = False
    _order = "date desc, id"
    _rec_name = "date"
    _depends = {
        "retention.feedback": [
            *("commercial_partner_id", "company_id", "date", "kind", "nps_class", "score"),
        ],
        "res.company": ["retention_voice_months"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date("Period From", readonly=True)
    answers = fields.Integer("Answers That Count", readonly=True)
    promoters = fields.Integer(readonly=True)
    passives = fields.Integer(readonly=True)
    detractors = fields.Integer(readonly=True)
    anonymous = fields.Integer("Anonymous Answers", readonly=True)
    nps = fields.Float("NPS", compute="_compute_nps", digits=(5, 1))
    interval = fields.Char(
        "Certain Within",
        compute="_compute_nps",
        help="95 of 100 times the score of all customers lies between these two.",
    )

    @api.depends("promoters", "passives", "detractors")
    @api.depends_context("lang")
    def _compute_nps(self):
        for period in self:
            found = voice.nps(period.promoters, period.passives, period.detractors)
            period.nps = found.score
            period.interval = (
                self.env._("too few answers")
                if found.low is None
                else self.env._("%(low).0f to %(high).0f", low=found.low, high=found.high)
            )

    @property
    def _table_query(self):
        report = self.env["retention.feedback.report"]
        return SQL(
            """SELECT MIN(answer.id) AS id, answer.company_id, %s AS date,
                      COUNT(*)::int AS answers,
                      COUNT(*) FILTER (WHERE nps_class = 'promoter')::int AS promoters,
                      COUNT(*) FILTER (WHERE nps_class = 'passive')::int AS passives,
                      COUNT(*) FILTER (WHERE nps_class = 'detractor')::int AS detractors,
                      COUNT(*) FILTER (WHERE commercial_partner_id IS NULL)::int AS anonymous
               FROM (%s) answer JOIN res_company company ON company.id = answer.company_id
               WHERE answer.counts GROUP BY answer.company_id, 3""",
            report._period(SQL("answer.date")),
            report._answers(),
        )

    def action_open_answers(self):
        self.ensure_one()
        self.check_access("read")
        months = int(self.company_id.retention_voice_months)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_retention.action_feedback_report"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("counts", "=", True),
            ("date", ">=", self.date),
            ("date", "<", fields.Date.add(self.date, months=months)),
        ]
        return {**action, "domain": domain, "context": {}, "views": [[False, "list"]]}
