import os
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from odoo.tests import TransactionCase, tagged

DEV = Path(__file__).resolve().parents[1] / "dev"


def import_script(name):
    spec = spec_from_file_location(f"retention_dev_{name}", DEV / f"{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestCdnow(TransactionCase):
    """Real purchases (2,357 customers, 6,919 orders) against an independent computation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cdnow = import_script("cdnow")
        folder = os.environ.get("RETENTION_CDNOW")
        if not folder:
            raise AssertionError("RETENTION_CDNOW names no folder; dev/test fetches the data")
        cls.rows = cls.cdnow.read(Path(folder) / "CDNOW_sample.txt")
        cls.company = cls.env["res.company"].create({"name": "CDNOW"})
        cls.env.user.company_ids |= cls.company
        import_script("load_orders").load_rows(
            cls.env, cls.cdnow.as_csv(cls.rows, cls.company.name)
        )

    def test_every_figure_of_every_customer(self):
        self.assertEqual((len(self.rows), self.rows["customer"].nunique()), (6919, 2357))
        none = dict.fromkeys(("customers on one side only", *self.cdnow.COLUMNS), 0)
        for as_of in self.cdnow.DAYS:
            with self.subTest(as_of=as_of):
                self.env["retention.profile"]._refresh(self.company, as_of)
                found = self.cdnow.stored(self.env, self.company)
                self.assertEqual(
                    self.cdnow.differences(found, self.cdnow.expected(self.rows, as_of)), none
                )

    def test_any_past_day_without_a_run(self):
        profiles = self.env["retention.profile"]
        profiles._refresh(self.company, self.cdnow.DAYS[2])
        for as_of in self.cdnow.DAYS[:2]:
            found = profiles._compute_as_of(self.company, as_of)
            wanted = self.cdnow.expected(self.rows, as_of)
            partners = self.env["res.partner"].browse(found.index.tolist())
            found.index = partners.mapped("ref")
            found = found.sort_index()
            for name in ("rfm_frequency", "rfm_r", "rfm_f", "rfm_m", "rfm_score", "is_core"):
                self.assertEqual(found[name].tolist(), wanted[name].tolist(), name)
