"""Score every company's customers and print the outcome. Read by `dev/odoo shell -d DB`."""

import unicodedata


def cell(value, width):
    """Text of exactly `width` columns; Chinese takes two each. Numbers stand on the right."""
    text, used = "", 0
    for character in str(value):
        columns = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used + columns > width:
            break
        text, used = text + character, used + columns
    padding = " " * (width - used)
    return text + padding if isinstance(value, str) else padding + text


def show(title, rows, widths):
    print(f"\n  {title}")
    for row in rows:
        print("  " + "  ".join(cell(value, width) for value, width in zip(row, widths)).rstrip())


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
            (segment.display_name or "none", count)
            for segment, count in profiles._read_group(mine, ["segment_id"], ["__count"])
        ],
        [40, 10],
    )
    top = profiles.search(mine, order="rfm_monetary desc, id", limit=10)
    show(
        f"Top customers by value in the window: segment, RFM score, {company.currency_id.name}",
        [
            (
                p.partner_id.display_name,
                p.segment_id.display_name or "none",
                p.rfm_score,
                f"{p.rfm_monetary:>16,.2f}",
            )
            for p in top
        ],
        [36, 24, 5, 16],
    )


def main(env):
    if "retention.profile" not in env:
        print("No retention.profile model yet: nothing to score.")
        return
    env = env(context=dict(env.context, lang="en_US"))
    for company in env["res.company"]._retention_companies().with_env(env).sorted("id"):
        as_of = company._retention_today()
        env["retention.profile"].with_company(company)._refresh(company, as_of)
        env.cr.commit()
        report(env, company, as_of)


main(env)  # noqa: F821 - the shell provides env
