"""How tickets of Odoo's Helpdesk read as requests.

Apart from the models, so that it can be tried where the app is not: both Helpdesks call their
model ``helpdesk.ticket``, and only fields tell them apart.
"""

from typing import NamedTuple

from lxml import etree

from odoo.tools import SQL

# Fields that OCA's helpdesk_mgmt does not have: it says closed_date and number.
TOLD_BY = frozenset({"close_date", "ticket_ref"})


class Tables(NamedTuple):
    """Where tickets are; ``status`` and ``product`` are None where nobody keeps them.

    ``status``: service levels of tickets (ticket_id, deadline, reached_datetime); ``product``:
    a column of tickets beside retention_product_id.
    """

    ticket: str = "helpdesk_ticket"
    stage: str = "helpdesk_stage"
    team: str = "helpdesk_team"
    status: str | None = "helpdesk_sla_status"
    product: str | None = None


ENTERPRISE = Tables()


def is_enterprise(names):
    """Say whether a model with these fields is the ticket of Odoo's Helpdesk."""
    return set(names) >= TOLD_BY


def select_tickets(members, now, tables=ENTERPRISE):
    """Return the SELECT of ``retention.metrics._request_queries``.

    Only the stage says whether a ticket is closed; cancelled is closed, and solves nothing.

    :param members: ids of the companies
    :param now: a service level that was not reached is missed when its deadline is before
    """
    return SQL(
        """SELECT ticket.id AS request_id, ticket.partner_id AS contact_id,
                  ticket.create_date AS opened_at,
                  CASE WHEN stage.fold THEN COALESCE(ticket.close_date,
                      ticket.date_last_stage_update, ticket.create_date) END AS closed_at,
                  COALESCE(stage.fold AND stage.retention_unsolved IS NOT TRUE, FALSE) AS solved,
                  COALESCE(ticket.priority, '0')::int AS severity, TRUE AS complaint,
                  ticket.ticket_type_id AS category_id, %(product)s AS product_id,
                  ticket.retention_first_reply_at AS first_reply_at,
                  NULL::float8 AS reply_hours, %(missed)s AS sla_missed,
                  COALESCE(ticket.retention_reopened_count, 0) AS reopened,
                  NULLIF(ticket.rating_last_value, 0) AS rating
           FROM %(ticket)s ticket JOIN %(team)s team ON team.id = ticket.team_id
           LEFT JOIN %(stage)s stage ON stage.id = ticket.stage_id
           WHERE ticket.active AND ticket.partner_id IS NOT NULL
           AND team.company_id IN %(members)s""",
        product=_product(tables),
        missed=_missed(tables, now),
        ticket=SQL.identifier(tables.ticket),
        team=SQL.identifier(tables.team),
        stage=SQL.identifier(tables.stage),
        members=members,
    )


def _product(tables):
    if not tables.product:
        return SQL("ticket.retention_product_id")
    return SQL(
        "COALESCE(ticket.retention_product_id, %s)", SQL.identifier("ticket", tables.product)
    )


def _missed(tables, now):
    if not tables.status:
        return SQL("NULL::boolean")
    return SQL(
        """(SELECT BOOL_OR(COALESCE(status.reached_datetime,
                                    CASE WHEN stage.fold THEN ticket.close_date END, %s)
                           > status.deadline)
            FROM %s status WHERE status.ticket_id = ticket.id)""",
        now,
        SQL.identifier(tables.status),
    )


def show_fields(arch, after, names):
    """Put fields behind another one of a form, once; its views have no fixed place to name.

    :param arch: root of the form's XML, changed in place
    """
    found = arch.xpath("//field[@name=$name][not(ancestor::field)]", name=after)
    present = {node.get("name") for node in arch.iter("field")}
    for name in reversed([name for name in names if name not in present]):
        for node in found[:1]:
            node.addnext(etree.Element("field", name=name))


def show_widget(arch, name):
    """Put a widget before the first group of a form's sheet, once.

    :param arch: root of the form's XML, changed in place
    """
    if not arch.xpath("//widget[@name=$name]", name=name):
        for group in arch.xpath("//sheet/group")[:1]:
            group.addprevious(etree.Element("widget", name=name))
