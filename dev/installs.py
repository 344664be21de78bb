"""Installs modules into a database, uninstalls them, and says what is left of them.

    installs.py DATABASE exact MODULES      back to what the database was before, row for row
    installs.py DATABASE together MODULES   with the apps they stand on; nothing of ours is left
    installs.py DATABASE bridge MODULE      with its app; the addon stays

The last line of output says what was done.
"""

import logging
import sys

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

ADDON = "customer_retention"
# What a module leaves as rows of Odoo's own tables.
KINDS = {
    "ir_act_report_xml": "report_name",
    "ir_act_server": "name::text",
    "ir_act_window": "name::text",
    "ir_asset": "path",
    "ir_config_parameter": "key",
    "ir_cron": "cron_name",
    "ir_default": "id::text",
    "ir_filters": "name",
    "ir_model": "model",
    "ir_model_access": "name",
    "ir_model_constraint": "name",
    "ir_model_data": "module || '.' || name",
    "ir_model_fields": "model || '.' || name",
    "ir_model_relation": "name",
    "ir_rule": "name",
    "ir_sequence": "name",
    "ir_ui_menu": "name::text",
    "ir_ui_view": "name",
    "mail_activity_type": "name::text",
    "mail_message_subtype": "name::text",
    "mail_template": "name::text",
    "res_groups": "name::text",
    "res_groups_privilege": "name::text",
}
COLUMNS = """SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public'"""
INDEXES = "SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """SELECT 'constraint ' || conrelid::regclass || ' ' || conname FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace"""
SEQUENCES = "SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'"
FUNCTIONS = "SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
OURS = """SELECT 'xml id ' || module || '.' || name FROM ir_model_data
          WHERE module LIKE 'customer_retention%'
          UNION ALL SELECT 'field ' || model || '.' || name FROM ir_model_fields
          WHERE name LIKE '%retention%' OR model LIKE '%retention%'
          UNION ALL SELECT 'model ' || model FROM ir_model WHERE model LIKE '%retention%'
          UNION ALL SELECT 'view ' || name FROM ir_ui_view
          WHERE arch_db::text LIKE '%retention%' OR model LIKE '%retention%'
          UNION ALL SELECT 'action ' || name::text FROM ir_act_window
          WHERE res_model LIKE '%retention%'
          UNION ALL SELECT 'server action ' || name::text FROM ir_act_server
          WHERE code LIKE '%retention%'
          UNION ALL SELECT 'menu ' || id FROM ir_ui_menu WHERE web_icon LIKE '%retention%'
          UNION ALL SELECT 'parameter ' || key FROM ir_config_parameter
          WHERE key LIKE '%retention%'
          UNION ALL SELECT 'attachment ' || name FROM ir_attachment
          WHERE res_model LIKE '%retention%'
          UNION ALL SELECT 'message on ' || model FROM mail_message WHERE model LIKE '%retention%'
          UNION ALL SELECT 'activity on ' || res_model FROM mail_activity
          WHERE res_model LIKE '%retention%'"""


class Errors(logging.Handler):
    """Keeps what Odoo logs as an error: a broken view of a module only logs."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.found = []

    def emit(self, record):
        self.found.append(record.getMessage())


def rows(cr, query):
    cr.execute(query)
    return {row[0] for row in cr.fetchall()}


def schema(cr):
    return set().union(
        *(rows(cr, q) for q in (COLUMNS, INDEXES, CONSTRAINTS, SEQUENCES, FUNCTIONS))
    )


def records(cr):
    """Return {(table, id): name} of the rows of KINDS."""
    found = {}
    for table, name in KINDS.items():
        cr.execute(SQL("SELECT id, %s FROM %s", SQL(name), SQL.identifier(table)))
        found |= {(table, key): text for key, text in cr.fetchall()}
    return found


def noted_by_odoo(table, name):
    """Say whether Odoo leaves it behind whichever addon goes.

    What other modules add to an addon's models (activities, texts by SMS …) is noted with ids
    in their names, and these stay when the models go. A foreign key of a column that an addon
    puts on another's model is noted without an id.
    """
    kinds = ("selection__", "model_inherit__", "field_", "constraint_")
    if table == "ir_model_constraint":
        return name.endswith("_fkey")
    # The list of modules is brought up to date by any installation.
    listed = name.startswith("base.module_")
    return table == "ir_model_data" and (listed or name.split(".", 1)[1].startswith(kinds))


def installed(cr):
    known = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return {name for name in rows(cr, known) if name.startswith(ADDON)}


def pending(cr):
    return rows(cr, "SELECT name FROM ir_module_module WHERE state LIKE 'to %'")


def use(env):
    """Have a customer with an order, complaints and an alert, so that there is data to go."""
    company, today = env.company, env.company._retention_today()
    company.retention_alerts_started = True
    product = env["product.product"].create({"name": "Thing", "type": "service"})
    partner = env["res.partner"].create({"name": "Ann", "is_company": True})
    line = {"product_id": product.id, "price_unit": 7}
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": [(0, 0, line)]})
    order.action_confirm()
    case = {"name": "It broke", "partner_id": partner.id, "kind": "complaint"}
    env["retention.case"].create([case] * 4)
    env.flush_all()
    env["retention.profile"]._refresh(company, today)
    if not env["retention.alert"].search([("partner_id", "=", partner.id)]).task_id:
        raise AssertionError("four complaints opened no alert with a task")
    for model, domain in (("retention.profile", "[]"), ("res.partner", "[('rfm_score', '>', 5)]")):
        env["ir.filters"].create({"name": "Mine", "model_id": model, "domain": domain})
    env.cr.commit()


def tasks_kept(cr):
    """Return how many open To-dos the customer of ``use`` has."""
    cr.execute(
        """SELECT COUNT(*) FROM mail_activity task
           JOIN res_partner partner ON partner.id = task.res_id AND task.res_model = 'res.partner'
           JOIN ir_model_data data ON data.res_id = task.activity_type_id
                AND data.module = 'mail' AND data.name = 'mail_activity_data_todo'
           WHERE partner.name = 'Ann' AND task.active AND task.summary > ''"""
    )
    return cr.fetchone()[0]


def uninstall(database, names):
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        modules = env["ir.module.module"].search(
            [("name", "in", list(names)), ("state", "=", "installed")]
        )
        modules.button_immediate_uninstall()
    return Registry(database)


def left_of_ours(cr, names):
    """Return what speaks of the modules ``names`` although they are gone."""
    if ADDON in names:
        ours = {name for name in schema(cr) if "retention" in name}
        return ours | rows(cr, OURS)
    return {
        name
        for name in rows(cr, OURS)
        if any(name.startswith(f"xml id {module}.") for module in names)
    }


def main(database, kind, modules):
    errors = Errors()
    logging.getLogger().addHandler(errors)
    wanted = set(modules.split(","))
    with odoo.sql_db.db_connect(database).cursor() as cr:
        before = schema(cr), records(cr), installed(cr)
    registry = Registry.new(database, update_module=True, install_modules=wanted)
    with registry.cursor() as cr:
        now = installed(cr)
        problems = [f"not installed: {name}" for name in wanted - now]
        problems += [f"waits: {name}" for name in pending(cr)]
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["retention.profile"].get_views([(False, "list"), (False, "form")])
        if kind != "bridge":
            use(env)
    done = f"{len(now)} modules of ours installed"
    gone = {ADDON} if kind in ("exact", "together") else now - {ADDON}
    registry = uninstall(database, gone)
    with registry.cursor() as cr:
        gone = now - installed(cr)
        problems += [f"left: {name}" for name in left_of_ours(cr, gone)]
        problems += [f"still {name}" for name in pending(cr)]
        if kind != "bridge" and not tasks_kept(cr):
            problems.append("the open task of the customer is gone")
        if kind == "exact":
            problems += [f"more than before: {name}" for name in schema(cr) - before[0]]
            problems += [f"gone: {name}" for name in before[0] - schema(cr)]
            new = {key: name for key, name in records(cr).items() if key not in before[1]}
            problems += [
                f"more than before: {table} {name}"
                for (table, _id), name in new.items()
                if not noted_by_odoo(table, name)
            ]
    problems += [f"logged: {message}" for message in errors.found]
    for problem in sorted(problems)[:200]:
        print(problem)
    print(f"{done}, {len(gone)} uninstalled, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    config.parse_config(["--no-http", "--log-level=warn", "--max-cron-threads=0"])
    sys.exit(main(*sys.argv[1:]))
