"""What makes a message personal: right, in the contact's language, for all at once."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools.translate import code_translations

from .common import AS_OF
from .test_content import ContentCase

CHINESE = {
    "Dear %(name)s,": "%(name)s 您好,",
    "goes well with %(product)s; %(count)s of 10 customers who bought that bought this, "
    "too": "与%(product)s搭配:每10位客户有%(count)s位",
}


@tagged("post_install", "-at_install")
@freeze_time(f"{AS_OF} 12:00:00")
class TestMessageContext(ContentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.context = cls.env["retention.message.context"]
        cls.lee = cls.customer("Ann Lee", is_company=False, parent_id=cls.ann.id)
        cls.wang = cls.customer("王小明", is_company=False, parent_id=cls.bob.id, lang="zh_CN")

    def tell(self, what, *contacts):
        """Return the values of each contact, and check that fields say the same."""
        pairs = [(contact.commercial_partner_id, contact) for contact in contacts]
        told = getattr(self.context, f"_message_{what}")(self.company, pairs, AS_OF)
        records = self.records(*contacts)
        for record, (partner, contact) in zip(records, pairs, strict=True):
            for name, value in told[partner.id, contact.id].items():
                shown = record[name]
                self.assertEqual(shown.id if hasattr(shown, "ids") else shown, value)
        return [told[partner.id, contact.id] for partner, contact in pairs]

    def records(self, *contacts):
        values = [
            {
                "partner_id": contact.commercial_partner_id.id,
                "contact_id": contact.id,
                "company_id": self.company.id,
            }
            for contact in contacts
        ]
        return self.context.concat(*(self.context.new(vals) for vals in values))

    def in_chinese(self):
        """The words of the source as a translator has given them."""
        known = code_translations.get_python_translations

        def translations(module_name, lang):
            words = known(module_name, lang)
            return {**words, **CHINESE} if lang == "zh_CN" else words

        return patch.object(code_translations, "get_python_translations", translations)

    # ------------------------------------------------------------ the person
    def test_salutation(self):
        with self.in_chinese():
            told = self.tell("person", self.lee, self.wang, self.ann)
        self.assertEqual(
            told,
            [
                {"first_name": "Ann", "salutation": "Dear Ann,"},
                {"first_name": "王小明", "salutation": "王小明 您好,"},
                {"first_name": "Ann", "salutation": "Dear team of Ann,"},
            ],
        )

    def test_the_companys_language_stands_in(self):
        self.lee.lang = False
        self.ann.lang = "zh_CN"
        with self.in_chinese():
            [told] = self.tell("person", self.lee)
        self.assertEqual(told["salutation"], "Ann 您好,")

    # ------------------------------------------------------------ purchases
    def test_purchases(self):
        partners = self.pump_and_seal()
        self.compute()
        self.pump.with_context(lang="zh_CN").name = "水泵"
        self.seal.with_context(lang="zh_CN").name = "密封圈"
        self.seal.default_code = "S-1"
        fresh = partners[4]
        chinese = self.customer("李雷", is_company=False, parent_id=fresh.id, lang="zh_CN")
        with self.in_chinese():
            english, translated = self.tell("purchases", fresh, chinese)
        self.assertEqual(
            english,
            {
                "favourite_text": "Pumps",
                "last_product_text": "Pump",
                "next_product_id": self.seal.id,
                "next_product_text": "Seal (goes well with Pump; 7 of 10 customers who bought "
                "that bought this, too)",
            },
        )
        self.assertEqual(translated["last_product_text"], "水泵")
        self.assertIn("密封圈", translated["next_product_text"])
        self.assertIn("与水泵搭配:每10位客户有7位", translated["next_product_text"])

    def test_several_are_listed(self):
        self.buy(self.ann, self.oil, self.seal, ago=1)
        [told] = self.tell("purchases", self.lee)
        self.assertEqual(told["last_product_text"], "Seal and Oil")
        self.assertEqual(told["favourite_text"], "Pumps and Care")

    def test_who_bought_nothing(self):
        [told] = self.tell("purchases", self.wang)
        self.assertEqual(set(told.values()), {False})
        self.assertEqual(self.tell("guides", self.wang), [{"guide_links_html": False}])
        self.assertEqual(self.tell("news", self.wang), [{"news_id": False, "news_html": False}])

    def test_an_empty_record_shows_nothing(self):
        record = self.context.new({})
        names = [name for name, field in self.context._fields.items() if field.compute]
        for name in set(names) - {"display_name"}:
            with self.subTest(field=name):
                self.assertFalse(record[name])

    # ------------------------------------------------------------ content
    def test_news(self):
        tip = self.content("Tip", category_ids=self.pumps.ids)
        tip.with_context(lang="zh_CN").write({"name": "提示", "body": "<p>你好</p>"})
        self.buy(self.bob, self.seal)
        english, chinese = self.tell("news", self.lee, self.wang)
        self.assertEqual(english, {"news_id": tip.id, "news_html": tip._message_html()})
        self.assertEqual(chinese["news_html"], "<p><b>提示</b></p><p>你好</p>")

    def test_guides(self):
        self.document("Manual <1>", self.pump.product_tmpl_id)
        guide = self.content(
            "Guide",
            kind="usage_guide",
            link="https://example.com/guide",
            product_tmpl_ids=self.pump.product_tmpl_id.ids,
        )
        guide.with_context(lang="zh_CN").name = "指南"
        self.buy(self.bob, self.pump)
        english, chinese = (t["guide_links_html"] for t in self.tell("guides", self.lee, self.wang))
        self.assertIn(">Manual &lt;1&gt;</a>", english)
        self.assertIn("?access_token=", english)
        self.assertIn('<a href="https://example.com/guide">Guide</a>', english)
        self.assertIn(">指南</a>", chinese)

    def document(self, name, record):
        return self.env["product.document"].create(
            {
                "name": name,
                "raw": b"how to",
                "res_model": record._name,
                "res_id": record.id,
                "attached_on_sale": "sale_order",
            }
        )

    # ------------------------------------------------------------ the account manager
    def test_account_manager(self):
        self.refresh()
        seller = self.make_user("m_seller", "sales_team.group_sale_salesman", phone="+1 555")
        other = self.make_user("m_other", "sales_team.group_sale_salesman")
        self.profile(self.ann).sudo().user_id = seller
        told = self.tell("manager", self.lee, self.wang)
        self.assertEqual(
            told[0],
            {
                "account_manager_name": seller.name,
                "account_manager_phone": "+1 555",
                "account_manager_email": seller.email,
            },
        )
        self.assertFalse(told[1]["account_manager_name"])
        [record] = self.records(self.lee)
        record.user_id = other
        self.assertEqual(record.account_manager_name, other.name)

    # ------------------------------------------------------------ scale
    def test_as_many_queries_for_forty_as_for_two(self):
        self.pump_and_seal()
        self.compute()
        self.content("Pumps", category_ids=self.pumps.ids)
        self.content("All")
        for product in (self.pump, self.seal, self.oil, self.rag):
            self.document(f"Manual of {product.name}", product)
        contacts = self.env["res.partner"]
        for number in range(40):
            partner = self.customer(f"Firm {number}")
            products = (self.pump, self.seal, self.oil, self.rag)
            self.buy(partner, products[number % 4], products[number % 3])
            lang = ("en_US", "zh_CN")[number % 2]
            contacts |= self.customer(
                f"Person {number}", is_company=False, parent_id=partner.id, lang=lang
            )
        self.refresh()
        names = [name for name, field in self.context._fields.items() if field.compute]
        names.remove("display_name")
        counts = []
        for group in (contacts, contacts[2:4], contacts):
            self.env.flush_all()
            self.env.invalidate_all()
            records = self.records(*group)
            before = self.env.cr.sql_log_count
            for record in records:
                for name in names:
                    record[name]
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
