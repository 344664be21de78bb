from collections import Counter

from odoo import api, models

MANAGER = "customer_retention.group_manager"


class RetentionAlert(models.Model):
    """Who takes an alert: always an active internal user who may open it."""

    _inherit = "retention.alert"

    @api.model
    def _choose_owners(self, company, profiles, urgent=()):
        """Return {profile: (user, team)}: who takes an alert of each of these customers.

        Account manager, else leader of the sales team, else rescue team, else a manager of
        Retention, else an administrator, in turn by fewest alerts. Decided in sets: the
        number of queries does not depend on the number of customers.

        :param profiles: in the order in which they are given out
        :param urgent: ids of those that go to the rescue team at once, if there is one
        """
        eligible = self._eligible_users(company)
        pools = self._owner_pools(company, eligible)
        loads = self._owner_loads(company)
        sellers = self.env["retention.metrics"]._last_sellers(company, profiles.partner_id.ids)
        users, teams = self.env["res.users"], self.env["crm.team"]
        named = {}
        for profile in profiles:
            seller = users.browse(sellers.get(profile.partner_id.id, (False,))[0])
            named[profile] = [
                user for user in (profile.user_id, profile.partner_id.user_id, seller) if user
            ]
        everybody = users.concat(*(user for found in named.values() for user in found))
        team_of = self._teams_of(company, everybody)
        owners = {}
        for profile in profiles:
            chain = named[profile]
            manager = next((user for user in chain if user in eligible), users)
            ordered = teams.browse(sellers.get(profile.partner_id.id, (False, False))[1])
            team = next((team_of[user] for user in manager or chain if user in team_of), ordered)
            leader = team.user_id & eligible
            owner = self._first_owner(manager or leader, pools, loads, profile.id in urgent)
            loads[owner.id] += 1
            owners[profile] = owner, team
        return owners

    @api.model
    def _first_owner(self, person, pools, loads, urgent):
        rescue = pools[0]
        if person and not (urgent and rescue):
            return person
        pool = next((users for users in pools if users), self.env["res.users"])
        return min(pool, key=lambda user: (loads[user.id], user.id), default=pool)

    @api.model
    def _owner_pools(self, company, eligible):
        """Return those who share work in turn: rescue team, managers, administrators, all."""
        users = self.env["res.users"].sudo()
        manager, admin = self.env.ref(MANAGER), self.env.ref("base.group_system")
        leading = users.search([("id", "in", eligible.ids), ("all_group_ids", "in", manager.ids)])
        running = users.search([("id", "in", eligible.ids), ("all_group_ids", "in", admin.ids)])
        return [company.sudo().retention_rescue_user_ids & eligible, leading, running, eligible]

    @api.model
    def _owner_loads(self, company):
        """Return {user id: number of alerts that are not closed}."""
        found = self.sudo()._read_group(
            [("company_id", "=", company.id), ("live", "=", True), ("user_id", "!=", False)],
            ["user_id"],
            ["__count"],
        )
        return Counter({user.id: count for user, count in found})

    @api.model
    def _teams_of(self, company, users):
        """Return {user: sales team}. Who left the company keeps the last team they had."""
        members = (
            self.env["crm.team.member"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("user_id", "in", users.ids),
                    ("crm_team_id.active", "=", True),
                    ("crm_team_id.company_id", "in", [False, *company._retention_members()]),
                ],
                order="active desc, id desc",
            )
        )
        found = {}
        for member in members:
            if member.active or not member.user_id.active:
                found.setdefault(member.user_id, member.crm_team_id)
        return found

    # ---------------------------------------------------------------- owners who are gone
    @api.model
    def _replace_owners(self, company, as_of, users=None):
        """Give alerts whose owner may no longer open them to somebody else.

        :param users: only these owners' alerts; None for everybody's
        """
        eligible = self._eligible_users(company)
        domain = [
            ("company_id", "=", company.id),
            ("live", "=", True),
            ("user_id", "not in", eligible.ids),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        alerts = self.search(domain)
        alerts = alerts.filtered("profile_id")
        if not alerts:
            return
        urgent = set(alerts.filtered(lambda a: a.action == "senior").profile_id.ids)
        gone = alerts.user_id
        owners = self._choose_owners(company, alerts.profile_id, urgent)
        for (owner, team), found in alerts.grouped(lambda a: owners[a.profile_id]).items():
            found.write({"user_id": owner.id, **({"team_id": team.id} if team else {})})
        alerts._log_batch(lambda alert: alert.env._("Taken over by %s.", alert.user_id.name or "–"))
        alerts.message_unsubscribe(gone.partner_id.ids)
        self._keep_capacity(company, alerts.user_id)
        alerts.write({"told_on": False})
        self._tell_critical(company, as_of)

    @api.model
    def _keep_capacity(self, company, users):
        """Send what these users have open beyond their capacity back into the queue."""
        capacity = company.sudo().retention_alert_capacity
        beyond = self.browse()
        found = self._read_group(
            [("company_id", "=", company.id), ("state", "=", "open"), ("user_id", "in", users.ids)],
            ["user_id"],
            ["id:recordset"],
            having=[("__count", ">", capacity)],
        )
        for _user, alerts in found:
            beyond |= alerts.sorted()[capacity:]
        if beyond:
            beyond._withdraw_tasks()
            beyond.write({"state": "queued", "date_deadline": False})

    @api.model
    def _fill_slots(self, company, as_of):
        """Open waiting alerts where their owner has room; return them."""
        capacity = company.sudo().retention_alert_capacity
        ids = self.env["retention.metrics"]._free_slots(company, capacity)
        alerts = self.browse(ids).try_lock_for_update(allow_referencing=True)
        if alerts:
            alerts._open(company, as_of)
        return alerts
