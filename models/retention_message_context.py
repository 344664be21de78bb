from odoo import api, fields, models
from odoo.tools.i18n import format_list

from ..analytics import names

FAVOURITES = 3


class RetentionMessageContext(models.AbstractModel):
    """What makes a message personal: values for mail templates of the inheriting model.

    Each group of values is computed for all records at once, in as many queries as there are
    languages and companies. The ``_message_*`` methods do the work and return
    ``{(customer id, contact id): {field: value}}``; texts are in the contact's language.
    """

    _name = "retention.message.context"
    _description = "What Makes a Message Personal"

    partner_id = fields.Many2one("res.partner", "Customer")
    contact_id = fields.Many2one("res.partner")
    company_id = fields.Many2one("res.company")
    user_id = fields.Many2one("res.users", "Responsible")

    first_name = fields.Char(compute="_compute_message_person")
    salutation = fields.Char(compute="_compute_message_person")
    favourite_text = fields.Char("Favourite Categories", compute="_compute_message_purchases")
    last_product_text = fields.Char("Last Products", compute="_compute_message_purchases")
    next_product_id = fields.Many2one("product.product", compute="_compute_message_purchases")
    next_product_text = fields.Char(
        "Next Product With Reason", compute="_compute_message_purchases"
    )
    news_id = fields.Many2one("retention.content", compute="_compute_message_news")
    news_html = fields.Html("News Text", compute="_compute_message_news", sanitize=False)
    guide_links_html = fields.Html(
        "Usage Guides", compute="_compute_message_guides", sanitize=False
    )
    account_manager_name = fields.Char(compute="_compute_message_manager")
    account_manager_phone = fields.Char(compute="_compute_message_manager")
    account_manager_email = fields.Char(compute="_compute_message_manager")

    # ---------------------------------------------------------------- fields
    @api.depends("partner_id", "contact_id", "company_id")
    def _compute_message_person(self):
        self._assign_message(self._message_person)

    @api.depends("partner_id", "contact_id", "company_id")
    def _compute_message_purchases(self):
        self._assign_message(self._message_purchases)

    @api.depends("partner_id", "contact_id", "company_id")
    def _compute_message_news(self):
        self._assign_message(self._message_news)

    @api.depends("partner_id", "contact_id", "company_id")
    def _compute_message_guides(self):
        self._assign_message(self._message_guides)

    @api.depends("partner_id", "contact_id", "company_id", "user_id")
    def _compute_message_manager(self):
        self._assign_message(self._message_manager)
        for record in self._message_records().filtered("user_id"):
            record.update(self._manager_values(record.user_id))

    def _context_date(self):
        """Return the day the values speak of. Hook."""
        return self.company_id._retention_today()

    def _message_records(self):
        """Return those of these whose links were checked as they were saved. Hook."""
        return self

    def _assign_message(self, tell):
        """Assign what ``tell`` says, one call per company and day."""
        mine = self._message_records()
        for record in self - mine:
            record.update({name: record._origin[name] for name in record._no_message(tell)})
        groups = mine.grouped(
            lambda record: (
                (record.company_id, record._context_date())
                if record.company_id and record.partner_id
                else None
            )
        )
        for key, records in groups.items():
            pairs = {record: record._message_pair() for record in records}
            told = tell(key[0], list(pairs.values()), key[1]) if key else {}
            for record, (partner, contact) in pairs.items():
                values = told.get((partner.id, contact.id))
                record.update(values or record._no_message(tell))

    def _message_pair(self):
        self.ensure_one()
        return self.partner_id, self.contact_id or self.partner_id

    def _no_message(self, tell):
        """Return no value for each field that ``tell`` would give one."""
        compute = f"_compute{tell.__name__}"
        return {name: False for name, field in self._fields.items() if field.compute == compute}

    # ---------------------------------------------------------------- languages
    @api.model
    def _by_language(self, company, pairs):
        """Return [(self in a language, pairs to be addressed in it)]."""
        found = {}
        for partner, contact in pairs:
            known = contact.lang or partner.lang or company.sudo().partner_id.lang
            found.setdefault(known or self.env.lang, []).append((partner, contact))
        return [(self.with_context(lang=lang), group) for lang, group in found.items()]

    # ---------------------------------------------------------------- values
    @api.model
    def _message_person(self, company, pairs, as_of):
        """Return ``first_name`` and ``salutation``."""
        return {
            (partner.id, contact.id): {
                "first_name": here._first_name(contact),
                "salutation": here._salutation(contact),
            }
            for here, group in self._by_language(company, pairs)
            for partner, contact in group
        }

    @api.model
    def _first_name(self, contact):
        """Return how the contact is called. Hook for addons that keep names apart."""
        return contact.name if contact.is_company else names.given_name(contact.name)

    @api.model
    def _salutation(self, contact):
        name = self._first_name(contact)
        if not name:
            return self.env._("Good day,")
        if contact.is_company:
            return self.env._("Dear team of %(company)s,", company=name)
        return self.env._("Dear %(name)s,", name=name)

    @api.model
    def _message_purchases(self, company, pairs, as_of):
        """Return the texts of favourites, last products and the next product, and the latter."""
        affinity = self.env["retention.affinity"]
        lines = affinity._lines(company, {partner.id for partner, _contact in pairs}, as_of)
        favourites = affinity._favourites_of(lines, as_of, FAVOURITES)
        last = affinity._last_of(lines)
        following = affinity._next_of(company, lines, as_of)
        products = self.env["product.product"].browse(
            {product for found in last.values() for product in found[:FAVOURITES]}
            | {suggestion.product_id for suggestion in following.values()}
            | {s.with_product_id for s in following.values() if s.with_product_id}
        )
        categories = self.env["product.category"].browse(
            {category for found in favourites.values() for category in found}
        )
        told = {}
        for here, group in self._by_language(company, pairs):
            product_names = here.env["retention.affinity"]._product_names(products)
            category_names = {c.id: c.name for c in categories.sudo().with_env(here.env(su=True))}
            for partner, contact in group:
                suggestion = following.get(partner.id)
                told[partner.id, contact.id] = {
                    "favourite_text": here._listed(category_names, favourites.get(partner.id)),
                    "last_product_text": here._listed(product_names, last.get(partner.id)),
                    "next_product_id": suggestion.product_id if suggestion else False,
                    "next_product_text": here._next_text(suggestion, product_names),
                }
        return told

    @api.model
    def _listed(self, names_by_id, ids):
        listed = [names_by_id[found] for found in (ids or ())[:FAVOURITES]]
        return format_list(self.env, listed) if listed else False

    @api.model
    def _next_text(self, suggestion, product_names):
        if not suggestion:
            return False
        return self.env._(
            "%(product)s (%(reason)s)",
            product=product_names[suggestion.product_id],
            reason=self.env["retention.affinity"]._reason_text(suggestion, product_names),
        )

    @api.model
    def _message_news(self, company, pairs, as_of):
        """Return ``news_id`` and ``news_html``: what the customer would get next.

        Whoever sends it notes it with ``retention.content.sent._note_sent``.
        """
        partners = list(dict.fromkeys(partner.id for partner, _contact in pairs))
        picked = self.env["retention.content"]._pick(company, partners, as_of)
        told = {}
        for here, group in self._by_language(company, pairs):
            html = {
                content: content.with_env(here.env)._message_html()
                for content in {picked[p.id] for p, _contact in group if p.id in picked}
            }
            for partner, contact in group:
                content = picked.get(partner.id)
                told[partner.id, contact.id] = {
                    "news_id": content.id if content else False,
                    "news_html": html.get(content, False),
                }
        return told

    @api.model
    def _message_guides(self, company, pairs, as_of):
        """Return ``guide_links_html``: guides to what was bought last, open without a login."""
        last = self.env["retention.affinity"]._last_products(
            company, {partner.id for partner, _contact in pairs}, as_of
        )
        products = self.env["product.product"].browse({p for found in last.values() for p in found})
        guides = self.env["retention.content"]._usage_guides(company, products, as_of)
        told = {}
        for here, group in self._by_language(company, pairs):
            links = {
                product.id: here._links_of(documents, contents)
                for product, (documents, contents) in guides.items()
            }
            for partner, contact in group:
                found = [link for product in last.get(partner.id, ()) for link in links[product]]
                html = self.env["retention.content"]._link_list(list(dict.fromkeys(found)))
                told[partner.id, contact.id] = {"guide_links_html": html or False}
        return told

    @api.model
    def _links_of(self, documents, contents):
        guides = self.env["retention.content"]
        return guides._file_links(documents) + contents.with_env(self.env)._guide_links()

    @api.model
    def _message_manager(self, company, pairs, as_of):
        """Return ``account_manager_name``, ``_phone`` and ``_email`` of who looks after them."""
        profiles = (
            self.env["retention.profile"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", [partner.id for partner, _contact in pairs]),
                    ("company_id", "=", company._retention_company().id),
                ]
            )
        )
        owners = {profile.partner_id.id: profile.owner_id for profile in profiles}
        nobody = self.env["res.users"]
        return {
            (partner.id, contact.id): self._manager_values(owners.get(partner.id, nobody))
            for partner, contact in pairs
        }

    @api.model
    def _manager_values(self, user):
        user = user.sudo()
        return {
            "account_manager_name": user.name,
            "account_manager_phone": user.phone,
            "account_manager_email": user.email,
        }
