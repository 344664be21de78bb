"""The documented call, over HTTP with an API key."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestEventApi(HttpCase):
    def setUp(self):
        super().setUp()
        self.firm = self.env["res.partner"].create({"name": "Firm", "ref": "API-1"})
        self.machine = self.make_user("api_machine", "customer_retention.group_integration")
        self.clerk = self.make_user("api_clerk", "customer_retention.group_user")

    def make_user(self, login, group):
        return new_test_user(self.env, login, groups=f"base.group_user,{group}")

    def post(self, user, **body):
        keys = self.env["res.users.apikeys"].with_user(user)
        expires = fields.Datetime.now() + timedelta(days=0.5)
        key = keys._generate("rpc", "events", expires)
        headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": self.env.cr.dbname}
        url = f"{self.base_url()}/json/2/retention.event/action_record"
        return self.opener.post(url, json=body, headers=headers, timeout=30)

    def test_documented_call(self):
        moment = (fields.Datetime.now() - timedelta(hours=1)).isoformat()
        event = {"outside_id": "1", "kind": "login", "moment": moment, "ref": "API-1"}
        answer = self.post(self.machine, events=[event, {**event, "ref": "nobody"}])
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual([row["status"] for row in answer.json()], ["accepted", "error"])
        self.assertEqual(
            self.env["retention.event"].search([("outside_id", "=", "1")]).partner_id, self.firm
        )
        again = self.post(self.machine, events=[event])
        self.assertEqual(again.json()[0]["status"], "duplicate")

    def test_refused(self):
        self.assertEqual(self.post(self.clerk, events=[]).status_code, 403)
        self.assertEqual(self.post(self.machine).status_code, 422)
        self.assertEqual(self.post(self.machine, events="x").status_code, 422)
