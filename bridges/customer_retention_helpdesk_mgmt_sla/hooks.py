from odoo.tools import SQL


def uninstall_hook(env):
    """Drop the index on a column that stays: Odoo drops those of its own columns only."""
    env.cr.execute(SQL("DROP INDEX IF EXISTS helpdesk_ticket_sla__ticket_id_index"))
