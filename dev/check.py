"""Prints what the audit finds in each company. Called by dev/check inside Odoo's shell."""

import sys


def main(env):
    companies = env["res.company"].sudo().search([])
    roots = companies._retention_companies() if companies else companies
    wrong = 0
    for company in roots:
        if not env["retention.run"].sudo()._last_done(company):
            print(f"{company.name}: never computed")
            continue
        found = env["retention.audit"]._audit(company)
        wrong += len(found)
        checks = len(env["retention.audit"]._sentences())
        print(f"{company.name}: {checks} checks, {len(found)} found something", flush=True)
        for finding in found:
            ids = ", ".join(str(number) for number in finding.examples)
            print(f"  {finding.code}: {finding.sentence} {finding.count}, ids {ids} ...")
    sys.exit(1 if wrong else 0)
