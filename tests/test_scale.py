"""What must not grow with the number of customers: memory of learning, ids of reasons."""

from odoo.tests import tagged

from .test_risk_card import LAST, RiskCardCase


@tagged("post_install", "-at_install")
class TestScale(RiskCardCase):
    def told(self, card):
        return (
            [(x.signal_id.id, x.scale, x.band, x.points, x.customers) for x in card.line_ids],
            sorted((x.old_level, x.new_level, x.customers, x.amount) for x in card.move_ids),
            (card.intercept, card.slope, card.auc_fitted, card.auc_expert),
        )

    def test_a_card_learned_in_ranges_is_the_same(self):
        whole = self.told(self.card)
        self.env["ir.config_parameter"].set_param("customer_retention.chunk", 500)
        self.assertEqual(self.told(self.learn()), whole)
        ranges = list(self.cards._chunks_on(self.company, LAST))
        self.assertGreater(len(ranges), 4)
        sizes = [len(chunk.snap.index) for _profiles, chunk in ranges]
        self.assertLessEqual(max(sizes), 500)
        self.assertGreater(sum(sizes), 2300)

    def test_reasons_written_again_draw_no_ids(self):
        def reasons():
            self.env.cr.execute(
                """SELECT id, profile_id, signal_id, points, earned, fires, since
                   FROM retention_reason ORDER BY id"""
            )
            return self.env.cr.fetchall()

        self.refresh(LAST)
        before = reasons()
        self.assertGreater(len(before), 1000)
        self.env.cr.execute("UPDATE retention_reason SET points = points + 1")
        self.env.cr.execute("UPDATE retention_profile SET signal_points = 'else'")
        self.env.cr.execute("SELECT last_value FROM retention_reason_id_seq")
        drawn = self.env.cr.fetchone()
        self.env.invalidate_all()
        self.refresh(LAST)
        self.assertEqual(reasons(), before)
        self.env.cr.execute("SELECT last_value FROM retention_reason_id_seq")
        self.assertEqual(self.env.cr.fetchone(), drawn)
