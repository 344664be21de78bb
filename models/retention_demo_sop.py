from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Command
from odoo.tools.translate import TranslationImporter, get_po_paths

from ..demo import customer_file as story_file
from ..demo import procedures
from .retention_demo import NAMESPACE

OURS = "customer_retention"
ENROLLMENT = "retention.enrollment"
HOUR_COST = 45.0


class RetentionDemo(models.AbstractModel):
    """Procedures of the demo company, see ``demo/procedures.py``.

    The engine itself works through the last weeks, with their moments as arguments. Nothing is
    sent: "Send to customers" stays off, so what is for customers becomes tasks.
    """

    _inherit = "retention.demo"

    # ---------------------------------------------------------------- what was said before
    @api.model
    def _tell_more(self, plan, partners):
        result = super()._tell_more(plan, partners)
        self.env.company.sudo().retention_hour_cost = HOUR_COST
        self._tell_talks(plan, partners)
        self._tell_optouts(plan, partners)
        self._tell_contents(plan)
        self._translate_library()
        self._make_own_procedure()
        return result

    @api.model
    def _translate_library(self):
        """Bring the Chinese of the library now: what is taken from it is a copy, and Odoo loads
        translations only after the data.
        """
        if not self._speaks_chinese():
            return
        named = self.env["ir.model.data"].search(
            [("module", "=", OURS), ("model", "in", ["retention.sop", "retention.sop.step"])]
        )
        names = set(named.mapped("complete_name"))
        importer = TranslationImporter(self.env.cr, verbose=False)
        for path in get_po_paths(OURS, "zh_CN"):
            importer.load_file(path, "zh_CN", xmlids=names)
        importer.save()

    @api.model
    def _tell_talks(self, plan, partners):
        rows = {}
        for story, customer, chinese in story_file.told(plan, procedures.TALKS):
            ago, kind, sentiment, words = procedures.TALKS[story]
            rows[f"talk_{customer.key}"] = {
                "partner_id": partners[story_file.person(customer)].id,
                "user_id": self._seller(customer),
                "date": self._moment(plan.as_of - timedelta(days=ago), procedures.WORK_HOUR),
                "kind": kind,
                "sentiment": sentiment,
                "note": words[chinese],
            }
        self._keep("retention.interaction", rows)

    @api.model
    def _tell_optouts(self, plan, partners):
        rows = {}
        for story, customer, _chinese in story_file.told(plan, procedures.OPTOUTS):
            purpose, ago, source = procedures.OPTOUTS[story]
            rows[f"optout_{customer.key}"] = {
                "partner_id": partners[story_file.person(customer)].id,
                "purpose": purpose,
                "date": self._moment(plan.as_of - timedelta(days=ago), procedures.WORK_HOUR),
                "source": source,
            }
        self._keep("retention.optout", rows)

    @api.model
    def _tell_contents(self, plan):
        rows, texts = {}, {}
        for key, (kind, sells, codes, ago, title, text) in procedures.CONTENTS.items():
            rows[f"content_{key}"] = {
                "kind": kind,
                "promotional": sells,
                "date_from": plan.as_of - timedelta(days=ago),
                "category_ids": [Command.set([self._own(f"category_{c}").id for c in codes])],
            }
            texts[f"content_{key}"] = title, text
        for code, (title, text) in procedures.GUIDES.items():
            product = self._own(f"product_{code.replace('-', '_')}").product_tmpl_id
            key = f"content_guide_{code.lower()}"
            rows[key] = {
                "kind": "usage_guide",
                "product_tmpl_ids": [Command.set(product.ids)],
            }
            texts[key] = title, text
        for key, values in rows.items():
            title, text = texts[key]
            values |= {"name": title[0], "body": Markup("<p>%s</p>") % text[0]}
        contents = self._keep("retention.content", rows)
        self._name_in_chinese({c: texts[key][0][1] for key, c in contents.items()})
        for key, content in contents.items():
            english, chinese = texts[key][1]
            if self._speaks_chinese():
                content.update_field_translations("body", {"zh_CN": {english: chinese}})

    @api.model
    def _own(self, key):
        return self.env.ref(f"{NAMESPACE}.{key.lower()}")

    @api.model
    def _moment(self, day, hour):
        return datetime.combine(day, time(hour))

    # ---------------------------------------------------------------- a procedure of their own
    @api.model
    def _make_own_procedure(self):
        own = procedures.OWN
        body = Markup('<p t-out="object.salutation"/><p>%s</p>')
        template = self._keep(
            "mail.template",
            {
                "text_sample_box": {
                    "name": own["name"][0],
                    "model_id": self.env["ir.model"]._get_id(ENROLLMENT),
                    "subject": own["subject"][0],
                    "body_html": body % own["text"][0],
                }
            },
        )["text_sample_box"]
        steps = [
            {
                "name": name[0],
                "sequence": 10 * number,
                **values,
                "template_id": template.id if values["type"] == "contact" else False,
            }
            for number, (name, values) in enumerate(own["steps"], 1)
        ]
        sop = self._keep(
            "retention.sop",
            {
                "sop_sample_box": {
                    "name": own["name"][0],
                    "description": own["description"][0],
                    "company_id": self.env.company._retention_company().id,
                    "touchpoint": "grow",
                    "purpose": "care",
                    "goal_days": 30,
                    "exit_on_goal": False,
                    "step_ids": [Command.create(values) for values in steps],
                }
            },
        )["sop_sample_box"]
        if self._speaks_chinese():
            self._speak_of_procedure(own, template, sop, body % own["text"][1])

    @api.model
    def _speak_of_procedure(self, own, template, sop, body):
        """Put the Chinese of the procedure beside the English."""
        template.with_context(lang="zh_CN").write({"subject": own["subject"][1], "body_html": body})
        chinese = sop.with_context(lang="zh_CN")
        chinese.write({"name": own["name"][1], "description": own["description"][1]})
        for step, (name, _values) in zip(chinese.step_ids, own["steps"], strict=True):
            step.name = name[1]

    # ---------------------------------------------------------------- day by day
    @api.model
    def _days_to_live(self, plan, months):
        weeks = {plan.as_of - timedelta(days=ago) for ago in range(procedures.DAYS + 1)}
        return sorted({*super()._days_to_live(plan, months), *weeks})

    @api.model
    def _live_day(self, plan, partners, day):
        """Managers decide, the runner runs, people work, customers enter at night.

        The as-of date itself has only begun: what is due in its course is left to be done.
        """
        demo = self.with_context(mail_activity_quick_update=True)
        ago = (plan.as_of - day).days
        if ago <= procedures.DAYS:
            demo._decide(plan, partners, ago)
        if 0 < ago <= procedures.DAYS:
            for hour in sorted({*procedures.MOMENTS, procedures.WORK_HOUR}):
                now = self._moment(day, hour)
                if hour != procedures.WORK_HOUR:
                    demo._run_due(now)
                elif procedures.works(plan.as_of, day):
                    demo._do_tasks(plan.as_of, now)
        now = self._moment(day, procedures.NIGHT_HOUR if ago else 0)
        demo = demo.with_context(retention_now=now)
        return super(RetentionDemo, demo)._live_day(plan, partners, day)

    @api.model
    def _run_due(self, now):
        company = self.env.company._retention_company()
        while self.env["retention.sop.step.run"]._tick(company, now):
            pass

    # ---------------------------------------------------------------- what managers decide
    @api.model
    def _decide(self, plan, partners, ago):
        """Do what was decided ``ago`` days before the as-of date or earlier, once."""
        as_of = plan.as_of
        for code, use in procedures.USED.items():
            if ago <= use.since and (sop := self._take_once(code, use.values)):
                sop._start(as_of - timedelta(days=ago))
        for code in procedures.DRAFTS:
            self._take_once(code)
        for code, (use, paused) in procedures.PAUSED.items():
            if ago <= use.since and (sop := self._take_once(code, use.values)):
                sop._start(as_of - timedelta(days=ago))
            sop = self._taken(code)
            if ago <= paused and sop.state == "active":
                sop.action_pause()
        for code, (since, changes) in procedures.SECOND_VERSIONS.items():
            sop = self._taken(code)
            if ago <= since and sop.version == 1 and not sop.replaced_by_id:
                self._change(sop, changes)._start(as_of - timedelta(days=ago))
        own = self._own("sop_sample_box")
        if ago <= procedures.OWN_SINCE and own.state == "draft":
            own._start(as_of - timedelta(days=ago))
        self._add_by_hand(plan, partners, own, ago)
        if ago <= procedures.OWN_TEXT_DELETED:
            own.step_ids.template_id.unlink()

    @api.model
    def _taken(self, code):
        return (
            self.env.ref(f"{NAMESPACE}.sop_{code}", raise_if_not_found=False)
            or self.env["retention.sop"]
        )

    @api.model
    def _take_once(self, code, values=None):
        """Return the library entry ``code`` taken for the company; nothing a second time."""
        if self._taken(code):
            return None
        sop = self.env.ref(f"{OURS}.sop_{code}")._take()
        sop.write(values or {})
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": f"{NAMESPACE}.sop_{code}", "record": sop, "noupdate": True}]
        )
        return sop

    @api.model
    def _change(self, sop, changes):
        """Return the next version of a procedure: {number of a step, from 0: its values}."""
        following = self.env["retention.sop"].browse(sop.action_change()["res_id"])
        for number, values in changes.items():
            following.step_ids[number].write(values)
        return following

    @api.model
    def _add_by_hand(self, plan, partners, sop, ago):
        """Add to the company's own procedure whom somebody chose on that day."""
        day = plan.as_of - timedelta(days=ago)
        profiles = self.env["retention.profile"]
        for story, customer, _chinese in story_file.told(plan, procedures.OWN_ADDED):
            if procedures.OWN_ADDED[story] != ago:
                continue
            partner = partners[customer.key]
            found = [("partner_id", "=", partner.id), ("company_id", "=", sop.company_id.id)]
            row = {
                "partner_id": partner.id,
                "contact_id": partners[story_file.person(customer)].id,
                "anchor_date": day,
                "source_model": None,
                "source_id": None,
                "profile_id": profiles.search(found).id,
            }
            moment = self._moment(day, procedures.MOMENTS[0])
            sop._engine_env()._enroll([row], day, moment, "hand")

    # ---------------------------------------------------------------- what people do
    @api.model
    def _do_tasks(self, as_of, now):
        """Finish those open tasks of procedures whose turn has come.

        :param date as_of: day that the demo company was told up to
        """
        runs = self.env[ENROLLMENT]._engine().env["retention.sop.step.run"]
        company = self.env.company._retention_company()
        keys, done = self._partner_keys(), {}
        for run in runs.search([("company_id", "=", company.id), ("state", "=", "open")]):
            if run.activity_id.res_model != ENROLLMENT:
                continue
            work = procedures.work(
                keys.get(run.partner_id.id, ""),
                run.step_id.with_context(lang="en_US").name,
                (as_of - run.enrollment_id.anchor_date).days,
                run.channel or run.step_id.channel,
            )
            if (now.date() - run.due_at.date()).days >= work.after:
                done[run] = work
        runs.concat(*done)._end_open(
            {run.id: ("done", self._said(run, work)) for run, work in done.items()}, now
        )
        for run, work in done.items():
            run.activity_id.write(
                {
                    "active": False,
                    "feedback": self._said(run, work),
                    "date_done": now.date(),
                    # The talk is the contact.
                    "retention_no_contact": True,
                }
            )
        talks = [self._talk_values(run, work, now) for run, work in done.items()]
        self.env["retention.interaction"].create([values for values in talks if values["kind"]])

    @api.model
    def _partner_keys(self):
        """Return {partner id: its key in the plan} of the demo company's customers and people."""
        named = [("module", "=", NAMESPACE), ("model", "=", "res.partner")]
        found = self.env["ir.model.data"].sudo().search_fetch(named, ["res_id", "name"])
        return {data.res_id: data.name for data in found}

    @api.model
    def _said(self, run, work):
        return work.words[run.user_id.lang == "zh_CN"]

    @api.model
    def _talk_values(self, run, work, now):
        return {
            "partner_id": run.contact_id.id,
            "company_id": run.company_id.id,
            "user_id": run.user_id.id,
            "date": now,
            "kind": run.channel or run.step_id.channel,
            "outcome": "reached" if work.reached else "no_answer",
            "topic": run.step_id.with_context(lang=run.user_id.lang).name,
            "note": self._said(run, work),
        }
