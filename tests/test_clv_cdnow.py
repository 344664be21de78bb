"""The purchase model on CDNOW's real purchases, against what has been published of them."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from odoo.tests import BaseCase, tagged

from ..analytics import clv, clv_spend
from ..analytics.clv_likelihood import Likelihood
from .test_cdnow import import_script

START = pd.Timestamp("1997-09-30")
WEEKS = 39


@tagged("post_install", "-at_install")
class TestClvCdnow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = os.environ.get("RETENTION_CDNOW")
        if not folder:
            raise AssertionError("RETENTION_CDNOW names no folder; dev/test fetches the data")
        cls.cdnow = import_script("cdnow")
        cls.folder = Path(folder)
        log = cls.cdnow.read(cls.folder / "CDNOW_sample.txt")
        cls.table = cls.cdnow.repeats(log, START, unit=7)
        later = log[log["day"] > START].drop_duplicates(["customer", "day"])
        later = later[later["day"] <= START + pd.Timedelta(weeks=WEEKS)]
        cls.later = later.groupby("customer").size().reindex(cls.table.index).fillna(0)
        cls.fit = clv.fit(cls.customers(cls.table), prior=0)

    @staticmethod
    def customers(table):
        return clv.Customers.of(table["x"], table["tx"], table["T"])

    def place(self):
        return self.table["x"], self.table["tx"], self.table["T"]

    def assertNear(self, found, wanted, relative):
        self.assertLessEqual(abs(found / wanted - 1), relative, (found, wanted))

    def test_published_parameters(self):
        fit = self.fit
        self.assertEqual((fit.customers, fit.repeaters), (2357, 946))
        self.assertNear(fit.model.r, 0.2425945, 0.001)
        self.assertNear(fit.model.alpha, 4.4136019, 0.001)
        self.assertNear(fit.model.a, 0.7929199, 0.002)
        self.assertNear(fit.model.b, 2.4258881, 0.002)
        self.assertAlmostEqual(fit.log_likelihood, -9582.429, delta=0.01)
        self.assertFalse(fit.flags)

    def test_published_likelihood_at_rounded_parameters(self):
        paper = clv.BuyTillLeave(0.243, 4.414, 0.793, 2.426)
        value, _slope = Likelihood(self.customers(self.table))(paper)
        self.assertAlmostEqual(value, -9582.4268, delta=0.01)

    def test_days_are_only_another_unit(self):
        log = self.cdnow.read(self.folder / "CDNOW_sample.txt")
        fit = clv.fit(self.customers(self.cdnow.repeats(log, START)), prior=0)
        self.assertNear(fit.model.alpha / 7, 4.4136019, 0.001)
        self.assertNear(fit.model.r, 0.2425945, 0.001)

    def test_published_spend(self):
        spend = clv_spend.fit(self.table["x"], self.table["m"])
        self.assertEqual(spend.customers, 946)
        self.assertNear(spend.p, 6.25, 0.001)
        self.assertNear(spend.q, 3.74, 0.002)
        self.assertNear(spend.v, 15.44, 0.001)
        self.assertAlmostEqual(spend.log_likelihood, -4055.9177, delta=0.01)
        self.assertAlmostEqual(spend.correlation, 0.114, delta=0.001)
        expected = clv_spend.expected_spend(spend, self.table["x"], self.table["m"])
        self.assertAlmostEqual(expected.mean(), 35.253, delta=0.02)

    def test_zero_class(self):
        once = (self.table["x"] == 0).to_numpy()
        expected = clv.expected_purchases(self.fit.model, *self.place(), WEEKS)
        self.assertEqual((once.sum(), self.later[once].sum()), (1411, 334))
        self.assertAlmostEqual(expected[once].mean(), 0.2251, delta=0.0002)

    def test_correlation_and_sum_of_forecasts(self):
        expected = clv.expected_purchases(self.fit.model, *self.place(), WEEKS)
        self.assertAlmostEqual(np.corrcoef(expected, self.later)[0, 1], 0.6256, delta=0.0005)
        self.assertEqual(self.later.sum(), 1882)
        self.assertAlmostEqual(expected.sum(), 1653, delta=1)

    def test_cumulative_forecast(self):
        new = clv.expected_purchases(self.fit.model, 0, 0, 0, self.table["T"] + WEEKS)
        self.assertAlmostEqual(new.sum(), 4161, delta=2)

    def test_default_prior_moves_forecasts_less_than_its_share(self):
        usual = clv.fit(self.customers(self.table)).model
        sums = [
            clv.expected_purchases(model, *self.place(), WEEKS).sum()
            for model in (usual, self.fit.model)
        ]
        self.assertNear(*sums, 0.004)

    def test_master_log_in_days(self):
        log = self.cdnow.read(self.folder / "CDNOW_master.txt")
        table = self.cdnow.repeats(log, START)
        fit = clv.fit(self.customers(table), prior=0)
        for name, wanted in {"r": 0.25162, "alpha": 33.523, "a": 0.72343, "b": 2.1611}.items():
            self.assertNear(getattr(fit.model, name), wanted, 0.001)
        spend = clv_spend.fit(table["x"], table["m"])
        for found, wanted in zip(spend[:3], (6.2754, 3.6245, 14.984), strict=True):
            self.assertNear(found, wanted, 0.001)
