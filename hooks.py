from odoo.tools import SQL


def post_init_hook(env):
    """Have the first computation run in the background: installing stays quick."""
    env["retention.run"]._request_rescore(env["res.company"]._retention_companies())
    env.ref("customer_retention.cron_nightly")._trigger()


def uninstall_hook(env):
    """Drop what stands in the way or has no xml id: work tables, profiles, companies' sequences."""
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
