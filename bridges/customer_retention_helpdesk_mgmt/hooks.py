from odoo.tools import SQL

UNSOLVED = ("helpdesk_ticket_stage_cancelled", "helpdesk_ticket_stage_rejected")


def post_init_hook(env):
    """Know what was before: which of the Helpdesk's stages solve nothing, and earlier tickets."""
    for name in UNSOLVED:
        stage = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if stage:
            stage.retention_unsolved = True
    env["helpdesk.ticket"]._retention_read_history()


def uninstall_hook(env):
    """Drop the index on a column that stays: Odoo drops those of its own columns only."""
    env.cr.execute(SQL("DROP INDEX IF EXISTS helpdesk_ticket__partner_id_index"))
