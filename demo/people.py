"""Who works at the demo company. Password = login."""

from __future__ import annotations

from typing import NamedTuple

from .catalog import LABORATORY, WORKSHOP


class Employee(NamedTuple):
    """``groups`` are external ids; ``team`` is a sector or empty."""

    login: str
    name: str
    team: str
    chinese: bool
    groups: tuple[str, ...]


_EMPLOYEE = "base.group_user"
_SALES = (
    _EMPLOYEE,
    "sales_team.group_sale_salesman_all_leads",
    "customer_retention.group_user",
)

EMPLOYEES = (
    Employee("lena", "Lena Hartwell", LABORATORY, False, _SALES),
    Employee("ruixue", "沈瑞雪", LABORATORY, True, _SALES),
    Employee("owen", "Owen Castellane", WORKSHOP, False, _SALES),
    Employee("haoran", "陆浩然", WORKSHOP, True, _SALES),
    Employee(
        "mara",
        "Mara Fenwick",
        "",
        False,
        (*_SALES, "customer_retention.group_manager", "customer_retention.group_advanced"),
    ),
    # Answers tickets; sees no figure of ours until a bridge shows her one.
    Employee("signe", "Signe Marlow", "", False, (_EMPLOYEE,)),
)

# Leader first.
TEAMS = {
    LABORATORY: ("Laboratory Sales", "实验室销售团队", ("lena", "ruixue")),
    WORKSHOP: ("Workshop Sales", "车间销售团队", ("owen", "haoran")),
}
