"""The bridges of CONTRIBUTING.md are short, whole, and work."""

import ast
import importlib.util
import re
import sys
import tempfile
from datetime import date
from pathlib import Path

from odoo.orm.models import MetaModel
from odoo.tests import tagged

from .common import RetentionCase
from .dashboard_common import DashboardCase, month
from .pure import kpi_company
from .sop_common import SopCase

GUIDE = Path(__file__).parents[1] / "CONTRIBUTING.md"
MOST_LINES = 60
BLOCK = re.compile(r"^```python\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def bridge(heading):
    """Return {file: source} of the blocks below a heading of the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    chapter = re.search(rf"^### {heading}$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)[1]
    return dict(BLOCK.findall(chapter))


class Bridge:
    """Mixed into a case: loads the bridge of ``heading`` into the registry, and out again."""

    heading = None
    name = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = bridge(cls.heading)
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        for name, source in cls.files.items():
            path = folder / cls.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        cls._import(folder / cls.name)
        for definition in MetaModel._module_to_models__[cls.name]:
            cls._extend(cls.registry[definition._name], definition)

    @classmethod
    def _import(cls, folder):
        """Import the addon as if it were on the addons path."""
        spec = importlib.util.spec_from_file_location(
            f"odoo.addons.{cls.name}",
            folder / "__init__.py",
            submodule_search_locations=[str(folder)],
        )
        module = importlib.util.module_from_spec(spec)
        cls.addClassCleanup(cls._forget)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)

    @classmethod
    def _extend(cls, model, definition):
        """Put the definition before the others, as the registry does when it loads a module."""
        before = model.__bases__
        model.__bases__ = (definition, *before)
        cls.addClassCleanup(setattr, model, "__bases__", before)

    @classmethod
    def _forget(cls):
        MetaModel._module_to_models__.pop(cls.name, None)
        module = f"odoo.addons.{cls.name}"
        for name in [n for n in sys.modules if n == module or n.startswith(f"{module}.")]:
            del sys.modules[name]

    def test_it_is_short_and_whole(self):
        lines = sum(source.count("\n") + 1 for source in self.files.values())  # + the file's name
        self.assertLess(lines, MOST_LINES)
        manifest = ast.literal_eval(self.files["__manifest__.py"])
        self.assertEqual(manifest["depends"], ["customer_retention"])
        self.assertTrue(manifest["version"].startswith("19.0."))
        loaded = {name for name in sys.modules if name.startswith(f"odoo.addons.{self.name}.")}
        written = {
            f"odoo.addons.{self.name}." + name.removesuffix(".py").replace("/", ".")
            for name in self.files
            if not name.startswith("__")
        }
        self.assertEqual(loaded, {name.removesuffix(".__init__") for name in written})


@tagged("post_install", "-at_install")
class TestSignal(Bridge, RetentionCase):
    heading, name = "A churn signal", "customer_retention_example_signal"

    def test_who_wants_no_more_mail(self):
        ann, bob, cid = (
            self.customer("Ann", email="ann@x.test"),
            self.customer("Bob", email="bob@x.test"),
            self.customer("Cid"),
        )
        person = self.customer("Dee", is_company=False, parent_id=ann.id, email="dee@x.test")
        for partner in (ann, bob, cid):
            self.orders(partner, 5)
        self.env["mail.blacklist"].create({"email": person.email})
        self.refresh()
        found = {}
        for partner in (ann, bob, cid):
            reasons = self.profile(partner).reason_ids.filtered(
                lambda r: r.signal_id.type == "no_mail"
            )
            found[partner.name] = [(r.fires, r.earned, r.sentence) for r in reasons if r.fires]
        self.assertEqual(found, {"Ann": [(True, 0, "Wants no more mail")], "Bob": [], "Cid": []})

    def test_its_alert_opens(self):
        self.company.retention_alerts_started = True
        ann = self.customer("Ann", email="ann@x.test")
        self.orders(ann, 5)
        self.env["mail.blacklist"].create({"email": ann.email})
        self.refresh()
        alert = self.env["retention.alert"].search([("partner_id", "=", ann.id)])
        self.assertEqual(alert.line_ids.signal_id.type, "no_mail")


@tagged("post_install", "-at_install")
class TestStep(Bridge, SopCase):
    heading, name = "A kind of step", "customer_retention_example_step"

    def test_the_owner_follows_the_contact(self):
        sop = self.make_sop({"type": "follow"}, self.task(delay_count=1))
        ann, bob = self.buyer("Ann"), self.buyer("Bob")
        mine = self.enter(sop, ann, bob)
        self.tick(0)
        run = mine.run_ids.filtered(lambda run: run.step_id.type == "follow")
        self.assertEqual(run.mapped("state"), ["done", "done"])
        self.assertEqual(set(run.mapped("result")), {f"{self.owner.name} follows the contact"})
        for partner in (ann, bob):
            self.assertIn(self.owner.partner_id, partner.message_partner_ids)
        self.tick(1)
        self.assertEqual(len(self.tasks(mine)), 2)


@tagged("post_install", "-at_install")
class TestKeyFigure(Bridge, DashboardCase):
    heading, name = "A key figure", "customer_retention_example_kpi"

    def test_the_card_and_the_customers_behind_it(self):
        self.twelve()
        self.night(date(2025, 9, 1))
        days = {}
        for name, day, _amount in kpi_company.purchases():
            days.setdefault(name, set()).add(day)
        once = {name for name, bought in days.items() if len(bought) == 1}
        options = self.ask(month(5), month(7))
        card = {c["code"]: c for c in self.dashboard.get_advanced(options)}["bought_once"]
        self.assertEqual(
            (card["label"], card["numerator"], card["denominator"]),
            ("Bought Once", len(once), len(days)),
        )
        self.assertEqual(card["value"], len(once) / len(days))
        behind = self.behind(options, ["card", "bought_once", "numerator"])
        self.assertEqual(set(behind.mapped("name")), once)
