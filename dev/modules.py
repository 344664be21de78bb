"""Print the modules that the database templates are made of.

    modules.py CHECKOUT base      the modules the addon and its bridges stand on
    modules.py CHECKOUT bridges   the bridges that can be installed here
    modules.py CHECKOUT root      what the addon alone stands on

A bridge whose dependency is not on this machine (an Enterprise app, say) is left out, with a
line on standard error.
"""

import ast
import sys
from pathlib import Path

import odoo.addons

# Installed in every test database, whether or not a bridge asks for them: what a user of the
# addon is likely to have beside it.
USUAL = {
    "calendar",
    "contacts",
    "crm",
    "helpdesk_mgmt",
    "helpdesk_mgmt_rating",
    "helpdesk_mgmt_sla",
    "loyalty",
    "sale_loyalty",
    "sale_management",
    "survey",
}


def manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text())


def addon_folders():
    # Odoo also takes the folder `addons` beside its package (the layout of a source checkout).
    found = [Path(path) for path in odoo.addons.__path__]
    return found + [path.parents[1] / "addons" for path in found]


def available(name):
    return any((folder / name / "__manifest__.py").is_file() for folder in addon_folders())


def installable_bridges(checkout):
    """Map the name of each bridge that can be installed to its dependencies."""
    wanted = {
        path.parent.name: manifest(path.parent)
        for path in checkout.glob("bridges/*/__manifest__.py")
    }
    wanted = {
        name: set(data["depends"]) for name, data in wanted.items() if data.get("installable", True)
    }
    # A bridge may stand on another bridge: leave out until nothing changes any more.
    while True:
        missing = {
            name: {
                d
                for d in depends
                if d != "customer_retention" and d not in wanted and not available(d)
            }
            for name, depends in wanted.items()
        }
        missing = {name: names for name, names in missing.items() if names}
        if not missing:
            return wanted
        for name, names in sorted(missing.items()):
            print(f"    left out: {name}, needs {', '.join(sorted(names))}", file=sys.stderr)
            del wanted[name]


def main(checkout, what):
    bridges = installable_bridges(checkout)
    if what == "bridges":
        names = set(bridges)
    elif what == "root":
        names = set(manifest(checkout)["depends"])
    else:
        depends = set().union(*bridges.values(), manifest(checkout)["depends"])
        names = (USUAL | depends) - set(bridges) - {"customer_retention"}
    print(",".join(sorted(names)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
