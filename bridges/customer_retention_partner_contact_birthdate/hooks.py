def post_init_hook(env):
    """Make key dates of the birthdates that are there already."""
    env["res.partner"].search([("birthdate_date", "!=", False)])._sync_birthdays()
