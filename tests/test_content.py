"""The content library: what fits whom, never twice, and usage guides."""

import base64
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .affinity_common import AffinityCase
from .common import AS_OF

OURS = "customer_retention"
YESTERDAY, TOMORROW = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)


class ContentCase(AffinityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contents = cls.env["retention.content"]
        cls.contents.search([]).active = False
        cls.sent = cls.env["retention.content.sent"]
        cls.ann, cls.bob = cls.customer("Ann"), cls.customer("Bob")
        cls.buy(cls.ann, cls.pump)

    @classmethod
    def content(cls, name, **values):
        return cls.contents.create({"name": name, "body": f"<p>{name}</p>", **values})

    def pick(self, *partners, **values):
        found = self.contents._pick(self.company, [p.id for p in partners], AS_OF, **values)
        return [found.get(partner.id, self.contents) for partner in partners]

    def note(self, content, partner, day=AS_OF, company=None):
        rows = [(content.id, partner.id, partner.id)]
        return self.sent._note_sent(company or self.company, rows, day)

    def file(self, name, **values):
        return self.env["ir.attachment"].create(
            {"name": name, "datas": base64.b64encode(b"how to"), **values}
        )


@tagged("post_install", "-at_install")
class TestContent(ContentCase):
    # ------------------------------------------------------------ choosing
    def test_own_category_comes_first_then_the_newest(self):
        for_all = self.content("For all", date_from=AS_OF)
        old = self.content("Old", category_ids=self.pumps.ids)
        new = self.content("New", category_ids=self.pumps.ids, date_from=YESTERDAY)
        self.content("Care", category_ids=self.care.ids, date_from=AS_OF)
        self.assertEqual(self.pick(self.ann, self.bob), [new, for_all])
        self.note(new, self.ann)
        self.assertEqual(self.pick(self.ann), [old])

    def test_a_category_stands_for_those_below(self):
        below = self.pumps.create({"name": "Small Pumps", "parent_id": self.pumps.id})
        wide = self.content("Wide", category_ids=self.pumps.ids)
        narrow = self.content("Narrow", category_ids=below.ids)
        self.seal.categ_id = below
        self.buy(self.bob, self.seal)
        self.assertEqual(self.pick(self.ann, self.bob), [wide, narrow])

    def test_never_the_same_twice(self):
        tip = self.content("Tip")
        self.note(tip, self.ann, company=self.make_company("Other"))
        self.assertEqual(self.pick(self.ann, self.bob), [self.contents, tip])

    def test_at_most_every_second_is_promotional(self):
        offers = [self.content(name, promotional=True, date_from=AS_OF) for name in "AB"]
        tip = self.content("Tip")
        self.assertEqual(self.pick(self.ann), [offers[1]])
        self.note(offers[1], self.ann, YESTERDAY)
        self.assertEqual(self.pick(self.ann), [tip])
        self.note(tip, self.ann, YESTERDAY)
        self.assertEqual(self.pick(self.ann), [offers[0]])
        self.note(offers[0], self.ann)
        self.assertEqual(self.pick(self.ann), [self.contents])

    def test_a_year_of_picking(self):
        for number in range(12):
            self.content(f"C{number}", promotional=number % 3 > 0)
        got = self.contents
        for week in range(12):
            day = AS_OF + timedelta(weeks=week)
            best = self.contents._pick(self.company, [self.ann.id], day).get(self.ann.id)
            if best:
                self.assertNotIn(best, got)
                self.assertFalse(best.promotional and got[-1:].promotional)
                got += best
                self.note(best, self.ann, day)
        self.assertEqual(len(got), 9)

    def test_topics_and_products(self):
        chess = self.env["retention.topic"].create({"name": "Chess", "kind": "hobby"})
        contact = self.customer("Contact", is_company=False, parent_id=self.bob.id)
        self.env["retention.preference"].create({"partner_id": contact.id, "hobby_ids": chess.ids})
        hobby = self.content("Chess", topic_ids=chess.ids)
        product = self.content("Pump", product_tmpl_ids=self.pump.product_tmpl_id.ids)
        self.assertEqual(self.pick(self.ann, self.bob), [product, hobby])

    def test_a_new_product_is_for_those_without_it(self):
        new = self.content(
            "Seal", kind="new_product", product_tmpl_ids=self.seal.product_tmpl_id.ids
        )
        self.assertEqual(self.pick(self.ann, self.bob), [new, self.contents])
        self.buy(self.ann, self.seal)
        self.assertEqual(self.pick(self.ann), [self.contents])

    def test_days_kinds_companies_and_use(self):
        other = self.make_company("Other")
        self.content("Later", date_from=TOMORROW)
        self.content("Over", date_to=YESTERDAY)
        self.content("Theirs", company_id=other.id)
        self.content("Unused", active=False)
        guide = self.content("Guide", kind="usage_guide")
        self.assertEqual(self.pick(self.ann), [self.contents])
        self.assertEqual(self.pick(self.ann, kinds=("usage_guide",)), [guide])
        today = self.content("Today", date_from=AS_OF, date_to=AS_OF, company_id=self.company.id)
        self.assertEqual(self.pick(self.ann), [today])

    def test_nobody(self):
        self.content("Tip")
        self.assertEqual(self.contents._pick(self.company, [], AS_OF), {})

    def test_as_many_queries_for_all_as_for_one(self):
        self.content("Pumps", category_ids=self.pumps.ids)
        partners = self.ann
        for number in range(20):
            partner = self.customer(f"C{number}")
            self.buy(partner, (self.pump, self.oil)[number % 2])
            partners |= partner
        counts = []
        for group in (partners, partners[:2], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.contents._pick(self.company, group.ids, AS_OF)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # ------------------------------------------------------------ what was sent
    def test_noted_once_per_contact(self):
        tip = self.content("Tip")
        contact = self.customer("Contact", is_company=False, parent_id=self.ann.id)
        rows = [(tip.id, self.ann.id, person.id) for person in (self.ann, contact, contact)]
        noted = self.sent._note_sent(self.company, rows, AS_OF)
        self.assertEqual(noted.contact_id, self.ann | contact)
        self.assertFalse(self.sent._note_sent(self.company, rows, TOMORROW))
        self.assertEqual(tip.use_count, 2)

    def test_a_merge_remembers_what_both_got(self):
        one, two = self.content("One"), self.content("Two")
        self.note(one, self.ann)
        self.note(two, self.bob)
        self.note(one, self.bob)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.ann | self.bob).ids, self.ann)
        self.assertEqual(self.pick(self.ann), [self.contents])

    # ------------------------------------------------------------ usage guides
    def guides(self, *products):
        products = self.env["product.product"].union(*products)
        return self.contents._usage_guides(self.company, products, AS_OF)

    def document(self, name, record, attached="sale_order"):
        return self.env["product.document"].create(
            {
                "name": name,
                "datas": base64.b64encode(b"how to"),
                "res_model": record._name,
                "res_id": record.id,
                "attached_on_sale": attached,
            }
        )

    def test_guides_of_a_product(self):
        manual = self.document("Manual", self.pump.product_tmpl_id)
        sheet = self.document("Sheet", self.pump, "quotation")
        self.document("Cost sheet", self.pump, "hidden")
        guide = self.content(
            "Guide", kind="usage_guide", product_tmpl_ids=self.pump.product_tmpl_id.ids
        )
        self.content("Tip", product_tmpl_ids=self.pump.product_tmpl_id.ids)
        found = self.guides(self.pump, self.oil)
        self.assertEqual(
            found[self.pump], (sheet.ir_attachment_id | manual.ir_attachment_id, guide)
        )
        self.assertEqual(found[self.oil], (self.env["ir.attachment"], self.contents))

    # ------------------------------------------------------------ in a message
    def test_html_is_escaped_and_translated(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        tip = self.content("<b>Tip</b>", link="https://example.com/?a=1&b=2")
        tip.with_context(lang="zh_CN").write({"name": "提示", "body": "<p>你好</p>"})
        html = tip._message_html()
        self.assertIn("<p><b>&lt;b&gt;Tip&lt;/b&gt;</b></p>", html)
        self.assertIn('href="https://example.com/?a=1&amp;b=2"', html)
        chinese = tip.with_context(lang="zh_CN")._message_html()
        self.assertIn("<p><b>提示</b></p><p>你好</p>", chinese)

    def test_scripts_do_not_pass(self):
        tip = self.content("Tip", body="<p>Hi<script>alert(1)</script></p>")
        tip.attachment_ids = self.file("x", type="url", url="javascript:alert(1)", datas=False)
        self.assertNotIn("script", tip._message_html())
        self.assertRefused(
            ValidationError, "https://", lambda: tip.write({"link": "javascript:alert(1)"})
        )

    # ------------------------------------------------------------ rights
    def test_rights(self):
        user = self.make_user("c_user", f"{OURS}.group_user")
        manager = self.make_user("c_manager", f"{OURS}.group_manager")
        other = self.make_company("Other")
        theirs = self.content("Theirs", company_id=other.id)
        shared = self.content("Shared")
        mine = self.contents.with_user(user).with_company(self.company)
        self.assertIn(shared, mine.search([]))
        self.assertNotIn(theirs, mine.search([]))
        with self.assertRaises(AccessError):
            mine.browse(shared.id).name = "Changed"
        self.contents.with_user(manager).create({"name": "Made"}).unlink()

    def test_files_are_seen_by_all_readers(self):
        manager = self.make_user("c_manager", f"{OURS}.group_manager")
        user = self.make_user("c_user", f"{OURS}.group_user")
        file = self.env["ir.attachment"].with_user(manager).create({"name": "a", "raw": b"a"})
        made = self.contents.with_user(manager).create({"name": "Made", "attachment_ids": file.ids})
        self.assertEqual(made.with_user(user).attachment_ids.read(["name"])[0]["name"], "a")

    def test_dates_in_order(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.content("Odd", date_from=AS_OF, date_to=YESTERDAY)

    def test_shipped_texts(self):
        shipped = self.shipped()
        self.assertGreaterEqual(len(shipped), 6)
        for content in shipped:
            with self.subTest(content=content.name):
                self.assertGreater(len(content.body), 200)

    def shipped(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "=", "retention.content")]
        )
        return self.contents.browse(data.mapped("res_id"))


@tagged("post_install", "-at_install")
class TestGuideLinks(HttpCase):
    def test_opens_without_a_login_and_only_with_the_token(self):
        file = self.env["ir.attachment"].create({"name": "how.txt", "raw": b"how to"})
        [(url, name)] = self.env["retention.content"]._file_links(file)
        self.assertEqual(name, "how.txt")
        path = url[url.index("/web/content") :]
        self.env.flush_all()
        self.assertEqual(self.url_open(path).content, b"how to")
        self.assertEqual(self.url_open(path.split("?")[0]).status_code, 404)
        self.assertEqual(self.url_open(path[:-1] + "x").status_code, 404)
        self.assertEqual(self.env["retention.content"]._file_links(file), [(url, name)])


@tagged("post_install", "-at_install")
class TestContentBrowser(HttpCase):
    def test_a_manager_writes_a_text_and_picks_an_audience(self):
        admin = self.env.ref("base.user_admin")
        admin.group_ids |= self.env.ref(f"{OURS}.group_manager")
        contents = self.env["retention.content"].with_context(active_test=False)
        contents.search([]).unlink()
        tip = contents.create({"name": "A good tip", "body": "<p>Read this</p>"})
        self.start_tour("/odoo/retention-content", "customer_retention_content", login="admin")
        self.assertEqual(tip.name, "A better tip")
        self.assertTrue(tip.promotional)
        self.start_tour("/odoo/retention-customers", "customer_retention_audience", login="admin")
