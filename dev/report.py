"""Score every company's customers and print the outcome. Read by `dev/odoo shell -d DB`."""

from odoo import fields


def show(title, rows, columns):
    """A plain table: `columns` are (heading, width); a negative width aligns right."""
    print(f"\n{title}")
    print("  " + "  ".join(f"{name:{'>' if w < 0 else '<'}{abs(w)}}" for name, w in columns))
    for row in rows:
        cells = [str(cell)[: abs(w)] for cell, (_name, w) in zip(row, columns)]
        print(
            "  "
            + "  ".join(
                f"{c:{'>' if w < 0 else '<'}{abs(w)}}" for c, (_n, w) in zip(cells, columns)
            )
        )


def report(env, company, as_of):
    mine = [("company_id", "=", company.id)]
    profiles = env["retention.profile"].with_company(company)
    customers = profiles.search_count(mine)
    print(f"\n=== {company.name}: {customers} customers, as of {as_of}")
    if not customers:
        return
    show(
        "Customers per segment",
        [
            (segment.display_name or "-", count)
            for segment, count in profiles._read_group(mine, ["segment_id"], ["__count"])
        ],
        [("segment", 40), ("customers", -10)],
    )
    top = profiles.search(mine, order="rfm_monetary desc, id", limit=10)
    show(
        f"Top customers by value ({company.currency_id.name})",
        [
            (
                p.partner_id.display_name,
                p.segment_id.display_name or "-",
                p.rfm_score,
                f"{p.rfm_monetary:,.2f}",
            )
            for p in top
        ],
        [("customer", 36), ("segment", 24), ("RFM", -6), ("monetary", -16)],
    )


def main(env):
    if "retention.profile" not in env:
        print("No retention.profile model yet: nothing to score.")
        return
    env = env(context=dict(env.context, lang="en_US"))
    for company in env["res.company"].search([("parent_id", "=", False)], order="id"):
        as_of = fields.Date.context_today(env["retention.profile"])
        env["retention.profile"].with_company(company)._refresh(company, as_of)
        env.cr.commit()
        report(env, company, as_of)


main(env)  # noqa: F821 - the shell provides env
