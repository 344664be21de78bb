"""The user guide explains every key figure, in each language, and its pictures are there."""

import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

DOCS = Path(__file__).parents[1] / "docs"
# {language: (guide, its chapter on key figures)}
GUIDES = {"en_US": ("USER_GUIDE.md", "Key figures"), "zh_CN": ("USER_GUIDE.zh.md", "关键指标")}
# What the rows of the chapter's tables say, in this order.
COLUMNS = 4
# Brackets of either width are the same word.
WIDTH = str.maketrans("（），", "(),")


@tagged("post_install", "-at_install")
class TestGuide(TransactionCase):
    def test_every_key_figure_has_its_formula_and_edge_cases(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang, (name, title) in GUIDES.items():
            text = (DOCS / name).read_text(encoding="utf-8")
            chapter = re.search(rf"^## {title}$(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
            rows = [
                [cell.strip() for cell in line.strip().strip("|").split("|")]
                for line in chapter.splitlines()
                if line.startswith("| **")
            ]
            told = {cells[0].strip("*").translate(WIDTH): cells for cells in rows}
            definitions = self.env["retention.kpi"].with_context(lang=lang)._kpi_definitions()
            for code, item in definitions.items():
                with self.subTest(lang=lang, code=code):
                    cells = told.get(item.label.translate(WIDTH))
                    self.assertTrue(cells, f"{item.label} is not explained in {name}")
                    self.assertEqual(len(cells), COLUMNS)
                    self.assertTrue(all(cells), item.label)

    def test_pictures_and_pages_that_are_linked_are_there(self):
        for page in [*DOCS.glob("*.md"), *DOCS.parent.glob("*.md")]:
            text = page.read_text(encoding="utf-8")
            links = re.findall(r"""(?:\]\(|src=")([^)#":]+)[)#"]""", text)
            missing = [link for link in links if not (page.parent / link).exists()]
            self.assertEqual(missing, [], page.name)
