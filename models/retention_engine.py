from collections import defaultdict

import pandas as pd

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..analytics import purchases, rfm, segments


class RetentionProfile(models.Model):
    """The engine: facts → scores → segment → stage → risk, for everybody or for a few."""

    _inherit = "retention.profile"

    @api.model
    def _refresh(self, company, as_of, partner_ids=None):
        """Bring the profiles of ``company`` up to ``as_of``.

        Doing it twice changes nothing the second time.

        :param company: a company that keeps customers (see ``_retention_company``)
        :param date as_of: not before the company's last full run
        :param partner_ids: ids of partners (contacts count for their company) to look at;
            None for everybody
        :return: for everybody the finished ``retention.run``; for a few the number of
            profiles written
        :raises UserError: for an earlier date, or while another process is at it
        """
        engine = self.sudo().with_company(company)
        company = company.with_env(engine.env)
        last = engine.env["retention.run"]._last_done(company)
        if last and as_of < last.as_of:
            raise UserError(
                self.env._(
                    "The figures of %(company)s already speak of %(last)s and cannot be set "
                    "back to %(wanted)s.",
                    company=company.name,
                    last=last.as_of,
                    wanted=as_of,
                )
            )
        if not engine.env["retention.metrics"]._try_lock(company.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        if partner_ids is not None:
            return engine._refresh_some(company, as_of, partner_ids)
        run = engine.env["retention.run"]._plan(company, as_of)
        while run.state != "done":
            run._step()
        return run

    @api.model
    def _refresh_some(self, company, as_of, partner_ids):
        metrics, runs = self.env["retention.metrics"], self.env["retention.run"]
        partners = self.env["res.partner"].with_context(active_test=False)
        partners = partners.search([("id", "in", list(partner_ids))])
        # A contact that became part of a company leaves its own profile behind, emptied.
        touched = sorted({*partners.ids, *partners.commercial_partner_id.ids})
        if not touched:
            return 0
        live, table = runs._live(company), SQL.identifier("retention_few")
        scope = metrics._scope(company, as_of, metrics._partner_table(touched))
        config = company._retention_config()
        metrics._work_create(table, scope, config, temporary=True)
        limits = (live if live.phase == "write" else runs._last_done(company))._limits()
        if limits is None:
            limits, _from_data = metrics._work_limits(
                table, scope, config, lambda: self._fallback_m(scope, config)
            )
        written = self._store(table, company, as_of, limits, "fresh")
        self._store_interactions(company, as_of, touched)
        self._store_voice(company, as_of, touched)
        written += self._assess_some(company, as_of, touched)
        self.env["retention.alert"]._sync(company, as_of, touched)
        self.env["retention.sop"]._follow(company, as_of, touched, fields.Datetime.now())
        if live.phase == "write" and metrics._work_exists(company.id):
            metrics._work_replace(company.id, table)
        return written

    @api.model
    def _store(self, table, company, as_of, limits, cause, after=None, upto=None, first=False):
        """Score the rows of ``table`` and write what differs; return the profiles written."""
        metrics = self.env["retention.metrics"]
        self.flush_model()
        mapping = company._retention_scheme()._segment_map()
        scored = metrics._scored(table, as_of, limits, mapping, after, upto)
        inserted, updated = metrics._store_scored(scored, company, as_of, cause, first=first)
        if first:
            metrics._store_first_segments(scored, company, as_of)
            moved = 0
        else:
            moved = self._move_segments(metrics._segment_moves(scored, company), as_of, cause)
        if inserted or updated or moved:
            self._forget_profiles()
        return inserted + updated

    @api.model
    def _move_segments(self, moves, as_of, cause):
        """Write changed segments through the ORM, one write per (old, new)."""
        groups = defaultdict(list)
        for profile_id, old, new, score in moves:
            groups[old, new].append((profile_id, score))
        changes = []
        for (old, new), found in groups.items():
            profiles = self.browse(profile_id for profile_id, _score in found)
            profiles.write(
                {"segment_id": new, "previous_segment_id": old, "segment_since": new and as_of}
            )
            changes += [
                {
                    "profile_id": profile_id,
                    "company_id": self.env.company.id,
                    "date": as_of,
                    "what": "segment",
                    "old_value": old and str(old),
                    "new_value": new and str(new),
                    "cause": cause,
                    "evidence": {"rfm_score": score},
                }
                for profile_id, score in found
            ]
        self.env["retention.change"].create(changes)
        self.env.flush_all()
        return len(moves)

    @api.model
    def _fallback_m(self, scope, config):
        """Return M's limits for a population too small to cut: last stored, else multiples."""
        last = self.env["retention.run"].search(
            [
                ("company_id", "=", scope.company.id),
                ("state", "=", "done"),
                ("m_from_data", "=", True),
                ("as_of", "<=", scope.as_of),
            ],
            order="as_of desc, id desc",
            limit=1,
        )
        if last:
            return last._limits().m
        query = self.env["retention.metrics"]._median_document_query(scope, config)
        [[median]] = self.env.execute_query(query)
        return rfm.median_edges(median)

    # ---------------------------------------------------------------- any past date
    @api.model
    def _compute_as_of(
        self, company, as_of, config=None, scheme=None, basis=None, card=None, replay=None
    ):
        """Compute what the profiles of ``company`` were, or would be, on ``as_of``.

        No side effect. Scoring is done by :mod:`analytics.rfm`, not by the engine's SQL, so
        comparing the two checks both.

        :param config: :class:`analytics.rfm.Config` to try instead of the company's
        :param scheme: ``retention.segment.scheme`` to try instead of the company's
        :param basis: "order" or "invoice", to try instead of the company's
        :param card: ``retention.risk.card`` to try instead of the company's; none of them for
            the expert card
        :param replay: a :class:`Replay`, for one of several dates in a row
        :return: DataFrame indexed by commercial partner id with the profile's columns
            (dates, counts, amounts in company currency, scores, ``segment_id``, stage, risk);
            the risk level is what the score alone says, and before the last run signals that
            cannot be replayed are left out
        """
        engine = self.sudo().with_company(company)
        scope, table = engine._rfm_as_of(company.with_env(engine.env), as_of, config, scheme, basis)
        table = table.join(engine._tier_as_of(scope, table))
        return table.join(engine._health_as_of(scope, table, card, replay))

    @api.model
    def _rfm_as_of(self, company, as_of, config=None, scheme=None, basis=None):
        """Return (Scope, DataFrame of facts, scores and segment); see :meth:`_compute_as_of`."""
        metrics = self.env["retention.metrics"]
        config = config or company._retention_config()
        scope = metrics._scope(company, as_of, basis=basis)
        rows = self.env.execute_query(metrics._facts_query(scope, config))
        facts = self._facts_table(rows)
        limits = rfm.limits_in_force(facts, as_of, config, lambda: self._fallback_m(scope, config))
        scores = rfm.score(facts, as_of, limits)
        mapping = (scheme or company._retention_scheme()).sudo()._segment_map()
        return scope, self._as_columns(facts, scores, mapping)

    @api.model
    def _facts_table(self, rows):
        columns = ["partner_id", *purchases.FACT_COLUMNS]
        return pd.DataFrame(rows, columns=columns).set_index("partner_id")

    @api.model
    def _as_columns(self, facts, scores, mapping):
        table = pd.DataFrame(index=facts.index)
        table["first_order_date"] = facts["first_day"]
        table["last_order_date"] = facts["last_day"]
        table["order_count"] = facts["documents"]
        table["revenue_total"] = facts["revenue_cents"] / 100
        documents = facts["documents"].clip(lower=1)
        average = purchases.to_cents(facts["revenue_cents"] / 100 / documents) / 100
        table["avg_order_value"] = average.where(facts["documents"] > 0, 0.0)
        table["rfm_frequency"] = facts["frequency"]
        table["rfm_monetary"] = facts["monetary_cents"] / 100
        table["is_core"] = scores["is_core"]
        for letter in "rfm":
            table[f"rfm_{letter}"] = scores[letter]
        table["rfm_score"] = scores["rfm_score"]
        table["segment_id"] = [
            mapping[segments.position(r, f, m)] if r else 0
            for r, f, m in zip(scores["r"], scores["f"], scores["m"], strict=True)
        ]
        return table
