"""Scripts that bring the data of an earlier version up to date."""

from importlib import util
from pathlib import Path

from odoo.tests import TransactionCase, tagged

OURS = "customer_retention"
MIGRATIONS = Path(__file__).parents[1] / "migrations"


def script(version, name):
    path = MIGRATIONS / version / f"{name}.py"
    spec = util.spec_from_file_location(f"migration_{version}", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestUpgrade(TransactionCase):
    def test_rules_of_dialogs(self):
        post = script("19.0.1.1.0", "post-migrate")
        rules = [self.env.ref(f"{OURS}.{name}") for name in post.RULES]
        for rule in rules:
            # What the script writes is what the data files say.
            self.assertEqual(" ".join(rule.domain_force.split()), post.AFTER)
            rule.domain_force = post.BEFORE
        rules[0].domain_force = "[(1, '=', 1)]"  # by an administrator
        self.env.flush_all()
        post.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual(rules[0].domain_force, "[(1, '=', 1)]")
        self.assertEqual({rule.domain_force for rule in rules[1:]}, {post.AFTER})
        post.migrate(self.env.cr, "19.0.1.0.0")
        self.assertEqual({rule.domain_force for rule in rules[1:]}, {post.AFTER})

    def test_indexes_that_another_one_covers(self):
        post = script("19.0.1.1.0", "post-migrate")
        self.env.cr.execute(
            "CREATE INDEX retention_profile__partner_id_index ON retention_profile (partner_id)"
        )
        post.migrate(self.env.cr, "19.0.1.0.0")
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'retention_profile'"
        )
        left = {name for (name,) in self.env.cr.fetchall()}
        self.assertFalse(left & set(post.INDEXES))
        self.assertIn("retention_profile_partner_company_uniq", left)
