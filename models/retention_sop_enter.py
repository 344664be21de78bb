"""Entering a procedure: by night, as it happens, and by hand."""

import hashlib
import logging

from psycopg2 import OperationalError

from odoo import api, models

from ..analytics.gate_rules import RANKS

_logger = logging.getLogger(__name__)
BATCH = 500  # enrollments created in one go


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.model
    def _running(self, company):
        """Return the procedures that take customers in, the most urgent first."""
        return self.sudo().search([("company_id", "=", company.id), ("state", "=", "active")])

    @api.model
    def _follow(self, company, as_of, partner_ids, now):
        """The figures of these customers are fresh: who leaves, who enters.

        Called under the company's lock. Doing it twice changes nothing the second time.
        """
        enrollments = self.env["retention.enrollment"]._engine()
        live = enrollments.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", list(partner_ids)),
                ("live", "=", True),
            ]
        )
        live._check_exits(company, now)
        entered = 0
        for sop in self._running(company):
            if sop._trigger_type().by_figures:
                while count := sop._enter_safely(as_of, now, partner_ids, cause="event"):
                    entered += count
        if entered or live:
            self._wake_runner()

    def _enter_safely(self, as_of, now, partner_ids=None, cause="sweep"):
        """Like :meth:`_enter`; a procedure that cannot is paused, and says why."""
        return self._or_pause(lambda: self._enter(as_of, now, partner_ids, cause)) or 0

    def _or_pause(self, work):
        """Return ``work()``; a procedure that cannot is paused and says why, the others go on."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return work()
        except OperationalError:
            # A conflict, a full disk, a database that goes down: no procedure is at fault.
            raise
        except Exception as error:
            _logger.exception("Procedure %s cannot go on", self.id)
            words = {"error": str(error) or type(error).__name__}
            # A version that was replaced is not switched on again by mending it.
            self.write(words if self.state == "archived" else {**words, "state": "paused"})
            return None

    @api.model
    def _end_of_night(self, company, as_of, now):
        """What is left to do once a day when everybody has entered. Hook."""
        self._close_windows(company, as_of, now)
        self._wake_runner()

    def _enter(self, as_of, now, partner_ids=None, cause="sweep", limit=BATCH):
        """Take in up to ``limit`` customers whose occasion has come; return how many.

        Called under the company's lock, again and again until it returns 0.
        """
        self.ensure_one()
        if self.per_day:
            today = self.env["retention.enrollment"].search_count(
                [
                    ("root_id", "=", self.root_id.id),
                    ("entered_on", "=", as_of),
                    ("cause", "!=", "hand"),
                ]
            )
            limit = min(limit, self.per_day - today)
        if limit <= 0:
            return 0
        rows = self._candidates(as_of, partner_ids, limit)
        if rows:
            self._enroll(rows, as_of, now, cause)
        return len(rows)

    def _candidates(self, as_of, partner_ids=None, limit=None):
        """Return who would enter, as dicts: the occasions that nobody has followed yet.

        Keys: partner_id, contact_id, anchor_date, source_model, source_id, profile_id.
        """
        self.ensure_one()
        occasions = self._occasions(self._span(as_of, partner_ids))
        if occasions is None:
            return []
        return self.env["retention.metrics"]._entering(self, occasions, limit)

    def _audience_query(self):
        """Return (SQL of profile ids that are suitable, or None for all; prospects may enter)."""
        self.ensure_one()
        domain = self._audience()
        prospects = self._trigger_type().prospects and not domain
        if not domain:
            return None, prospects
        return self.env["retention.profile"].sudo()._search(domain).subselect(), prospects

    def _enroll(self, rows, as_of, now, cause):
        """Create the enrollments of ``rows`` (see :meth:`_candidates`) with their first step."""
        self.ensure_one()
        company, enrollments = self.company_id, self.env["retention.enrollment"]._engine()
        people = self._row_people(rows)
        contacts = self.env["res.partner"].browse({row["contact_id"]: 0 for row in rows})
        zones = contacts._retention_zones(company)
        profiles = self.env["retention.profile"].browse(row["profile_id"] for row in rows)
        before = {profile.id: profile.order_count for profile in profiles if profile}
        made = enrollments.create(
            [
                {
                    "sop_id": self.id,
                    "root_id": self.root_id.id,
                    "company_id": company.id,
                    "partner_id": row["partner_id"],
                    "contact_id": row["contact_id"],
                    "profile_id": row["profile_id"],
                    "anchor_date": row["anchor_date"],
                    "number": row.get("number", 1),
                    "source_model": row["source_model"],
                    "source_id": row["source_id"],
                    "arm": self._arm(row["partner_id"]),
                    "cause": cause,
                    "entered_at": now,
                    "entered_on": as_of,
                    "user_id": people[n][0].id,
                    "team_id": people[n][1].id,
                    "zone": zones[row["contact_id"]],
                    "orders_before": self._orders_before(row, before),
                }
                for n, row in enumerate(rows)
            ]
        )
        made._replace_lower(now)
        treated = made.filtered(lambda e: e.arm == "treated")
        treated._plan_next({enrollment: self._first_step() for enrollment in treated}, now)
        return made

    @api.model
    def _orders_before(self, row, before):
        """Return how many purchases the goal does not count: those up to the occasion."""
        return before.get(row["profile_id"], 0)

    def _first_step(self):
        return self.step_ids.sorted(lambda step: step._place())[:1]

    def _arm(self, partner_id):
        """Return the arm of a customer: always the same for a procedure and a customer.

        The share below ``holdout`` of a hundred hashes is the control group.
        """
        self.ensure_one()
        if not self.holdout:
            return "treated"
        text = f"{self.root_id.id}/{partner_id}".encode()
        draw = int.from_bytes(hashlib.sha256(text).digest()[:8]) % 10_000
        return "control" if draw < self.holdout * 100 else "treated"

    # ---------------------------------------------------------------- people
    def _row_people(self, rows):
        """Return {position: (user, sales team)}: who looks after each of ``rows``."""
        self.ensure_one()
        return self._people(
            self.owner_rule,
            self.owner_id,
            {n: (row["profile_id"], row["partner_id"]) for n, row in enumerate(rows)},
        )

    def _people(self, rule, named, wanted):
        """Return {key: (user, sales team)}: who looks after each of ``wanted``. Never nobody.

        :param rule: one of :meth:`retention.sop.step._responsible_rules`
        :param named: the user for the rule "user"
        :param wanted: {key: (profile id or None, partner id)}
        """
        company = self.company_id or self.env.company._retention_company()
        alerts = self.env["retention.alert"]._quietly()
        eligible = alerts._eligible_users(company)
        pools, loads = alerts._owner_pools(company, eligible), alerts._owner_loads(company)
        profiles = self.env["retention.profile"].sudo()
        known = profiles.browse({p: 0 for p, _partner in wanted.values() if p})
        owners = alerts._choose_owners(company, known) if known else {}
        partners = self.env["res.partner"].sudo().browse(p for _profile, p in wanted.values())
        teams, nowhere = alerts._teams_of(company, partners.user_id), self.env["crm.team"]
        found = {}
        for key, (profile_id, partner_id) in wanted.items():
            seller = partners.browse(partner_id).user_id
            user, team = owners.get(
                profiles.browse(profile_id), (seller & eligible, teams.get(seller, nowhere))
            )
            choice = (
                {
                    "leader": team.user_id & eligible,
                    "user": (named or self.env["res.users"]) & eligible,
                    "rescue": self._least_busy(pools[0], loads),
                    "head": self._least_busy(pools[1], loads),
                }.get(rule)
                or user
                or alerts._first_owner(None, pools, loads, False)
            )
            choice = choice or self._anybody(company)
            loads[choice.id] += 1
            found[key] = choice, team
        return found

    @api.model
    def _least_busy(self, users, loads):
        return min(users, key=lambda user: (loads[user.id], user.id), default=users)

    @api.model
    def _anybody(self, company):
        """Nobody in the company uses Retention: better an administrator than nobody."""
        return company._retention_colleagues()[:1] or self.env.ref("base.user_admin")


class RetentionEnrollment(models.Model):
    _inherit = "retention.enrollment"

    def _replace_lower(self, now):
        """End what is less urgent for the same customers: rescue ends care, care promotion."""
        for purpose, entered in (
            self.filtered(lambda e: e.arm == "treated").grouped("purpose").items()
        ):
            lower = [name for name, rank in RANKS.items() if rank < RANKS.get(purpose, 0)]
            if lower:
                self.search(
                    [
                        ("company_id", "in", entered.company_id.ids),
                        ("partner_id", "in", entered.partner_id.ids),
                        ("live", "=", True),
                        ("purpose", "in", lower),
                        # Control groups are only watched, to the end of their window.
                        ("arm", "=", "treated"),
                    ]
                )._leave("replaced", now)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _retention_zones(self, company):
        """Return {id: time zone} of these contacts: their own, their company's, ours."""
        touches = self.env["retention.touch"]
        return {
            partner.id: touches._zone(company, partner, partner.commercial_partner_id)
            for partner in self.sudo()
        }
