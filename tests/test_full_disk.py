"""A full disk is no procedure's fault: it is tried again, nothing is paused or given up."""

from unittest.mock import patch

from psycopg2.errors import DiskFull

from odoo.tests import tagged

from ..models.batches import together_or_apart
from .common import AS_OF
from .sop_common import SopCase


@tagged("post_install", "-at_install")
class TestFullDisk(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann", AS_OF)
        cls.sop = cls.make_sop(cls.task())
        cls.ann_in = cls.enter(cls.sop, cls.ann)

    def full(self, method):
        return patch.object(type(self.sop.step_ids), method, side_effect=DiskFull)

    def test_steps_wait(self):
        with self.full("_run_batch") as tried, self.assertRaises(DiskFull):
            self.tick()
        self.assertTrue(tried.called)
        run = self.of(self.sop).run_ids
        self.assertEqual((self.sop.state, run.state, run.tries), ("active", "waiting", 0))
        self.tick()
        self.assertEqual(self.of(self.sop).run_ids.state, "open")

    def test_entering_waits(self):
        def work():
            raise DiskFull

        with self.assertRaises(DiskFull):
            self.sop._or_pause(work)
        self.assertEqual((self.sop.state, self.sop.error), ("active", False))

    def test_nobody_is_at_fault(self):
        def work(records):
            raise DiskFull

        with self.assertRaises(DiskFull):
            together_or_apart(self.ann, work, lambda record, error: self.fail(record))
