"""Where our code works with more rights than its caller, the caller gets no more by it."""

from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sop_common import START, SopCase
from .walk_common import Rows

OURS = "customer_retention"
REFUSED = (AccessError, ValidationError)
QUIET = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.models")


@tagged("post_install", "-at_install")
class TestForeignIds(SopCase):
    """Ids come from anywhere: a link that somebody sets is no right on what it leads to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.far = cls.make_company("Far")
        cls.ann = cls.customer("Ann", company_id=cls.company.id)
        cls.talk = {"partner_id": cls.ann.id, "kind": "call"}
        # A task and a file of others, on a contact that nobody here may read.
        cls.theirs = cls.customer("Their Customer", company_id=cls.far.id)
        cls.task = cls.theirs.activity_schedule("mail.mail_activity_data_todo", note="Not for us")
        cls.file = cls.env["ir.attachment"].create(
            {"name": "secret.txt", "raw": b"x", "res_model": "res.partner", "res_id": cls.theirs.id}
        )

    def as_user(self, user, record):
        return record.with_user(user).with_context(allowed_company_ids=self.company.ids)

    def refused(self, call):
        refused = False
        with mute_logger(*QUIET):
            try:
                with self.env.cr.savepoint():
                    call()
            except REFUSED:
                refused = True
        self.env.invalidate_all()
        self.assertTrue(refused)

    def links_to(self, comodel, kinds):
        """Yield (record, field name) of our links to a model of Odoo, one row of each table."""
        rows = Rows(self.env, self.company, self.manager, self.ann)
        rows.plant([m for name, m in sorted(self.env.items()) if name.startswith("retention.")])
        for name, row_id in sorted(rows.ids.items()):
            for field in self.env[name]._fields.values():
                ours = field.store and not (field.related or field.compute)
                if ours and field.comodel_name == comodel and field.type in kinds:
                    yield self.env[name].browse(row_id), field.name

    def test_tasks_of_others(self):
        tried = 0
        for record, name in self.links_to("mail.activity", ("many2one",)):
            for user in (self.owner, self.manager):
                with self.subTest(model=record._name, field=name, user=user.login):
                    mine = self.as_user(user, record)
                    self.refused(lambda mine=mine, n=name: mine.write({n: self.task.id}))
            tried += 1
        self.assertGreater(tried, 8)

    def test_a_task_of_others_stays_when_a_record_that_names_it_changes(self):
        with self.asked_by(self.owner):
            talk = self.as_user(self.owner, self.env["retention.interaction"]).create(
                {**self.talk, "next_step": "Call"}
            )
            self.refused(lambda: talk.write({"next_activity_id": self.task.id}))
            own = talk.next_activity_id
            talk.write({"next_step": False, "next_step_date": False})
            self.assertFalse(own.exists())
            self.refused(lambda: talk.create({**self.talk, "next_activity_id": self.task.id}))
        self.assertTrue(self.task.exists().active)

    def test_files_of_others(self):
        tried = 0
        for record, name in self.links_to("ir.attachment", ("many2one", "many2many")):
            many = record._fields[name].type == "many2many"
            value = [Command.link(self.file.id)] if many else self.file.id
            with self.subTest(model=record._name, field=name):
                mine = self.as_user(self.manager, record)
                self.refused(lambda mine=mine, n=name, v=value: mine.write({n: v}))
            tried += 1
        self.assertGreater(tried, 3)

    def test_content_sends_no_file_that_its_author_may_not_read(self):
        own = self.env["ir.attachment"].with_user(self.manager).create({"name": "a", "raw": b"a"})
        contents = self.as_user(self.manager, self.env["retention.content"])
        with self.asked_by(self.manager):
            content = contents.create({"name": "Tip", "attachment_ids": [Command.link(own.id)]})
            self.assertEqual(own.res_model, "retention.content")
            self.refused(
                lambda: contents.create(
                    {"name": "News", "attachment_ids": [Command.link(self.file.id)]}
                )
            )
        # What an administrator put in does not keep a colleague from adding to it.
        content.sudo().attachment_ids |= self.file
        more = own.copy({"res_model": False, "res_id": False})
        with self.asked_by(self.manager):
            content.write({"attachment_ids": [Command.link(more.id)]})
        self.assertEqual(len(content.sudo().attachment_ids), 3)

    # ------------------------------------------------------------ forms that are not saved
    def test_a_form_tells_nothing_of_a_task_that_it_names(self):
        alert = self.env["retention.alert"].create(
            {
                "partner_id": self.ann.id,
                "company_id": self.company.id,
                "user_id": self.owner.id,
                "original_user_id": self.owner.id,
                "opened_on": START,
                "action": "call",
            }
        )
        mine = self.as_user(self.owner, alert)
        answer = mine.onchange({"task_id": self.task.id}, ["task_id"], {"script": {}})
        self.assertNotIn("Not for us", str(answer))

    def test_handing_over_counts_nothing_of_another_company(self):
        theirs = self.customer("Theirs", user_id=self.manager.id)
        self.order(theirs, START, company=self.far)
        self.refresh(START, company=self.far)
        self.assertEqual(self.profile(theirs, self.far).owner_id, self.env["res.users"])
        wizards = self.as_user(self.manager, self.env["retention.handover"])
        for values in (
            {"everything": True, "from_user_id": self.manager.id},
            {"profile_ids": [Command.set(self.profile(theirs, self.far).ids)]},
        ):
            with self.subTest(values=values):
                wizard = wizards.new({"company_id": self.far.id, **values})
                self.assertFalse(wizard.line_ids)
        here = wizards.new({"everything": True, "from_user_id": self.manager.id})
        self.assertTrue(here.line_ids)


@tagged("post_install", "-at_install")
class TestBorrowedRights(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.buyer("Ann", START)
        cls.plain = cls.make_user("b_plain")

    def mine(self, user, model):
        return self.env[model].with_user(user).with_context(allowed_company_ids=self.company.ids)

    # ------------------------------------------------------------ searching
    def test_search_through_the_profile_asks_for_the_rights_behind_it(self):
        self.refresh(START)
        hidden = [("retention_profile_id.partner_id.signup_type", "!=", False)]
        for model in ("res.partner", "sale.order"):
            with self.subTest(model=model), mute_logger(*QUIET), self.assertRaises(AccessError):
                self.mine(self.owner, model).search(hidden)
        found = self.mine(self.owner, "res.partner").search(
            [("retention_profile_id.partner_id.name", "=", "Ann")]
        )
        self.assertEqual(found, self.ann)

    # ------------------------------------------------------------ answers by mail
    def test_nobody_says_over_the_wire_that_a_customer_answered(self):
        enrollment = self.enter(self.make_sop(self.task()), self.ann)
        answer = {"author_id": self.ann.id, "date": "2026-06-01 10:00:00"}
        with mute_logger(*QUIET), self.assertRaises(AccessError):
            self.mine(self.plain, enrollment._name).browse(enrollment.id).message_update(answer)
        self.assertFalse(enrollment.replied_on)
        enrollment.sudo().message_update(answer)
        self.assertEqual(enrollment.replied_on, date(2026, 6, 1))

    # ------------------------------------------------------------ what a check tells
    def test_overlapping_budgets_of_another_company_stay_unknown(self):
        far = self.make_company("Far")
        days = {"date_from": date(2026, 1, 1), "date_to": date(2026, 12, 31), "state": "approved"}
        budgets = self.env["retention.budget"]
        budgets.create({"name": "Their Secret Plan", "company_id": far.id, **days})
        with mute_logger(*QUIET), self.assertRaises(AccessError) as caught:
            self.mine(self.manager, budgets._name).create(
                {"name": "Ours", "company_id": far.id, **days}
            )
        self.assertNotIn("Secret", str(caught.exception))

    def test_scoring_rules_are_for_managers(self):
        for user in (self.plain, self.owner):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.mine(user, "retention.scoring.wizard").default_get(["company_id"])

    # ------------------------------------------------------------ steps
    def test_a_step_sends_texts_of_enrollments_only(self):
        """Another model's text would be filled in from whatever record has the same number."""
        text = self.env["mail.template"].create(
            {
                "name": "Theirs",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "body_html": "<p t-out='object.login'/>",
            }
        )
        step = self.make_sop(self.mail(), start=None).step_ids
        with self.assertRaises(ValidationError):
            step.with_user(self.manager).template_id = text

    def test_a_step_sets_no_field_that_its_author_may_not(self):
        fields = self.env["ir.model.fields"]
        step = self.make_sop({"type": "field"}, start=None).step_ids.with_user(self.manager)
        for model, name in (
            ("res.partner", "signup_type"),  # for administrators only
            ("res.partner", "active_lang_count"),  # computed
            ("res.users", "login"),
        ):
            with self.subTest(model=model, name=name), self.assertRaises(ValidationError):
                step.field_id = fields._get(model, name)
        ref = fields._get("res.partner", "ref")
        with self.assertRaises(ValidationError):
            step.field_id = ref
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        step.field_id = ref

    def test_a_step_changes_no_colleague(self):
        """Who could set the address of an administrator could sign in as them."""
        email = self.env["ir.model.fields"]._get("res.partner", "email")
        sop = self.make_sop({"type": "field", "field_id": email.id, "field_value": "evil@x.test"})
        boss = self.plain.partner_id
        before = boss.email
        passes = self.enter(sop, self.ann, boss)
        self.tick(0)
        self.assertEqual((self.ann.email, boss.email), ("evil@x.test", before))
        self.assertEqual(passes.run_ids.mapped("state"), ["done", "skipped"])
