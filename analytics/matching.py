"""Which customer a row from elsewhere speaks of: by reference, tax number, e-mail, phone, name."""

import re
import unicodedata
from collections import defaultdict
from typing import NamedTuple

KINDS = ("reference", "vat", "email", "phone", "name")  # the first that finds anyone decides
PHONE_DIGITS = 8


class Candidate(NamedTuple):
    """A contact; ``value`` is what it has under the kind it was looked up by."""

    id: int
    commercial_id: int
    name: str
    commercial_name: str
    value: str


class Match(NamedTuple):
    """``doubt``: "" when ``partner_id`` is certain, else "several" or "phone_name"."""

    kind: str
    doubt: str
    partner_id: int | None
    candidates: tuple


def reference_key(text):
    return text.strip().lower()


def vat_key(text):
    return re.sub(r"[\W_]+", "", text).upper()


def vat_without_country(key):
    """Return the tax number without its leading country code, or nothing if it has none."""
    return key[2:] if re.match(r"[A-Z]{2}.*\d", key) else ""


def name_key(text):
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def phone_key(text):
    """Return the digits, without the (0) that is dialled inside the country only."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", text).replace("(0)", ""))
    digits = digits.lstrip("0")
    return digits if len(digits) >= PHONE_DIGITS else ""


def same_phone(one, other):
    """Return whether two phone keys are one number, with or without country code."""
    return one.endswith(other) or other.endswith(one)


def lookup_keys(kind, values):
    """Return what to look for in the database to find all candidates of ``values``."""
    keys = set()
    for value in values:
        if kind == "name":  # the database may not know that Ａ is A, or the case of É
            plain = "".join(value.split())
            keys |= {name_key(value), plain, plain.lower()}
        elif kind == "vat":
            keys |= {vat_key(value), vat_without_country(vat_key(value))}
        elif kind == "phone":
            keys.add(phone_key(value)[-PHONE_DIGITS:])
        else:
            keys.add(reference_key(value) if kind == "reference" else value)
    return keys - {""}


class Matcher:
    """Finds the customer of a row among candidates that were fetched for all rows at once.

    ``candidates``: {kind: [Candidate]}; e-mail values are normalised already.
    """

    def __init__(self, candidates):
        self.index = {kind: defaultdict(list) for kind in KINDS}
        self.known = {}
        for kind, found in candidates.items():
            for candidate in found:
                for key in self._keys(kind, candidate.value):
                    self.index[kind][key].append(candidate)

    @staticmethod
    def _keys(kind, value):
        if kind == "reference":
            return [reference_key(value)]
        if kind == "email":
            return [value]
        if kind == "name":
            return [name_key(value)]
        if kind == "phone":
            key = phone_key(value)
            return [key[-PHONE_DIGITS:]] if key else []
        full = vat_key(value)
        return [key for key in {full, vat_without_country(full)} if key]

    def _find(self, kind, value):
        found = [c for key in self._keys(kind, value) for c in self.index[kind].get(key, ())]
        if kind == "phone":
            key = phone_key(value)
            found = [c for c in found if same_phone(phone_key(c.value), key)]
        elif kind == "vat":
            # Two country codes must agree: DE123456789 is not FR123456789.
            full = vat_key(value)
            found = [
                c
                for c in found
                if vat_key(c.value) in (full, vat_without_country(full))
                or vat_without_country(vat_key(c.value)) == full
            ]
        return list(dict.fromkeys(found))

    def match(self, identity):
        """Return the Match of ``identity``, a tuple of texts in the order of KINDS, or None."""
        if identity not in self.known:
            self.known[identity] = self._match(identity)
        return self.known[identity]

    def _match(self, identity):
        for kind, value in zip(KINDS, identity, strict=True):
            if value and (found := self._find(kind, value)):
                return self._judge(kind, found, name_key(identity[-1]))
        return None

    @staticmethod
    def _judge(kind, found, name):
        def named(candidate):
            return name in (name_key(candidate.name), name_key(candidate.commercial_name))

        customers = dict.fromkeys(candidate.commercial_id for candidate in found)
        if len(customers) > 1 and name and kind != "name":
            fitting = [candidate for candidate in found if named(candidate)]
            if len({candidate.commercial_id for candidate in fitting}) == 1:
                found, customers = fitting, {fitting[0].commercial_id: None}
        if len(customers) > 1:
            return Match(kind, "several", None, tuple(customers))
        partner_id = found[0].id if len(found) == 1 else found[0].commercial_id
        if kind == "phone" and name and not any(named(candidate) for candidate in found):
            return Match(kind, "phone_name", None, (partner_id,))
        return Match(kind, "", partner_id, (partner_id,))
