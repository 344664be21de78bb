BATCH = 1000


def post_init_hook(env):
    """Make agreements of the contracts that are there already."""
    ids = env["contract.contract"].with_context(active_test=False).search([]).ids
    for start in range(0, len(ids), BATCH):
        env["contract.contract"].browse(ids[start : start + BATCH])._retention_sync()
