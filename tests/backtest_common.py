"""Back-tests and customers for their tests."""

from datetime import date

from .alert_common import AlertCase

LAST = date(2026, 6, 30)
MONTHS = 18
WHAT = ("side", "month", "alerts", "live", "judged", "right", "left", "found", "value")


class BacktestCase(AlertCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tests = cls.env["retention.backtest"]
        for signal in cls.signals.values():
            signal.active = signal.replayable

    @classmethod
    def bought(cls, name, *days, amount=100):
        partner = cls.customer(name, user_id=cls.owner.id)
        cls.orders(partner, *days, amount=amount, as_of=LAST)
        return partner

    @classmethod
    def make(cls, changes=None, months=MONTHS, **values):
        """Make a back-test; changes: {signal type: {field: value}}."""
        test = cls.tests.create({"company_id": cls.company.id, "months": months, **values})
        for line in test.signal_ids:
            line.write((changes or {}).get(line.signal_id.type, {}))
        return test

    @classmethod
    def replay(cls, *args, **values):
        test = cls.make(*args, **values)
        cls.run_all(test)
        return test

    @classmethod
    def run_all(cls, test):
        test.action_start()
        while test.state != "done":
            test._step()

    def side(self, test, side="present"):
        return test.result_ids.filtered(lambda result: result.side == side)

    def alerts_of(self, test, side="present"):
        rows = self.env["retention.backtest.alert"].search(
            [("backtest_id", "=", test.id), ("side", "=", side)]
        )
        return {(x.partner_id.name, x.opened_on, x.closed_on or False) for x in rows}

    def figures(self, test):
        months = [tuple(row[name] for name in WHAT) for row in test.month_ids]
        tenths = [(x.side, x.number, x.customers, x.left, x.lift) for x in test.decile_ids]
        results = [
            (x.side, x.alerts, x.judged, x.right, x.left, x.found, x.lead_days, x.weekly, x.value)
            for x in test.result_ids
        ]
        return months, tenths, results
