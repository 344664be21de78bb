from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.customer_retention.models.retention_sop_runner import Result
from odoo.addons.customer_retention.models.retention_sop_step_types import StepType


class RetentionSopStep(models.Model):
    _inherit = "retention.sop.step"

    lead_tag_id = fields.Many2one(
        "crm.tag",
        "Tag of the Opportunity",
        ondelete="set null",
        help="Given to the opportunity that is made.",
    )

    @api.model
    def _step_types(self):
        types = super()._step_types()
        types["opportunity"] = StepType(self.env._("Opportunity"), "fa-star-o", person=True)
        return types

    def _channels_opportunity(self, runs):
        return dict.fromkeys(runs.ids)

    def _run_opportunity(self, runs, now):
        """Open an opportunity for each customer; the procedure's own open one is gone on with."""
        people = self._people_of(runs)
        notes = self._notes(people)
        leads = self._open_opportunities(runs)
        firsts = {}
        for run in runs:
            if run.partner_id.id not in leads:
                firsts.setdefault(run.partner_id.id, run)
        stages = self._first_stages(runs.enrollment_id.team_id)
        made = self.env["crm.lead"].create(
            [
                {
                    "stage_id": stages[run.enrollment_id.team_id].id,
                    **self._opportunity_values(run, people[run.id], notes[people[run.id].lang]),
                }
                for run in firsts.values()
            ]
        )
        for user, mine in made.grouped("user_id").items():
            mine.message_subscribe(user.partner_id.ids)
        leads |= dict(zip(firsts, made, strict=True))
        opened = {run.id for run in firsts.values()}
        joined = runs.filtered(lambda run: run.id not in opened)
        self._join_opportunities(joined, leads, people, notes)
        new, old = self.env._("Opportunity opened"), self.env._("Added to the open opportunity")
        return {
            run.id: Result(
                text=new if run.id in opened else old,
                values={
                    "res_model": "crm.lead",
                    "res_id": leads[run.partner_id.id].id,
                    "user_id": leads[run.partner_id.id].user_id.id,
                },
            )
            for run in runs
        }

    def _open_opportunities(self, runs):
        """Return {customer: opportunity} that this procedure, in any version, has open."""
        earlier = runs.search(
            [
                ("enrollment_id.root_id", "=", self.sop_id.root_id.id),
                ("company_id", "in", runs.company_id.ids),
                ("partner_id", "in", runs.partner_id.ids),
                ("res_model", "=", "crm.lead"),
            ]
        )
        leads = self.env["crm.lead"].search(
            [("id", "in", earlier.mapped("res_id")), ("won_status", "=", "pending")]
        )
        by_id = {lead.id: lead for lead in leads}
        return {run.partner_id.id: by_id[run.res_id] for run in earlier if run.res_id in by_id}

    @api.model
    def _first_stages(self, teams):
        """Return {team or none: stage} in which opportunities begin; Odoo would ask for each."""
        leads, no_team = self.env["crm.lead"], self.env["crm.team"]
        open_ones = [("fold", "=", False)]
        return {
            team: leads._stage_find(team_id=team.id, domain=open_ones) for team in [no_team, *teams]
        }

    def _opportunity_values(self, run, user, note):
        title, script = note
        enrollment = run.enrollment_id
        return {
            "type": "opportunity",
            "name": self.env._(
                "%(step)s: %(customer)s", step=title, customer=run.partner_id.display_name
            ),
            "partner_id": run.contact_id.id,
            "description": script,
            "user_id": user.id,
            "team_id": enrollment.team_id.id,
            "company_id": enrollment.company_id.id,
            "expected_revenue": 0,
            "tag_ids": [Command.set(self.lead_tag_id.ids)],
        }

    def _join_opportunities(self, runs, leads, people, notes):
        """Note the script of this step on opportunities that are open already."""
        bodies = {}
        for run in runs:
            title, script = notes[people[run.id].lang]
            body = Markup("<p><b>%s</b></p>%s") % (title, script or "")
            lead_id = leads[run.partner_id.id].id
            bodies[lead_id] = bodies.get(lead_id, Markup()) + body
        self.env["crm.lead"].browse(bodies)._message_log_batch(bodies)
