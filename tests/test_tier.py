"""Tiers in the engine: moves, reversal, locks, merges, notices and two companies."""

from odoo.tests import tagged

from .common import RetentionCase


@tagged("post_install", "-at_install")
class TestTier(RetentionCase):
    def test_base_tier(self):
        tier = self.env["retention.tier"].create({"name": "Standard", "level": 0})
        self.assertEqual(tier.customer_count, 0)
