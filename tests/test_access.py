"""Who sees what: companies, roles, and the related fields core would leak."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AS_OF, RetentionCase

OURS = "customer_retention"
# What a user writes besides reading: talks and alerts of the own, the customer file,
# and what is known better than the figures.
WRITABLE = {
    ("retention.interaction", "write"),
    ("retention.interaction", "create"),
    *(
        (f"retention.{name}", operation)
        for name in (
            "agreement",
            "case",
            "case.close",
            "competitor",
            "compensation",
            "competitor.note",
            "key.date",
            "need",
            "pain",
            "pain.link",
            "plan",
            "plan.goal",
            "preference",
            "promise",
            "promise.close",
            "feedback",
            "feedback.line",
            "referral",
            "topic",
        )
        for operation in ("write", "create")
    ),
    ("retention.plan.goal", "unlink"),
    ("retention.pain.link", "unlink"),
    ("retention.promise.close", "unlink"),
    ("retention.feedback.line", "unlink"),
    ("retention.case.close", "unlink"),
    *(("retention.expectation", operation) for operation in ("write", "create", "unlink")),
    ("retention.optout", "write"),
    ("retention.optout", "create"),
    ("retention.alert", "write"),
    ("retention.enrollment", "write"),
    ("retention.alert.outcome", "write"),
    ("retention.alert.outcome", "create"),
    ("retention.alert.outcome", "unlink"),
    *(
        (model, operation)
        for model in (
            "retention.alert.snooze",
            "retention.handover",
            "retention.handover.line",
            "retention.sop.enroll",
            "retention.sop.enroll.line",
            "retention.move.compare",
            "retention.kpi.compare",
        )
        for operation in ("write", "create", "unlink")
    ),
}


ORM = ("create", "write", "unlink", "copy", "copy_data", "default_get")
# Public methods of models without a table: façades, which look at the caller's rights themselves.
FACADES = {
    *(
        ("retention.dashboard", name)
        for name in ("get_overview", "get_advanced", "get_cohorts", "get_flows")
    ),
    *(
        ("retention.getting.started", f"get_{name}")
        for name in (
            "basis",
            "limits",
            "progress",
            "sop_counts",
            "sops",
            "steps",
            "switch",
            "team",
        )
    ),
    ("retention.timeline", "load"),
    *(
        ("retention.service", name)
        for name in (
            "log_compensation",
            "log_interaction",
            "log_promise",
            "panel",
            "panel_more",
        )
    ),
}


def our_fields(model):
    """Return the fields this addon and its bridges add to a model of others, by registry."""
    return {
        name: field
        for name, field in model._fields.items()
        if any(module.startswith(OURS) for module in field._modules or ())
    }


@tagged("post_install", "-at_install")
class TestAccess(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.customer("Ann")
        cls.orders(cls.ann, 10, 40, amount=77)
        cls.other = cls.make_company("Other")
        cls.order(cls.ann, AS_OF, 555, company=cls.other)
        cls.refresh()
        cls.refresh(company=cls.other)
        cls.user = cls.make_user("r_user", f"{OURS}.group_user", "sales_team.group_sale_salesman")
        cls.manager = cls.make_user("r_manager", f"{OURS}.group_manager")
        cls.stranger = cls.make_user("r_other", f"{OURS}.group_manager", company=cls.other)
        cls.plain = cls.make_user("r_plain", "sales_team.group_sale_manager")
        cls.portal = new_test_user(cls.env, "r_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.our_models = [
            model
            for name, model in cls.env.items()
            if name.startswith("retention.") and not model._abstract
        ]
        assert len(cls.our_models) > 50, "the registry is not what these tests walk"

    def as_user(self, user, model="res.partner"):
        return (
            self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        )

    # ------------------------------------------------------------ companies
    def test_user_sees_own_company_only(self):
        profiles = self.as_user(self.user, "retention.profile").search([])
        self.assertEqual(profiles.company_id, self.company)
        self.assertEqual(self.as_user(self.user).browse(self.ann.id).rfm_monetary, 154.0)
        profiles = self.as_user(self.stranger, "retention.profile").search([])
        self.assertEqual(profiles.company_id, self.other)
        self.assertEqual(self.as_user(self.stranger).browse(self.ann.id).rfm_monetary, 555.0)

    def test_nothing_of_the_other_company_in_any_model(self):
        self.env["retention.overlay"].create(
            {"name": "Theirs", "company_id": self.other.id, "domain": "[]"}
        )
        self.env.ref(f"{OURS}.scheme_four").copy({"company_id": self.other.id})
        for model in self.our_models:
            if "company_id" not in model._fields or model._transient:
                continue
            with self.subTest(model=model._name):
                found = self.as_user(self.manager, model._name)
                if not found.has_access("read"):
                    continue
                self.assertNotIn(self.other, found.search([]).sudo().company_id)

    def test_foreign_profile_cannot_be_read(self):
        theirs = self.profile(self.ann, self.other)
        with self.assertRaises(AccessError):
            self.as_user(self.user, "retention.profile").browse(theirs.id).read(["rfm_monetary"])
        with self.assertRaises(AccessError):
            self.as_user(self.user, "retention.profile").browse(theirs.id).action_refresh_now()

    # ------------------------------------------------------------ roles
    def test_strangers_to_the_addon_reach_no_model(self):
        for user in (self.plain, self.portal, self.public):
            for model in self.our_models:
                for operation in ("read", "write", "create", "unlink"):
                    with self.subTest(user=user.login, model=model._name, operation=operation):
                        mine = self.env[model._name].with_user(user)
                        self.assertFalse(mine.has_access(operation))

    def test_user_reads_and_writes_only_talks(self):
        for model in self.our_models:
            mine = self.env[model._name].with_user(self.user)
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model._name, operation=operation):
                    allowed = (model._name, operation) in WRITABLE
                    self.assertEqual(mine.has_access(operation), allowed)

    def test_manager_cannot_write_figures(self):
        profile = self.profile(self.ann).with_user(self.manager)
        with self.assertRaises(AccessError):
            profile.rfm_r = 1

    def test_engine_is_no_remote_call(self):
        """What computes or deletes is private, or looks at the caller's rights."""
        for model in self.our_models:
            for name in dir(type(model)):
                method = getattr(type(model), name, None)
                if name.startswith("_") or not callable(method):
                    continue
                if OURS in getattr(method, "__module__", ""):
                    with self.subTest(model=model._name, method=name):
                        self.assertTrue(
                            name.startswith("action_")
                            or getattr(method, "_api_private", False)
                            or name in ORM
                            # Core's, called by the mail gateway; it only notes an answer.
                            or name == "message_update",
                        )

    def test_facades_are_known(self):
        """A public method of a model without a table can be called by everybody."""
        found = set()
        for name, model in self.env.items():
            if not (model._abstract and name.startswith("retention.")):
                continue
            for method in dir(type(model)):
                function = getattr(type(model), method, None)
                public = not method.startswith(("_", "action_")) and method not in ORM
                ours = callable(function) and OURS in str(getattr(function, "__module__", ""))
                if public and ours and not getattr(function, "_api_private", False):
                    found.add((name, method))
        self.assertEqual(found, FACADES)

    def test_actions_refuse_strangers(self):
        for call in (
            lambda: self.ann.with_user(self.plain).action_retention_refresh(),
            lambda: self.profile(self.ann).with_user(self.plain).action_refresh_now(),
            lambda: self.env["retention.run"].with_user(self.user).action_refresh_all(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_user_may_compute_now(self):
        bob = self.customer("Bob")
        self.orders(bob, 10, amount=30)
        self.env.flush_all()
        with freeze_time(f"{AS_OF} 12:00:00"):
            bob.with_user(self.user).with_company(self.company).action_retention_refresh()
        self.assertEqual(self.profile(bob).rfm_monetary, 30)
        self.assertFalse(self.profile(bob, self.other))

    # ------------------------------------------------------------ fields on others' models
    def partner_fields(self):
        found = our_fields(self.env["res.partner"])
        self.assertGreater(len(found), 25)
        return found

    def test_every_partner_field_has_the_group(self):
        for name, field in self.partner_fields().items():
            with self.subTest(field=name):
                self.assertTrue(field.groups)

    def ways_to_reach(self, model, name, field):
        calls = [
            lambda: model.search_read([], [name], limit=1),
            lambda: model.search([(name, "!=", False)], limit=1),
            lambda: model.search([], order=f"{name} desc", limit=1),
            lambda: model.formatted_read_group([], [name], ["__count"]),
        ]
        if field.type in ("integer", "monetary", "float"):
            calls.append(lambda: model.formatted_read_group([], ["id"], [f"{name}:max"]))
        return calls

    @mute_logger("odoo.models")
    def test_plain_employee_cannot_touch_any_field(self):
        for model_name in ("res.partner", "res.users"):
            model = self.as_user(self.plain, model_name)
            fields = (
                our_fields(self.env[model_name])
                if model_name == "res.partner"
                else {name: model._fields[name] for name in self.partner_fields()}
            )
            visible = model.fields_get()
            for name, field in fields.items():
                with self.subTest(model=model_name, field=name):
                    self.assertNotIn(name, visible)
                    calls = self.ways_to_reach(model, name, field)
                    for number, call in enumerate(calls):
                        with self.subTest(call=number):
                            self.assertUnreachable(call)

    def test_plain_employee_cannot_go_round_by_orders(self):
        orders = self.as_user(self.plain, "sale.order")
        for call in (
            lambda: orders.search([("partner_id.rfm_monetary", ">", 0)]),
            lambda: orders.search([], order="partner_id.rfm_monetary"),
            lambda: orders.formatted_read_group([], ["partner_id.retention_segment_id"], []),
        ):
            self.assertUnreachable(call)

    def assertUnreachable(self, call):
        """Access is denied, or the field cannot be asked for in that way at all."""
        try:
            with self.env.cr.savepoint():
                call()
        except (AccessError, ValueError):
            return
        self.fail("the values can be reached")

    def test_contacts_work_for_a_plain_employee(self):
        partners = self.as_user(self.plain)
        views = partners.get_views(
            [(False, "list"), (False, "form"), (False, "search"), (False, "kanban")]
        )
        for view in views["views"].values():
            self.assertNotIn("rfm_", view["arch"])
            self.assertNotIn("retention", view["arch"])
        partners.search_read([], ["name"], limit=5)
        menus = self.env["ir.ui.menu"].with_user(self.plain).load_menus(False)
        self.assertNotIn("Retention", {menu["name"] for menu in menus.values()})

    # ------------------------------------------------------------ branches
    def test_branch_counts_under_its_company(self):
        branch = self.make_company("Branch", parent_id=self.company.id)
        self.order(self.ann, AS_OF, 1000, company=branch)
        self.refresh()
        self.assertEqual(self.profile(self.ann).order_count, 3)
        seller = self.make_user("r_branch", f"{OURS}.group_user", company=branch)
        self.assertEqual(self.as_user(seller).browse(self.ann.id).retention_order_count, 3)
        branch.retention_separate_branch = True
        self.refresh()
        self.refresh(company=branch)
        self.assertEqual(self.profile(self.ann).order_count, 2)
        self.assertEqual(self.profile(self.ann, branch).order_count, 1)
