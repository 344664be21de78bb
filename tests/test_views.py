"""Installing says nothing that an administrator would have to look into."""

from odoo.tests import TransactionCase, tagged

VIEWS = "odoo.addons.base.models.ir_ui_view"


@tagged("post_install", "-at_install")
class TestViews(TransactionCase):
    def test_screens_are_without_warnings(self):
        ours = self.env["ir.model.data"].search(
            [("module", "=like", r"customer\_retention%"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ours.mapped("res_id"))
        self.assertTrue(views)
        for view in views:
            with self.subTest(view=view.xml_id), self.assertNoLogs(VIEWS, "WARNING"):
                view._check_xml()
