"""What people write stays text: in conditions, messages, files, names and settings."""

import base64
import io
import json
import time
from datetime import date

import openpyxl
import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.customer_retention.analytics.workbook import Sheet, make_workbook

from .common import RetentionCase
from .history_common import HistoryCase
from .ledger_common import LedgerCase
from .sop_common import START, SopCase
from .walk_common import MARK, OURS, Rows

# AccessError and ValidationError are UserErrors.
REFUSALS = (UserError, ValueError, TypeError)
HTML = "<img src=x onerror=alert(1)><script>alert(2)</script>"
NASTY = [
    "'; DROP TABLE retention_profile; --",
    HTML,
    "{{ 7 * 191 }}",
    "${7 * 191}",
    '<t t-out="7 * 191"/>',
    "%s %(name)s %d {0} {name}",
    '=HYPERLINK("http://x.test","y")',
    "+1+1",
    "@SUM(1)",
]
# What must not be evaluated, however it is written.
CODE = [
    "__import__('os').getpid()",
    "[('id', '=', __import__('os').getpid())]",
    "[('id', 'in', [x for x in (1, 2)])]",
    "[('id', '=', (lambda: 1)())]",
    "[('id', '=', 9 ** 9 ** 9)]",
    "env['res.users'].search([])",
    "[('id', '=', 1)] + [('id', '=', 2)]",
    "[('id', '=', user.id)]",
    "[(\"id) = 1; DROP TABLE retention_profile; --\", '=', 1)]",
]


@tagged("post_install", "-at_install")
class TestInjectionConditions(SopCase):
    def refused(self, call):
        began = time.monotonic()
        try:
            with self.env.cr.savepoint():
                call()
                self.env.flush_all()
        except REFUSALS:
            self.env.invalidate_all()
        else:
            self.fail("not refused")
        self.assertLess(time.monotonic() - began, 20)

    def test_code_in_a_condition(self):
        sop = self.make_sop(self.task(), {"type": "branch"}, start=None)
        overlay = self.env["retention.overlay"].create({"name": "Mark"})
        for text in CODE:
            for record, name in (
                (sop, "audience_domain"),
                (sop.step_ids[1], "condition"),
                (overlay, "domain"),
            ):
                with self.subTest(text=text, field=name):
                    self.refused(lambda r=record, n=name, t=text: r.write({n: t}))

    def test_a_condition_on_what_its_writer_may_not_read(self):
        mine = self.make_sop(self.task(), start=None).with_user(self.manager)
        for text in (
            "[('partner_id.signup_type', '!=', False)]",
            "[('partner_id.user_ids.password', '!=', 1)]",
        ):
            with self.subTest(text=text):
                self.refused(lambda t=text: mine.write({"audience_domain": t}))
        mine.write({"audience_domain": "[('partner_id.name', '!=', False)]"})

    def test_documents_that_their_reader_may_not_see(self):
        field = self.env["ir.model.fields"]._get("account.payment", "date")
        self.assertFalse(self.env["account.payment"].with_user(self.manager).has_access("read"))
        mine = self.make_sop(self.task(), start=None).with_user(self.manager)
        self.refused(lambda: mine.write({"trigger": "date", "trigger_field_id": field.id}))

    def test_search_order_and_groups(self):
        profiles = self.profiles.with_user(self.manager)
        bad = "id); DROP TABLE retention_profile; --"
        for call in (
            lambda: profiles.search([], order=bad),
            lambda: profiles.formatted_read_group([], [bad], ["__count"]),
            lambda: profiles.formatted_read_group([], [], [f"{bad}:sum"]),
            lambda: profiles.search([(bad, "=", 1)]),
            lambda: (
                self.env["retention.ledger.report"]
                .with_user(self.manager)
                .formatted_read_group([], [], [f"{bad}:sum"])
            ),
        ):
            self.refused(call)
        self.assertFalse(profiles.search([("customer_number", "ilike", "C1'; DROP")]))
        self.refused(lambda: profiles.search([("rfm_recency_days", ">", "1'; DROP")]))


@tagged("post_install", "-at_install")
class TestInjectionNames(SopCase):
    def test_names_stay_text_in_mails_tasks_and_on_pages(self):
        for number, name in enumerate(NASTY):
            with self.subTest(name=name):
                ann = self.buyer(name, START, email=f"n{number}@x.test")
                self.night(number)
                sop = self.make_sop(
                    self.task(), {**self.mail(), "sequence": 9}, name=f"Procedure {name}"
                )
                enrollment = self.enter(sop, ann, days=number)
                self.tick(number, 10)
                self.tasks(enrollment).write({"active": False, "feedback": name})
                self.tick(number, 11)
                told = self.mails(ann).body_html or ""
                self.assertNotIn("<script", told)
                self.assertNotIn("<img src=x", told)
                self.assertNotIn("1337", told)
                self.assertEqual(ann.name, name)
                data = self.env["retention.page"]._data(ann, START)
                self.assertEqual(data["customer"]["name"], ann.display_name)
                self.assertNotIn("1337", json.dumps(data, default=str))
        self.assertTrue(self.profiles.search([], limit=1))

    def test_a_text_for_customers_is_not_a_program(self):
        """Contents and notes are shown, not rendered; scripts in them are taken out."""
        note = f"<p>{{{{ 7 * 191 }}}}</p>{HTML}<p t-out='7 * 191'>x</p>"
        sop = self.make_sop(self.task(note=note))
        enrollment = self.enter(sop, self.buyer("Ann", START))
        self.tick(0, 10)
        shown = self.tasks(enrollment).note
        self.assertNotIn("script", shown)
        self.assertNotIn("onerror", shown)
        self.assertNotIn("1337", shown)

    def test_settings(self):
        for text in NASTY:
            self.company.write({"name": text, "retention_key_features": text})
            self.night(3)
            self.assertEqual(self.company.retention_key_features, text)
        wrong = "UTC'; DROP TABLE x; --"
        with self.assertRaises(ValidationError):
            self.company.retention_tz = wrong


@tagged("post_install", "-at_install")
class TestInjectionFiles(HistoryCase):
    def cells(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]

    def test_a_workbook_holds_no_formula(self):
        rows = [[text, 1.5] for text in NASTY]
        content = make_workbook(
            [Sheet(NASTY[0], [(NASTY[6], "text"), ("n", "number")], rows)],
            NASTY[7],
        )
        cells = self.cells(content)
        self.assertEqual([c.value for c in cells if c.data_type == "f" or c.hyperlink], [])
        self.assertLessEqual(set(NASTY), {cell.value for cell in cells})

    def test_rows_to_correct_hold_no_formula(self):
        rows = [
            [f'"{text}"'.replace('"', '""')[1:-1], "x", "no day", "1", "USD", number]
            for number, text in enumerate(NASTY)
        ]
        one = self.checked(*rows)
        cells = self.cells(base64.b64decode(one.wrong_file))
        self.assertEqual([c.value for c in cells if c.data_type == "f" or c.hyperlink], [])
        self.assertIn("+1+1", {cell.value for cell in cells})

    def test_a_preview_shows_html_as_text(self):
        one = self.load(("C-1", HTML, "2024-01-01", "5", "USD", "1"))
        self.assertNotIn("<script", one.preview or "")
        self.assertNotIn("<img", one.preview or "")

    def test_an_export_of_personal_data_holds_no_formula(self):
        ann = self.customer(NASTY[6])
        self.env["retention.need"].create(
            {"partner_id": ann.id, "company_id": self.company.id, "name": NASTY[7]}
        )
        privacy = self.env["retention.privacy"]
        content = privacy._as_workbook(privacy._export(ann, self.company))
        self.assertEqual([c.value for c in self.cells(content) if c.data_type == "f"], [])
        self.assertIn(NASTY[7], {cell.value for cell in self.cells(content)})


@tagged("post_install", "-at_install")
class TestInjectionDashboard(LedgerCase):
    def test_a_filter_on_what_its_sender_may_not_read(self):
        """Sums over a filter would tell what the filter asks for."""
        ann = self.customer("Ann")
        for month in (1, 2, 3):
            self.order(ann, date(2026, month, 10), 50)
        self.night(date(2026, 4, 1))
        user = self.make_user("j_user", f"{OURS}.group_user")
        board = self.env["retention.dashboard"].with_user(user)
        board = board.with_context(allowed_company_ids=self.company.ids)
        self.assertTrue(board.get_overview({"domain": [["partner_id.name", "=", "Ann"]]}))
        for domain in (
            [["partner_id.signup_type", "!=", False]],
            [["partner_id.user_ids.password", "!=", False]],
            [["id); DROP TABLE retention_ledger; --", "=", 1]],
        ):
            with self.subTest(domain=domain):
                try:
                    board.get_overview({"domain": domain})
                except REFUSALS:
                    continue
                self.fail("not refused")


@tagged("post_install", "-at_install")
class TestInjectionForms(RetentionCase):
    """A form that was never saved computes with whatever ids its sender puts in."""

    def setUp(self):
        super().setUp()
        self.far = self.make_user(
            "i_far", f"{OURS}.group_manager", company=self.make_company("Far")
        )
        self.rows = self.planted(
            self.company,
            self.make_user("i_owner", f"{OURS}.group_user"),
            self.customer("Walk Ltd", company_id=self.company.id),
        )

    def planted(self, company, user, customer, **mark):
        """Return Rows with one row in each of our tables."""
        rows = Rows(self.env, company, user, customer, **mark)
        models = (m for n, m in self.env.items() if n.startswith("retention."))
        rows.plant(sorted(models, key=lambda model: model._name))
        return rows

    def as_far(self, record):
        company = self.far.company_id
        return record.with_user(self.far).with_context(allowed_company_ids=company.ids)

    def foreign(self, model):
        """Return {field: what leads to another company's row}, as a form would send it."""
        values = {}
        for name, field in model._fields.items():
            target = self.rows._target(field) if field.comodel_name else None
            if target and field.type == "many2one":
                values[name] = target
            elif target and field.type == "many2many":
                values[name] = [[6, 0, [target]]]
            elif target and field.type == "one2many":
                values[name] = [[4, target]]
        return values

    def ask(self, record, values):
        """Yield (field, what the form answers) of each computed field, as far as it answers."""
        # One at a time: what is refused for one must not hide the others.
        for name, field in record._fields.items():
            if not (field.compute or field.related) or field.type == "binary":
                continue
            plain = field.type not in ("one2many", "many2many")
            spec = {key: {} for key in values}
            spec[name] = {} if plain else {"fields": {"display_name": {}}}
            try:
                with mute_logger("odoo.models", "odoo.sql_db"), self.env.cr.savepoint():
                    yield name, record.onchange(values, list(values), spec)
            except (*REFUSALS, psycopg2.Error):
                yield name, None

    def leaks(self, records):
        asked, found = 0, []
        for record in records:
            for name, answer in self.ask(record, self.foreign(record)):
                asked += 1
                if record and name == "display_name":
                    continue  # as Odoo shows the name behind any link
                told = json.dumps(answer, default=str)
                if MARK in told or "Walk Ltd" in told:
                    found.append((record._name, name, told[:160]))
        self.assertGreater(asked, 200)
        return found

    def stored(self):
        for name in sorted(self.env):
            model = self.as_far(self.env[name])
            if name.startswith("retention.") and not model._abstract and model._auto:
                yield model

    def test_forms_tell_nothing_of_another_company(self):
        self.assertEqual(self.leaks(m for m in self.stored() if m.has_access("create")), [])

    def test_forms_of_own_records_tell_nothing_of_another_company(self):
        """Also where nobody may create: a record that exists may be sent with other links."""
        own = self.customer("Ours", company_id=self.far.company_id.id)
        mine = self.planted(self.far.company_id, self.far, own, mark="ours")
        records = [m.browse(mine.ids[m._name]) for m in self.stored() if m._name in mine.ids]
        self.assertEqual(self.leaks(r for r in records if r.has_access("write")), [])
