import re

from odoo.tools import SQL, split_every

BATCH = 1000


def post_init_hook(env):
    """Have the first computation run in the background: installing stays quick."""
    env["retention.run"]._request_rescore(env["res.company"]._retention_companies())
    env.ref("customer_retention.cron_nightly")._trigger()


def uninstall_hook(env):
    """Keep what people still have to do, and drop what stands in the way or has no xml id."""
    models = _own_models(env)
    _keep_tasks(env, models)
    _drop_leftovers(env, models)
    env.cr.execute(SQL("DELETE FROM retention_profile"))
    env["ir.sequence"].search([("code", "=like", "retention.%")]).unlink()
    rows = env.execute_query(
        SQL(
            "SELECT tablename FROM pg_tables WHERE tablename ~ %s",
            "^retention_(work|days|talks|ledger_days|forecast_days)_[0-9]+$",
        )
    )
    for (table,) in rows:
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(table)))


def _own_models(env):
    """Return the models that go with the addon and its bridges."""
    return [name for name in env.registry if name.startswith("retention.")]


# ---------------------------------------------------------------- tasks
def _keep_tasks(env, models):
    """Move open tasks of our records to the customer, and what is of our types to To-do.

    Odoo would delete the former with their records.
    """
    types = env["mail.activity.type"].with_context(active_test=False)
    tasks = env["mail.activity"].search([("res_model", "in", models)])
    for part in split_every(BATCH, tasks.ids, tasks.browse):
        _move_tasks(env, part)
    own = env["ir.model.data"].search(
        [("model", "=", types._name), ("module", "=like", "customer\\_retention%")]
    )
    mine = types.browse(own.mapped("res_id")) | types.search([("res_model", "in", models)])
    _use_todo(env, mine)
    env["mail.activity.plan"].search([("res_model", "in", models)]).unlink()


def _move_tasks(env, tasks):
    """Hang these on the customer's contact; without one they are their person's own To-do.

    A contact that several companies share does not tell the one what the other has to do.
    """
    several = len(env["res.company"]._retention_companies()) > 1
    contact_model = env["ir.model"]._get_id("res.partner")
    rows = []
    for model, mine in tasks.grouped("res_model").items():
        records = env[model].browse(mine.mapped("res_id")).exists().grouped("id")
        for task in mine:
            record = records.get(task.res_id, env[model])
            customer = record.partner_id if "partner_id" in record else env["res.partner"]
            user = task.user_id or task.create_uid or env.user
            here = customer and not (several and not customer.company_id)
            what = task.summary or task.activity_type_id.with_context(lang=user.lang).name or None
            about = customer.display_name or task.res_name
            place = (contact_model, "res.partner", customer.id, customer.display_name)
            rows.append(
                SQL(
                    "(%s, %s, %s, %s, %s, %s, %s)",
                    task.id,
                    *(place if here else (None, None, 0, None)),
                    what if here else " · ".join(filter(None, (what, about))),
                    (task.user_id.id or None) if here else user.id,
                )
            )
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE mail_activity task
               SET res_model_id = row.model_id::int, res_model = row.model, res_id = row.res_id,
                   res_name = row.name, summary = row.summary, user_id = row.user_id::int
               FROM (VALUES %s) AS row (id, model_id, model, res_id, name, summary, user_id)
               WHERE task.id = row.id""",
            SQL(", ").join(rows),
        )
    )
    env["mail.activity"].invalidate_model()


def _use_todo(env, types):
    """Put To-do wherever one of ``types`` stands and would keep it from being deleted.

    Done tasks that are kept, activity plans, server actions, types that follow each other: a
    type that something needs outlives its module.
    """
    todo = env.ref("mail.mail_activity_data_todo")
    env.flush_all()
    needed = env.execute_query(
        SQL(
            """SELECT conrelid::regclass::text, attname FROM pg_constraint
               JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
               WHERE confrelid = 'mail_activity_type'::regclass AND confdeltype IN ('r', 'a')"""
        )
    )
    for table, column in needed:
        env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = %(todo)s WHERE %(column)s = ANY(%(types)s)",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                todo=todo.id,
                types=types.ids,
            )
        )
    env.invalidate_all()


# ---------------------------------------------------------------- what names our fields
def _drop_leftovers(env, models):
    """Delete saved filters and export lists that would only raise errors from now on."""
    going = _going_fields(env)
    # Saved filters are few.  pylint: disable-next=no-search-all
    filters = env["ir.filters"].with_context(active_test=False).search([])
    filters.filtered(
        lambda f: (
            f.model_id in models
            or _names_one(env, f.model_id, f"{f.domain} {f.context} {f.sort}", going)
        )
    ).unlink()
    # So are export lists.  pylint: disable-next=no-search-all
    exports = env["ir.exports"].search([])
    exports.filtered(lambda export: export.resource in models).unlink()
    exports.exists().export_fields.filtered(
        lambda line: _names_one(env, line.export_id.resource, line.name.replace("/", "."), going)
    ).unlink()


def _going_fields(env):
    """Return {(model, field)} of what no other module has on Odoo's models."""
    env.flush_all()
    return set(
        env.execute_query(
            SQL(
                """SELECT field.model, field.name FROM ir_model_fields field
                   JOIN ir_model_data data
                        ON data.model = 'ir.model.fields' AND data.res_id = field.id
                   WHERE field.model NOT LIKE 'retention.%%'
                   GROUP BY field.id HAVING BOOL_AND(data.module LIKE 'customer\\_retention%%')"""
            )
        )
    )


def _names_one(env, model, text, going):
    """Return whether a path of ``text``, from ``model`` on, leads over a field of ``going``."""
    for path in re.findall(r"[a-z_][\w.]*", text):
        here = env.get(model)
        for name in path.split("."):
            field = here is not None and here._fields.get(name)
            if not field:
                break
            if (here._name, name) in going:
                return True
            here = env.get(field.comodel_name) if field.relational else None
    return False
