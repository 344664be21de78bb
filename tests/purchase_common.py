"""A company with enough purchases for the purchase model, loaded in one go."""

from datetime import date, timedelta

from .common import RetentionCase
from .pure.clv_examples import population, spends
from .test_cdnow import import_script

FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)


class PurchaseCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fits = cls.env["retention.purchase.model"]
        cls.forecasts = cls.env["retention.purchase.forecast"]
        cls.metrics = cls.env["retention.metrics"]

    @classmethod
    def load(cls, size=400, company=None, seed=7):
        """Make orders of ``size`` customers, drawn from a known model, from FIRST to LAST."""
        x, tx, T = population(size, weeks=(LAST - FIRST).days / 7, seed=seed)
        mean, name = spends(x), (company or cls.company).name
        lines = ["customer,date,amount,company"]
        for number in range(size):
            start = LAST - timedelta(days=int(T[number] * 7))
            repeats, span = int(x[number]), int(tx[number] * 7)
            for n in range(repeats + 1):
                day = start + timedelta(days=round(span * n / repeats) if repeats else 0)
                amount = mean[number] if n else 25
                lines.append(f"{name} {number},{day},{amount:.2f},{name}")
        import_script("load_orders").load_rows(cls.env, lines)

    @classmethod
    def fit_of(cls, company=None):
        return cls.fits.search([("company_id", "=", (company or cls.company).id)], limit=1)

    @classmethod
    def advance(cls, company=None):
        """Make all forecasts that are due; return how many months were looked at."""
        count = 0
        while cls.forecasts._advance(company or cls.company):
            count += 1
        return count
