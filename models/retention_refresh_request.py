import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
BATCH = 2000
ASKED = "customer_retention.asked"


class RetentionRefreshRequest(models.Model):
    """Customers whose figures may have changed: append-only, emptied by a scheduled action.

    Plain integers on purpose: a foreign key would lock the partner's row in the user's
    transaction.
    """

    _name = "retention.refresh.request"
    _description = "Retention Refresh Request"
    _log_access = False
    _order = "id"

    partner_id = fields.Integer("Partner ID", help="Zero: everybody in the company.")
    company_id = fields.Integer("Company ID", index=True)

    # ---------------------------------------------------------------- asking (user's side)
    @api.model
    def _ask(self, model, ids):
        """Have the customers of these orders, invoices or partners refreshed after commit.

        Costs the transaction two statements in all, however often it is called.
        """
        pending = self._asked()
        pending.setdefault(model, set()).update(ids)

    @api.model
    def _ask_pairs(self, pairs):
        """Like :meth:`_ask`, for (partner id, company id) that the records no longer name."""
        self._asked().setdefault("pairs", set()).update(pairs)

    @api.model
    def _asked(self):
        precommit = self.env.cr.precommit
        if ASKED not in precommit.data:
            precommit.data[ASKED] = {}
            precommit.add(self._write_asked)
        return precommit.data[ASKED]

    @api.model
    def _write_asked(self):
        asked = self.env.cr.precommit.data.pop(ASKED, {})
        rows = self._asked_rows(asked)
        if not rows:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO retention_refresh_request (partner_id, company_id)
                   SELECT DISTINCT partner_id, company_id FROM (%s) asked
                   WHERE partner_id IS NOT NULL AND company_id IS NOT NULL""",
                SQL(" UNION ALL ").join(rows),
            )
        )
        if self.env.cr.rowcount:
            self._wake("customer_retention.cron_fresh")
            # Only the nightly action computes everybody, and it may be an hour away.
            if any(not partner for partner, _company in asked.get("pairs", ())):
                self._wake("customer_retention.cron_nightly")

    @api.model
    def _asked_rows(self, asked):
        """Return SELECTs (partner_id, company_id) for what was asked; hook for bridges."""
        sources = {
            "sale.order": "SELECT partner_id, company_id FROM sale_order WHERE id = ANY(%s)",
            "account.move": """SELECT commercial_partner_id AS partner_id, company_id
                FROM account_move WHERE id = ANY(%s)""",
        }
        rows = [
            SQL(sources[model], sorted(ids))  # pylint: disable=sql-injection
            for model, ids in asked.items()
            if model in sources and ids
        ]
        if partners := sorted(asked.get("res.partner", ())):
            rows.append(
                SQL(
                    """SELECT partner.id AS partner_id, company.id AS company_id
                       FROM unnest(%(ids)s::int[]) AS partner (id),
                            (SELECT DISTINCT company_id AS id FROM retention_profile
                             WHERE partner_id = ANY(%(ids)s)) company""",
                    ids=partners,
                )
            )
        if pairs := sorted(asked.get("pairs", ())):
            rows.append(
                SQL(
                    "SELECT * FROM unnest(%s::int[], %s::int[]) AS pair (partner_id, company_id)",
                    [partner for partner, company in pairs],
                    [company for partner, company in pairs],
                )
            )
        return rows

    @api.model
    def _wake(self, xmlid):
        """Run a scheduled action after commit: one statement, no read."""
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """INSERT INTO ir_cron_trigger (cron_id, call_at, create_uid, create_date,
                       write_uid, write_date) VALUES (%(cron)s, %(now)s, %(uid)s, %(now)s,
                       %(uid)s, %(now)s)""",
                cron=cron_id,
                now=now,
                uid=self.env.uid,
            )
        )
        self.env.cr.postcommit.add(self.env["ir.cron"]._notifydb)

    @api.model
    def _wake_soon(self, xmlid):
        """Run a scheduled action again in a minute: somebody is in its way just now."""
        self.env.ref(xmlid).sudo()._trigger(fields.Datetime.now() + timedelta(minutes=1))

    # ---------------------------------------------------------------- answering (cron's side)
    @api.model
    def _pending_partner_ids(self, partner_ids):
        """Return those of the partners whose own or whose contacts' requests are waiting."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner.commercial_partner_id
                   FROM retention_refresh_request request
                   JOIN res_partner partner ON partner.id = request.partner_id
                   WHERE partner.commercial_partner_id = ANY(%s)""",
                list(partner_ids),
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _take_rescore(self, company):
        """Take the wish to have everybody computed again; say whether there was one."""
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM retention_refresh_request
                   WHERE partner_id = 0 AND company_id = %s RETURNING id""",
                company.id,
            )
        )
        return bool(rows)

    @api.model
    def _cron_fresh(self):
        """Refresh the customers that were asked for, company by company.

        One company's failure is raised at the end; the others go on.
        """
        cron, failed = self.env["ir.cron"], None
        companies = self._waiting_companies()
        if not cron._commit_progress(remaining=len(companies)):
            return
        for left, company in zip(range(len(companies), 0, -1), companies, strict=True):
            try:
                while taken := self._answer(company):
                    if not cron._commit_progress(taken, remaining=left):
                        return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody wrote the same rows: theirs stay, ours are done again.
                self.env.cr.rollback()
                taken = None
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Fresh customers of company %s failed", company.id)
                failed, taken = error, 0
            if taken is None:
                self._wake_soon("customer_retention.cron_fresh")
            cron._commit_progress(1, remaining=left - 1)
        if failed:
            raise failed

    @api.model
    def _waiting_companies(self):
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT company_id FROM retention_refresh_request WHERE partner_id > 0")
        )
        asked = self.env["res.company"].sudo().browse(row[0] for row in rows).exists()
        companies = self.env["res.company"].browse()
        for company in asked:
            companies |= company._retention_company()
        return companies

    @api.model
    def _answer(self, company, limit=BATCH):
        """Refresh up to ``limit`` requests of one company; the lock comes first.

        :return: the number of requests answered; 0 when there is none, or before the
            company's first full run (which counts everything); None when another worker
            holds the lock
        """
        if not self.env["retention.metrics"]._try_lock(company.id):
            return None
        if not self.env["retention.run"]._last_done(company):
            return 0
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM retention_refresh_request WHERE id IN (
                       SELECT id FROM retention_refresh_request
                       WHERE company_id IN %s AND partner_id > 0
                       ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
                   RETURNING partner_id""",
                company._retention_members(),
                limit,
            )
        )
        if rows:
            live = self.env["retention.run"]._live(company)
            as_of = live.as_of or max(
                company._retention_today(), self.env["retention.run"]._last_done(company).as_of
            )
            self.env["retention.profile"]._refresh(company, as_of, [row[0] for row in rows])
        return len(rows)

    @api.autovacuum
    def _gc_deleted_companies(self):
        self.env.cr.execute(
            SQL(
                """DELETE FROM retention_refresh_request r WHERE NOT EXISTS (
                       SELECT FROM res_company c WHERE c.id = r.company_id)"""
            )
        )
