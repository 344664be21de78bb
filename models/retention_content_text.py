from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

WEB = ("https://", "http://")


class RetentionContent(models.Model):
    """How content and usage guides look in a message, and how files open without a login."""

    _inherit = "retention.content"

    @api.constrains("link")
    def _check_link(self):
        for content in self.filtered("link"):
            if not content.link.startswith(WEB):
                raise ValidationError(
                    self.env._(
                        "The link of %(title)s must begin with https://.", title=content.name
                    )
                )

    # ---------------------------------------------------------------- usage guides
    @api.model
    def _usage_guides(self, company, products, as_of):
        """Return {product: (documents, contents)} that explain it to who bought it.

        Documents (``ir.attachment``) are those of the product that are shared with customers
        on a quotation or order; contents are of the kind usage guide.

        :param products: ``product.product``
        """
        products = products.sudo()
        documents = self._shared_documents(products)
        guides = defaultdict(self.browse)
        for guide in self._on_offer(company._retention_company(), as_of, ("usage_guide",)):
            for family in guide.sudo().product_tmpl_ids & products.product_tmpl_id:
                guides[family.id] |= guide
        return {
            product: (
                documents["product.product", product.id]
                | documents["product.template", product.product_tmpl_id.id],
                guides[product.product_tmpl_id.id],
            )
            for product in products
        }

    @api.model
    def _shared_documents(self, products):
        """Return {(model, id): attachments}; what nobody shared with customers is internal."""
        of_product = Domain("res_model", "=", "product.product")
        of_family = Domain("res_model", "=", "product.template")
        found = (
            self.env["product.document"]
            .sudo()
            .search(
                Domain("attached_on_sale", "in", ["quotation", "sale_order"])
                & (
                    of_product & Domain("res_id", "in", products.ids)
                    | of_family & Domain("res_id", "in", products.product_tmpl_id.ids)
                )
            )
        )
        documents = defaultdict(self.env["ir.attachment"].sudo)
        for document in found:
            documents[document.res_model, document.res_id] |= document.ir_attachment_id
        return documents

    # ---------------------------------------------------------------- in a message
    def _message_html(self):
        """Return the content as it stands in a message, in the context's language."""
        self.ensure_one()
        content = self.sudo()
        parts = [Markup("<p><b>%s</b></p>") % content.name, content.body or ""]
        if content.link:
            parts.append(Markup('<p><a href="%s">%s</a></p>') % (content.link, self._read_more()))
        return Markup("").join((*parts, self._link_list(self._file_links(content.attachment_ids))))

    def _guide_links(self):
        """Return [(url, title)] of the guides: their link, else their files."""
        found = []
        for guide in self.sudo():
            if guide.link:
                found.append((guide.link, guide.name))
            found += self._file_links(guide.attachment_ids)
        return found

    @api.model
    def _read_more(self):
        return self.env._("Read more")

    @api.model
    def _file_links(self, attachments):
        """Return [(url, name)] under which anybody opens the files; makes missing tokens."""
        attachments = attachments.sudo()
        attachments.filtered(lambda file: file.type == "binary").generate_access_token()
        base = self.get_base_url()
        found = []
        for file in attachments:
            if file.type == "binary":
                url = f"{base}/web/content/{file.id}?access_token={file.access_token}"
                found.append((url, file.name))
            elif (file.url or "").startswith(WEB):
                found.append((file.url, file.name))
        return found

    @api.model
    def _link_list(self, links):
        """Return [(url, title)] as a list in HTML; nothing for no links."""
        if not links:
            return Markup("")
        items = (Markup('<li><a href="%s">%s</a></li>') % link for link in links)
        return Markup("<ul>%s</ul>") % Markup("").join(items)
