"""Getting Started: procedures one at a time, who works with Retention, and switching on."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

USER = "customer_retention.group_user"
MANAGER = "customer_retention.group_manager"
# Of the library, in the order in which they are worth the trouble nearly everywhere.
FIRST_SOPS = ("welcome", "wake_up", "rescue", "visit_core", "renewal", "birthday")
SHOWN_SOPS = 3
SHOWN_PEOPLE = 20
OCCASION_DAYS = 30


class RetentionGettingStarted(models.AbstractModel):
    _inherit = "retention.getting.started"

    # ---------------------------------------------------------------- procedures
    @api.model
    def _running_sops(self, company):
        found = [("company_id", "=", company.id), ("state", "=", "active")]
        return self.env["retention.sop"].search(found, order="started_on, id")

    @api.model
    def _first_sops(self, company):
        """Return the next entries of the library that the company does not have yet."""
        sops = self.env["retention.sop"]
        mine = sops.search([("company_id", "=", company.id), ("state", "!=", "archived")])
        found = sops.search([("is_library", "=", True), ("code", "in", FIRST_SOPS)])
        left = (found - mine.library_id).sorted(lambda sop: FIRST_SOPS.index(sop.code))
        return left[:SHOWN_SOPS]

    @api.model
    @api.readonly
    def get_sops(self):
        """Return {running, proposed}: procedures switched on, and the next of the library.

        :return: {running: [{id, name, since, under_way}], proposed: [{id, name, summary,
            description, writes}]}; ``writes``: it has steps that contact customers
        """
        company = self._asked()
        kinds = set(self.env["retention.sop.step"]._contacting_types())
        return {
            "running": [
                {
                    "id": sop.id,
                    "name": sop.name,
                    "since": str(sop.started_on or "") or None,
                    "under_way": sop.running_count,
                }
                for sop in self._running_sops(company)
            ],
            "proposed": [
                {
                    "id": sop.id,
                    "name": sop.name,
                    "summary": sop.summary_text,
                    "description": sop.description or "",
                    "writes": bool(kinds & set(sop.step_ids.mapped("type"))),
                }
                for sop in self._first_sops(company)
            ],
        }

    @api.model
    def _asked_sop(self, sop_id):
        company = self._asked()
        sop = self.env["retention.sop"].browse(sop_id).exists()
        if not sop or sop not in self._first_sops(company):
            raise UserError(self.env._("This procedure is not proposed any more."))
        return company, sop

    @api.model
    def get_sop_counts(self, sop_id):
        """Return {today, recent, days}: who would enter today, and within the last ``days``.

        It is the try-out that counts, in a transaction of its own that is rolled back.
        """
        company, sop = self._asked_sop(sop_id)
        today = company._retention_today()
        return {
            "today": sop._simulate(today, 0, 0)["count"],
            "recent": sop._simulate(today, OCCASION_DAYS, 0)["count"],
            "days": OCCASION_DAYS,
        }

    @api.model
    def action_try_sop(self, sop_id):
        """Show who would get what, as the try-out of procedures tells it."""
        company, sop = self._asked_sop(sop_id)
        trial = self.env["retention.sop.dry.run"].create(
            {"sop_id": sop.id, "as_of": company._retention_today(), "look_back": OCCASION_DAYS}
        )
        return trial.action_run()

    @api.model
    def action_start_sop(self, sop_id):
        """Take the entry for the company and switch it on."""
        _company, sop = self._asked_sop(sop_id)
        sop.action_take_and_start()
        return True

    # ---------------------------------------------------------------- people
    @api.model
    def _team(self, company):
        """Return who looks after customers: {complete, owners, outside, unowned, gone}.

        ``owners``: DataFrame ``owner named customers`` of people in the company; ``outside``:
        ids of those among them who may not use Retention; ``gone``: the same frame of
        customers whose person does not work here; ``unowned``: all customers without anybody.
        """
        metrics = self.env["retention.metrics"].sudo()
        table = metrics._customers_by_owner(company.with_env(metrics.env))
        owners, nobody = table[table["owner"] != 0], table[table["owner"] == 0]
        inside = self.env["retention.alert"]._eligible_users(company).ids
        outside = [int(user) for user in owners["owner"] if user not in inside]
        return {
            "complete": len(owners) > 0 and not outside,
            "owners": owners,
            "outside": outside,
            "unowned": int(nobody["customers"].sum()),
            "gone": nobody[nobody["named"] != 0],
        }

    @api.model
    @api.readonly
    def get_team(self):
        """Return who works with Retention, who should, and which customers are nobody's.

        :return: {can_give, users, managers, owners: [{id, name, customers, level}], outside,
            unowned, gone: [{id, name, customers}], colleagues}; ``level``: None, "user" or
            "manager"; ``outside`` and ``colleagues``: ids of users
        """
        company = self._asked()
        team, people = self._team(company), self.env["retention.alert"]._eligible_users(company)
        managers = people.filtered(lambda user: user.has_group(MANAGER))
        levels = {**dict.fromkeys(people.ids, "user"), **dict.fromkeys(managers.ids, "manager")}
        owners, gone = team["owners"], team["gone"]
        # Who cannot see the customers comes first.
        owners = owners.sort_values("owner", key=lambda ids: ids.isin(levels), kind="stable")
        return {
            "can_give": self.env["res.users"].has_access("write"),
            "users": len(people - managers),
            "managers": len(managers),
            "owners": [
                {**row, "level": levels.get(row["id"])}
                for row in self._told_people(owners["owner"], owners["customers"])
            ],
            "outside": team["outside"],
            "unowned": team["unowned"],
            "gone": self._told_people(gone["named"], gone["customers"]),
            "colleagues": company._retention_colleagues().ids,
        }

    @api.model
    def _told_people(self, ids, counts):
        users = self.env["res.users"].sudo().with_context(active_test=False)
        pairs = list(zip(ids, counts, strict=True))[:SHOWN_PEOPLE]
        names = {user.id: user.name for user in users.browse(int(user) for user, _n in pairs)}
        return [
            {"id": int(user), "name": names[int(user)], "customers": int(count)}
            for user, count in pairs
        ]

    @api.model
    def action_give_access(self, user_ids, manager=False):
        """Make colleagues users or managers of Retention, with the caller's own rights."""
        company = self._asked()
        asked = self.env["res.users"].browse(user_ids)
        people = asked & company._retention_colleagues().with_env(self.env)
        if not people or people != asked:
            raise UserError(self.env._("Choose people who work in this company."))
        group = self.env.ref(MANAGER if manager else USER)
        people.write({"group_ids": [Command.link(group.id)]})
        return True

    # ---------------------------------------------------------------- switching on
    @api.model
    def _is_held_back(self, company):
        """Return whether a procedure is switched on whose messages may not leave yet."""
        sops = self.env["retention.sop"].with_company(company)
        return sops.action_send_status()["off"]

    @api.model
    @api.readonly
    def get_switch(self):
        """Return {started, would_open, people, capacity, open, answered, sending, held_back}."""
        company = self._asked()
        alerts, rules = self.env["retention.alert"], company.sudo()
        started, today = rules.retention_alerts_started, company._retention_today()
        here = [("company_id", "=", company.id)]
        return {
            "started": started,
            "would_open": 0 if started else len(alerts._would_open(company, today)),
            "people": len(alerts._eligible_users(company)),
            "capacity": rules.retention_alert_capacity,
            "open": alerts.search_count([*here, ("live", "=", True)]),
            "answered": alerts.search_count([*here, ("outcome", "!=", False)]),
            "sending": rules.retention_send,
            "held_back": self._is_held_back(company),
        }
