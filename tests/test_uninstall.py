"""What the uninstallation leaves: open tasks, and nothing that no longer works."""

from unittest.mock import patch

from odoo.tests import tagged

from ..hooks import _drop_leftovers, _keep_tasks, _own_models
from .sop_common import OURS, SopCase


@tagged("post_install", "-at_install")
class TestUninstall(SopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.call = cls.env.ref(f"{OURS}.activity_type_sop_call")
        cls.activities = cls.env["mail.activity"].with_context(active_test=False)

    def task_on(self, record, **values):
        return self.activities.create(
            {
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
                "activity_type_id": self.call.id,
                "user_id": self.owner.id,
                **values,
            }
        )

    def keep_tasks(self):
        _keep_tasks(self.env, _own_models(self.env))
        self.env.invalidate_all()

    def enrolled(self, partner):
        return self.enter(self.make_sop(self.task()), partner)

    def test_open_tasks_go_to_the_customer(self):
        ann = self.buyer("Ann")
        enrollment = self.enrolled(ann)
        told = self.task_on(enrollment, summary="Ask how it goes", note="<p>About the move</p>")
        untold = self.task_on(enrollment, summary=False)
        done = self.task_on(enrollment)
        done.action_feedback()
        companies = self.registry["res.company"]
        with patch.object(companies, "_retention_companies", lambda _self: self.company):
            self.keep_tasks()
        place = {
            "res_model": "res.partner",
            "res_model_id": self.env["ir.model"]._get("res.partner").id,
            "res_id": ann.id,
            "res_name": ann.display_name,
            "activity_type_id": self.todo.id,
            "user_id": self.owner.id,
        }
        self.assertRecordValues(
            told | untold,
            [
                {**place, "summary": "Ask how it goes"},
                {**place, "summary": self.call.name},
            ],
        )
        self.assertEqual(told.note, "<p>About the move</p>")
        mine = self.env["mail.activity"].with_user(self.owner).browse(told.id)
        self.assertEqual(mine.summary, "Ask how it goes")

    def test_companies_do_not_tell_each_other(self):
        """On a contact of all companies it would be read by the colleagues of the other."""
        self.make_company("Other")
        shared, own = self.buyer("Ann"), self.buyer("Bob", company_id=self.company.id)
        first = self.task_on(self.enrolled(shared), summary="Save them")
        second = self.task_on(self.enrolled(own), summary="Save them, too")
        self.keep_tasks()
        self.assertRecordValues(
            first | second,
            [
                {
                    "res_model": False,
                    "res_id": 0,
                    "summary": "Save them · Ann",
                    "user_id": self.owner.id,
                },
                {
                    "res_model": "res.partner",
                    "res_id": own.id,
                    "summary": "Save them, too",
                    "user_id": self.owner.id,
                },
            ],
        )

    def test_a_task_without_words(self):
        own = self.buyer("Ann", company_id=self.company.id)
        task = self.task_on(self.enrolled(own), summary=False)
        task.activity_type_id = False
        self.keep_tasks()
        self.assertRecordValues(
            task, [{"res_model": "res.partner", "summary": False, "user_id": self.owner.id}]
        )

    def test_tasks_of_what_has_no_customer(self):
        """They are a To-do of their person's own, or of who made them."""
        pain = self.env["retention.pain"].create(
            {"name": "Too slow", "company_id": self.company.id}
        )
        task = self.task_on(pain, summary="Tell them", user_id=False)
        task.user_id = False
        self.keep_tasks()
        self.assertRecordValues(
            task,
            [
                {
                    "res_model": False,
                    "res_id": 0,
                    "summary": "Tell them · Too slow",
                    "user_id": self.env.uid,
                }
            ],
        )

    def test_nothing_needs_our_types(self):
        """Where one still stands, it could not be deleted: done tasks, plans, actions, types."""
        self.call.res_model = False  # as an administrator may set it
        ann = self.buyer("Ann")
        task, done = self.task_on(ann, summary="Ring"), self.task_on(ann, summary="Rang")
        done.action_archive()
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Welcome",
                "res_model": "res.partner",
                "template_ids": [(0, 0, {"activity_type_id": self.call.id, "summary": "Hello"})],
            }
        )
        own = self.env["mail.activity.plan"].create(
            {"name": "Ours", "res_model": "retention.enrollment"}
        )
        action = self.env["ir.actions.server"].create(
            {
                "name": "Plan a call",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "next_activity",
                "activity_type_id": self.call.id,
            }
        )
        before = self.env["mail.activity.type"].create(
            {
                "name": "Before",
                "chaining_type": "trigger",
                "triggered_next_type_id": self.call.id,
            }
        )
        self.keep_tasks()
        self.assertEqual((task | done).activity_type_id, self.todo)
        self.assertEqual((task | done).mapped("summary"), ["Ring", "Rang"])
        self.assertEqual(plan.template_ids.activity_type_id, self.todo)
        self.assertEqual(action.activity_type_id, self.todo)
        self.assertEqual(before.triggered_next_type_id, self.todo)
        self.assertFalse(own.exists())
        self.call.with_context(_force_unlink=True).unlink()
        self.assertTrue(task.exists())

    def test_saved_filters_that_would_not_work(self):
        filters = self.env["ir.filters"]

        def saved(model, **values):
            return filters.create({"name": str(values), "model_id": model, **values})

        going = [
            saved("retention.profile"),
            saved("res.partner", domain="[('rfm_score', '>', 5)]"),
            saved("res.partner", context="{'group_by': ['retention_segment_id']}"),
            saved("sale.order", domain="[('partner_id.is_core_customer', '=', True)]"),
            saved("res.partner", sort='["rfm_score desc"]', active=False),
        ]
        staying = [
            saved("res.partner", domain="[('name', 'ilike', 'score')]"),
            saved("sale.order", domain="[('partner_id.name', '=', 'A')]"),
            saved("res.partner", context="{'group_by': ['create_date:month']}"),
        ]
        lists = self.env["ir.exports"].create(
            [
                {"name": "Ours", "resource": "retention.profile"},
                {
                    "name": "Contacts",
                    "resource": "res.partner",
                    "export_fields": [
                        (0, 0, {"name": "name"}),
                        (0, 0, {"name": "rfm_score"}),
                        (0, 0, {"name": "parent_id/rfm_score"}),
                    ],
                },
            ]
        )
        _drop_leftovers(self.env, _own_models(self.env))
        self.assertFalse([f.name for f in going if f.exists()])
        self.assertEqual([f.exists() for f in staying], [*staying])
        self.assertEqual(lists.exists().mapped("name"), ["Contacts"])
        self.assertEqual(lists[1].export_fields.mapped("name"), ["name"])
