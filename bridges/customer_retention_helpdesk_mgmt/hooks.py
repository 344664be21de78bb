UNSOLVED = ("helpdesk_ticket_stage_cancelled", "helpdesk_ticket_stage_rejected")


def post_init_hook(env):
    """Know the stages in which the Helpdesk itself closes a ticket without a solution."""
    for name in UNSOLVED:
        stage = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if stage:
            stage.retention_unsolved = True
