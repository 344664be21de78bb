"""What the review of tiers reads: the profiles as they are, and the windows' figures."""

import numpy as np
import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..analytics.tier import WINDOWS

# Profile columns the review reads, and those that are days.
TIER_DAYS = (
    "tier_since",
    "tier_valid_until",
    "tier_grace_until",
    "tier_locked_until",
    "tier_earned_on",
    "tier_missed_on",
    "tier_before_until",
    "tier_before_on",
    "tier_pending_on",
)
TIER_COLUMNS = (
    "id",
    "partner_id",
    "segment_id",
    "tier_id",
    "tier_before_id",
    "tier_pending",
    "tier_rule_version",
    "tier_orders",
    "tier_notice",
    *TIER_DAYS,
)
OWN = ("hold", "then")  # each customer's own windows; the others are the same for all
FIGURES = tuple(f"{name}_{what}" for name in WINDOWS for what in ("cents", "count"))


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _tier_rows(self, company, condition):
        """Return the profiles as they are: a DataFrame indexed by partner, TIER_COLUMNS.

        Also ``tier_spend`` in company currency, and ``buyer``: has a purchase.

        :param condition: SQL on ``profile``
        """
        columns = [
            self._day_number(SQL.identifier("profile", name))
            if name in TIER_DAYS
            else SQL("COALESCE(%s, 0)", SQL.identifier("profile", name))
            for name in TIER_COLUMNS
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT %s, COALESCE(profile.tier_spend, 0)::float8,
                          profile.last_order_date IS NOT NULL
                   FROM retention_profile profile
                   WHERE profile.company_id = %s AND %s ORDER BY profile.partner_id""",
                SQL(", ").join(columns),
                company.id,
                condition,
            )
        )
        names = (*TIER_COLUMNS, "tier_spend", "buyer")
        return self._frame(rows, names, TIER_DAYS).set_index("partner_id")

    @api.model
    def _tier_figures(self, scope, days, windows):
        """Return what these customers bought in their windows: a DataFrame, columns FIGURES.

        Whole cents, and days with a purchase.

        :param scope: its ``partners`` are these customers
        :param days: SQL relation (partner_id, day, amount, documents), see Reading
        :param windows: from :func:`analytics.tier.windows`
        """
        # The range lets a chunk of many read its own part of the days only.
        bought = SQL(
            """SELECT partner_id, day, amount, documents FROM %s days
               WHERE partner_id BETWEEN %s AND %s""",
            days,
            int(windows.index.min()),
            int(windows.index.max()),
        )
        if scope.basis == "order":
            bought = self._union([bought, self._order_refunds(scope)])
        figures = pd.DataFrame(0, index=windows.index, columns=list(FIGURES), dtype="int64")
        shared = [name for name in WINDOWS if name not in OWN]
        for kind in (shared, OWN):
            starts = windows[[f"{name}_from" for name in kind]].min()
            names = [name for name in kind if pd.notna(starts[f"{name}_from"])]
            if not names:
                continue
            partners = self._own_windows(windows) if kind is OWN else scope.partners
            found = self.env.execute_query(
                SQL(
                    """SELECT bought.partner_id, %(sums)s FROM %(partners)s customer
                       JOIN (%(bought)s) bought ON bought.partner_id = customer.partner_id
                       WHERE bought.day > %(first)s AND bought.day <= %(as_of)s
                       GROUP BY bought.partner_id""",
                    sums=SQL(", ").join(self._tier_sums(names, windows)),
                    partners=partners,
                    bought=bought,
                    first=starts.min().date(),
                    as_of=scope.as_of,
                )
            )
            rows = np.array(found, dtype="int64").reshape(len(found), 1 + 2 * len(names))
            columns = [f"{name}_{what}" for name in names for what in ("cents", "count")]
            part = pd.DataFrame(rows[:, 1:], index=rows[:, 0], columns=columns)
            figures[columns] = part.reindex(windows.index, fill_value=0)
        return figures

    @api.model
    def _own_windows(self, windows):
        """Put the windows that customers have of their own into a temporary table.

        Most customers have none, so their earlier purchases need not be read.
        """
        names = [f"{name}_{end}" for name in OWN for end in ("from", "to")]
        rows = windows.loc[windows[names].notna().any(axis=1), names]
        columns = {"partner_id": "int4", **dict.fromkeys(names, "date")}
        return self._stage_rows(
            "retention_tier_windows", columns, rows.reset_index(names="partner_id")
        )

    @api.model
    def _tier_sums(self, names, windows):
        """Return the SQL of the figures of these windows, of ``customer`` and ``bought``."""
        found = []
        for name in names:
            ends = (f"{name}_from", f"{name}_to")
            if name in OWN:
                start, end = (SQL.identifier("customer", column) for column in ends)
            else:
                start, end = (windows[column].iloc[0].date() for column in ends)
            inside = SQL("bought.day > %s::date AND bought.day <= %s::date", start, end)
            found += [
                SQL(
                    """(ROUND(COALESCE(SUM(bought.amount) FILTER (WHERE %s), 0), 2)
                        * 100)::bigint""",
                    inside,
                ),
                SQL("COUNT(*) FILTER (WHERE bought.documents > 0 AND %s)", inside),
            ]
        return found

    @api.model
    def _tiers_then(self, company, partners, days):
        """Return the tier that each customer had just before the day beside it, 0 for none.

        The first change from that day on says from which; without one it is today's.

        :param partners, days: of equal length
        """
        self.env["retention.change"].flush_model()
        self.env["retention.profile"].flush_model(["tier_id"])
        asked = pd.DataFrame({"place": range(len(days)), "partner_id": list(partners)})
        asked["day"] = pd.Series(days).to_numpy()
        columns = {"place": "int4", "partner_id": "int4", "day": "date"}
        rows = self.env.execute_query(
            SQL(
                """SELECT asked.place, CASE WHEN change.id IS NULL THEN profile.tier_id
                                            ELSE change.old_value::int4 END
                   FROM %s asked
                   JOIN retention_profile profile ON profile.partner_id = asked.partner_id
                        AND profile.company_id = %s
                   LEFT JOIN LATERAL (
                       SELECT id, old_value FROM retention_change
                       WHERE profile_id = profile.id AND what = 'tier' AND date >= asked.day
                       ORDER BY date, id LIMIT 1) change ON TRUE""",
                self._stage_rows("retention_tiers_then", columns, asked),
                company.id,
            )
        )
        tiers = np.zeros(len(asked), dtype="int64")
        for place, tier in rows:
            tiers[place] = tier or 0
        return tiers

    @api.model
    def _in_grace(self, company, as_of, condition):
        """Return rows (profile id, days left) of customers in grace, the most urgent first."""
        return self.env.execute_query(
            SQL(
                """SELECT profile.id, profile.tier_grace_until - %(as_of)s
                   FROM retention_profile profile
                   WHERE profile.company_id = %(company)s
                   AND profile.tier_grace_until >= %(as_of)s AND %(condition)s
                   ORDER BY profile.tier_grace_until, profile.id""",
                as_of=as_of,
                company=company.id,
                condition=condition,
            )
        )
