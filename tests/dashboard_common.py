"""A ledger made up by chance, consistent as the engine's is, and ways to ask the dashboard."""

import random
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from .ledger_common import LedgerCase
from .request_common import RequestCase

FIRST = date(2025, 1, 1)
MONTHS = 12
CUSTOMERS = 40
STAGES = ("new", "active", "silent", "at_risk", "lost", None)
LEVELS = ("low", "watch", "high", "critical", None)


def month(number):
    """Return the first day of a month, 0 being January 2025."""
    return FIRST + relativedelta(months=number)


class DashboardCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env["retention.dashboard"]
        cls.kpis = cls.env["retention.kpi"]

    @classmethod
    def ask(cls, first, last, domain=(), **more):
        options = {"first": str(first), "last": str(last), "company_id": cls.company.id, **more}
        return options | ({"domain": list(domain)} if domain else {})

    def assertFigure(self, found, wanted, code):
        """Compare all of a Figure but the customers behind it."""
        for name in ("value", "numerator", "denominator"):
            value, other = getattr(wanted, name), getattr(found, name)
            if value is None:
                self.assertIsNone(other, code)
            else:
                self.assertAlmostEqual(float(other), float(value), 6, f"{code}.{name}")

    @classmethod
    def chance_ledger(cls, seed):
        """Fill the ledger with customers who come, stay, go and return by chance."""
        chance = random.Random(seed)
        cls.users = [cls.make_user(f"chance_{n}") for n in range(2)]
        cls.segments = cls.env["retention.segment"].search([], limit=3)
        people = cls.env["res.partner"].create(
            [{"name": f"Chance {n}", "is_company": True} for n in range(CUSTOMERS)]
        )
        cls.people = people
        profiles = cls.profiles.create(
            [{"partner_id": p.id, "company_id": cls.company.id} for p in people]
        )
        cls.env.flush_all()
        values = []
        for profile in profiles:
            values += cls._life(chance, profile)
        names = list(values[0])
        cls.env.cr.execute(
            SQL(
                "INSERT INTO retention_ledger (%s) VALUES %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                SQL(", ").join(SQL("%s", tuple(row[n] for n in names)) for row in values),
            )
        )
        cls.months.create(
            [
                {"company_id": cls.company.id, "month": month(n), "state": "closed"}
                | {"closed_at": "2026-01-01 00:00:00"}
                for n in range(MONTHS)
            ]
        )
        metrics, months = cls.env["retention.metrics"], [month(n) for n in range(MONTHS)]
        metrics._roll_up(cls.company.id, months)
        metrics._roll_up_periods(cls.company.id, months)
        cls.env.invalidate_all()

    @classmethod
    def _life(cls, chance, profile):
        rows, active, cohort, known = [], False, None, False
        for number in range(chance.randrange(MONTHS), MONTHS):
            started, joins = active, not active and chance.random() < 0.4
            stays = (started or joins) and chance.random() < 0.75
            days = chance.randint(1, 3) if joins else chance.choice((0, 0, 1, 2))
            if not (started or joins):
                days = 0
            cohort = cohort or (month(number) if days else None)
            if started or joins or chance.random() < 0.1:
                rows.append(
                    cls._row(chance, profile, number)
                    | {
                        "cohort": cohort,
                        "active_start": started,
                        "active_end": stays,
                        "is_new": joins and not known,
                        "is_reactivated": joins and known,
                        "is_lost": (started or joins) and not stays,
                        "purchase_days": days,
                        "orders": days and days + chance.randint(0, 1),
                        "revenue": chance.randint(-50, 900) / 4 if days else -chance.randint(0, 9),
                    }
                )
            known, active = known or joins, stays
        return rows

    @classmethod
    def _row(cls, chance, profile, number):
        recorded = number > 3
        answers = chance.choice((0, 0, 1))
        promoters = chance.randint(0, answers)
        return {
            "profile_id": profile.id,
            "partner_id": profile.partner_id.id,
            "company_id": cls.company.id,
            "month": month(number),
            "recorded": recorded,
            "segment_id": chance.choice(cls.segments.ids),
            "user_id": chance.choice([*(user.id for user in cls.users), None]),
            "stage": chance.choice(STAGES) if recorded else None,
            "risk_level": chance.choice(LEVELS) if recorded else None,
            "nps_answers": answers if recorded else None,
            "nps_promoters": promoters if recorded else None,
            "nps_detractors": chance.randint(0, answers - promoters) if recorded else None,
            "alerts_saved": chance.choice((0, 0, 1)) if recorded else None,
            "alerts_gone": chance.choice((0, 0, 1)) if recorded else None,
        }

    @classmethod
    def chance_domain(cls, chance):
        """Return one of the ways to filter: by places, by others, by paths, or not at all."""
        return chance.choice(
            [
                [],
                [("segment_id", "in", chance.sample(cls.segments.ids, 2))],
                [("user_id", "=", chance.choice(cls.users).id)],
                [("user_id", "=", False)],
                [("user_id.login", "=", "chance_0"), ("segment_id", "!=", cls.segments[0].id)],
                [("stage", "=", chance.choice(STAGES[:5]))],
                ["|", ("risk_level", "=", "high"), ("segment_id", "=", cls.segments[0].id)],
                [("partner_id", "in", chance.sample(cls.people.ids, 15))],
                [("segment_id", "=", 0)],
            ]
        )

    @classmethod
    def chance_span(cls, chance):
        first = chance.randrange(MONTHS)
        return month(first), month(chance.randrange(first, MONTHS))

    def behind(self, options, part):
        """Return the contacts that a click on a number opens."""
        action = self.dashboard.action_customers(options, part, "Label")
        self.assertEqual(action["name"], "Label")
        model = self.env[action["res_model"]].with_context(**action["context"])
        return model.search(action["domain"])


class RequestDashboardCase(RequestCase, DashboardCase):
    @classmethod
    def chance_requests(cls, seed, count):
        """Have requests of the people of :meth:`chance_ledger`, four of five solved."""
        chance = random.Random(seed)
        for _n in range(count):
            opened = datetime(2025, chance.randint(1, 12), chance.randint(1, 28), 10)
            closed = opened.replace(hour=10 + chance.randint(0, 9))
            cls.request(
                chance.choice(cls.people),
                0,
                opened_at=opened,
                closed_at=closed,
                solved=chance.random() < 0.8,
            )
