"""What a plan consists of: plain rows, keyed by names that stay the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from .names import Address


@dataclass(frozen=True)
class Contact:
    """A person or a department; ``parent`` is the key of the firm or department above."""

    key: str
    name: str
    parent: str
    kind: str = "contact"
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Customer:
    """``key`` carries the story and is kept as external id: "fading_03"."""

    key: str
    story: str
    name: str
    flavour: str
    sector: str
    seller: str
    address: Address
    email: str
    website: str
    reference: str
    foreign: bool = False
    parent: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class Order:
    """``orderer`` is the key of the customer or of one of its contacts.

    ``lines`` are (product code, quantity); ``discount`` in percent; ``credited`` is the share
    that came back after invoicing.
    """

    customer: str
    orderer: str
    moment: datetime
    state: str
    seller: str
    foreign: bool
    discount: int
    lines: tuple[tuple[str, int], ...]
    invoiced: bool = False
    credited: float = 0.0


@dataclass
class Plan:
    """``rates`` are (first of month, units of the foreign currency per company unit)."""

    as_of: date
    customers: list[Customer] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    rates: list[tuple[date, float]] = field(default_factory=list)
