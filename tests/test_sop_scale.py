"""Many due steps cost as many queries as a few, for every kind of step."""

from contextlib import contextmanager

from odoo.tests import tagged

from .sop_common import SopCase


@tagged("post_install", "-at_install")
class TestSopScale(SopCase):
    @contextmanager
    def queries(self):
        """Yield a list that has the number of queries in it afterwards."""
        self.env.flush_all()
        self.env.invalidate_all()
        found, before = [], self.env.cr.sql_log_count
        yield found
        self.env.flush_all()
        found.append(self.env.cr.sql_log_count - before)

    def cost(self, sop, count, hour=9.0):
        """Return the queries of entering and of one tick for so many new customers."""
        self.number = getattr(self, "number", 0)
        partners = []
        for _n in range(count):
            self.number += 1
            partners.append(self.buyer(f"P{self.number}", "2026-05-30"))
        self.refresh(partners=self.env["res.partner"].union(*partners))
        moment = self.moment(0)
        rows = self.rows(partners, moment)
        with self.queries() as entering:
            mine = self.take_in(sop, rows, moment)
        import logging

        if count == 40:
            logging.getLogger("odoo.sql_db").setLevel(10)
        with self.queries() as ticking:
            self.tick(0, hour)
        return mine, entering[0], ticking[0]

    def check(self, step, expected="done", **values):
        sop = self.make_sop(step, {"type": "wait", "delay_count": 3}, **values)
        self.cost(sop, 2)  # warms up what is cached for good
        _few, enter_few, tick_few = self.cost(sop, 3)
        many, enter_many, tick_many = self.cost(sop, 40)
        first = many.run_ids.filtered(lambda r: r.step_id == sop.step_ids[0])
        self.assertEqual(set(first.mapped("state")), {expected})
        self.assertEqual(len(many.run_ids), 80)
        # Records are inserted and read in slices of the ORM's own: a few more, not one each.
        self.assertLessEqual(enter_many, enter_few + 4)
        self.assertLessEqual(tick_many, tick_few + 4)
        return many

    def test_task(self):
        self.check({"type": "activity", "channel": "call"}, "open", purpose="care")

    def test_mail(self):
        many = self.check(self.mail())
        self.assertEqual(len(many.run_ids.mail_id), 40)

    def test_message_by_the_preferred_way(self):
        self.company.retention_send = False
        self.check({"type": "contact", "template_id": self.template.id}, "open")

    def test_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Warm"})
        self.check({"type": "tag", "tag_id": tag.id})

    def test_field(self):
        field = self.env["ir.model.fields"]._get("res.partner", "ref")
        self.check({"type": "field", "field_id": field.id, "field_value": "x"})

    def test_branch(self):
        self.check({"type": "branch", "condition": "[('order_count', '>', 0)]"})

    def test_notify(self):
        self.check({"type": "notify"})

    def test_alert(self):
        self.company.retention_alerts_started = True
        self.check({"type": "alert"}, "open", purpose="rescue")

    def test_gate_holds_all_back(self):
        self.company.retention_send = False
        sop = self.make_sop(self.mail(), purpose="care")
        self.cost(sop, 2)
        _few, _enter, tick_few = self.cost(sop, 3)
        many, _enter, tick_many = self.cost(sop, 40)
        self.assertEqual(set(many.run_ids.mapped("state")), {"waiting"})
        self.assertLessEqual(tick_many, tick_few + 4)
