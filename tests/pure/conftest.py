"""Makes `from customer_retention.analytics import …` work without Odoo.

The addon's own __init__.py imports Odoo, so a stand-in package takes its place: it has the
addon's folder as its path and runs none of its code. `import odoo` fails on purpose: what is
tested here must not need it.
"""

import sys
import types
from pathlib import Path

from hypothesis import settings

package = types.ModuleType("customer_retention")
package.__path__ = [str(Path(__file__).resolve().parents[2])]
sys.modules["customer_retention"] = package
sys.modules["odoo"] = None

# How long an example takes says something of the machine, not of the rule.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
