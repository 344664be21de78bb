from datetime import timedelta

from odoo import fields, models

# By Python's number of the weekday
WEEKENDS = {"sat_sun": {5, 6}, "sun": {6}, "fri_sat": {4, 5}, "none": set()}


class ResCompany(models.Model):
    """On which days the company does not work."""

    _inherit = "res.company"

    retention_weekend = fields.Selection(
        [
            ("sat_sun", "Saturday and Sunday"),
            ("sun", "Sunday only"),
            ("fri_sat", "Friday and Saturday"),
            ("none", "No weekend"),
        ],
        "Weekend",
        required=True,
        default="sat_sun",
        help="Days of every week on which nobody works: no task falls due then.",
    )

    def _retention_rest_days(self, start, end):
        """Return the dates from ``start`` to ``end`` on which the company does not work.

        Weekends, public holidays of its country and its closures, without swapped working
        days. What is entered for the company goes before what holds for the country, that
        before what holds everywhere. A closed company stays closed on the country's working
        days, not on its own.

        :return: frozenset of dates; two queries
        """
        self.ensure_one()
        owners = (self._retention_company() | self).ids  # a branch's own days come last
        weekend = WEEKENDS[self.sudo().retention_weekend]
        closed = self._retention_closed_days(owners, start, end)
        entries = self._retention_workdays(owners, start, end)
        found = set()
        for ahead in range((end - start).days + 1):
            day = start + timedelta(days=ahead)
            own, kind = entries.get(day, (False, None))
            rests = kind == "off" if kind else day.weekday() in weekend
            if rests or day in closed and not own:
                found.add(day)
        return frozenset(found)

    def _retention_closed_days(self, owners, start, end):
        closures = (
            self.env["retention.closure"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "in", owners),
                    ("date_from", "<=", end),
                    ("date_to", ">=", start),
                ],
                ["date_from", "date_to"],
            )
        )
        return {
            closure.date_from + timedelta(days=ahead)
            for closure in closures
            for ahead in range((closure.date_to - closure.date_from).days + 1)
        }

    def _retention_workdays(self, owners, start, end):
        """Return {date: (is it the company's own, kind)} of the entry that goes first."""
        countries = (False, *self.sudo().country_id.ids)
        entries = (
            self.env["retention.workday"]
            .sudo()
            .search_fetch(
                [
                    ("date", ">=", start),
                    ("date", "<=", end),
                    ("company_id", "in", (False, *owners)),
                    ("country_id", "in", countries),
                ],
                ["date", "kind", "company_id", "country_id"],
            )
        )
        rank = {False: 0, **{owner: number for number, owner in enumerate(owners, 1)}}
        ordered = entries.sorted(lambda day: (rank[day.company_id.id], bool(day.country_id)))
        return {day.date: (bool(day.company_id), day.kind) for day in ordered}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_weekend = fields.Selection(related="company_id.retention_weekend", readonly=False)
