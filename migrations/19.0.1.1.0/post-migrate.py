"""Dialogs opened in one company are no longer open to the same user in another."""

from odoo import SUPERUSER_ID, api

RULES = (
    "rule_handover_own",
    "rule_send_switch_own",
    "rule_sop_enroll_own",
    "rule_tier_proposal_own",
)
BEFORE = "[('create_uid', '=', user.id)]"
AFTER = "[('create_uid', '=', user.id), ('company_id', 'parent_of', company_ids)]"


def migrate(cr, version):
    """Write what the data files no longer write: rules that nobody has changed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES:
        rule = env.ref(f"customer_retention.{name}", raise_if_not_found=False)
        if rule and (rule.domain_force or "").strip() == BEFORE:
            rule.domain_force = AFTER
