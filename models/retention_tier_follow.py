"""Benefits follow tiers: who gets what, who loses what, exactly once."""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from .batches import together_or_apart
from .joining import paragraph_text

BATCH = 1000  # grants given in one go


class Given(NamedTuple):
    """What came of giving one grant.

    ``state``: given, or waiting for the person who has the task; ``text``: in words;
    ``values``: further fields of the grant.
    """

    state: str = "given"
    text: str = ""
    values: dict = {}


class Taken(NamedTuple):
    """What came of ending one grant: taken_back, or kept by the customer; ``text``: in words."""

    state: str = "taken_back"
    text: str = ""


class Plan(NamedTuple):
    """What follows from moves between tiers.

    ``give``: values of new grants; ``take``: grants that end; ``again``: grants that were to
    end and do not, because the customer came back first.
    """

    give: list
    take: object
    again: object


class RetentionTierBenefit(models.Model):
    _inherit = "retention.tier.benefit"

    @api.model
    def _engine(self, company):
        grants = self.env["retention.tier.grant"]._engine(company)
        return self.with_env(grants.env)

    # ---------------------------------------------------------------- following the tiers
    @api.model
    def _follow_moves(self, company, moves, as_of, quiet, now=None):
        """Give and take back what follows from customers' changes of tier.

        Called under the company's lock. Doing it twice changes nothing the second time.

        :param moves: list of dicts with ``profile_id``, ``old`` and ``new`` (tier ids or
            False), ``cause``, and ``evidence`` if there is any
        :param quiet: nothing goes to a customer: the first load, or changed rules; what would
            is kept as held back, for a person to give
        :param now: the moment at which messages may go; the present one if left out
        """
        now = now or fields.Datetime.now()
        engine = self._engine(company)
        rights = engine._rights(company)
        if not any(rights.values()):
            return  # nobody has anything either: a benefit that was given is never deleted
        causes = {move["profile_id"]: move["cause"] for move in moves}
        for part in split_every(BATCH, moves, list):
            plan = engine._plan_moves(company, part, rights)
            plan.again.write({"take_back_due": False, "error": False})
            engine._take_back(plan.take, as_of, now, causes)
            engine._give(company, plan.give, as_of, now, quiet)

    @api.model
    def _plan_moves(self, company, moves, rights=None):
        """Return the :class:`Plan` of ``moves``: reads only, so that it can be shown first.

        :param rights: see :meth:`_rights`, read if left out
        """
        grants = self.env["retention.tier.grant"]
        rights = self._rights(company) if rights is None else rights
        last = {move["profile_id"]: move for move in moves}
        live = grants.search(
            [("profile_id", "in", list(last)), ("company_id", "=", company.id), ("live", "=", True)]
        )
        have = {(grant.profile_id.id, grant.benefit_id.id) for grant in live}
        had, give = defaultdict(self.browse), []
        for move in moves:
            had[move["profile_id"]] |= rights.get(move["old"], self.browse())
        for profile_id, move in last.items():
            fresh = rights.get(move["new"], self.browse()) - had[profile_id]
            give += [
                {
                    "profile_id": profile_id,
                    "company_id": company.id,
                    "tier_id": move["new"],
                    "benefit_id": benefit.id,
                    "cause": move["cause"],
                    "evidence": move.get("evidence"),
                }
                for benefit in fresh
                if benefit.active and (profile_id, benefit.id) not in have
            ]
        ends = live.filtered(
            lambda g: g.benefit_id not in rights.get(last[g.profile_id.id]["new"], self.browse())
        )
        again = (live - ends).filtered("take_back_due")
        return Plan(give, ends, again)

    @api.model
    def _rights(self, company):
        """Return {tier id: benefits that its customers have}, archived ones included."""
        benefits = self.with_context(active_test=False)
        benefits = benefits.search([("company_id", "=", company.id)])
        tiers = self.env["retention.tier"].search([("company_id", "=", company.id)])
        return {
            tier.id: benefits.filtered(
                lambda b, tier=tier: (
                    b.tier_id == tier or b.for_higher and b.tier_id.level < tier.level
                )
            )
            for tier in tiers
        }

    @api.model
    def _in_order(self, grants):
        """Return [(benefit, grants)], those of lower tiers first."""
        groups = grants.grouped("benefit_id").items()
        return sorted(groups, key=lambda g: (g[0].tier_id.level, g[0].sequence, g[0].id))

    # ---------------------------------------------------------------- giving
    @api.model
    def _give(self, company, rows, as_of, now, quiet=False):
        """Create the grants of ``rows`` (see :class:`Plan`) and give them; return them."""
        types = self._benefit_types()
        contacting = {code for code, kind in types.items() if kind.contacts}
        made = self.env["retention.tier.grant"].browse()
        for part in split_every(BATCH, rows, list):
            kinds = self.browse(row["benefit_id"] for row in part)
            found = made.create(
                [
                    {**row, "earned_on": as_of, "held": quiet and kind.type in contacting}
                    for row, kind in zip(part, kinds, strict=True)
                ]
            )
            self._grant(found.filtered(lambda grant: not grant.held), as_of, now)
            made |= found
        self.env.flush_all()
        return made

    @api.model
    def _grant(self, grants, as_of, now):
        """Give these grants, benefit by benefit; one that fails says why and is tried again."""
        for benefit, mine in self._in_order(grants):
            try:
                problems = benefit._problems()
            except UserError as error:
                problems = [str(error)]
            if problems:
                benefit._note_failed(mine, paragraph_text(self.env, problems))
                continue
            together_or_apart(
                mine,
                lambda part, benefit=benefit: benefit._grant_batch(part, as_of, now),
                lambda grant, error, benefit=benefit: benefit._note_failed(grant, error),
            )

    def _grant_batch(self, grants, as_of, now):
        self._benefit_type()
        work = getattr(self, f"_grant_{self.type}", None)
        results = work(grants, as_of, now) if work else {}
        for grant in grants:
            result = results.get(grant.id, Given())
            values = {"state": result.state, "result": result.text, "error": False, "held": False}
            if result.state == "given":
                values |= {"given_on": as_of, "cost": self.cost}
            grant.write({**values, **result.values})

    @api.model
    def _note_failed(self, grants, error):
        words = str(error) or type(error).__name__
        for grant in grants:
            grant.write(
                {"state": "failed", "error": words, "tries": grant.tries + 1, "held": False}
            )

    # ---------------------------------------------------------------- taking back
    @api.model
    def _take_back(self, grants, as_of, now, causes, cause="lost"):
        """End these grants, those of higher tiers first: they may lie on top of lower ones.

        :param causes: {profile id: why}; ``cause`` for the others
        """
        grants._note_end_causes(causes, cause)
        untouched = grants.filtered(lambda g: not g.given_on and not g.activity_id)
        untouched._end(dict.fromkeys(untouched.ids, Taken(text=self.env._("Never given"))), as_of)
        for benefit, mine in reversed(self._in_order(grants - untouched)):
            together_or_apart(
                mine,
                lambda part, benefit=benefit: benefit._take_back_batch(part, as_of, now),
                lambda grant, error: grant.write(
                    {"take_back_due": True, "error": str(error) or type(error).__name__}
                ),
            )

    def _take_back_batch(self, grants, as_of, now):
        self._benefit_type()
        work = getattr(self, f"_take_back_{self.type}", None)
        grants._end(work(grants, as_of, now) if work else {}, as_of)

    # ---------------------------------------------------------------- every night
    @api.model
    def _tidy(self, company, as_of, now):
        """Once a night: try again what failed, and end what no tier gives any more.

        The latter comes from contacts that were merged or moved, and from benefits that were
        moved to another tier.
        """
        engine = self._engine(company)
        grants = engine.env["retention.tier.grant"]
        mine = [("company_id", "=", company.id), ("live", "=", True)]
        rights = engine._rights(company)
        found = grants._read_group(mine, ["benefit_id", "profile_id.tier_id"], ["id:recordset"])
        for benefit, tier, those in found:
            if benefit not in rights.get(tier.id, self.browse()):
                engine._take_back(those, as_of, now, {})
        again = grants.search([*mine, ("take_back_due", "=", True)])
        engine._take_back(again, as_of, now, {g.profile_id.id: g.end_cause for g in again})
        engine._grant(grants.search([*mine, ("state", "=", "failed")]), as_of, now)

    def _give_all(self, as_of, now):
        """Give this benefit to everybody in its tiers who does not have it; return the grants.

        :raises UserError: while the figures are being computed
        """
        self.ensure_one()
        company = self.company_id
        if not self.env["retention.metrics"].sudo()._try_lock(company.id):
            raise UserError(
                self.env._("The figures are being computed just now. Try again in a minute.")
            )
        benefit = self._engine(company)
        tiers = [key for key, found in benefit._rights(company).items() if benefit in found]
        having = benefit.env["retention.tier.grant"]._search(
            [("benefit_id", "=", self.id), ("live", "=", True)]
        )
        profiles = benefit.env["retention.profile"].search(
            [
                ("company_id", "=", company.id),
                ("tier_id", "in", tiers),
                ("id", "not in", having.subselect("profile_id")),
            ],
            order="id",
        )
        rows = [
            {
                "profile_id": profile.id,
                "company_id": company.id,
                "tier_id": profile.tier_id.id,
                "benefit_id": self.id,
                "cause": "all",
            }
            for profile in profiles
        ]
        return benefit._give(company, rows, as_of, now)


class RetentionTierGrant(models.Model):
    _inherit = "retention.tier.grant"

    def _note_end_causes(self, causes, cause):
        found = self.grouped(lambda grant: causes.get(grant.profile_id.id, cause))
        for why, grants in found.items():
            grants.write({"end_cause": why})

    def _end(self, results, as_of):
        """Close these in the ledger.

        :param results: {grant id: Taken}; taken back where there is none
        """
        groups = self.grouped(lambda grant: results.get(grant.id, Taken()))
        for result, grants in groups.items():
            values = {
                "state": result.state,
                "live": False,
                "taken_back_on": as_of,
                "take_back_due": False,
                "held": False,
                "error": False,
            }
            grants.write({**values, "result": result.text} if result.text else values)


class RetentionSop(models.Model):
    _inherit = "retention.sop"

    @api.model
    def _end_of_night(self, company, as_of, now):
        if company.sudo().retention_tiers_started:
            self.env["retention.tier.benefit"]._tidy(company, as_of, now)
        return super()._end_of_night(company, as_of, now)
