"""No label stands on two axes, in English and in Chinese."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestLabels(TransactionCase):
    def axes(self):
        """Return {axis: labels} of everything a customer can be; later axes join here."""
        schemes = self.env["retention.segment.scheme"].search([("company_id", "=", False)])
        return {
            "segment": set(schemes.segment_ids.mapped("name")),
            "kind of change": self.selection("retention.change", "what"),
            "cause of change": self.selection("retention.change", "cause"),
            # The preferred way is one of them.
            "kind of talk": self.selection("retention.interaction", "kind")
            | self.selection("retention.preference", "channel")
            | self.selection("retention.touch", "channel")
            | self.selection("retention.case", "channel"),
            "direction of a talk": self.selection("retention.interaction", "direction"),
            "outcome of a talk": self.selection("retention.interaction", "outcome"),
            "sentiment": self.selection("retention.interaction", "sentiment"),
            "state of a next step": self.selection("retention.interaction", "next_step_state"),
            "intent": set(self.env["retention.intent.tag"].search([]).mapped("name")),
            "for how long an alert rests": self.selection("retention.alert.snooze", "days"),
            "state of an alert": self.selection("retention.alert", "state"),
            "state of a cause": self.selection("retention.alert.line", "state"),
            "task of an alert": self.selection("retention.alert", "action"),
            "escalation": self.selection("retention.alert", "escalation"),
            "outcome of an alert": self.selection("retention.alert", "outcome"),
            "root cause": self.selection("retention.alert", "root_cause"),
            "end of an alert": self.selection("retention.alert", "close_reason"),
            "verification": self.selection("retention.alert", "verification"),
            "state of a risk card": self.selection("retention.risk.card", "state"),
            "state of a back-test": self.selection("retention.backtest", "state"),
            "rules of a back-test": self.selection("retention.backtest.result", "side"),
            "points of a back-test": self.selection("retention.backtest", "card_choice"),
            "what came after an alert": self.selection("retention.backtest.alert", "outcome"),
            "which risk card": self.selection("retention.risk.card.bin", "card"),
            "what a calibration speaks of": self.selection("retention.risk.card.bin", "kind"),
            "state of a run": self.selection("retention.run", "state"),
            "state of a promise": self.selection("retention.promise", "state"),
            "state of a need": self.selection("retention.need", "state"),
            "state of an agreement": self.selection("retention.agreement", "state"),
            "renewal decision": self.selection("retention.agreement", "renewal"),
            "state of a goal": self.selection("retention.plan.goal", "state"),
            "kind of day": self.selection("retention.key.date", "kind"),
            "price": self.selection("retention.preference", "price_sensitive"),
            "kind of topic": self.selection("retention.topic", "kind"),
            "company size": self.selection("res.partner", "company_size"),
            "purpose of a touch": self.selection("retention.touch", "purpose"),
            "state of a touch": self.selection("retention.touch", "state"),
            "why a touch waits": self.selection("retention.touch", "reason"),
            "source of an opt-out": self.selection("retention.optout", "source"),
            "kind of festival": self.selection("retention.festival", "kind"),
            "rule of a festival": self.selection("retention.festival", "rule"),
            "weekday": self.selection("retention.festival", "weekday"),
            "which weekday": self.selection("retention.festival", "nth"),
            "kind of working day": self.selection("retention.workday", "kind"),
            "weekend": self.selection("res.company", "retention_weekend"),
            "state of a procedure": self.selection("retention.sop", "state"),
            "moment in the relationship": self.selection("retention.sop", "touchpoint"),
            "trigger": self.selection("retention.sop", "trigger"),
            "taking part again": self.selection("retention.sop", "reentry"),
            "goal": self.selection("retention.sop", "goal"),
            "kind of step": self.selection("retention.sop.step", "type"),
            "on failure": self.selection("retention.sop.step", "on_failure"),
            "unit of a delay": self.selection("retention.sop.step", "delay_unit"),
            "who does a step": self.selection("retention.sop.step", "responsible"),
            "arm": self.selection("retention.enrollment", "arm"),
            "state of an enrollment": self.selection("retention.enrollment", "state"),
            "how it began": self.selection("retention.enrollment", "cause"),
            "why it was left": self.selection("retention.enrollment", "exit_reason"),
            "state of a step": self.selection("retention.sop.step.run", "state"),
            "kind of content": self.selection("retention.content", "kind"),
            # What a procedure plans is what rules are for.
            "kind of rhythm": self.selection("retention.cadence", "kind")
            | self.selection("retention.sop", "cadence"),
            "kind of audit line": self.selection("retention.trail", "kind"),
            "what erasing does": self.selection("retention.privacy.request.line", "fate"),
            "window of tiers": self.selection("res.company", "retention_tier_window"),
            "end of grace": self.selection("res.company", "retention_tier_down"),
            "conditions of a tier": self.selection("retention.tier", "match"),
            "state of a grant": self.selection("retention.tier.grant", "state"),
            "kind of benefit": self.selection("retention.tier.benefit", "type"),
            "source of a proposal": self.selection("retention.tier.proposal", "source"),
            "service level": self.selection("retention.tier.benefit", "service_priority"),
            "state of a month": self.selection("retention.ledger.month", "state"),
            "kind of compensation": self.selection("retention.compensation", "kind"),
            "outcome of an agreement": self.selection("retention.agreement", "outcome"),
            "kind of answer": self.selection("retention.feedback", "kind"),
            "NPS class": self.selection("retention.feedback", "nps_class"),
            "how an answer was": self.selection("retention.feedback", "answer_class"),
            "source of an answer": self.selection("retention.feedback", "source"),
            "our answer": self.selection("retention.feedback", "reply_state"),
            "state of an improvement": self.selection("retention.theme", "improvement_state"),
            "answers that begin a procedure": self.selection("retention.sop", "trigger_answer"),
            "when answers count": self.selection("res.company", "retention_voice_months"),
            "unknown people": self.selection("retention.feedback.import", "unknown"),
            "state of an import of answers": self.selection("retention.feedback.import", "state"),
            "kind of case": self.selection("retention.case", "kind"),
            "state of a case": self.selection("retention.case", "state"),
            "severity of a case": self.selection("retention.case", "severity")
            | self.selection("retention.sop.step", "if_case_severity"),
            "severity that counts": self.selection("retention.sop", "trigger_case_severity")
            | self.selection("retention.case.rule", "severity"),
            "end of a case": self.selection("retention.case.close", "result"),
            "state of a pain": self.selection("retention.pain", "state"),
            "result against a competitor": self.selection("retention.competitor.note", "result"),
            "kind of event": self.selection("retention.event", "kind"),
            "meaning of a column": self.selection("retention.event.import.column", "meaning"),
            "state of a budget": self.selection("retention.budget", "state"),
            "goal of a budget": self.selection("retention.budget.line", "goal"),
            "kind of cost": self.selection("retention.budget.line", "kind"),
            "move between two months": self.selection("retention.move.report", "move"),
            "what changes are compared by": self.selection("retention.kpi.compare", "by"),
            "verdict": self.selection("retention.sop.verdict", "code"),
            "advice": self.selection("retention.sop.verdict", "advice"),
            "kind of fit": self.selection("retention.purchase.model", "kind"),
            "state of a fit": self.selection("retention.purchase.model", "state"),
            "horizon of a forecast": self.selection("retention.purchase.forecast", "horizon"),
            "state of a forecast": self.selection("retention.purchase.forecast", "state"),
            "forecast or what came": self.selection("retention.purchase.report", "figure"),
            "for whom a rhythm is": self.selection("retention.cadence", "value"),
            "kind of review": self.selection("retention.review", "kind")
            | self.selection("res.company", "retention_review_kind"),
            "state of a review": self.selection("retention.review", "state"),
            "state of a decision": self.selection("retention.review.decision", "state"),
        }

    def selection(self, model, name):
        return set(dict(self.env[model]._fields[name]._description_selection(self.env)).values())

    def test_disjoint(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for lang in ("en_US", "zh_CN"):
            self.env = self.env(context={**self.env.context, "lang": lang})
            owner = {}
            for axis, labels in self.axes().items():
                for label in labels:
                    with self.subTest(lang=lang, label=label):
                        self.assertEqual(owner.setdefault(label, axis), axis)

    def test_one_name_per_segment_of_a_scheme(self):
        for lang in ("en_US", "zh_CN"):
            for scheme in self.env["retention.segment.scheme"].search([]):
                names = scheme.with_context(lang=lang).segment_ids.mapped("name")
                with self.subTest(lang=lang, scheme=scheme.name):
                    self.assertEqual(len(names), len(set(names)))
