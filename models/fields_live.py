from odoo import fields


class LiveFlag(fields.Boolean):
    """A boolean stored as TRUE or NULL, never FALSE.

    ``UNIQUE (key, live)`` then allows one live row per key and any number of ended ones. A
    unique constraint on it is seen by the contact merge, a partial unique index is not.
    """

    def convert_to_column(self, value, record, values=None, validate=True):
        return True if value else None
