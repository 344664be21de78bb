"""What only a browser can show."""

from odoo.fields import Command
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    def test_painting_a_grid(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids = [
            Command.link(self.env.ref("customer_retention.group_manager").id),
            Command.link(self.env.ref("customer_retention.group_advanced").id),
        ]
        scheme = self.env.ref("customer_retention.scheme_eleven").copy()
        cell = scheme.cell_ids.filtered(lambda cell: (cell.r, cell.fm) == (5, 1))
        self.assertEqual(cell.segment_id.code, "newcomer")
        self.start_tour(
            f"/odoo/retention-schemes/{scheme.id}", "customer_retention_paint_grid", login="admin"
        )
        cell.invalidate_recordset()
        self.assertEqual(cell.segment_id.code, "loyal")
        self.assertEqual(len(scheme.cell_ids), 25)
