from datetime import timedelta
from typing import NamedTuple

import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics import rfm
from .retention_run import MAX_REPLAYED_NIGHTS

EXAMPLES = 5
# Figures that documents and the last run's limits tell without any memory.
RECOMPUTED = (
    "first_order_date",
    "last_order_date",
    "order_count",
    "revenue_total",
    "rfm_frequency",
    "rfm_monetary",
    "is_core",
    "rfm_r",
    "rfm_f",
    "rfm_m",
    "rfm_score",
    "segment_id",
)
DATES, AMOUNTS = ("first_order_date", "last_order_date"), ("revenue_total", "rfm_monetary")


class Finding(NamedTuple):
    """Something that should hold and does not: in how many records, and the ids of some."""

    code: str
    sentence: str
    count: int
    examples: tuple


class RetentionAudit(models.AbstractModel):
    """Checks a live database against what must always hold. Reads only; repairs nothing."""

    _name = "retention.audit"
    _description = "Audit of Retention Data"

    @api.model
    def _sentences(self):
        """Return {code: what is wrong}. Hook, with ``retention.metrics._audit_queries``."""
        return {
            "scores": self.env._("Figures or scores differ from what documents say."),
            "profile_missing": self.env._("A customer with purchases has no figures."),
            "profile_twice": self.env._("A customer has figures twice in one company."),
            "profile_of_contact": self.env._("Figures hang on a contact of a customer."),
            "points": self.env._("The points of the reasons do not add up to the risk score."),
            "ledger_gap": self.env._(
                "A customer at the end of a month is none at the start of the next, or the other "
                "way round."
            ),
            "ledger_flags": self.env._(
                "A month's start, lost, new and came back do not lead to its end."
            ),
            "ledger_new_twice": self.env._("A customer was new in two months."),
            "alert_twice": self.env._("A customer has two alerts under way."),
            "alert_task": self.env._("An open alert has no task."),
            "alert_task_twice": self.env._("An alert has two tasks."),
            "alert_owner": self.env._("The owner of an alert cannot log in any more."),
            "alert_archived": self.env._("An alert is under way for an archived customer."),
            "alert_cause": self.env._("An alert has no cause."),
            "task_orphan": self.env._("A task belongs to a record that is gone."),
            "run_after_end": self.env._("A step is planned though the procedure has ended."),
            "enrollment_idle": self.env._("An enrollment is under way and nothing is planned."),
            "run_twice": self.env._("A step was done twice."),
            "control_touched": self.env._("A step was done for somebody who is watched only."),
            "benefit_twice": self.env._("A benefit was given twice."),
        }

    @api.model
    def _audit(self, company):
        """Return the list of Finding of a company; empty when all is well.

        Figures are compared as of the last finished run, without customers who wait for being
        computed again.
        """
        audit = self.sudo().with_company(company)
        audit.env.flush_all()
        found = dict(audit._audit_scores(company.with_env(audit.env)))
        for code, query in audit.env["retention.metrics"]._audit_queries(company).items():
            ids = [row[0] for row in audit.env.execute_query(query)]
            if ids:
                found[code] = sorted(ids)
        sentences = self._sentences()
        return [
            Finding(code, sentences[code], len(found[code]), tuple(found[code][:EXAMPLES]))
            for code in sentences
            if found.get(code)
        ]

    @api.model
    def _audit_scores(self, company):
        """Return {code: profile or partner ids} of figures that a computation does not give."""
        run = self.env["retention.run"]._last_done(company)
        if not run:
            return {}
        expected = self._expected(company, run, run.as_of)
        stored = self._stored(company)
        everybody = expected.index.union(stored.index)
        waiting = self.env["retention.refresh.request"]._pending_partner_ids([*everybody])
        missing = expected.index.difference(stored.index).difference([*waiting])
        # Who has no purchases any more has empty figures.
        wrong = self._wrong(stored.drop(stored.index.intersection([*waiting])), expected)
        # Who bought after the run's day was computed as of a later one.
        day, today = run.as_of, company._retention_today()
        day = max(day, today - timedelta(days=MAX_REPLAYED_NIGHTS))
        while len(wrong) and day < today:
            day += timedelta(days=1)
            wrong = self._wrong(stored.loc[wrong], self._expected(company, run, day))
        live = self.env["retention.run"]._live(company)
        if len(wrong) and live.r_limits:
            # A run that is under way has written some of them.
            wrong = self._wrong(stored.loc[wrong], self._expected(company, live, live.as_of))
        return {
            "scores": sorted(int(i) for i in stored.loc[wrong, "id"]),
            "profile_missing": sorted(int(i) for i in missing),
        }

    @api.model
    def _wrong(self, stored, expected):
        """Return the customers of ``stored`` whose figures are not the expected ones."""
        expected = expected.reindex(stored.index)
        differs = pd.Series(False, index=stored.index)
        for name in RECOMPUTED:
            differs |= self._differs(name, stored[name], expected[name])
        return differs[differs].index

    @api.model
    def _expected(self, company, run, as_of):
        """Return what the run's limits make of today's documents on a day, by partner id."""
        config = company._retention_config()
        metrics, profiles = self.env["retention.metrics"], self.env["retention.profile"]
        rows = self.env.execute_query(metrics._facts_query(metrics._scope(company, as_of), config))
        facts = profiles._facts_table(rows)
        scores = rfm.score(facts, as_of, run._limits())
        return profiles._as_columns(
            facts, scores, company._retention_scheme().sudo()._segment_map()
        )

    @api.model
    def _stored(self, company):
        """Return the profiles' columns, by partner id."""
        profiles = self.env["retention.profile"]
        query = profiles._search([("company_id", "=", company.id)], order="id")
        names = ("id", "partner_id", *RECOMPUTED)
        columns = (SQL.identifier(profiles._table, name) for name in names)
        rows = self.env.execute_query(query.select(*columns))
        table = pd.DataFrame(rows, columns=names).set_index("partner_id")
        # A second row is a finding of its own; the first is the older one.
        return table[~table.index.duplicated()]

    @api.model
    def _differs(self, name, stored, expected):
        if name in DATES:
            stored, expected = pd.to_datetime(stored), pd.to_datetime(expected)
            return (stored != expected) & (stored.notna() | expected.notna())
        empty = "" if name == "rfm_score" else 0
        stored, expected = (
            values.astype("object").where(values.notna(), empty) for values in (stored, expected)
        )
        if name in AMOUNTS:
            return (stored.astype(float) - expected.astype(float)).abs() > 0.005
        return stored != expected


class RetentionRun(models.Model):
    _inherit = "retention.run"

    @api.model
    def action_check_data(self):
        """Check the current company and say what was found.

        :raises AccessError: for anybody who may not start computations
        """
        self.check_access("create")
        found = self.env["retention.audit"]._audit(self.env.company._retention_company())
        lines = [f"{finding.sentence} ({finding.count})" for finding in found]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if found else "success",
                "title": self.env._("Data Check"),
                "message": "\n".join(lines) or self.env._("Everything that must hold does."),
                "sticky": bool(found),
            },
        }
