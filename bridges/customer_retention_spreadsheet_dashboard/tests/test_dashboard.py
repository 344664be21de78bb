"""The dashboard's file: what it names exists, can be asked for and is for users of Retention."""

import json

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
    odoo_charts,
)

ADDON = "customer_retention"


@tagged("post_install", "-at_install")
class TestDashboard(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(f"{ADDON}_spreadsheet_dashboard.dashboard_retention")
        cls.data = json.loads(cls.dashboard.spreadsheet_data)

    def test_all_that_it_names_is_there(self):
        self.dashboard._check_spreadsheet_data()
        self.assertEqual(set(fields_in_spreadsheet(self.data)), {"retention.ledger.report"})
        for xml_id in menus_xml_ids_in_spreadsheet(self.data):
            self.assertTrue(self.env.ref(xml_id).action, xml_id)

    def test_version_is_that_of_this_odoo(self):
        """Data of another version would be migrated in the browser each time."""
        core = self.env["spreadsheet.dashboard"].search(
            [("id", "!=", self.dashboard.id), ("is_published", "=", True)]
        )
        versions = {json.loads(board.spreadsheet_data).get("version") for board in core}
        if versions - {None}:
            self.assertIn(self.data["version"], versions)

    def test_measures_and_groups_can_be_asked_for(self):
        report = self.env["retention.ledger.report"]
        for pivot in self.data["pivots"].values():
            measures = [measure["id"] for measure in pivot["measures"]]
            groups = [
                ":".join(filter(None, (row["fieldName"], row.get("granularity"))))
                for row in (*pivot["rows"], *pivot["columns"])
            ]
            report.formatted_read_group(pivot["domain"], groups, measures)
            for measure in pivot["measures"]:
                # Ratios only divide sums with the aggregator of their field.
                field = report._fields[measure["fieldName"]]
                self.assertEqual(measure["aggregator"], field.aggregator)
            if sort := pivot["sortedColumn"]:
                self.assertIn(sort["measure"], measures)
        for chart in odoo_charts(self.data):
            meta = chart["metaData"]
            measure = f"{meta['measure']}:{report._fields[meta['measure']].aggregator}"
            report.formatted_read_group([], meta["groupBy"], [measure])

    def test_filters_reach_every_pivot_and_chart(self):
        report = self.env["retention.ledger.report"]
        filters = {item["id"]: item for item in self.data["globalFilters"]}
        for source in (*self.data["pivots"].values(), *odoo_charts(self.data)):
            self.assertEqual(set(source["fieldMatching"]), set(filters))
            for key, match in source["fieldMatching"].items():
                field = report._fields[match["chain"]]
                self.assertEqual(field.type, match["type"])
                self.assertEqual(field.comodel_name, filters[key].get("modelName"))

    def test_formulas_name_pivots_that_exist(self):
        cells = [cell for sheet in self.data["sheets"] for cell in sheet["cells"].values()]
        used = {cell.split("(")[1].split(",")[0] for cell in cells if cell.startswith("=PIVOT")}
        self.assertEqual(used, set(self.data["pivots"]))

    def test_titles_stand_over_their_figures(self):
        """Tables have titles of their own, which can be translated: one for each measure."""
        [sheet] = [sheet for sheet in self.data["sheets"] if sheet["id"] == "dashboard"]
        cells = sheet["cells"]
        tables = {cell: text for cell, text in cells.items() if text.startswith("=PIVOT(")}
        self.assertTrue(tables)
        names = {}
        for cell, content in tables.items():
            measures = self.data["pivots"][content.split("(")[1].split(",")[0]]["measures"]
            for column, measure in zip("BCDEFGH", measures, strict=False):
                title = cells[f"{column}{int(cell[1:]) - 1}"]
                self.assertEqual(names.setdefault(measure["id"], title), title)
        self.assertEqual(len(set(names.values())), len(names))

    def test_who_sees_it(self):
        user = new_test_user(self.env, "sheet_user", groups=f"base.group_user,{ADDON}.group_user")
        plain = new_test_user(self.env, "sheet_plain", groups="base.group_user")
        self.assertTrue(self.dashboard.with_user(user).has_access("read"))
        self.assertFalse(self.dashboard.with_user(plain).has_access("read"))
