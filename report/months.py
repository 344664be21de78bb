"""Which months a report speaks of: two from the context, or the last ones that are closed."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tools import SQL

FIRST, LAST = "retention_first", "retention_last"  # keys of the context: first days of months
MONTH = relativedelta(months=1)


def months_asked(env):
    """Return the two months that the context names, None without any.

    :raises ValidationError: when they are no months, or in the wrong order
    """
    asked = [env.context.get(name) for name in (FIRST, LAST)]
    if not any(asked):
        return None
    try:
        first, last = (fields.Date.to_date(value) for value in asked)
        right = first.day == last.day == 1 and first <= last
    except (AttributeError, TypeError, ValueError):
        right = False
    if not right:
        raise ValidationError(
            env._("Choose two months of which the second is not before the first.")
        )
    return first, last


def closed_months():
    """Return SQL (company_id, month) of the last month that was ever closed.

    Months that are being built again keep their rows, and count.
    """
    return SQL(
        """SELECT company_id, MAX(month) AS month FROM retention_ledger_month
           WHERE closed_at IS NOT NULL GROUP BY company_id"""
    )


def span(env, back):
    """Return SQL (company_id, first, last) of the months asked for.

    Without any in the context: the last closed month of each company and the one ``back`` months
    before. A company that has not closed the last one has no row, since who has none in it
    would seem to be gone.
    """
    if asked := months_asked(env):
        return SQL(
            """SELECT company_id, %s::date AS first, %s::date AS last FROM (%s) closed
               WHERE month >= %s""",
            *asked,
            closed_months(),
            asked[1],
        )
    return SQL(
        """SELECT company_id, (month - %s * INTERVAL '1 month')::date AS first, month AS last
           FROM (%s) closed""",
        back,
        closed_months(),
    )
