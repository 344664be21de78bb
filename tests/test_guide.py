"""The user guide explains every key figure."""

import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

GUIDE = Path(__file__).parents[1] / "docs" / "USER_GUIDE.md"
# What the rows of the chapter's tables say, in this order.
COLUMNS = 4


@tagged("post_install", "-at_install")
class TestGuide(TransactionCase):
    def test_every_key_figure_has_its_formula_and_edge_cases(self):
        text = GUIDE.read_text(encoding="utf-8")
        chapter = re.search(r"^## Key figures$(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in chapter.splitlines()
            if line.startswith("| **")
        ]
        told = {cells[0].strip("*"): cells for cells in rows}
        definitions = self.env["retention.kpi"].with_context(lang="en_US")._kpi_definitions()
        for code, item in definitions.items():
            with self.subTest(code=code):
                cells = told.get(item.label)
                self.assertTrue(cells, f"{item.label} is not explained in the guide")
                self.assertEqual(len(cells), COLUMNS)
                self.assertTrue(all(cells), item.label)
