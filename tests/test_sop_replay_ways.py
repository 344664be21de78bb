"""Other ways through procedures of the library: wishes, approval, sending switched off.

The first day is Monday, 1 June 2026; 18 to 20 (Friday, 19 June to Sunday) are off.
"""

import re
from pathlib import Path

from odoo.tests import tagged

from .sop_common import OURS
from .sop_replay import ReplayCase


@tagged("post_install", "-at_install")
class TestSopReplayWays(ReplayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.retention_send = False
        cls.take("welcome")
        cls.take_with_approval()
        cls.at_hour(10, 12, lambda: cls.company.write({"retention_send": True}))
        cls.bought()
        cls.asked()
        cls.live(60, nights=[0, 1, 4, 5, 6, 10])

    @classmethod
    def take_with_approval(cls):
        """Take the wake-up, and have a manager approve of every voucher."""
        entry = cls.env.ref(f"{OURS}.sop_wake_up")
        draft = cls.sops.browse(entry.action_take()["res_id"])
        cls.steps.create(
            {
                "sop_id": draft.id,
                "sequence": 15,
                "name": "Grant the voucher",
                "type": "approval",
                "responsible": "head",
            }
        )
        cls.take("wake_up")

    @classmethod
    def bought(cls):
        for name in ("Ann", "Cal", "Lea"):
            cls.buys(0, 10, cls.someone("welcome", name))
        wishes = {"Cal": {"channel": "call"}, "Lea": {"quiet_from": 7, "quiet_to": 14.5}}
        for name, wish in wishes.items():
            partner = cls.env["res.partner"].search([("ref", "=", "welcome"), ("name", "=", name)])
            values = {"partner_id": partner.id, "company_id": cls.company.id, **wish}
            cls.env["retention.preference"].create(values)

    @classmethod
    def asked(cls):
        yes, no = (cls.someone("wake_up", name, -300, -85) for name in ("Yes", "No"))
        cls.does(9, 11, "manager", yes, "Grant the voucher")
        cls.at_hour(
            9,
            12,
            lambda: cls.open_run(no, "Grant the voucher").with_user(cls.manager).action_refuse(),
        )
        gone = cls.someone("wake_up", "Gone", -300, -85)
        cls.at_hour(8, 12, gone.action_archive)

    def test_sending_is_switched_on_later(self):
        """Nothing is sent by itself until 10, at noon: it becomes a task instead. Cal likes to
        be called, Lea not to be disturbed before half past two."""
        self.assertLived(
            "welcome",
            """
            Ann                            | 0 10:00  | running
            Thank them and send the guides | 0 11:00  | owner | wechat by 0
            Ask whether everything arrived | 7 10:00  | owner | call by 9
            Ask how it is going            | 14 10:00 | owner | mail
            Cal                            | 0 10:00  | running
            Thank them and send the guides | 0 11:00  | owner | call by 0
            Ask whether everything arrived | 7 10:00  | owner | call by 9
            Ask how it is going            | 14 10:00 | owner | call by 14
            Lea                            | 0 10:00  | running
            Thank them and send the guides | 0 14:30  | owner | wechat by 0
            Ask whether everything arrived | 7 14:30  | owner | call by 9
            Ask how it is going            | 14 14:30 | owner | mail
            """,
        )
        self.assertFalse(self.mails(self.of(self.taken["welcome"])[1].contact_id))

    def test_approval(self):
        """Approved on 9: two weeks later the voucher, by mail, as sending is on by then; 16 days
        later, a Thursday, the call. Refused, or archived: nothing more happens."""
        self.assertLived(
            "wake_up",
            """
            Yes                             | 5 1:00   | running
            Ask, and bring news             | 7 10:00  | owner   | wechat by 7
            Grant the voucher               | 7 10:00  | manager | task by 8, done 9 11:00
            Offer a voucher for three weeks | 23 10:00 | owner   | mail
            Call before the voucher lapses  | 39 10:00 | owner   | call by 43
            No                              | 5 1:00   | left: Not approved
            Ask, and bring news             | 7 10:00  | owner   | wechat by 7, called off
            Grant the voucher               | 7 10:00  | manager | task by 8, called off
            Gone                            | 5 1:00   | left: Contact no longer there
            Ask, and bring news             | 7 10:00  | owner   | wechat by 7, called off
            Grant the voucher               | 7 10:00  | manager | task by 8, called off
            """,
        )

    def test_every_entry_is_lived_through(self):
        files = Path(__file__).parent.glob("test_sop_replay_*.py")
        told = {
            code
            for file in files
            for code in re.findall(r'assertLived\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
        }
        names = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "=", "retention.sop")]
        )
        entries = self.sops.browse(names.mapped("res_id")).filtered("is_library")
        self.assertEqual(set(entries.mapped("code")) - told, set())
