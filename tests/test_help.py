"""Every field and setting says what it is, where its label alone does not."""

from lxml import etree

from odoo.tests import TransactionCase, tagged

OURS = "customer_retention"
# Labels that say all there is to say, whatever model they are of.
PLAIN = {
    "active",
    "amount",
    "channel",
    "color",
    "comment",
    "commercial_partner_id",
    "company_id",
    "competitor_id",
    "contact_id",
    "count",
    "country_id",
    "currency_id",
    "customer",
    "customer_count",
    "customers",
    "date",
    "description",
    "email",
    "error",
    "file",
    "kind",
    "name",
    "note",
    "number",
    "partner_id",
    "phone",
    "product_id",
    "product_ids",
    "question",
    "reason",
    "row_number",
    "segment_ids",
    "sequence",
    "signal_id",
    "sop_id",
    "source_id",
    "state",
    "step_id",
    "tag_ids",
    "team_id",
    "theme_id",
    "theme_ids",
    "tier_id",
    "topic_ids",
    "type",
    "user_id",
    "website",
}
# Texts for people explain themselves.
WORDS = ("_label", "_text", "label", "message", "sentence", "summary")
FIGURES = {"float", "integer", "monetary"}
ALWAYS = {"1", "True"}


@tagged("post_install", "-at_install")
class TestHelp(TransactionCase):
    """A tooltip hangs on a label, so it is asked for where a label is shown."""

    def needs_help(self, field):
        ours = next(iter(field._modules), "").startswith(OURS)
        plain = field.name in PLAIN or field.name.endswith(WORDS) or field.type == "one2many"
        # What the engine writes is asked for where it is a figure; days and links tell by label.
        return ours and not plain and not (field.readonly and field.type not in FIGURES)

    def unexplained(self, node, model, labels, column=False):
        """Yield "model.field" of what is shown with its label and without help."""
        for child in node.iterchildren(etree.Element):
            field = None
            if child.tag == "field":
                field = self.env[model]._fields[child.get("name")]
                hidden = {child.get("invisible"), child.get("column_invisible")} & ALWAYS
                in_group = node.tag == "group" and child.get("nolabel") not in ALWAYS
                labelled = column or in_group or field.name in labels
                told = field.help or child.get("help")
                if labelled and not hidden and not told and self.needs_help(field):
                    yield f"{model}.{field.name}"
            inside = field.comodel_name if field and field.relational else model
            is_column = child.tag == "list" or (column and child.tag != "form")
            yield from self.unexplained(child, inside, labels, is_column)

    def test_every_field_of_a_form_has_help(self):
        views = self.env["ir.ui.view"].search([("type", "=", "form"), ("mode", "=", "primary")])
        found = set()
        for view in views.filtered(lambda view: view.model in self.env):
            arch = self.env[view.model].get_view(view.id, "form")["arch"]
            root = etree.fromstring(arch)
            labels = {label.get("for") for label in root.iter("label")}
            found.update(self.unexplained(root, view.model, labels))
        self.assertEqual(sorted(found), [])
