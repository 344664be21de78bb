"""What Getting Started asks the database: purchases by basis, dates of customers, who has whom."""

import numpy as np
import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics.rhythm import MIN_GAPS

DAYS = ("first_day", "last_day", "last_contact")


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _purchase_counts(self, scope):
        """Return (purchases, customers who made them)."""
        documents = self._union(source.documents for source in self._purchase_queries(scope))
        [found] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(purchases), 0)::bigint, COUNT(*)
                   FROM (SELECT COUNT(*) AS purchases FROM (%s) d GROUP BY partner_id) customers""",
                documents,
            )
        )
        return found

    @api.model
    def _imported_count(self, scope):
        """Return how many purchases of ``scope`` come from imported files."""
        documents = self._history_source(scope).documents
        [[found]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) d", documents))
        return found

    @api.model
    def _customer_dates(self, scope):
        """Return what decides who is silent, at risk or lost, and nothing that limits decide.

        :return: DataFrame indexed by customer as ``analytics.first_limits.stage_counts`` wants it
        """
        self.env["retention.profile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT profile.partner_id, %s, %s, %s, COALESCE(profile.expected_gap_days, 0),
                          COALESCE(profile.tier_id, 0), NOT partner.active,
                          COALESCE(profile.rfm_frequency, 0), COALESCE(profile.order_count, 0)
                   FROM retention_profile profile
                   JOIN res_partner partner ON partner.id = profile.partner_id
                   WHERE profile.company_id = %s AND profile.last_order_date IS NOT NULL
                   ORDER BY profile.partner_id""",
                self._day_number(SQL("profile.first_order_date")),
                self._day_number(SQL("profile.last_order_date")),
                self._day_number(SQL("profile.last_interaction_date")),
                scope.company.id,
            )
        )
        names = ("id", *DAYS, "gap", "tier", "archived", "days_at_least", "days_at_most")
        table = self._frame(rows, names, DAYS).set_index("id")
        known = table["days_at_least"] > MIN_GAPS
        unsure = ~known & (table["days_at_most"] > MIN_GAPS)
        if unsure.any():
            known |= table.index.isin(self._with_own_rhythm(scope))
        table["own_gap"] = np.where(known, table["gap"], 0)
        return table.astype({"own_gap": "int64", "tier": "int64", "archived": bool})

    @api.model
    def _with_own_rhythm(self, scope):
        """Return those of whom the profile does not say whether they have a rhythm of their own.

        Purchase days of all times are on no profile; those in the window and the number of
        documents leave few customers open.
        """
        unsure = SQL(
            """(SELECT partner_id FROM retention_profile
                WHERE company_id = %(company)s AND rfm_frequency <= %(gaps)s
                  AND order_count > %(gaps)s)
               unsure""",
            company=scope.company.id,
            gaps=MIN_GAPS,
        )
        queries = self._purchase_queries(scope._replace(partners=unsure))
        documents = self._union(source.documents for source in queries)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM (%s) d GROUP BY partner_id
                   HAVING COUNT(DISTINCT day) > %s""",
                documents,
                MIN_GAPS,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _customers_by_owner(self, company):
        """Return how many customers are whose: a DataFrame ``owner named customers``.

        ``owner``: who looks after them (see ``retention.profile.owner_id``), 0 for nobody;
        ``named``: who is named there although not working in the company (any more), 0 for
        nobody. The same customers as those of ``_customer_domain``.
        """
        self.env["retention.profile"].flush_model(["user_id", "first_order_date"])
        self.env["res.partner"].flush_model(["user_id", "active"])
        here = company._retention_colleagues().ids
        rows = self.env.execute_query(
            SQL(
                """SELECT owner, CASE WHEN owner = 0 THEN named ELSE 0 END, COUNT(*)
                   FROM (SELECT CASE WHEN profile.user_id = ANY(%(here)s) THEN profile.user_id
                                     WHEN partner.user_id = ANY(%(here)s) THEN partner.user_id
                                     ELSE 0 END AS owner,
                                COALESCE(profile.user_id, partner.user_id, 0) AS named
                         FROM retention_profile profile
                         JOIN res_partner partner ON partner.id = profile.partner_id
                         WHERE profile.company_id = %(company)s AND partner.active
                           AND profile.first_order_date IS NOT NULL) customers
                   GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2""",
                here=here,
                company=company.id,
            )
        )
        return pd.DataFrame(rows, columns=["owner", "named", "customers"])
