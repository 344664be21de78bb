"""Benefits that are a mark somewhere: pricelist, account manager, contact tag."""

from odoo import models
from odoo.fields import Command

from .retention_tier_follow import Given, Taken


class RetentionTierBenefit(models.Model):
    _inherit = "retention.tier.benefit"

    # ---------------------------------------------------------------- a value, put back later
    def _put(self, grants, name, places, value):
        """Write ``value`` and remember what was there; return {grant id: Given}.

        :param name: a many2one of the records at ``places``
        :param places: {key: function that returns the record of a grant}
        """
        before = {grant.id: {} for grant in grants}
        for key, place in places.items():
            changed = []
            for grant in grants:
                record = place(grant)
                before[grant.id][key] = record[name].id
                if record[name] != value:
                    changed.append(record)
            if changed:
                changed[0].union(*changed).write({name: value.id})
        return {
            key: Given(text=value.display_name, values={"before": {"was": was, "given": value.id}})
            for key, was in before.items()
        }

    def _put_back(self, grants, name, places):
        """Write what was there before, unless a person changed it since: {grant id: Taken}."""
        model = self.env["retention.tier.grant"]
        later = model.search(
            [
                ("profile_id", "in", grants.profile_id.ids),
                ("benefit_id.type", "=", self.type),
                ("live", "=", True),
                ("state", "=", "given"),
                ("id", "not in", grants.ids),
            ]
        ).grouped("profile_id")
        left = model
        for key, place in places.items():
            left |= self._put_back_at(key, grants, name, place, later)
        text = self.env._("Changed by a person since, and left as it is")
        return {grant.id: Taken(text=text if grant in left else "") for grant in grants}

    def _put_back_at(self, key, grants, name, place, later):
        """Do so at one place; return the grants whose value a person changed."""
        groups, left = {}, grants.browse()
        for grant in grants:
            was, given = grant.before["was"].get(key), grant.before["given"]
            record = place(grant)
            above = [
                other
                for other in later.get(grant.profile_id, ())
                if other.id > grant.id and other.before["was"].get(key) == given
            ]
            for other in above:
                # Lies on top: it gives back what was under this one.
                other.before = {**other.before, "was": {**other.before["was"], key: was}}
            if record[name].id == given:
                groups.setdefault(was, []).append(record)
            elif not above:
                left |= grant
        for was, records in groups.items():
            value = records[0][name].browse(was or ()).exists()
            records[0].union(*records).write({name: value.id})
        return left

    def _standing(self, grants):
        """Return those of ``grants`` whose mark a take-back would change on the contact."""
        work = getattr(self, f"_standing_{self.type}", None)
        return work(grants) if work else grants.browse()

    # ---------------------------------------------------------------- pricelist
    def _pricelist_places(self):
        """Return {company: place}: each branch has a pricelist of its own for a customer."""
        return {
            str(key): lambda grant, key=key: grant.partner_id.with_company(key)
            for key in self.company_id._retention_members()
        }

    def _problems_pricelist(self):
        if self.pricelist_id and not self.pricelist_id.active:
            return [self.env._("%s is archived.", self.pricelist_id.name)]
        return []

    def _grant_pricelist(self, grants, as_of, now):
        name, places = "specific_property_product_pricelist", self._pricelist_places()
        currency = self.pricelist_id.currency_id
        foreign = grants.filtered(
            lambda grant: any(
                (theirs := place(grant)[name].currency_id) and theirs != currency
                for place in places.values()
            )
        )
        # Nobody is made to pay in another currency; a person chooses.
        text = self.env._("Prices in another currency: choose a pricelist by hand")
        before = {"was": {}, "given": self.pricelist_id.id}
        return self._put(grants - foreign, name, places, self.pricelist_id) | dict.fromkeys(
            foreign.ids, Given("waiting", text, {"before": before})
        )

    def _take_back_pricelist(self, grants, as_of, now):
        name = "specific_property_product_pricelist"
        return self._put_back(grants, name, self._pricelist_places())

    def _standing_pricelist(self, grants):
        name, places = "specific_property_product_pricelist", self._pricelist_places()

        def changes(grant, key, place):
            was, given = grant.before["was"].get(key), grant.before["given"]
            return place(grant)[name].id == given != was

        return grants.filtered(
            lambda grant: any(changes(grant, key, place) for key, place in places.items())
        )

    # ---------------------------------------------------------------- account manager
    def _problems_manager(self):
        if self.user_id and not self.user_id.active:
            return [self.env._("%s is archived.", self.user_id.name)]
        return []

    def _grant_manager(self, grants, as_of, now):
        """On the profile: the contact is shared by all companies."""
        return self._put(grants, "user_id", {"": lambda grant: grant.profile_id}, self.user_id)

    def _take_back_manager(self, grants, as_of, now):
        return self._put_back(grants, "user_id", {"": lambda grant: grant.profile_id})

    # ---------------------------------------------------------------- contact tag
    def _same_tag(self, grants):
        """Return {contact: its other live grants of the same tag}, of all companies."""
        found = self.env["retention.tier.grant"].search(
            [
                ("partner_id", "in", grants.partner_id.ids),
                ("benefit_id.tag_id", "=", self.tag_id.id),
                ("live", "=", True),
                ("state", "=", "given"),
                ("id", "not in", grants.ids),
            ]
        )
        return found.grouped("partner_id")

    def _grant_tag(self, grants, as_of, now):
        others, found = self._same_tag(grants), {}
        for grant in grants:
            partner = grant.partner_id
            # A tag that another benefit gave is nobody's own.
            own = self.tag_id in partner.category_id and not any(
                not (other.before or {}).get("had") for other in others.get(partner, ())
            )
            found[grant.id] = Given(values={"before": {"had": own}})
        without = grants.partner_id.filtered(lambda p: self.tag_id not in p.category_id)
        without.write({"category_id": [Command.link(self.tag_id.id)]})
        return found

    def _take_back_tag(self, grants, as_of, now):
        others = self._same_tag(grants)
        ours = grants.filtered(
            lambda g: not (g.before or {}).get("had") and g.partner_id not in others
        )
        tagged = ours.partner_id.filtered(lambda p: self.tag_id in p.category_id)
        tagged.write({"category_id": [Command.unlink(self.tag_id.id)]})
        return {}

    def _standing_tag(self, grants):
        return grants.filtered(
            lambda g: not (g.before or {}).get("had") and self.tag_id in g.partner_id.category_id
        )

    # ---------------------------------------------------------------- early access
    def _grant_early(self, grants, as_of, now):
        """The grant itself is the place on the list; the tag is for other apps."""
        return self._grant_tag(grants, as_of, now) if self.tag_id else {}

    def _take_back_early(self, grants, as_of, now):
        return self._take_back_tag(grants, as_of, now) if self.tag_id else {}

    def _standing_early(self, grants):
        return self._standing_tag(grants)
