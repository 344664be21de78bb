"""A person objects to being judged: nothing is computed of them, and what was known goes at once.

No figures means no row in ``retention.profile``: whatever reads figures then finds none. Company
key figures still count what was bought: see ``docs/ARCHITECTURE.md``.
"""

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..analytics import gate
from .res_partner import USER
from .retention_sop_words import REFUSED_PURPOSES

_logger = logging.getLogger(__name__)
MANAGER = "customer_retention.group_manager"
# What the ledger says of a customer beside what was bought and whether they are a customer.
JUDGED = ("segment_id", "previous_segment_id", "tier_id", "previous_tier_id", "stage", "risk_level")
# What an alert keeps of the profile.
ALERT_FIGURES = {
    "risk_level": False,
    "risk_score": 0,
    "value_at_stake": 0,
    "yearly_amount": 0,
    "is_high_value": False,
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    retention_no_profiling = fields.Boolean(
        "No Profiling",
        groups=USER,
        copy=False,
        tracking=True,
        help="The contact objects to being judged: no scores, segment, tier, stage, risk or "
        "alerts in any company, and no procedures for promotion or rescue. What was computed so "
        "far is deleted at once. Figures of a company hang on the company, not on its contacts.",
    )

    # The set is small: whoever looks for it must not read all contacts.
    _retention_no_profiling_idx = models.Index("(id) WHERE retention_no_profiling IS TRUE")

    def write(self, vals):
        if "retention_no_profiling" not in vals:
            return super().write(vals)
        refused = bool(vals["retention_no_profiling"])
        changed = self.filtered(lambda partner: partner.retention_no_profiling != refused)
        if changed and not refused and not (self.env.su or self.env.user.has_group(MANAGER)):
            raise AccessError(
                self.env._("Only a manager of Retention can note that a contact objects no longer.")
            )
        result = super().write(vals)
        if changed and refused:
            changed._stop_profiling()
        elif changed:
            companies = self.env["res.company"]._retention_companies()
            pairs = {(partner, company) for partner in changed.ids for company in companies.ids}
            self.env["retention.refresh.request"]._ask_pairs(pairs)
        return result

    def _refuses_profiling(self):
        """Return whether this contact, or the customer it belongs to, objects."""
        self.ensure_one()
        own = self.sudo()
        return own.retention_no_profiling or own.commercial_partner_id.retention_no_profiling

    def _stop_profiling(self):
        """Delete what was computed of these contacts in all companies, and end what rests on it.

        Doing it twice changes nothing the second time.
        """
        self.env.flush_all()
        engine = self.sudo()
        engine._leave_judging_procedures()
        figures = self.env["retention.profile"].sudo().search([("partner_id", "in", self.ids)])
        for company, profiles in figures.grouped("company_id").items():
            profiles._end_benefits(company)
        engine._clear_alerts()
        self.env["retention.ledger"].sudo()._clear_judgement(self.ids)
        self.env["retention.backtest.alert"].sudo().search(
            [("partner_id", "in", self.ids)]
        ).unlink()
        judged = len(figures.partner_id)
        figures.unlink()
        self.env.flush_all()
        if judged:
            _logger.info("Figures of %s contacts deleted: they object to profiling", judged)

    def _leave_judging_procedures(self):
        judging = [("purpose", "in", REFUSED_PURPOSES)]
        live = self.env["retention.enrollment"]._live_of(self, judging)
        live._leave("no_profiling", fields.Datetime.now())

    def _clear_alerts(self):
        """Close open alerts; all of them forget the figures and causes. What people did stays."""
        alerts = self.env["retention.alert"]._quietly().search([("partner_id", "in", self.ids)])
        for company, mine in alerts.filtered("live").grouped("company_id").items():
            mine._engine(company)._close(
                company,
                company._retention_today(),
                "no_profiling",
                lambda alert: alert.env._("The customer objects to profiling."),
            )
        alerts.with_context(tracking_disable=True).write(ALERT_FIGURES)
        alerts.line_ids.unlink()


class RetentionProfile(models.Model):
    _inherit = "retention.profile"

    def _end_benefits(self, company):
        """Take back what these customers' tiers gave: nothing decides about them any more."""
        benefits = self.env["retention.tier.benefit"]._engine(company)
        grants = benefits.env["retention.tier.grant"].search(
            [("profile_id", "in", self.ids), ("live", "=", True)]
        )
        as_of, now = company._retention_today(), fields.Datetime.now()
        benefits._take_back(grants, as_of, now, {}, "no_profiling")

    @api.model
    def _merge_profiles(self, src_partners, dst_partner):
        """What one of them refused stays refused."""
        everybody = src_partners | dst_partner
        if everybody.sudo().filtered("retention_no_profiling"):
            everybody.sudo().write({"retention_no_profiling": True})
            self.env["retention.ledger"]._join_objectors(everybody, dst_partner)
        return super()._merge_profiles(src_partners, dst_partner)


class RetentionLedger(models.Model):
    _inherit = "retention.ledger"

    @api.model
    def _clear_judgement(self, partner_ids):
        """Keep of these customers' months what was bought, and forget how they were judged."""
        metrics = self.env["retention.metrics"].sudo()
        judged = SQL(" OR ").join(SQL("%s IS NOT NULL", SQL.identifier(name)) for name in JUDGED)
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, ARRAY_AGG(DISTINCT partner_id) FROM retention_ledger
                   WHERE partner_id = ANY(%s) AND (%s) GROUP BY company_id""",
                list(partner_ids),
                judged,
            )
        )
        for company_id, found in rows:
            metrics._roll_up_customers(company_id, found, -1)
            self.env.cr.execute(
                SQL(
                    "UPDATE retention_ledger SET %s WHERE company_id = %s AND partner_id = ANY(%s)",
                    SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in JUDGED),
                    company_id,
                    found,
                )
            )
            metrics._roll_up_customers(company_id, found, 1)
        self.invalidate_model(flush=False)

    @api.model
    def _join_objectors(self, partners, kept):
        """Put together the months of contacts that are merged and have no figures."""
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, ARRAY_AGG(DISTINCT partner_id) FROM retention_ledger
                   WHERE partner_id = ANY(%s) GROUP BY company_id
                   HAVING COUNT(DISTINCT partner_id) > 1""",
                partners.ids,
            )
        )
        for company_id, found in rows:
            first = kept if kept.id in found else kept.browse(min(found))
            company = self.env["res.company"].browse(company_id)
            self._join_rows(company, first, kept.browse(found))


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    close_reason = fields.Selection(selection_add=[("no_profiling", "Customer objects")])


class RetentionTierGrant(models.Model):
    _inherit = "retention.tier.grant"

    @api.model
    def _causes(self):
        return super()._causes() | {"no_profiling": self.env._("Objects to profiling")}


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    @api.model
    def _exit_reasons(self):
        return super()._exit_reasons() | {"no_profiling": self.env._("Objects to profiling")}


class RetentionTouch(models.Model):
    _inherit = "retention.touch"

    @api.model
    def _gate_rules(self):
        added = {"no_profiling": self.env._("Does not want profiling")}
        return self._rules_after(super()._gate_rules(), "opted_out", added)

    @api.model
    def _gate_no_profiling(self, company, asks, facts):
        judging = [ask for ask in asks if ask.purpose in REFUSED_PURPOSES]
        ids = {key for ask in judging for key in (ask.partner_id, ask.contact_id or ask.partner_id)}
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        refused = set(
            partners.search([("id", "in", list(ids)), ("retention_no_profiling", "=", True)]).ids
        )
        return {
            ask.key: gate.Verdict("skip", "no_profiling")
            for ask in judging
            if {ask.partner_id, ask.contact_id} & refused
        }


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _may_profile(self, column):
        """Return the SQL condition that leaves out customers who object to being judged.

        The set of customers is made with it in three places: the rows a run writes
        (``_work_create``), the profiles that come to be (``_store_scored``), and what a
        computation of any past day looks at (``_facts_query``).
        """
        return SQL(
            """NOT EXISTS (SELECT FROM res_partner objects
                           WHERE objects.id = %s AND objects.retention_no_profiling IS TRUE)""",
            column,
        )

    @api.model
    def _leave_out_objectors(self, table):
        """Delete their rows from ``table``: what :meth:`_may_profile` says, from the few."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM %s w USING res_partner objects
                   WHERE objects.id = w.partner_id AND objects.retention_no_profiling IS TRUE""",
                table,
            )
        )

    @api.model
    def _left_profiles(self, company):
        """Return the customers who object and have figures all the same: written meanwhile."""
        rows = self.env.execute_query(
            SQL(
                """SELECT profile.partner_id FROM retention_profile profile
                   JOIN res_partner partner ON partner.id = profile.partner_id
                   WHERE partner.retention_no_profiling IS TRUE AND profile.company_id = %s""",
                company.id,
            )
        )
        return self.env["res.partner"].browse(row[0] for row in rows)


class RetentionRun(models.Model):
    _inherit = "retention.run"

    def _step_alert(self, size):
        # A chunk that was being written while somebody objected may have come after it.
        self.env["retention.metrics"]._left_profiles(self.company_id)._stop_profiling()
        return super()._step_alert(size)


class RetentionAffinity(models.Model):
    _inherit = "retention.affinity"

    @api.model
    def _lines(self, company, partner_ids, as_of):
        """Nobody works out what somebody who objects may like."""
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        judged = partners.filtered(lambda partner: not partner.retention_no_profiling)
        return super()._lines(company, judged.ids, as_of)


class RetentionPage(models.AbstractModel):
    _inherit = "retention.page"

    @api.model
    def _data(self, partner, as_of):
        data = super()._data(partner, as_of)
        data["objects"] = ""
        if partner.commercial_partner_id._refuses_profiling():
            data["favourites"] = []
            data["objects"] = self.env._(
                "This customer objects to profiling: nothing is computed, judged or proposed. "
                "What people note stays."
            )
        return data
