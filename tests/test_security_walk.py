"""Everything that can be asked over the wire, asked by people who must not know."""

import logging

from odoo.fields import Command
from odoo.http import _generate_routing_rules
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import RetentionCase
from .test_access import our_fields
from .walk_common import MARK, OURS, Rows, Walk, our_methods

_logger = logging.getLogger(__name__)
SALES = "sales_team.group_sale_salesman_all_leads"
# Pages of ours that anybody can open; their own tests say that they tell nothing.
PAGES = {
    "/retention/unsubscribe/<string:token>": "public",
    "/retention/case/<string:token>": "public",
    "/retention/case/<string:token>/thanks": "public",
    "/my/tier": "user",
    "/retention/review/<int:review_id>/xlsx": "user",
}
# What acts on the caller's own company, whatever it is called on.
OF_THE_CALLER = {
    ("retention.profile", "action_start_alerts"),
    ("retention.tier", "action_change_rules"),
}
QUIET = (
    "odoo.http",
    "odoo.models",
    "odoo.addons.base.models.ir_model",
    "odoo.sql_db",
    "odoo.addons.base.models.ir_rule",
)


@tagged("post_install", "-at_install")
class TestSecurityWalk(RetentionCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company("Other")
        cls.owner = cls.make_user("w_owner", f"{OURS}.group_user", SALES)
        cls.customer_a = cls.customer("Walk Ltd", company_id=cls.company.id)
        cls.models = sorted(
            (m for name, m in cls.env.items() if name.startswith("retention.")),
            key=lambda model: model._name,
        )
        cls.rows = Rows(cls.env, cls.company, cls.owner, cls.customer_a)
        cls.rows.plant(cls.models)
        team = cls.env["crm.team"].create(
            {"name": "North", "company_id": cls.company.id, "user_id": cls.owner.id}
        )
        for name, model_id in cls.rows.ids.items():
            field = cls.env[name]._fields.get("team_id")
            if field is not None and field.store:
                table = SQL.identifier(cls.env[name]._table)
                cls.env.cr.execute(
                    SQL("UPDATE %s SET team_id = %s WHERE id = %s", table, team.id, model_id)
                )
        cls.env.invalidate_all()
        cls.targets = {**cls.rows.ids}
        for model in cls.models:
            if not model._auto and not model._abstract:
                found = model.sudo().with_context(active_test=False).search([], limit=1)
                if found:
                    cls.targets[model._name] = found.id

    def roles_without(self):
        """Return people with no right on anything of ours."""
        roles = {
            "employee": self.make_user("w_plain"),
            "seller": self.make_user("w_seller", SALES),
            "portal": new_test_user(self.env, "w_portal", groups="base.group_portal"),
        }
        agent = self.env.ref("helpdesk_mgmt.group_helpdesk_user_team", raise_if_not_found=False)
        if agent:
            roles["agent"] = self.make_user("w_agent")
            roles["agent"].group_ids = [Command.link(agent.id)]
        return roles

    def walk(self, people, targets, what):
        """Let ``what(walk, role, model name, id)`` be done by each of the people."""
        walk = Walk(self, self.rows)
        with mute_logger(*QUIET):
            for role, user in people.items():
                self.authenticate(user.login, user.login)
                for model, record_id in targets.items():
                    what(walk, role, model, record_id)
        _logger.info("Security walk: %s calls, %s leaks", walk.tried, len(walk.leaks))
        return walk

    def everything(self, walk, role, model, record_id):
        walk.look(role, model, record_id)
        walk.change(role, model, record_id, self.company.id)
        walk.actions(role, model, record_id)

    def theirs(self, walk, role, model, record_id):
        walk.look(role, model, record_id)
        walk.change(role, model, record_id, self.company.id)
        walk.actions(role, model, record_id, of_model=False, but=OF_THE_CALLER)

    # ------------------------------------------------------------ the walk
    def test_every_table_has_a_row(self):

        self.assertEqual(self.rows.left, {})
        self.assertGreater(len(self.targets), 90)

    def test_people_without_rights(self):
        walk = self.walk(self.roles_without(), self.targets, self.everything)
        self.assertEqual(walk.leaks, [])
        self.assertGreater(walk.tried, 5000)

    def test_people_of_another_company(self):
        people = {
            "user of another company": self.make_user(
                "w_far_user", f"{OURS}.group_user", SALES, company=self.other
            ),
            "manager of another company": self.make_user(
                "w_far_manager", f"{OURS}.group_manager", SALES, company=self.other
            ),
        }
        targets = {
            model: record_id
            for model, record_id in self.targets.items()
            if self.has_company(model, record_id)
        }
        walk = self.walk(people, targets, self.theirs)
        self.assertEqual(walk.leaks, [])
        self.assertGreater(walk.tried, 2000)

    def has_company(self, model, record_id):
        record = self.env[model].sudo().browse(record_id)
        field = record._fields.get("company_id")
        # A plain number is of a table that nobody may read.
        linked = field is not None and field.type == "many2one"
        return record._transient or (linked and record.company_id == self.company)

    def test_people_of_another_team(self):
        people = {
            "user of another team": self.make_user(
                "w_near_user", f"{OURS}.group_user", "sales_team.group_sale_salesman"
            )
        }
        group = self.env.ref(f"{OURS}.group_user")
        rules = self.env["ir.rule"].sudo().search([("groups", "in", group.ids)])
        personal = rules.filtered(
            lambda rule: rule.perm_read and "user.id" in (rule.domain_force or "")
        )
        targets = {m: i for m, i in self.targets.items() if m in personal.model_id.mapped("model")}
        self.assertGreater(len(targets), 4)
        walk = self.walk(people, targets, lambda w, role, m, i: w.look(role, m, i))
        self.assertEqual(walk.leaks, [])

    def test_nobody_logged_in(self):
        walk = Walk(self, self.rows)
        self.authenticate(None, None)
        with mute_logger(*QUIET):
            for model, record_id in self.targets.items():
                walk.look("public", model, record_id)
        self.assertEqual(walk.leaks, [])

    # ------------------------------------------------------------ fields and methods elsewhere
    def test_fields_on_models_of_others(self):
        """A field of ours on another app's model has groups, or tells nothing of figures."""
        people = self.roles_without()
        walk = Walk(self, self.rows)
        with mute_logger(*QUIET):
            for role in ("employee", "portal"):
                self.authenticate(people[role].login, people[role].login)
                for name in our_fields(self.env["res.partner"]):
                    for method, kwargs in (
                        ("read", {"fields": [name]}),
                        ("search_read", {"domain": [[name, "!=", False]], "fields": ["id"]}),
                        ("search_read", {"domain": [], "fields": ["id"], "order": name}),
                        (
                            "formatted_read_group",
                            {"domain": [], "groupby": [name], "aggregates": ["__count"]},
                        ),
                    ):
                        args = [[self.customer_a.id]] if method == "read" else []
                        answered, what = walk.call(role, "res.partner", method, *args, **kwargs)
                        self.assertFalse(answered and what, (role, name, method))
        self.assertGreater(walk.tried, 200)

    def test_methods_on_models_of_others(self):
        """Buttons of ours on contacts and orders refuse who has no right."""
        people = self.roles_without()
        walk = Walk(self, self.rows)
        with mute_logger(*QUIET):
            for role in ("employee", "portal", "seller"):
                self.authenticate(people[role].login, people[role].login)
                for name, function in our_methods(self.env["res.partner"]):
                    args = [] if getattr(function, "_api_model", False) else [self.customer_a.ids]
                    answered, what = walk.call(role, "res.partner", name, *args)
                    walk.report(role, "res.partner", name, answered and MARK in str(what))
                    # Who sells may open quotations and invoices, as everywhere else.
                    pressed = answered and name.startswith("action_") and role != "seller"
                    walk.report(role, "res.partner", name, pressed)
        self.assertEqual(walk.leaks, [])

    # ------------------------------------------------------------ routes and reports
    def test_routes_are_known(self):
        every = _generate_routing_rules(sorted(self.env.registry._init_modules), nodb_only=False)
        rules = {
            url: endpoint.routing["auth"]
            for url, endpoint in every
            if OURS in endpoint.func.__module__
        }
        self.assertEqual(rules, PAGES)

    def test_printed_reports(self):
        reports = self.env["ir.actions.report"].sudo().search([])
        ours = reports.filtered(lambda r: (r.get_external_id()[r.id] or "").startswith(OURS))
        self.assertTrue(ours)
        for role, user in self.roles_without().items():
            self.authenticate(user.login, user.login)
            for report in ours:
                with self.subTest(role=role, report=report.report_name), mute_logger(*QUIET):
                    target = self.targets.get(report.model, self.customer_a.id)
                    answer = self.url_open(f"/report/html/{report.report_name}/{target}")
                    self.assertNotIn(MARK, answer.text)
                    self.assertNotEqual(answer.status_code, 200)

    # ------------------------------------------------------------ does it find anything at all
    def found_on(self, model, people=None, what=None):
        people = people or {"employee": self.make_user("w_plain")}
        walk = self.walk(people, {model: self.targets[model]}, what or self.everything)
        return {leak.operation for leak in walk.leaks}

    def test_finds_a_right_too_many(self):
        self.env["ir.model.access"].create(
            {
                "name": "hole",
                "model_id": self.env["ir.model"]._get_id("retention.run"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_unlink": True,
            }
        )
        self.env["ir.rule"].search([("model_id.model", "=", "retention.run")]).active = False
        found = self.found_on("retention.run")
        self.assertLessEqual({"search_read", "read", "formatted_read_group", "unlink"}, found)
        self.assertNotIn("write", found)

    def test_finds_a_missing_rule(self):
        self.env["ir.rule"].search([("model_id.model", "=", "retention.change")]).active = False
        far = {
            "manager": self.make_user("w_far", f"{OURS}.group_manager", SALES, company=self.other)
        }
        self.assertIn("search_read", self.found_on("retention.change", far, self.theirs))

    def test_finds_an_open_method(self):
        model = type(self.env["retention.run"])
        hole = lambda records: records.sudo().read()  # noqa: E731
        hole.__module__ = f"odoo.addons.{OURS}.models"
        self.patch_class(model, "action_tell_everything", hole)
        self.assertEqual(self.found_on("retention.run"), {"action_tell_everything"})

    def patch_class(self, model, name, function):
        setattr(model, name, function)
        self.addCleanup(delattr, model, name)
