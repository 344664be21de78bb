"""What goes into the audit trail: settings, rules, figures overruled by hand, changed answers."""

from odoo import api, models

from .batches import check_many

# What the engine keeps on a company for itself, or what would give a secret away.
NOT_SETTINGS = frozenset(
    {
        "retention_affinity_date",
        "retention_case_token",
        "retention_case_url",
        "retention_forecast_month",
        "retention_review_until",
        "retention_summary_on",
        "retention_tasks_told_on",
        "retention_tier_regrade",
        "retention_tier_rule_version",
    }
)


def _shown(records, names):
    """Return {record: {field: value as a reader sees it}}."""
    trail = records.env["retention.trail"]
    return {r: {name: trail._shown(r.sudo(), name) for name in names} for r in records}


def _changes(before, after, company_of, note_of=lambda record: None):
    """Return the lines of what is different ``after`` something was done; see :func:`_shown`."""
    return [
        {
            "company": company_of(record),
            "what": record._fields[name]._description_string(record.env),
            "record": record.sudo(),
            "old_value": before[record][name],
            "new_value": value,
            "note": note_of(record),
        }
        for record, values in after.items()
        for name, value in values.items()
        if before[record][name] != value
    ]


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        names = sorted(
            name
            for name in vals.keys() - NOT_SETTINGS
            if name.startswith("retention_")
            and name in self._fields
            and self._fields[name].type != "one2many"
        )
        if not names:
            return super().write(vals)
        before = _shown(self, names)
        result = super().write(vals)
        lines = _changes(before, _shown(self, names), lambda company: company)
        self.env["retention.trail"]._note("setting", lines)
        return result


class RetentionTrailed(models.AbstractModel):
    """Rules that people set: each change of theirs is noted."""

    _name = "retention.trailed"
    _description = "Rule With an Audit Trail"

    @api.model
    def _trailed_fields(self):
        """Return the names of the fields whose changes are noted. Hook: all stored ones."""
        skipped = {"id", "create_uid", "create_date", "write_uid", "write_date", "sequence"}
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and name not in skipped
            and field.type not in ("one2many", "binary", "html")
            and (not field.compute or not field.readonly)
        ]

    def _trail_company(self):
        company = "company_id" in self._fields and self.company_id
        return company or self.env.company

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._note_rule(self.env._("Created"))
        return records

    def write(self, vals):
        names = [name for name in self._trailed_fields() if name in vals]
        if not names:
            return super().write(vals)
        before = _shown(self, names)
        result = super().write(vals)
        lines = _changes(before, _shown(self, names), lambda record: record._trail_company())
        self.env["retention.trail"]._note("rule", lines)
        return result

    def unlink(self):
        self._note_rule(self.env._("Deleted"))
        return super().unlink()

    def _note_rule(self, what):
        if self.env.su or self.env.context.get("install_mode"):
            return  # what the addon brings or begins with is nobody's decision
        lines = [
            {"company": record._trail_company(), "what": what, "record": record.sudo()}
            for record in self
        ]
        self.env["retention.trail"]._note("rule", lines)


class RetentionSignal(models.Model):
    _name = "retention.signal"
    _inherit = ["retention.trailed", "retention.signal"]


class RetentionTier(models.Model):
    _name = "retention.tier"
    _inherit = ["retention.trailed", "retention.tier"]


class RetentionSegmentScheme(models.Model):
    _name = "retention.segment.scheme"
    _inherit = ["retention.trailed", "retention.segment.scheme"]


class RetentionSegmentCell(models.Model):
    _name = "retention.segment.cell"
    _inherit = ["retention.trailed", "retention.segment.cell"]

    def _trail_company(self):
        return self.scheme_id.company_id or super()._trail_company()


class RetentionTouchCap(models.Model):
    _name = "retention.touch.cap"
    _inherit = ["retention.trailed", "retention.touch.cap"]


class RetentionSop(models.Model):
    """Of procedures only what switches them on and off: versions keep the rest."""

    _name = "retention.sop"
    _inherit = ["retention.trailed", "retention.sop"]

    @api.model
    def _trailed_fields(self):
        return ["state"]

    def _note_rule(self, what):
        return None


class RetentionProfile(models.Model):
    """Figures overruled by hand."""

    _inherit = "retention.profile"

    def _note_override(self, names, work, note=""):
        """Do ``work()`` and note which of these fields it changed."""
        check_many(self)
        before = _shown(self, names)
        result = work()
        lines = _changes(
            before, _shown(self, names), lambda one: one.sudo().company_id, lambda one: note
        )
        self.env["retention.trail"]._note("override", lines)
        return result

    def _set_expected(self, day, today):
        return self._note_override(
            ["expected_date"], lambda: super(RetentionProfile, self)._set_expected(day, today)
        )

    def _set_pause(self, until, reason):
        return self._note_override(
            ["pause_until"], lambda: super(RetentionProfile, self)._set_pause(until, reason), reason
        )

    def _lock_tier(self, tier, until, reason):
        return self._note_override(
            ["tier_id", "tier_locked_until"],
            lambda: super(RetentionProfile, self)._lock_tier(tier, until, reason),
            reason,
        )

    def action_unlock_tier(self):
        return self._note_override(
            ["tier_locked_until"], lambda: super(RetentionProfile, self).action_unlock_tier()
        )


class RetentionAlert(models.Model):
    _inherit = "retention.alert"

    def write(self, vals):
        answered = self.sudo().filtered("outcome") if "outcome" in vals else self.browse()
        before = _shown(answered, ["outcome"])
        result = super().write(vals)
        after = _shown(answered, ["outcome"])
        lines = _changes(before, after, lambda one: one.company_id, lambda one: one.attempt)
        self.env["retention.trail"]._note("outcome", lines)
        return result
