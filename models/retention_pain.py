from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

USER = "customer_retention.group_user"
TELL_TYPE = "customer_retention.activity_type_pain_fixed"


class RetentionPain(models.Model):
    """What several customers suffer from in a product, for the team that can mend it.

    How many customers it hits and what they buy in a year says what to mend first. Once it is
    mended, everybody who was hit is told, each by the person who looks after them.
    """

    _name = "retention.pain"
    _description = "Product Pain"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "value desc, customer_count desc, id desc"
    _allow_sudo_commands = False
    _mail_post_access = "read"

    name = fields.Char("Pain", required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company._retention_company(),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", index="btree_not_null", ondelete="set null")
    feature = fields.Char(help="Which part or function, where a product has many.")
    user_id = fields.Many2one(
        "res.users",
        "Product Team",
        index="btree_not_null",
        tracking=True,
        domain=lambda self: self.env["retention.file.record"]._owner_domain(),
        help="Who sees to it that it is mended.",
    )
    state = fields.Selection(
        [
            ("open", "Not looked at"),
            ("in_work", "Being mended"),
            ("fixed", "Mended"),
            ("wont_fix", "Will not be mended"),
        ],
        required=True,
        default="open",
        tracking=True,
        group_expand=True,
        copy=False,
    )
    fixed_on = fields.Date("Mended On", readonly=True, copy=False)
    description = fields.Text()
    reply = fields.Text("What to Tell Customers", help="Goes into the tasks of their owners.")
    link_ids = fields.One2many("retention.pain.link", "pain_id", "Said By")
    customer_count = fields.Integer("Customers Hit", readonly=True, copy=False, aggregator=None)
    value = fields.Monetary(
        "Value Hit",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Net amount of these customers in 12 months. A customer may be hit by several.",
    )
    untold_count = fields.Integer(
        "To Be Told",
        compute="_compute_untold_count",
        help="Customers who do not know yet that it is mended.",
    )

    @api.depends("link_ids.told_on", "link_ids.partner_id")
    def _compute_untold_count(self):
        for pain in self:
            pain.untold_count = len(pain._untold().commercial_partner_id)

    def _untold(self):
        return self.link_ids.filtered(lambda link: link.partner_id and not link.told_on)

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for pain in self.filtered("user_id"):
            user = pain.user_id
            members = set(pain.company_id._retention_company()._retention_members())
            if not (user.active and user.has_group(USER) and members & set(user.company_ids.ids)):
                raise ValidationError(
                    self.env._(
                        "%(user)s could not open it. Choose a user of Retention in the same "
                        "company for the product team.",
                        user=user.name,
                    )
                )

    def _mail_get_partner_fields(self, introspect_fields=False):
        # A discussion among colleagues: no customer is ever proposed as a recipient.
        return []

    # ---------------------------------------------------------------- whom it hits
    def _store_hits(self):
        """Store how many customers these hit and what they bought in 12 months."""
        metrics = self.env["retention.metrics"]
        for company, pains in self.grouped("company_id").items():
            owner = company._retention_company()
            found = metrics._pain_hits(owner, owner._retention_today(), pains.ids)
            for pain in pains:
                count, value = found.get(pain.id, (0, 0))
                value = pain.currency_id.round(value)
                if (pain.customer_count, pain.value) != (count, value):
                    pain.sudo().write({"customer_count": count, "value": value})

    @api.model
    def _cron_hits(self):
        """What customers buy moves; whose pain is settled is left as it was."""
        self.search([("state", "in", ("open", "in_work"))])._store_hits()

    # ---------------------------------------------------------------- what becomes of it
    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        for company, pains in self.grouped("company_id").items():
            fixed = vals["state"] == "fixed" and company._retention_today()
            for day, mine in pains.grouped(lambda p, f=fixed: f and (p.fixed_on or f)).items():
                super(RetentionPain, mine).write({**vals, "fixed_on": day})
        return True

    def action_start(self):
        self.write({"state": "in_work"})

    def action_fixed(self):
        self.write({"state": "fixed"})

    def action_wont_fix(self):
        self.write({"state": "wont_fix"})

    def action_reopen(self):
        self.write({"state": "open"})

    def action_tell(self):
        """Give whoever looks after a customer hit one task: tell them that it is mended."""
        for pain in self:
            pain.check_access("write")
            if pain.state != "fixed":
                raise UserError(self.env._("Tell customers once it is mended."))
            waiting = pain._untold().filtered(lambda link: not link.activity_id)
            if not waiting:
                raise UserError(self.env._("Everybody has been told, or somebody is at it."))
            for user, links in pain._by_owner(waiting).items():
                links.sudo().activity_id = pain.sudo().activity_schedule(
                    TELL_TYPE,
                    automated=False,
                    summary=pain.name,
                    note=pain._task_note(links),
                    date_deadline=pain.company_id._retention_today(),
                    user_id=user.id,
                )

    def _by_owner(self, links):
        """Return {user: links} by who looks after the customers, else the product team."""
        self.ensure_one()
        company = self.company_id._retention_company()
        profiles = self.env["retention.profile"].search_fetch(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", links.commercial_partner_id.ids),
            ["partner_id", "user_id"],
        )
        members = set(company._retention_members())
        owners = {
            profile.partner_id: user
            for profile in profiles
            if (user := profile.user_id.sudo()).active
            and user.has_group(USER)
            and members & set(user.company_ids.ids)
        }
        fallback = self.user_id or self.env.user
        return links.grouped(lambda link: owners.get(link.commercial_partner_id, fallback))

    def _task_note(self, links):
        names = sorted(set(links.commercial_partner_id.sudo().mapped("name")))
        return self.env["ir.qweb"]._render(
            "customer_retention.pain_task_note", {"reply": self.reply, "names": names}
        )

    def action_open_links(self):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "retention.pain.link",
            "view_mode": "list,form",
            "domain": [("pain_id", "=", self.id)],
            "context": {"default_pain_id": self.id},
            "name": self.env._("Customers Hit"),
        }


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who finished the task to tell customers has told them."""
        links = self.env["retention.pain.link"].sudo()
        tasks = self.filtered(lambda task: task.res_model == "retention.pain")
        if tasks:
            links = links.search([("activity_id", "in", tasks.ids)])
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        links._told()
        return result
