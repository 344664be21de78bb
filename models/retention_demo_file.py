from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

from ..demo import customer_file as story_file
from .retention_demo import NAMESPACE


class RetentionDemo(models.AbstractModel):
    """The customer file of the demo company, see ``demo/customer_file.py``."""

    _inherit = "retention.demo"

    @api.model
    def _tell_more(self, plan, partners):
        result = super()._tell_more(plan, partners)
        # Nobody is mailed about activities of the demo company.
        quiet = self.with_context(mail_activity_quick_update=True)
        quiet._tell_identity(plan, partners)
        quiet._tell_promises(plan, partners)
        quiet._tell_needs(plan, partners)
        quiet._tell_agreements(plan, partners)
        quiet._tell_key_dates(plan, partners)
        quiet._tell_preferences(plan, partners)
        quiet._tell_competitors(plan, partners)
        quiet._tell_referrals(plan, partners)
        quiet._tell_plans(plan, partners)
        return result

    @api.model
    def _seller(self, customer):
        return self.env.ref(f"{NAMESPACE}.user_{customer.seller}").id

    @api.model
    def _tell_identity(self, plan, partners):
        found = {}
        for customer in plan.customers:
            key = (story_file.size(customer), story_file.industry(customer))
            found.setdefault(key, self.env["res.partner"])
            found[key] |= partners[customer.key]
        for (size, industry), some in found.items():
            some.write({"company_size": size, "industry_id": self.env.ref(industry).id})

    @api.model
    def _tell_promises(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.PROMISES):
            what, due, state, reason, compensation = story_file.PROMISES[story]
            day = plan.as_of + timedelta(days=due)
            rows[f"promise_{customer.key}"] = {
                "partner_id": partners[story_file.person(customer)].id,
                "name": what[chinese],
                "due_date": day,
                "user_id": self._seller(customer),
                "state": state,
                "closed_on": day if state != "open" else False,
                "proof": reason[chinese] if state == "kept" else False,
                "explanation": reason[chinese] if state == "broken" else False,
                "compensation": compensation[chinese] if compensation else False,
            }
        self._keep("retention.promise", rows)

    @api.model
    def _tell_needs(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.NEEDS):
            what, ago, state = story_file.NEEDS[story]
            rows[f"need_{customer.key}"] = {
                "partner_id": partners[story_file.person(customer)].id,
                "name": what[chinese],
                "date": plan.as_of - timedelta(days=ago),
                "state": state,
            }
        self._keep("retention.need", rows)

    @api.model
    def _tell_agreements(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.AGREEMENTS):
            what, begins, ends, amount, signed, renewal = story_file.AGREEMENTS[story]
            start = plan.as_of + timedelta(days=begins)
            rows[f"agreement_{customer.key}"] = {
                "partner_id": partners[customer.key].id,
                "number": f"A-{start.year}-{customer.reference}",
                "name": what[chinese],
                "start": start,
                "end": plan.as_of + timedelta(days=ends),
                "signed_on": start - timedelta(days=10) if signed else False,
                "amount": amount,
                "renewal": renewal,
                "user_id": self._seller(customer),
            }
        self._keep("retention.agreement", rows)

    @api.model
    def _tell_key_dates(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.KEY_DATES):
            kind, calendar, month, day, year, name = story_file.KEY_DATES[story]
            key = story_file.person(customer) if kind == "birthday" else customer.key
            if kind == "birthday" and key == customer.key:
                continue  # nobody there is known by name
            rows[f"key_date_{customer.key}"] = {
                "partner_id": partners[key].id,
                "kind": kind,
                # The Chinese calendar is for those who live by it.
                "calendar": calendar if chinese else "solar",
                "month": month,
                "day": day,
                "year": year,
                "name": name[chinese] if name else False,
            }
        for story, customer, _chinese in story_file.told(plan, story_file.BIRTHDAYS):
            born = plan.as_of + timedelta(days=story_file.BIRTHDAYS[story])
            if story_file.person(customer) != customer.key:
                rows[f"birthday_{customer.key}"] = {
                    "partner_id": partners[story_file.person(customer)].id,
                    "kind": "birthday",
                    "calendar": "solar",
                    "month": born.month,
                    "day": born.day,
                    "year": story_file.BORN,
                }
        self._keep("retention.key.date", rows)

    @api.model
    def _tell_preferences(self, plan, partners):
        topics = self._keep(
            "retention.topic",
            {
                f"topic_{key}": {"name": names[0], "kind": kind}
                for key, (kind, names) in story_file.TOPICS.items()
            },
        )
        self._name_in_chinese(
            {topics[f"topic_{key}"]: names[1] for key, (_kind, names) in story_file.TOPICS.items()}
        )
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.PREFERENCES):
            english, wechat, days, quiet, price, about, hobbies = story_file.PREFERENCES[story]
            rows[f"preference_{customer.key}"] = {
                "partner_id": partners[story_file.person(customer)].id,
                "channel": wechat if chinese else english,
                "contact_every_days": days,
                "quiet_from": quiet[0],
                "quiet_to": quiet[1],
                "price_sensitive": price,
                "topic_ids": [Command.set([topics[f"topic_{key}"].id for key in about])],
                "hobby_ids": [Command.set([topics[f"topic_{key}"].id for key in hobbies])],
            }
        self._keep("retention.preference", rows)

    @api.model
    def _tell_competitors(self, plan, partners):
        rivals = self._keep(
            "retention.competitor",
            {
                f"competitor_{key}": {"name": names[self._speaks_chinese()]}
                for key, names in story_file.COMPETITORS.items()
            },
        )
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.RIVALS):
            key, product, price, ago, in_use = story_file.RIVALS[story]
            rows[f"competitor_note_{customer.key}"] = {
                "partner_id": partners[customer.key].id,
                "competitor_id": rivals[f"competitor_{key}"].id,
                "product": product[chinese],
                "price": price,
                "date": plan.as_of - timedelta(days=ago),
                "in_use": in_use,
            }
        self._keep("retention.competitor.note", rows)

    @api.model
    def _tell_referrals(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.REFERRALS):
            referrers = {
                other_chinese: other
                for _story, other, other_chinese in story_file.told(
                    plan, [story_file.REFERRALS[story]]
                )
            }
            if chinese in referrers:
                rows[f"referral_{customer.key}"] = {
                    "partner_id": partners[customer.key].id,
                    "referred_by_id": partners[referrers[chinese].key].id,
                    "date": plan.as_of - timedelta(days=100),
                }
        self._keep("retention.referral", rows)

    @api.model
    def _tell_plans(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, story_file.PLANS):
            title, goals, review = story_file.PLANS[story]
            rows[f"plan_{customer.key}"] = {
                "partner_id": partners[customer.key].id,
                "name": title[chinese],
                "user_id": self._seller(customer),
                "date_start": plan.as_of - timedelta(days=60),
                "date_end": plan.as_of + timedelta(days=300),
                "review_date": plan.as_of + timedelta(days=review),
                "goal_ids": [
                    Command.create(
                        {
                            "name": name[chinese],
                            "measure": measure[chinese],
                            "target": target,
                            "actual": actual,
                            "state": state,
                        }
                    )
                    for name, measure, target, actual, state in goals
                ],
            }
        self._keep("retention.plan", rows)
