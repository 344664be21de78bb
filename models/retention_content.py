from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

# What is sent when a message only asks for "news": the rest has its own occasion.
NEWS_KINDS = ("news", "tip", "new_product", "case")


class RetentionContent(models.Model):
    """A piece of the content library: something worth sending to a customer."""

    _name = "retention.content"
    _description = "Content for Customers"
    _order = "date_from desc nulls last, id desc"
    _allow_sudo_commands = False

    name = fields.Char("Title", required=True, translate=True)
    kind = fields.Selection(
        [
            ("news", "Industry news"),
            ("tip", "Practical tip"),
            ("new_product", "New product"),
            ("usage_guide", "Usage guide"),
            ("case", "Customer story"),
            ("invitation", "Invitation"),
        ],
        required=True,
        default="tip",
        index=True,
        help="For what the text is of use; steps choose by it.",
    )
    body = fields.Html("Text", translate=True)
    link = fields.Char(help="Where to read on; shown under the text.")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "retention_content_attachment_rel",
        "content_id",
        "attachment_id",
        "Files",
        bypass_search_access=True,
        help="Customers who get the text can open them without signing in.",
    )
    category_ids = fields.Many2many(
        "product.category",
        "retention_content_category_rel",
        "content_id",
        "category_id",
        "For Buyers From",
        help="Customers who bought from one of these categories or from one below it.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "retention_content_product_rel",
        "content_id",
        "product_tmpl_id",
        "Products",
        help="Customers who bought one of them; a new product is for those who have not.",
    )
    topic_ids = fields.Many2many(
        "retention.topic",
        "retention_content_topic_rel",
        "content_id",
        "topic_id",
        "Topics",
        help="Customers whose contacts like to talk about one of them.",
    )
    date_from = fields.Date("Send From", help="The newest is sent first. Empty: evergreen.")
    date_to = fields.Date(
        "Send Until", help="After this day the text is not sent any more; empty: always."
    )
    promotional = fields.Boolean(
        help="It wants to sell. At most every second text a customer gets is promotional."
    )
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Empty: for all companies."
    )
    active = fields.Boolean(default=True)
    sent_ids = fields.One2many("retention.content.sent", "content_id")
    use_count = fields.Integer("Times Sent", compute="_compute_use_count")

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A text cannot be sent until a day before the first.",
    )

    @api.depends("sent_ids")
    def _compute_use_count(self):
        counts = dict(
            self.env["retention.content.sent"]._read_group(
                [("content_id", "in", self.ids)], ["content_id"], ["__count"]
            )
        )
        for content in self:
            content.use_count = counts.get(content._origin, 0)

    @api.onchange("kind")
    def _onchange_kind(self):
        self.promotional = self.kind == "new_product"

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        contents = super().create(vals_list)
        contents._claim_attachments()
        return contents

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._claim_attachments()
        return result

    def _claim_attachments(self):
        """Let everybody who may read the text see what was uploaded for it."""
        for content in self.filtered("attachment_ids"):
            new = content.attachment_ids.filtered(lambda file: not file.res_id)
            new.write({"res_model": self._name, "res_id": content.id})

    # ---------------------------------------------------------------- choosing
    @api.model
    def _pick(self, company, partner_ids, as_of, kinds=NEWS_KINDS):
        """Return {customer id: the content to send next}; who has none left is not in it.

        Never what the customer got before, and nothing promotional right after something
        promotional. What fits the customer's own categories, products or topics comes before
        what is for everybody, then the newest; what is meant for others is left out.

        :param partner_ids: commercial partners
        """
        company = company._retention_company()
        contents = self._on_offer(company, as_of, kinds)
        if not contents or not partner_ids:
            return {}
        tastes = self._tastes(company, partner_ids, as_of)
        sent = self.env["retention.content.sent"]._sent_to(partner_ids)
        targets = {content: content._target() for content in contents}
        found = {}
        for partner_id in partner_ids:
            got, sold = sent.get(partner_id, (frozenset(), False))
            ranked = [
                (fit, content)
                for content in contents
                if content.id not in got
                and not (sold and content.promotional)
                and (fit := self._fit(targets[content], tastes[partner_id])) is not None
            ]
            if ranked:
                # The first of the best: the contents come newest first.
                found[partner_id] = max(ranked, key=lambda pair: pair[0])[1]
        return found

    @api.model
    def _on_offer(self, company, as_of, kinds):
        """Return the contents that may be sent on a day, the newest first."""
        return self.search(
            Domain("kind", "in", list(kinds))
            & Domain("company_id", "in", [False, *company._retention_members()])
            & (Domain("date_from", "=", False) | Domain("date_from", "<=", as_of))
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", as_of))
        )

    def _target(self):
        """Return whom the content is for: ids of (categories, products, not owners of, topics).

        A new product without a category speaks to buyers from its own.
        """
        self.ensure_one()
        content = self.sudo()
        products = set(content.product_tmpl_ids.ids)
        topics = set(content.topic_ids.ids)
        if content.kind != "new_product":
            return set(content.category_ids.ids), products, set(), topics
        categories = content.category_ids or content.product_tmpl_ids.categ_id
        return set(categories.ids), set(), products, topics

    @api.model
    def _fit(self, target, taste):
        """Return True for a match, False for what is for everybody, None for neither."""
        categories, products, owned, topics = target
        own_categories, own_products, own_topics = taste
        if owned & own_products:
            return None
        wanted = (
            (categories, own_categories),
            (products, own_products),
            (topics, own_topics),
        )
        if any(mine & theirs for mine, theirs in wanted):
            return True
        return None if categories or products or topics else False

    @api.model
    def _tastes(self, company, partner_ids, as_of):
        """Return {customer id: ids of (categories with those above, products, topics)}."""
        affinity = self.env["retention.affinity"]
        lines = affinity._lines(company, partner_ids, as_of)
        favourites = affinity._favourites_of(lines, as_of)
        families = lines.groupby("customer")["family"].agg(set).to_dict()
        categories = self.env["product.category"].sudo()
        categories = categories.browse({c for found in favourites.values() for c in found})
        above = {c.id: {int(part) for part in c.parent_path.split("/")[:-1]} for c in categories}
        topics = self._topics_of(company, partner_ids)
        return {
            partner_id: (
                set().union(*(above[c] for c in favourites.get(partner_id, ()))),
                families.get(partner_id, set()),
                topics[partner_id],
            )
            for partner_id in partner_ids
        }

    @api.model
    def _topics_of(self, company, partner_ids):
        """Return {customer id: ids of its contacts' topics and hobbies}."""
        preferences = (
            self.env["retention.preference"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", list(partner_ids)),
                    ("company_id", "=", company.id),
                ]
            )
        )
        found = defaultdict(set)
        for preference in preferences:
            liked = preference.topic_ids | preference.hobby_ids
            found[preference.commercial_partner_id.id].update(liked.ids)
        return found


class RetentionContentSent(models.Model):
    """That a customer got a piece of content: written by whatever sends it."""

    _name = "retention.content.sent"
    _description = "Content Sent"
    _order = "date desc, id desc"
    _rec_name = "content_id"
    _rec_names_search = ["content_id", "partner_id"]
    _allow_sudo_commands = False

    content_id = fields.Many2one(
        "retention.content", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", readonly=True
    )
    contact_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", readonly=True
    )
    date = fields.Date(required=True, readonly=True)

    _partner_date_idx = models.Index("(partner_id, date)")

    @api.model
    def _note_sent(self, company, rows, date):
        """Note what was sent; the same piece to the same contact is noted once.

        :param rows: iterable of (content id, customer id, contact id)
        """
        rows = dict.fromkeys((content, contact, partner) for content, partner, contact in rows)
        contacts = [contact for _content, contact, _partner in rows]
        known = {
            (sent.content_id.id, sent.contact_id.id)
            for sent in self.sudo().search([("contact_id", "in", contacts)])
        }
        return self.sudo().create(
            [
                {
                    "content_id": content,
                    "partner_id": partner,
                    "contact_id": contact,
                    "company_id": company._retention_company().id,
                    "date": date,
                }
                for content, contact, partner in rows
                if (content, contact) not in known
            ]
        )

    @api.model
    def _sent_to(self, partner_ids):
        """Return {customer id: (ids of all content sent, whether the last was promotional)}.

        Of all companies: to the customer it is the same text.
        """
        found = {}
        everything = self.sudo().search([("partner_id", "in", list(partner_ids))])
        for sent in everything:
            partner_id, content = sent.partner_id.id, sent.content_id
            if partner_id not in found:
                found[partner_id] = (set(), content.promotional)
            found[partner_id][0].add(content.id)
        return found
