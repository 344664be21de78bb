from odoo import api, models
from odoo.tools import SQL

# The line's cause lasts: the same signal fires, or the risk level is still there. A critical
# alert that was answered is not opened again because the level went down to high.
SAME_CAUSE = SQL(
    """(line.signal_id = wanted.signal_id OR line.level = wanted.level
        OR line.level = 'critical' AND wanted.level = 'high' AND line.holds)"""
)


class RetentionMetrics(models.AbstractModel):
    """What the alerts ask the database, for everybody at once."""

    _inherit = "retention.metrics"

    @api.model
    def _flush_alerts(self):
        for model in ("retention.profile", "retention.reason", "retention.alert"):
            self.env[model].flush_model()
        self.env["retention.alert.line"].flush_model()
        self.env["res.partner"].flush_model(["active", "commercial_partner_id"])

    @api.model
    def _alert_only(self, column, partner_ids):
        if partner_ids is None:
            return SQL()
        return SQL("AND %s = ANY(%s)", column, list(partner_ids))

    @api.model
    def _alert_causes(self, company, partner_ids=None):
        """Return SQL (profile_id, partner_id, signal_id, level, evidence, pause_until, stage,
        value_at_stake): what speaks for an alert, of customers that are not archived."""
        base = SQL(
            """FROM retention_profile profile
               JOIN res_partner partner ON partner.id = profile.partner_id AND partner.active"""
        )
        where = SQL(
            "WHERE profile.company_id = %s %s",
            company.id,
            self._alert_only(SQL("profile.partner_id"), partner_ids),
        )
        columns = SQL(
            "profile.id AS profile_id, profile.partner_id, profile.pause_until, profile.stage"
        )
        return SQL(
            """SELECT %(columns)s, profile.value_at_stake, reason.signal_id,
                      NULL::varchar AS level, reason.evidence
               %(base)s JOIN retention_reason reason ON reason.profile_id = profile.id
               %(where)s AND reason.fires
               UNION ALL
               SELECT %(columns)s, profile.value_at_stake, NULL::int, profile.risk_level,
                      jsonb_build_object('risk_score', profile.risk_score)
               %(base)s %(where)s AND profile.risk_level IN ('high', 'critical')""",
            columns=columns,
            base=base,
            where=where,
        )

    @api.model
    def _new_causes(self, company, as_of, partner_ids=None, most=None):
        """Return rows as dicts: causes that have no line yet and are not held by an answer.

        For a customer already lost no alert is opened: saving comes too late, and winning back
        is another procedure. An alert open on that day stays.

        Keys: profile_id, partner_id, signal_id, level, evidence, alert_id (the customer's
        open alert or None); causes of open alerts first, then the most valuable customers.

        :param most: number of rows at most; None for all
        """
        self._flush_alerts()
        return self.env.execute_query_dict(
            SQL(
                """WITH wanted AS (%(wanted)s)
                   SELECT wanted.profile_id, wanted.partner_id, wanted.signal_id, wanted.level,
                          wanted.evidence, live.id AS alert_id
                   FROM wanted
                   LEFT JOIN retention_alert live ON live.partner_id = wanted.partner_id
                        AND live.company_id = %(company)s AND live.live
                   WHERE (wanted.pause_until IS NULL OR wanted.pause_until < %(as_of)s)
                   AND (live.id IS NOT NULL OR wanted.stage IS DISTINCT FROM 'lost')
                   AND NOT EXISTS (
                       SELECT FROM retention_alert alert
                       JOIN retention_alert_line line ON line.alert_id = alert.id
                       WHERE alert.partner_id = wanted.partner_id
                       AND alert.company_id = %(company)s
                       AND (line.state = 'active' OR line.holds AND
                            (line.hold_until IS NULL OR line.hold_until > %(as_of)s))
                       AND %(same)s)
                   ORDER BY live.id IS NULL, wanted.value_at_stake DESC NULLS LAST,
                            wanted.partner_id, wanted.signal_id NULLS FIRST
                   LIMIT %(most)s""",
                wanted=self._alert_causes(company, partner_ids),
                company=company.id,
                as_of=as_of,
                same=SAME_CAUSE,
                most=most,
            )
        )

    @api.model
    def _moved_lines(self, company, as_of, partner_ids=None):
        """Return {"back": ids, "gone": ids, "expired": ids} of lines to be changed.

        back: gone some night, now there again; gone: not there; expired: an answer that
        holds no longer because its time is over.
        """
        self._flush_alerts()
        rows = self.env.execute_query(
            SQL(
                """WITH wanted AS (%(wanted)s)
                   SELECT id, CASE WHEN expired THEN 'expired' WHEN lasts THEN 'back'
                                   ELSE 'gone' END
                   FROM (SELECT line.id, line.gone_on,
                                COALESCE(line.holds AND line.hold_until <= %(as_of)s, FALSE)
                                    AS expired,
                                COALESCE(BOOL_OR(%(same)s OR line.level = 'high'
                                                 AND wanted.level = 'critical'), FALSE) AS lasts
                         FROM retention_alert_line line
                         JOIN retention_alert alert ON alert.id = line.alert_id
                         LEFT JOIN wanted ON wanted.partner_id = alert.partner_id
                         WHERE line.company_id = %(company)s
                         AND (line.state = 'active' OR line.holds) %(only)s
                         GROUP BY line.id) found
                   WHERE expired OR NOT lasts OR gone_on IS NOT NULL
                   ORDER BY id""",
                wanted=self._alert_causes(company, partner_ids),
                as_of=as_of,
                same=SAME_CAUSE,
                company=company.id,
                only=self._alert_only(SQL("alert.partner_id"), partner_ids),
            )
        )
        moved = {"back": [], "gone": [], "expired": []}
        for line_id, what in rows:
            moved[what].append(line_id)
        return moved

    @api.model
    def _follow_alert_values(self, company, partner_ids=None):
        """Bring open alerts' link to the profile and their value up to date."""
        self._flush_alerts()
        self.env.cr.execute(
            SQL(
                """UPDATE retention_alert alert
                   SET profile_id = profile.id, value_at_stake = profile.value_at_stake,
                       yearly_amount = profile.amount_before_last, is_high_value =
                       COALESCE(profile.is_core, FALSE) OR COALESCE(tier.is_high_value, FALSE),
                       write_date = %(now)s, write_uid = %(uid)s
                   FROM retention_profile profile
                   LEFT JOIN retention_tier tier ON tier.id = profile.tier_id
                   WHERE profile.partner_id = alert.partner_id
                   AND profile.company_id = alert.company_id
                   AND alert.company_id = %(company)s AND alert.live %(only)s
                   AND (alert.profile_id, alert.value_at_stake, alert.yearly_amount,
                        COALESCE(alert.is_high_value, FALSE)) IS DISTINCT FROM
                       (profile.id, profile.value_at_stake, profile.amount_before_last,
                        COALESCE(profile.is_core, FALSE) OR COALESCE(tier.is_high_value, FALSE))""",
                now=self.env.cr.now(),
                uid=self.env.uid,
                company=company.id,
                only=self._alert_only(SQL("alert.partner_id"), partner_ids),
            )
        )
        if self.env.cr.rowcount:
            self.env["retention.alert"].invalidate_model(
                ["profile_id", "value_at_stake", "yearly_amount", "is_high_value"], flush=False
            )

    @api.model
    def _first_touches(self, company, as_of, partner_ids=None):
        """Return rows (alert id, day): first contact attempts that are not noted yet.

        An attempt that was not answered is one; a message from the customer is not.
        """
        alerts = self.env["retention.alert"].sudo()
        alerts.flush_model()
        domain = [
            ("company_id", "=", company.id),
            ("live", "=", True),
            ("first_touch_on", "=", False),
        ]
        if partner_ids is not None:
            domain.append(("partner_id", "in", list(partner_ids)))
        waiting = alerts.search_fetch(domain, ["partner_id"], order="id")
        if not waiting:
            return []
        scope = self._scope(company, as_of, self._alert_partners(waiting.partner_id.ids))
        queries = [
            SQL("SELECT partner_id, day, kind FROM (%s) touch", query)
            for query in (
                *self._interaction_queries(scope, purchases=False),
                self._record_interactions(scope, attempts=True),
            )
        ]
        return self.env.execute_query(
            SQL(
                """SELECT alert.id, MIN(touch.day) FROM retention_alert alert
                   JOIN (%s) touch ON touch.partner_id = alert.partner_id
                        AND touch.day >= alert.opened_on AND touch.kind != 'message'
                   WHERE alert.id = ANY(%s) AND touch.day <= %s GROUP BY alert.id""",
                self._union(queries),
                waiting.ids,
                as_of,
            )
        )

    @api.model
    def _alert_partners(self, partner_ids):
        return SQL("(SELECT unnest(%s::int[]) AS partner_id) few", list(partner_ids))

    # ---------------------------------------------------------------- owners
    @api.model
    def _last_sellers(self, company, partner_ids):
        """Return {commercial partner id: (user id, team id)} of the last confirmed order."""
        self.env["sale.order"].flush_model(["state", "user_id", "team_id", "date_order"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner.commercial_partner_id)
                          partner.commercial_partner_id, so.user_id, so.team_id
                   FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
                   WHERE so.state = 'sale' AND so.company_id IN %s
                   AND partner.commercial_partner_id = ANY(%s)
                   ORDER BY partner.commercial_partner_id, so.date_order DESC, so.id DESC""",
                company._retention_members(),
                list(partner_ids),
            )
        )
        return {partner: (user, team) for partner, user, team in rows}

    @api.model
    def _free_slots(self, company, capacity):
        """Return the ids of waiting alerts for which their owner has room, best first."""
        self.env["retention.alert"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT ranked.id FROM (
                       SELECT id, user_id, value_at_stake, risk_score,
                              ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY
                                  value_at_stake DESC NULLS LAST, risk_score DESC NULLS LAST,
                                  id) AS place
                       FROM retention_alert
                       WHERE company_id = %(company)s AND state = 'queued' AND live) ranked
                   JOIN (SELECT user_id, COUNT(*) FILTER (WHERE state = 'open') AS open
                         FROM retention_alert WHERE company_id = %(company)s AND live
                         GROUP BY user_id) taken USING (user_id)
                   WHERE ranked.place <= %(capacity)s - taken.open
                   ORDER BY value_at_stake DESC NULLS LAST, risk_score DESC NULLS LAST, id""",
                company=company.id,
                capacity=capacity,
            )
        )
        return [alert_id for (alert_id,) in rows]

    @api.model
    def _alert_ranks(self, user_ids, company_ids):
        """Return {alert id: position in its owner's list}, waiting and open ones together."""
        self.env["retention.alert"].flush_model(
            ["user_id", "company_id", "state", "value_at_stake", "risk_score"]
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT id, ROW_NUMBER() OVER (PARTITION BY company_id, user_id
                                  ORDER BY value_at_stake DESC NULLS LAST,
                                           risk_score DESC NULLS LAST, id)
                       FROM retention_alert
                       WHERE state IN ('queued', 'open') AND user_id = ANY(%s)
                       AND company_id = ANY(%s)""",
                    list(user_ids),
                    list(company_ids),
                )
            )
        )
