import json
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..analytics.gate_rules import RANKS
from .retention_sop_words import REFUSED_PURPOSES


class RetentionMetrics(models.AbstractModel):
    """What procedures ask the database: occasions, and who may enter."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- occasions
    @api.model
    def _span_orders(self, span):
        """Return SQL (partner_id, contact_id, order_id, day) of confirmed orders in ``span``."""
        zone = span.company._retention_timezone()
        self.env["sale.order"].flush_model(["partner_id", "company_id", "state", "date_order"])
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id, so.partner_id AS contact_id,
                      so.id AS order_id,
                      (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
               FROM sale_order so JOIN res_partner partner ON partner.id = so.partner_id
               WHERE so.state = 'sale' AND so.company_id IN %(members)s
               AND so.date_order >= (%(since)s::timestamp AT TIME ZONE %(zone)s
                                     AT TIME ZONE 'UTC')
               AND so.date_order < ((%(as_of)s::date + 1)::timestamp AT TIME ZONE %(zone)s
                                    AT TIME ZONE 'UTC') %(only)s""",
            zone=zone,
            members=span.company._retention_members(),
            since=span.since,
            as_of=span.as_of,
            only=self._alert_only(SQL("partner.commercial_partner_id"), span.partners),
        )

    @api.model
    def _first_purchases(self, span):
        """First purchases; the contact is who ordered, where an order tells."""
        return SQL(
            """SELECT profile.partner_id,
                      COALESCE(ordered.contact_id, profile.partner_id) AS contact_id,
                      profile.first_order_date AS anchor_date,
                      CASE WHEN ordered.order_id IS NOT NULL THEN 'sale.order' END::varchar
                          AS source_model, ordered.order_id AS source_id
               FROM retention_profile profile
               LEFT JOIN (SELECT DISTINCT ON (partner_id, day) * FROM (%(orders)s) o
                          ORDER BY partner_id, day, order_id) ordered
                    ON ordered.partner_id = profile.partner_id
                    AND ordered.day = profile.first_order_date
               WHERE profile.company_id = %(company)s
               AND profile.first_order_date BETWEEN %(since)s AND %(as_of)s %(only)s""",
            orders=self._span_orders(span),
            company=span.company.id,
            since=span.since,
            as_of=span.as_of,
            only=self._alert_only(SQL("profile.partner_id"), span.partners),
        )

    @api.model
    def _purchases_of(self, span, product_ids, category_ids):
        """Confirmed orders, of these products or categories where any are given."""
        wanted = SQL("TRUE")
        if product_ids or category_ids:
            self.env["sale.order.line"].flush_model(["order_id", "product_id"])
            wanted = SQL(
                """EXISTS (
                       SELECT FROM sale_order_line line
                       JOIN product_product product ON product.id = line.product_id
                       JOIN product_template template ON template.id = product.product_tmpl_id
                       WHERE line.order_id = ordered.order_id
                       AND (product.id = ANY(%s) OR template.categ_id = ANY(%s)))""",
                list(product_ids),
                list(category_ids),
            )
        return SQL(
            """SELECT DISTINCT ON (partner_id, contact_id, day) partner_id, contact_id,
                      day AS anchor_date, 'sale.order'::varchar AS source_model,
                      order_id AS source_id
               FROM (%s) ordered WHERE %s
               ORDER BY partner_id, contact_id, day, order_id""",
            self._span_orders(span),
            wanted,
        )

    @api.model
    def _span_talks(self, span):
        """Return SQL (partner_id, contact_id, talk_id, sentiment, day) of talks in ``span``."""
        self.env["retention.interaction"].flush_model()
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      talk.partner_id AS contact_id, talk.id AS talk_id, talk.sentiment,
                      (talk.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day
               FROM retention_interaction talk
               JOIN res_partner partner ON partner.id = talk.partner_id
               WHERE talk.company_id = %s AND talk.outcome != 'no_answer' %s""",
            span.company._retention_timezone(),
            span.company.id,
            self._alert_only(SQL("partner.commercial_partner_id"), span.partners),
        )

    @api.model
    def _first_talks(self, span):
        """The first talk with somebody who has not bought anything yet."""
        return SQL(
            """SELECT * FROM (
                   SELECT DISTINCT ON (partner_id) partner_id, contact_id, day AS anchor_date,
                          'retention.interaction'::varchar AS source_model, talk_id AS source_id
                   FROM (%s) talk ORDER BY partner_id, day, talk_id) first
               WHERE anchor_date BETWEEN %s AND %s
               AND NOT EXISTS (
                   SELECT FROM retention_profile profile WHERE profile.company_id = %s
                   AND profile.partner_id = first.partner_id
                   AND profile.first_order_date IS NOT NULL)""",
            self._span_talks(span),
            span.since,
            span.as_of,
            span.company.id,
        )

    @api.model
    def _telling_talks(self, span, tag_ids, sentiment):
        """Talks with one of these intent tags, or of this sentiment."""
        heard = []
        if tag_ids:
            field = self.env["retention.interaction"]._fields["tag_ids"]
            heard.append(
                SQL(
                    "EXISTS (SELECT FROM %s WHERE %s = talk.talk_id AND %s = ANY(%s))",
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    list(tag_ids),
                )
            )
        if sentiment:
            heard.append(SQL("talk.sentiment = %s", sentiment))
        return SQL(
            """SELECT DISTINCT ON (partner_id, contact_id, day) partner_id, contact_id,
                      day AS anchor_date, 'retention.interaction'::varchar AS source_model,
                      talk_id AS source_id
               FROM (%s) talk WHERE day BETWEEN %s AND %s AND (%s)
               ORDER BY partner_id, contact_id, day, talk_id""",
            self._span_talks(span),
            span.since,
            span.as_of,
            SQL(" OR ").join(heard) if heard else SQL("FALSE"),
        )

    @api.model
    def _as_occasions(self, span, rows):
        """Return SQL of occasions known in Python: (contact id, day, model, id); None for none."""
        if not rows:
            return None
        contacts, days, models_, ids = (list(column) for column in zip(*rows))
        return SQL(
            """SELECT contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      given.anchor_date, given.source_model, given.source_id
               FROM unnest(%s::int[], %s::date[], %s::varchar[], %s::int[])
                    AS given (contact_id, anchor_date, source_model, source_id)
               JOIN res_partner contact ON contact.id = given.contact_id
               WHERE TRUE %s""",
            contacts,
            days,
            models_,
            ids,
            self._alert_only(SQL("contact.commercial_partner_id"), span.partners),
        )

    @api.model
    def _everybody_on(self, span, days):
        """Every customer of the company on each of these days."""
        return SQL(
            """SELECT profile.partner_id, profile.partner_id AS contact_id,
                      given.anchor_date, NULL::varchar AS source_model, NULL::int AS source_id
               FROM retention_profile profile, unnest(%s::date[]) AS given (anchor_date)
               WHERE profile.company_id = %s AND profile.first_order_date IS NOT NULL %s""",
            list(days),
            span.company.id,
            self._alert_only(SQL("profile.partner_id"), span.partners),
        )

    @api.model
    def _dated_documents(self, span, sop):
        """Documents of ``sop``'s date, of customers of the company; the anchor is the date."""
        model, name, domain = sop._trigger_documents()
        field = sop.sudo().trigger_field_id
        model = model.sudo().with_context(active_test=True)
        model.flush_model()
        found = model._search(domain)
        day = SQL.identifier(found.table, field.name)
        if field.ttype == "datetime":
            day = SQL(
                "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)",
                day,
                span.company._retention_timezone(),
            )
        day = SQL("%s::date", day)
        days = timedelta(days=sop.trigger_days)
        found.add_where(SQL("%s BETWEEN %s AND %s", day, span.since - days, span.as_of - days))
        if "company_id" in model._fields and model._fields["company_id"].store:
            company = SQL.identifier(found.table, "company_id")
            members = span.company._retention_members()
            found.add_where(SQL("(%s IS NULL OR %s IN %s)", company, company, members))
        rows = found.select(
            SQL("%s AS contact_id", SQL.identifier(found.table, name)),
            SQL("%s AS anchor_date", day),
            SQL("%s AS source_id", SQL.identifier(found.table, "id")),
        )
        return SQL(
            """SELECT DISTINCT ON (contact.id, given.anchor_date)
                      contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                      given.anchor_date, %s::varchar AS source_model, given.source_id
               FROM (%s) given JOIN res_partner contact ON contact.id = given.contact_id
               WHERE TRUE %s ORDER BY contact.id, given.anchor_date, given.source_id""",
            model._name,
            rows,
            self._alert_only(SQL("contact.commercial_partner_id"), span.partners),
        )

    # ---------------------------------------------------------------- entering
    @api.model
    def _entering(self, sop, occasions, limit):
        """Return the occasions of ``sop`` that are to be followed now, as dicts."""
        for name in ("retention.enrollment", "retention.profile"):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model(["active", "company_id", "commercial_partner_id"])
        company = sop.company_id
        suitable, prospects = sop._audience_query()
        if suitable is None:
            fits = SQL("TRUE") if prospects else SQL("profile.id IS NOT NULL")
        else:
            fits = SQL("profile.id IN %s", suitable)
        return self.env.execute_query_dict(
            SQL(
                """SELECT * FROM (
                   SELECT DISTINCT ON (%(one)s)
                          occasion.partner_id, occasion.contact_id, occasion.anchor_date,
                          occasion.source_model, occasion.source_id, profile.id AS profile_id
                   FROM (%(occasions)s) occasion
                   JOIN res_partner partner ON partner.id = occasion.partner_id AND partner.active
                   JOIN res_partner contact ON contact.id = occasion.contact_id AND contact.active
                   LEFT JOIN retention_profile profile
                        ON profile.partner_id = occasion.partner_id
                        AND profile.company_id = %(company)s
                   WHERE (partner.company_id IS NULL OR partner.company_id IN %(members)s)
                   AND %(fits)s AND %(judged)s AND NOT EXISTS (
                       SELECT FROM retention_enrollment past
                       WHERE past.root_id = %(root)s AND past.company_id = %(company)s
                       AND past.partner_id = occasion.partner_id AND %(again)s)
                   AND NOT EXISTS (
                       SELECT FROM retention_enrollment higher
                       WHERE higher.company_id = %(company)s AND higher.live
                       AND higher.partner_id = occasion.partner_id
                       AND higher.arm = 'treated' AND higher.purpose = ANY(%(higher)s))
                   ORDER BY %(one)s, occasion.anchor_date DESC, occasion.contact_id) entering
                   ORDER BY anchor_date DESC, partner_id, contact_id LIMIT %(limit)s""",
                one=self._one_of(sop),
                occasions=occasions,
                company=company.id,
                members=company._retention_members(),
                fits=fits,
                judged=SQL(
                    "%s AND %s",
                    self._may_profile(SQL("partner.id")),
                    self._may_profile(SQL("contact.id")),
                )
                if sop.purpose in REFUSED_PURPOSES
                else SQL("TRUE"),
                root=sop.root_id.id,
                again=self._taken_part(sop),
                higher=["rescue"] if RANKS.get(sop.purpose, 9) < RANKS["rescue"] else [],
                limit=limit,
            )
        )

    @api.model
    def _one_of(self, sop):
        """Return the columns of which one customer enters once at a time."""
        if sop.reentry == "each":
            return SQL("occasion.partner_id, occasion.contact_id, occasion.anchor_date")
        return SQL("occasion.partner_id")

    @api.model
    def _taken_part(self, sop):
        """Return the condition on ``past`` enrollments that keeps a customer out."""
        same = SQL(
            "past.contact_id = occasion.contact_id AND past.anchor_date = occasion.anchor_date"
        )
        if sop.reentry == "once":
            return SQL("TRUE")
        if sop.reentry == "gap":
            # What happens during the rest is no occasion, not even after it.
            return SQL(
                "(%s OR past.live OR occasion.anchor_date < past.ended_at::date + %s)",
                same,
                sop.reentry_days,
            )
        return SQL("(%s)", same)

    # ---------------------------------------------------------------- goals
    @api.model
    def _talked_since(self, enrollment_ids):
        """Return {enrollment id: day of the first talk since it began} of those talked to."""
        self.env["retention.interaction"].flush_model()
        self.env["retention.enrollment"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT enrollment.id, MIN(talk.date)::date
                       FROM retention_enrollment enrollment
                       JOIN retention_interaction talk
                            ON talk.commercial_partner_id = enrollment.partner_id
                            AND talk.company_id = enrollment.company_id
                            AND talk.date >= enrollment.entered_at
                            AND talk.outcome != 'no_answer'
                       WHERE enrollment.id = ANY(%s) GROUP BY enrollment.id""",
                    list(enrollment_ids),
                )
            )
        )

    # ---------------------------------------------------------------- what procedures bring
    @api.model
    def _activity_documents(self):
        """Done tasks of procedures are contacts with their customers."""
        enrollments = SQL("SELECT id, partner_id, company_id FROM retention_enrollment")
        return super()._activity_documents() | {"retention.enrollment": enrollments}

    @api.model
    def _interaction_fields(self):
        return super()._interaction_fields() | {
            "retention.enrollment": ["partner_id", "company_id"]
        }

    @api.model
    def _soon_due(self, company, partner_ids, now, ranks):
        """Return rows (partner id, moment, rank) of steps due that contact the customer."""
        self.env["retention.sop.step.run"].flush_model()
        self.env["retention.enrollment"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT run.partner_id, run.due_at,
                          (%(ranks)s::jsonb ->> COALESCE(step.purpose, enrollment.purpose))::int
                   FROM retention_sop_step_run run
                   JOIN retention_enrollment enrollment ON enrollment.id = run.enrollment_id
                   JOIN retention_sop_step step ON step.id = run.step_id
                   WHERE run.company_id = %(company)s AND run.state = 'waiting'
                   AND run.partner_id = ANY(%(partners)s)
                   AND run.due_at < %(now)s + INTERVAL '4 days'
                   AND %(ranks)s::jsonb ? COALESCE(step.purpose, enrollment.purpose)
                   AND (step.channel IS NOT NULL
                        OR step.type = ANY(%(kinds)s))""",
                ranks=json.dumps(ranks),
                company=company.id,
                partners=list(partner_ids),
                now=now,
                kinds=self.env["retention.sop.step"]._contacting_types(),
            )
        )
