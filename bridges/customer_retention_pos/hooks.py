from odoo.tools import SQL


def post_init_hook(env):
    """Count what was sold at the till before: everybody anew, in the background."""
    rows = env.execute_query(SQL("SELECT DISTINCT company_id FROM pos_order"))
    _ask_everybody(env, [row[0] for row in rows])


def uninstall_hook(env):
    """Compute everybody without the till."""
    rows = env.execute_query(SQL("SELECT DISTINCT company_id FROM retention_profile"))
    _ask_everybody(env, [row[0] for row in rows])


def _ask_everybody(env, company_ids):
    companies = env["res.company"].browse(company_ids)
    env["retention.run"]._request_rescore(companies)
