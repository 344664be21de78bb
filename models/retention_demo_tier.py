from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Command

from ..demo import tiers
from .retention_demo import NAMESPACE


class RetentionDemo(models.AbstractModel):
    """Tiers of the demo company: the proposal accepted a year ago, with benefits of late."""

    _inherit = "retention.demo"

    @api.model
    def _tell_more(self, plan, partners):
        result = super()._tell_more(plan, partners)
        company = self.env.company._retention_company()
        found = self.env["retention.tier.proposal"]._of_company(company, plan.as_of)
        found._make_tiers(found.line_ids)
        found.unlink()
        company.sudo().retention_tiers_started = True
        return result

    @api.model
    def _live_day(self, plan, partners, day):
        result = super()._live_day(plan, partners, day)
        if (plan.as_of - day).days == tiers.BENEFITS_SINCE:
            now = datetime.combine(day, time(12))
            for benefit in self._make_benefits().values():
                if benefit.type != "activity":  # whoever has long been a VIP is not welcomed
                    benefit._give_all(day, now)
        return result

    @api.model
    def _compute_figures(self, plan, partners, users, months):
        result = super()._compute_figures(plan, partners, users, months)
        self._lock_one(plan)
        return result

    @api.model
    def _make_prices(self, company):
        off = {
            "applied_on": "3_global",
            "compute_price": "percentage",
            "percent_price": tiers.PRICES_OFF,
        }
        prices = {
            "name": self._in_both(*tiers.PRICES),
            "company_id": company.id,
            "sequence": 90,
            "item_ids": [Command.create(off)],
        }
        return self._keep("product.pricelist", {"prices_vip": prices})["prices_vip"]

    @api.model
    def _make_benefits(self):
        company = self.env.company._retention_company()
        tag = {"tag_vip": {"name": tiers.TAG[0], "color": 11}}
        tag = self._keep("res.partner.category", tag)["tag_vip"]
        self._name_in_chinese({tag: tiers.TAG[1]})
        given = {
            "prices": {"pricelist_id": self._make_prices(company).id},
            "tag": {"tag_id": tag.id},
        }
        mine = self.env["retention.tier"].search([("company_id", "=", company.id)])
        by_level = {tier.level: tier for tier in mine}
        rows = {
            f"benefit_{key}": {
                "tier_id": by_level[level].id,
                "sequence": 10 * number,
                "name": name[0],
                "note" if values["type"] == "activity" else "description": text and text[0],
                **values,
                **given.get(key, {}),
            }
            for number, (key, (level, name, text, values)) in enumerate(tiers.BENEFITS.items(), 1)
        }
        made = self._keep("retention.tier.benefit", rows)
        self._speak_of_benefits(made)
        return made

    @api.model
    def _speak_of_benefits(self, made):
        """Put the Chinese of these benefits beside the English."""
        if not self._speaks_chinese():
            return
        for key, (_level, name, text, values) in tiers.BENEFITS.items():
            benefit = made[f"benefit_{key}"].with_context(lang="zh_CN")
            benefit.name = name[1]
            if values["type"] == "activity":
                benefit.note = Markup("<p>%s</p>") % text[1]
            elif text:
                benefit.description = text[1]

    @api.model
    def _lock_one(self, plan):
        """Have a manager keep the best Gold customer who is buying, whatever comes."""
        company = self.env.company._retention_company()
        gold = [("company_id", "=", company.id), ("tier_id.level", "=", 2)]
        candidates = self.env["retention.profile"].search(
            [*gold, ("stage", "!=", "lost")], order="tier_spend desc, id", limit=1
        )
        manager = self.env.ref(f"{NAMESPACE}.user_mara")
        until = max(plan.as_of, company._retention_today()) + timedelta(days=tiers.LOCK_DAYS)
        reason = tiers.LOCK_REASON[manager.lang == "zh_CN"]
        for profile in candidates:
            profile._lock_tier(profile.tier_id, until, reason)
