"""Dialogs opened in one company are no longer open to the same user in another; profiles have
fewer indexes."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

RULES = (
    "rule_handover_own",
    "rule_send_switch_own",
    "rule_sop_enroll_own",
    "rule_tier_proposal_own",
)
BEFORE = "[('create_uid', '=', user.id)]"
INDEXES = (
    "retention_profile__partner_id_index",
    "retention_profile__company_id_index",
    "retention_profile__segment_id_index",
)
AFTER = "[('create_uid', '=', user.id), ('company_id', 'parent_of', company_ids)]"


def migrate(cr, version):
    """Write rules that nobody has changed, which data files no longer do; drop old indexes."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES:
        rule = env.ref(f"customer_retention.{name}", raise_if_not_found=False)
        if rule and (rule.domain_force or "").strip() == BEFORE:
            rule.domain_force = AFTER
    for index in INDEXES:
        cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))
