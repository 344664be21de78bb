"""Large figures: by ten thousands in Chinese, by thousands in English, everywhere alike."""

from odoo.tests import HttpCase, TransactionCase, tagged

from ..models.amounts import amount_text, ten_thousands

OURS = "customer_retention"


@tagged("post_install", "-at_install")
class TestAmounts(TransactionCase):
    def test_chinese_counts_by_ten_thousands(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.env(context={"lang": "zh_CN"})
        for value, expected in [
            (0, (0, "")),
            (99_999, (99_999, "")),
            (100_000, (10, "万")),
            (-1_234_500, (-123.45, "万")),
            (99_999_000, (9_999.9, "万")),
            (99_999_999, (0.99999999, "亿")),
            (250_000_000, (2.5, "亿")),
        ]:
            with self.subTest(value=value):
                self.assertEqual(ten_thousands(chinese, value), expected)
                self.assertEqual(ten_thousands(self.env(context={}), value), (value, ""))

    def test_sign_of_the_currency(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        yuan = self.env["res.currency"].new(
            {"name": "CNY", "symbol": "¥", "position": "before", "rounding": 0.01}
        )
        krona = self.env["res.currency"].new(
            {"name": "SEK", "symbol": "kr", "position": "after", "rounding": 0.01}
        )
        for lang, currency, value, expected in [
            ("zh_CN", yuan, 1_234_500, "¥\xa0123.45万"),
            ("zh_CN", krona, 1_234_500, "123.45万\xa0kr"),
            ("zh_CN", yuan, 99_999_999, "¥\xa01.00亿"),
            ("zh_CN", yuan, 1_234.5, "¥\xa01,234.50"),
            ("en_US", yuan, 1_234_500, "¥\xa01,234,500.00"),
        ]:
            with self.subTest(lang=lang, value=value):
                env = self.env(context={"lang": lang})
                self.assertEqual(amount_text(env, value, currency), expected)


@tagged("post_install", "-at_install")
class TestAmountsInTheBrowser(HttpCase):
    def figures(self, lang, script):
        """Return once ``script``, which says what is wrong, has found nothing in the browser."""
        self.env["res.lang"]._activate_lang(lang)
        admin = self.env.ref("base.user_admin")
        admin.write({"lang": lang})
        self.browser_js(
            "/odoo/action-base.action_res_users",
            f"""(async () => {{
                const {{ loadBundle }} = odoo.loader.modules.get("@web/core/assets");
                await loadBundle("web.assets_backend_lazy");
                const number = odoo.loader.modules.get("@{OURS}/dashboard/format");
                const graphs = odoo.loader.modules.get("@web/views/graph/graph_renderer");
                const tick = (resModel, value) => graphs.GraphRenderer.prototype.formatValue.call(
                    {{ model: {{ metaData: {{ resModel }} }} }}, value, false, "");
                const said = {script};
                for (const [text, wanted] of said) {{
                    if (text !== wanted) throw new Error(`${{text}} instead of ${{wanted}}`);
                }}
                console.log("test successful");
            }})();""",
            "odoo.isReady === true",
            login="admin",
        )

    def test_chinese(self):
        self.figures(
            "zh_CN",
            """[
                [number.formatCount(9999), "9,999"],
                [number.formatCount(12345), "1.23万"],
                [number.formatCount(123456789), "1.23亿"],
                [tick("retention.profile", 123456), "12.3万"],
                [tick("retention.profile", 1234), "1.23k"],
                [tick("sale.report", 123456), "123.46k"],
            ]""",
        )

    def test_english(self):
        self.figures(
            "en_US",
            """[
                [number.formatCount(12345), "12.3K"],
                [number.formatCount(12345678), "12.3M"],
                [tick("retention.profile", 123456), "123.46k"],
            ]""",
        )
