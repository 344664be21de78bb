from odoo import fields


class LiveFlag(fields.Boolean):
    """A boolean stored as TRUE or NULL, never FALSE.

    ``UNIQUE (key, live)`` then allows one live row per key and any number of ended ones. A
    unique constraint on it is seen by the contact merge, a partial unique index is not.
    """

    def convert_to_column(self, value, record, values=None, validate=True):
        return True if value else None


class Unknown:
    """NULL is not zero: "below 7" does not find who has no figure."""

    falsy_value = None


class FromProfile:
    """Shown from the profile: a contact without one has no figure, not the figure zero.

    Core lets "> 0" on a related field find records whose path is empty.
    """

    def _search_related(self, records, operator, value):
        if operator in ("<", "<=", ">", ">="):
            path, name = self.related.split(".")
            return fields.Domain(path, "any!", fields.Domain(name, operator, value))
        return super()._search_related(records, operator, value)


class ProfileInteger(FromProfile, fields.Integer):
    """An integer shown from the profile."""


class ProfileMonetary(FromProfile, fields.Monetary):
    """An amount shown from the profile."""


class ProfileFloat(FromProfile, fields.Float):
    """A number shown from the profile."""
