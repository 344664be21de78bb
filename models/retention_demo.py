from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..demo import generator

MONTHS_OF_HISTORY = 16  # a year, and some months in which what began then is reviewed
ANALYZE_EVERY = 7  # days lived
# No module's name: demo customers and their orders outlive an update and an uninstallation of
# ours unharmed, and stay out of its translations.
NAMESPACE = "customer_retention_demo"
AS_OF_PARAMETER = "customer_retention.demo_as_of"
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "sale_no_log_for_new_lines": True,
    "skip_procurement": True,  # with stock installed: no transfers
}


class RetentionDemo(models.AbstractModel):
    """Carries out the plan of ``demo/generator.py``: a company with customers and a past.

    A customer's life story stands in its external id (``customer_retention_demo.fading_03``);
    later parts read it with :meth:`_customers` and add what they have to tell in
    :meth:`_tell_more`.
    """

    _name = "retention.demo"
    _description = "Retention Demo Data"

    @api.model
    def _generate(self, as_of=None, size=generator.SIZE, months=MONTHS_OF_HISTORY):
        """Fill the main company with demo data, once; a second call does nothing.

        :param date as_of: day the story has come to, default today
        :param size: about how many customers
        :param months: months up to ``as_of`` on whose first day figures are computed
        :return: whether anything was made
        """
        company = self.env.ref("base.main_company")
        demo = self.sudo().with_company(company).with_context(lang="en_US", **QUIET)
        if demo.env["ir.config_parameter"].get_param(AS_OF_PARAMETER):
            return False
        plan = generator.plan(as_of or company._retention_today(), size)
        marker = {"key": AS_OF_PARAMETER, "value": str(plan.as_of)}
        demo._keep("ir.config_parameter", {"as_of": marker})
        users, teams = demo._make_staff()
        products = demo._make_products()
        pricelist = demo._make_currency(plan, products)
        partners = demo._make_customers(plan, users, pricelist)
        orders = demo._make_orders(plan, partners, users, teams, products, pricelist)
        demo._make_invoices(plan, orders)
        demo._tell_more(plan, partners)
        demo._compute_figures(plan, partners, users, months)
        return True

    @api.model
    def _tell_more(self, plan, partners):
        """Hook: make further records that fit the customers' stories.

        :param plan: :class:`demo.rows.Plan`
        :param partners: {key of a customer or contact: partner}
        """

    @api.model
    def _as_of(self):
        """Return the day up to which demo data reaches, or None without demo data."""
        text = self.env["ir.config_parameter"].sudo().get_param(AS_OF_PARAMETER)
        return fields.Date.to_date(text) if text else None

    @api.model
    def _customers(self, story=""):
        """Return the demo customers, or those with one life story, as partners.

        Contacts and departments of customers are not among them.
        """
        named = [
            ("module", "=", NAMESPACE),
            ("model", "=", "res.partner"),
            ("name", "=like", f"{story}%"),
        ]
        found = self.env["ir.model.data"].sudo().search(named, order="res_id")
        partners = self.env["res.partner"].browse(found.mapped("res_id")).exists()
        return partners.filtered(lambda p: p.commercial_partner_id == p)

    @api.model
    def _days_to_live(self, plan, months):
        """Return the days of whose night the figures are computed, in order. Hook."""
        first = plan.as_of.replace(day=1)
        starts = [first - relativedelta(months=ago) for ago in range(months)]
        # Two nights at the end: a level is left on the second.
        return sorted({*starts, plan.as_of - timedelta(days=1), plan.as_of})

    @api.model
    def _analyze(self):
        """Let the database know its sizes: nobody else can count what is not committed yet."""
        self.env.flush_all()
        self.env.cr.execute(
            """ANALYZE res_partner, sale_order, sale_order_line, account_move, account_move_line,
                   mail_activity, mail_message, retention_profile, retention_interaction,
                   retention_enrollment, retention_sop_step_run, retention_touch"""
        )

    @api.model
    def _live_day(self, plan, partners, day):
        """Do what happens on ``day``, and compute the figures of its night. Hook."""
        self.env["retention.profile"]._refresh(self.env.company._retention_company(), day)

    @api.model
    def _hand_out(self, plan, partners, users):
        """Give customers without an account manager theirs."""
        company = self.env.company._retention_company()
        new = self.env["retention.profile"].search(
            [("company_id", "=", company.id), ("user_id", "=", False)]
        )
        sellers = {partners[row.key].id: users[row.seller].id for row in plan.customers}
        for seller, found in new.grouped(lambda p: sellers.get(p.partner_id.id)).items():
            if seller:
                found.user_id = seller

    @api.model
    def _compute_figures(self, plan, partners, users, months):
        """Compute the figures for past days, then for the day itself; close months as they end."""
        company = self.env.company._retention_company()
        last = self.env["retention.run"]._last_done(company).as_of
        for number, day in enumerate(self._days_to_live(plan, months)):
            if not last or day >= last:
                if number % ANALYZE_EVERY == 0:
                    self._analyze()
                self._live_day(plan, partners, day)
                self._hand_out(plan, partners, users)
                while self.env["retention.ledger.month"]._advance(company):
                    continue
        company.sudo().retention_alerts_started = True
        self.env["retention.alert"].sudo()._sync(company, plan.as_of)
        # All of it has just been counted: nothing is pending.
        self.env.cr.flush()
        self.env["retention.refresh.request"].search(
            [("company_id", "in", company._retention_members()), ("partner_id", "!=", 0)]
        ).unlink()
