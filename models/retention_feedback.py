from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..analytics import voice

OUTSIDE_KEY = ("company_id", "source", "outside_id")
CORRECTED = {"partner_id", "date", "kind", "score", "comment", "survey"}
FRESH_FIELDS = {"partner_id", "company_id", "date", "kind", "score"}


class RetentionFeedback(models.Model):
    """One answer of a customer: a score, an interview, a filled-in questionnaire.

    Without a contact it is anonymous: it counts for the company and touches no customer.
    """

    _name = "retention.feedback"
    _description = "Customer Answer"
    _inherit = ["retention.file.record"]
    _order = "date desc, id desc"
    _rec_names_search = ["partner_id", "comment", "survey"]
    _allow_sudo_commands = False

    # Who is deleted leaves an anonymous answer.
    partner_id = fields.Many2one(required=False, ondelete="set null", help="Empty: anonymous.")
    date = fields.Date("Answered On", required=True, index=True, default=fields.Date.context_today)
    kind = fields.Selection(
        [
            ("nps", "Recommendation (NPS)"),
            ("csat", "Satisfaction (CSAT)"),
            ("interview", "Interview"),
            ("questionnaire", "Questionnaire"),
        ],
        "Kind of Answer",
        required=True,
        default="nps",
        help="Recommendation, satisfaction, or an interview without a score.",
    )
    score = fields.Integer(
        default=voice.NO_SCORE,
        aggregator=None,
        help="Recommendation: 0 to 10. Satisfaction: 1 to 5.",
    )
    score_text = fields.Char("Score in Words", compute="_compute_score_text")
    nps_class = fields.Selection(
        [("promoter", "Promoter"), ("passive", "Passive"), ("detractor", "Detractor")],
        "NPS Class",
        compute="_compute_classes",
        store=True,
        precompute=True,
    )
    answer_class = fields.Selection(
        [("good", "Good answer"), ("middle", "Middling answer"), ("bad", "Bad answer")],
        "How It Was",
        compute="_compute_classes",
        store=True,
        precompute=True,
    )
    comment = fields.Text()
    theme_ids = fields.Many2many(
        "retention.theme", "retention_feedback_theme_rel", "feedback_id", "theme_id", "Themes"
    )
    line_ids = fields.One2many(
        "retention.feedback.line", "feedback_id", "Questions and Answers", copy=True
    )
    interaction_id = fields.Many2one(
        "retention.interaction",
        "Talk",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The follow-up record of the interview.",
    )
    source = fields.Selection(
        [("manual", "Entered by hand"), ("import", "From a spreadsheet")],
        required=True,
        default="manual",
        readonly=True,
        copy=False,
    )
    survey = fields.Char(help="Which survey or round of questions it belongs to.")
    outside_id = fields.Char("Outside Number", readonly=True, copy=False)

    _outside_uniq = models.Constraint(
        "UNIQUE (company_id, source, outside_id)", "An answer from elsewhere is kept once."
    )
    _customer_idx = models.Index("(company_id, commercial_partner_id, kind, date)")

    # ---------------------------------------------------------------- words
    @api.model
    def _selection_kind(self):
        return self._fields["kind"]._description_selection(self.env)

    @api.model
    def _selection_nps_class(self):
        return self._fields["nps_class"]._description_selection(self.env)

    @api.depends("kind", "score")
    def _compute_classes(self):
        for answer in self:
            found = voice.answer_class(answer.kind, answer.score)
            answer.answer_class = found
            known = answer.kind == "nps" and found
            answer.nps_class = voice.nps_class(answer.score) if known else False

    @api.depends("kind", "score")
    def _compute_score_text(self):
        for answer in self:
            most = voice.SCALES[answer.kind][1] if answer.kind in voice.SCALES else 0
            shown = bool(most) and answer.score >= 0
            answer.score_text = f"{answer.score} / {most}" if shown else False

    @api.depends("partner_id", "kind", "score")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._selection_kind())
        for answer in self:
            who = answer.partner_id.display_name or self.env._("Anonymous")
            what = " ".join(filter(None, (kinds.get(answer.kind), answer.score_text)))
            answer.display_name = f"{who}: {what}"

    # ---------------------------------------------------------------- checks
    @api.constrains("kind", "score")
    def _check_score(self):
        """Here rather than in the database, so that the words say from where to where."""
        for answer in self.filtered(lambda one: one.kind in voice.SCALES):
            low, high = voice.SCALES[answer.kind]
            if not low <= answer.score <= high:
                raise ValidationError(
                    self.env._("Say the score, from %(low)s to %(high)s.", low=low, high=high)
                )

    @api.onchange("kind")
    def _onchange_kind(self):
        self.score = voice.NO_SCORE

    # ---------------------------------------------------------------- writing
    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        answers._ask_retention_refresh()
        answers._after_answers()
        return answers

    def write(self, vals):
        asked = bool(FRESH_FIELDS & vals.keys())
        if asked:
            self._ask_retention_refresh()
        result = super().write(vals)
        if asked:
            self._ask_retention_refresh()
        return result

    def unlink(self):
        self._ask_retention_refresh()
        return super().unlink()

    def _ask_retention_refresh(self):
        self.env["retention.refresh.request"]._ask_pairs(
            {(one.partner_id.id, one.company_id.id) for one in self if one.partner_id}
        )

    def _after_answers(self):
        """What follows from new answers. Hook."""

    @api.model
    def _note(self, vals_list):
        """Keep answers from elsewhere exactly once, found by their outside number.

        :param vals_list: values with ``company_id``, ``source`` and ``outside_id``
        :return: (answers in the order given, number added, number corrected)
        """
        keys = [tuple(vals[name] for name in OUTSIDE_KEY) for vals in vals_list]
        known = {
            (one.company_id.id, one.source, one.outside_id): one
            for one in self.search([("outside_id", "in", [key[2] for key in keys])])
        }
        new = {key: vals for key, vals in zip(keys, vals_list) if key not in known}
        corrected = 0
        for key, vals in zip(keys, vals_list):
            if key in known and (changed := known[key]._changed(vals)):
                known[key].write(changed)
                corrected += 1
        known |= dict(zip(new, self.create(list(new.values()))))
        return self.browse(known[key].id for key in keys), len(new), corrected

    def _changed(self, vals):
        """Return those of ``vals`` that differ from what is kept."""
        self.ensure_one()
        kept = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in vals.keys() & CORRECTED
        }
        return {
            name: vals[name]
            for name, value in kept.items()
            # Who was found by hand stays found.
            if (value or False) != (vals[name] or False) and (name != "partner_id" or vals[name])
        }

    # ---------------------------------------------------------------- actions
    def action_log_talk(self):
        """Note the talk in which this was said; it is linked with the answer."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["retention.interaction"]._action_log(
            self.partner_id, kind="visit" if self.kind == "interview" else "call"
        )
        return {**action, "context": {**action["context"], "retention_feedback_id": self.id}}


class RetentionFeedbackLine(models.Model):
    """A question of an interview or questionnaire, and what was said."""

    _name = "retention.feedback.line"
    _description = "Question of an Interview"
    _order = "feedback_id, sequence, id"
    _rec_name = "question"
    _allow_sudo_commands = False

    feedback_id = fields.Many2one(
        "retention.feedback", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    question = fields.Char(required=True, help="As the customer was asked.")
    answer = fields.Text("Their Answer", help="As the customer wrote or said it.")


class RetentionInteraction(models.Model):
    _inherit = "retention.interaction"

    @api.model_create_multi
    def create(self, vals_list):
        """A talk noted from an answer becomes the answer's talk."""
        talks = super().create(vals_list)
        feedback_id = self.env.context.get("retention_feedback_id")
        if feedback_id and talks:
            answer = self.env["retention.feedback"].browse(feedback_id)
            answer.interaction_id = answer.interaction_id or talks[0]
        return talks
