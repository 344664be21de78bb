"""Whoever presses New gets an empty form: our fields know nothing of a record not saved yet."""

from lxml import etree

from odoo.tests import Form, TransactionCase, tagged

# Dialogs that are only ever opened on a record made before.
MADE_BEFORE = {"retention.tier.proposal"}


@tagged("post_install", "-at_install")
class TestNewForms(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env.ref("base.user_admin")
        admin.group_ids |= cls.env.ref("customer_retention.group_manager")
        admin.group_ids |= cls.env.ref("customer_retention.group_advanced")
        cls.views = cls.env["ir.ui.view"].with_user(admin)
        named = cls.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=like", "customer_retention%")]
        )
        ours = cls.env["ir.ui.view"].browse(named.mapped("res_id")).exists()
        cls.forms = ours.filtered(lambda view: view.type == "form")

    def whole(self, view):
        while view.inherit_id and view.mode == "extension":
            view = view.inherit_id
        return view

    def test_every_form(self):
        tried = 0
        for view in {self.whole(view) for view in self.forms}:
            model = self.views.env[view.model]
            arch = etree.fromstring(model.get_view(view.id, "form")["arch"])
            if arch.get("create") in ("0", "false") or not model.has_access("create"):
                continue
            if view.model in MADE_BEFORE:
                continue
            with self.subTest(model=view.model, view=view.xml_id):
                tried += 1
                Form(model, view)
        self.assertGreater(tried, 30)
