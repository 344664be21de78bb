from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_company_getting_started import BASIS_FIELDS, LIMIT_FIELDS

MANAGER = "customer_retention.group_manager"


class RetentionGettingStarted(models.AbstractModel):
    """The way from installing to a company at work, in five steps. For managers only.

    Whether a step is done is read from the database each time: nothing is ticked off by hand.
    Everything is answered as plain values that go over the wire, for the current company.
    """

    _name = "retention.getting.started"
    _description = "Getting Started"

    # ---------------------------------------------------------------- who asks
    @api.model
    def _asked(self):
        """Return the company that is set up.

        :raises AccessError: for anybody but a manager of Retention
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Retention set it up."))
        return self.env.company._retention_company()

    # ---------------------------------------------------------------- the steps
    @api.model
    def _steps(self, company, bought):
        """Return {code of a step: whether it is done}, in the order in which they are done.

        :param bought: what :meth:`_has_purchases` says
        """
        return {
            "basis": bought
            and company._retention_decided(BASIS_FIELDS, "retention_basis_checked_on"),
            "limits": bought
            and company._retention_decided(LIMIT_FIELDS, "retention_limits_checked_on"),
            "sops": bool(self._running_sops(company)),
            "team": bool(self._team(company)["complete"]),
            "switch": company.sudo().retention_alerts_started and not self._is_held_back(company),
        }

    @api.model
    def _has_purchases(self, company):
        found = [("company_id", "=", company.id), ("first_order_date", "!=", False)]
        return bool(self.env["retention.profile"].sudo().search_count(found, limit=1))

    @api.model
    @api.readonly
    def get_steps(self):
        """Return what the panel shows before any step is opened.

        :return: {company, steps: [{code, done}], run, bought, hidden}
        """
        company = self._asked()
        bought = self._has_purchases(company)
        steps = self._steps(company, bought)
        return {
            "company": company.sudo().name,
            "steps": [{"code": code, "done": bool(done)} for code, done in steps.items()],
            "run": self._run_status(company),
            "bought": bought,
            "hidden": company.sudo().retention_start_hidden,
        }

    @api.model
    @api.readonly
    def get_progress(self):
        """Return {done, all} for the dashboard; None once there is nothing to remind of."""
        company = self._asked()
        if company.sudo().retention_start_hidden or company.sudo().retention_alerts_started:
            return None
        steps = self._steps(company, self._has_purchases(company))
        return {"done": sum(map(bool, steps.values())), "all": len(steps)}

    @api.model
    def action_hide(self, hidden=True):
        """Let the dashboard no longer remind of what is left, or remind again."""
        self._asked().sudo().retention_start_hidden = bool(hidden)
        return True

    # ---------------------------------------------------------------- figures on their way
    @api.model
    def _run_status(self, company):
        """Return how far the figures are: {asked, phase, progress, as_of, customers, error}."""
        runs = self.env["retention.run"].sudo()
        live, last = runs._live(company), runs._last_done(company)
        requests = self.env["retention.refresh.request"].sudo()
        asked = [("partner_id", "=", 0), ("company_id", "=", company.id)]
        phases = dict(runs._fields["phase"]._description_selection(self.env))
        return {
            "asked": bool(requests.search_count(asked, limit=1)),
            "phase": phases[live.phase] if live else None,
            "progress": round(live.progress),
            "error": live.error or None,
            "as_of": fields.Date.to_string(last.as_of) or None,
            "customers": last.row_count,
        }

    @api.model
    def action_compute(self):
        """Have the figures computed in the background, in the next minute."""
        self._asked()
        self.env["retention.run"].action_refresh_all()
        return True

    # ---------------------------------------------------------------- what counts
    @api.model
    @api.readonly
    def get_basis(self):
        """Return what each basis would count: {basis, choices}.

        ``choices``: [{value, label, purchases, customers, imported}], ``imported`` being how many
        of the purchases come from files: those of before the cut-over day, each basis has its own.
        """
        company = self._asked()
        metrics, today = self.env["retention.metrics"].sudo(), company._retention_today()
        labels = company._fields["retention_basis"]._description_selection(self.env)
        choices = []
        for value, label in labels:
            scope = metrics._scope(company.with_env(metrics.env), today, basis=value)
            purchases, customers = metrics._purchase_counts(scope)
            choices.append(
                {
                    "value": value,
                    "label": label,
                    "purchases": purchases,
                    "customers": customers,
                    "imported": metrics._imported_count(scope),
                }
            )
        return {"basis": company.sudo().retention_basis, "choices": choices}

    @api.model
    def action_save_basis(self, basis):
        """Decide what counts as a purchase; everybody is computed again if that is new."""
        company = self._asked()
        labels = dict(company._fields["retention_basis"]._description_selection(self.env))
        if basis not in labels:
            raise UserError(self.env._("This is no basis: %s", basis))
        company.sudo().write(
            {"retention_basis": basis, "retention_basis_checked_on": company._retention_today()}
        )
        return True
