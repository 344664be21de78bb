"""Every field and setting says what it is, where its label alone does not."""

from lxml import etree

from odoo.tests import TransactionCase, tagged

OURS = "customer_retention"
# Labels that say all there is to say, whatever model they are of.
PLAIN = {
    "active",
    "amount",
    "color",
    "company_id",
    "contact_id",
    "country_id",
    "currency_id",
    "date",
    "description",
    "name",
    "note",
    "partner_id",
    "product_id",
    "sequence",
    "state",
    "user_id",
}
ALWAYS = {"1", "True"}


@tagged("post_install", "-at_install")
class TestHelp(TransactionCase):
    def unexplained(self, node, model):
        """Yield "model.field" of what a form shows without help; lists in it count too."""
        for child in node.iterchildren(etree.Element):
            field = None
            if child.tag == "field":
                field = self.env[model]._fields[child.get("name")]
                hidden = {child.get("invisible"), child.get("column_invisible")} & ALWAYS
                told = field.help or child.get("help") or field.name in PLAIN
                ours = any(module.startswith(OURS) for module in field._modules)
                if ours and not hidden and not told:
                    yield f"{model}.{field.name}"
            inside = field.comodel_name if field and field.relational else model
            yield from self.unexplained(child, inside)

    def test_every_field_of_a_form_has_help(self):
        views = self.env["ir.ui.view"].search([("type", "=", "form"), ("mode", "=", "primary")])
        found = set()
        for view in views.filtered(lambda view: view.model in self.env):
            arch = self.env[view.model].get_view(view.id, "form")["arch"]
            found.update(self.unexplained(etree.fromstring(arch), view.model))
        self.assertEqual(sorted(found), [])
