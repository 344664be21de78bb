from odoo import api, models
from odoo.tools import SQL

from ..analytics import purchases
from ..analytics.affinity import Rule

# Taste changes: older purchases say what a customer has, not what they like.
WINDOW_MONTHS = 24
LINES = ("customer", "product", "family", "category", "day", "amount", "offered")
PAIRS = ("product", "other", "other_family", "confidence", "strength")


class RetentionMetrics(models.AbstractModel):
    """Which products were bought, by whom, and which were bought together."""

    _inherit = "retention.metrics"

    # ---------------------------------------------------------------- what counts as bought
    @api.model
    def _flush_bought(self):
        for model, names in (
            ("sale.order", ["partner_id", "company_id", "state", "date_order", "currency_rate"]),
            ("res.partner", ["commercial_partner_id"]),
            (
                "sale.order.line",
                [
                    "order_id",
                    "product_id",
                    "product_uom_qty",
                    "price_subtotal",
                    "display_type",
                    "is_downpayment",
                ],
            ),
            ("product.product", ["product_tmpl_id", "active"]),
            ("product.template", ["categ_id", "active", "sale_ok", "type", "company_id"]),
        ):
            self.env[model].flush_model(names)

    @api.model
    def _bought_source(self, joined=None):
        """Return SQL: FROM and the beginning of WHERE, for every product ever bought.

        Delivery costs, down payments, returns and what was given for nothing are no purchases
        of a product.

        :param joined: SQL of further joins, on ``so``, ``partner``, ``product``, ``template``
        """
        delivery = SQL()
        if "is_delivery" in self.env["sale.order.line"]._fields:
            delivery = SQL("AND line.is_delivery IS NOT TRUE")
        return SQL(
            """FROM sale_order so
               JOIN res_partner partner ON partner.id = so.partner_id
               JOIN sale_order_line line ON line.order_id = so.id
               JOIN product_product product ON product.id = line.product_id
               JOIN product_template template ON template.id = product.product_tmpl_id %s
               WHERE so.state = 'sale' AND line.display_type IS NULL
               AND line.product_uom_qty > 0 AND line.price_subtotal > 0
               AND line.is_downpayment IS NOT TRUE %s""",
            joined or SQL(),
            delivery,
        )

    @api.model
    def _offered(self, company):
        """Return SQL: ``product`` of ``template`` may be suggested to the company's customers."""
        return SQL(
            """(product.active AND template.active AND template.sale_ok
                AND template.type IN ('consu', 'service')
                AND (template.company_id IS NULL OR template.company_id IN %s))""",
            company._retention_members(),
        )

    # ---------------------------------------------------------------- customers
    @api.model
    def _bought_lines(self, company, partner_ids, as_of):
        """Return what these customers have bought so far, one row per product and day.

        :return: DataFrame of LINES; ``day`` a timestamp, ``amount`` net in company currency,
            ``category`` missing where the product has none
        """
        self._flush_bought()
        few = SQL("(SELECT UNNEST(%s::int[]) AS partner_id) few", list(partner_ids))
        scope = self._scope(company, as_of, few)
        day, known = self._local_day(scope, SQL("so.date_order"))
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, product.id, template.id,
                          template.categ_id, %(number)s AS day,
                          SUM(line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1))
                              ::float8,
                          %(offered)s AS offered
                   %(source)s AND so.company_id IN %(members)s AND %(known)s %(only)s
                   GROUP BY 1, product.id, template.id, 5""",
                number=self._day_number(day),
                offered=self._offered(company),
                source=self._bought_source(),
                members=company._retention_members(),
                known=known,
                only=self._only_partners(scope, SQL("partner.commercial_partner_id")),
            )
        )
        return self._frame(rows, LINES, days=("day",))

    @api.model
    def _pairs_of(self, company, product_ids):
        """Return what goes with these products and may be sold, as a DataFrame of PAIRS."""
        self.env["retention.affinity"].flush_model()
        self._flush_bought()
        rows = self.env.execute_query(
            SQL(
                """SELECT pair.product_id, pair.other_product_id, template.id,
                          pair.confidence, pair.strength
                   FROM retention_affinity pair
                   JOIN product_product product ON product.id = pair.other_product_id
                   JOIN product_template template ON template.id = product.product_tmpl_id
                   WHERE pair.company_id = %s AND pair.product_id = ANY(%s) AND %s""",
                company.id,
                list(product_ids),
                self._offered(company),
            )
        )
        return self._frame(rows, PAIRS)

    # ---------------------------------------------------------------- profiles
    @api.model
    def _keeping_companies(self):
        """Return SQL: a join ``kept`` from the company of an order to the one of the profile."""
        pairs = [
            (member_id, company.id)
            for company in self.env["res.company"]._retention_companies()
            for member_id in company._retention_members()
        ]
        return SQL(
            "JOIN (VALUES %s) AS kept (member_id, company_id) ON kept.member_id = so.company_id",
            SQL(", ").join(SQL("(%s, %s)", *pair) for pair in pairs),
        )

    @api.model
    def _bought_condition(self, profile, column, wanted=None):
        """Return SQL: the customer of ``profile`` (an alias) has ever bought such a thing.

        Equal columns only, so that PostgreSQL makes a semi-join or an anti-join of it.

        :param column: of ``product`` or ``template``
        :param wanted: SQL of its values, a list or a sub-query; None for anything
        """
        self._flush_bought()
        return SQL(
            """EXISTS (SELECT %s AND partner.commercial_partner_id = %s
                       AND kept.company_id = %s %s)""",
            self._bought_source(self._keeping_companies()),
            SQL.identifier(profile, "partner_id"),
            SQL.identifier(profile, "company_id"),
            SQL("AND %s IN %s", column, wanted) if wanted else SQL(),
        )

    @api.model
    def _bought_by(self, profile_ids, column):
        """Return {profile id: ids in ``column`` of what its customer has ever bought}."""
        self._flush_bought()
        self.env["retention.profile"].flush_model(["partner_id", "company_id"])
        joined = SQL(
            """%s JOIN retention_profile profile ON profile.company_id = kept.company_id
                       AND profile.partner_id = partner.commercial_partner_id""",
            self._keeping_companies(),
        )
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT profile.id, ARRAY_AGG(DISTINCT %(column)s) %(source)s
                       AND profile.id = ANY(%(ids)s) AND %(column)s IS NOT NULL
                       GROUP BY profile.id""",
                    column=column,
                    source=self._bought_source(joined),
                    ids=list(profile_ids),
                )
            )
        )

    # ---------------------------------------------------------------- bought together
    @api.model
    def _store_affinity(self, company, as_of):
        """Find the pairs of the company as ``analytics.affinity.co_purchases`` does; store what
        changed.

        :return: number of rows written or deleted
        """
        rule = Rule()
        self._flush_bought()
        self._create_baskets(company, as_of, rule)
        self._temporary("retention_pairs", self._pairs_query(rule))
        count = 0
        for statement in self._pairs_statements(company):
            self.env.cr.execute(statement)
            count += self.env.cr.rowcount
        self.env["retention.affinity"].invalidate_model()
        return count

    @api.model
    def _pairs_statements(self, company):
        """Return the SQL that deletes, changes and adds what differs from the pairs found."""
        values = {
            "company": company.id,
            "now": self.env.cr.now(),
            "uid": self.env.uid,
            "key": SQL("pair.product_id = found.product AND pair.other_product_id = found.other"),
            "values": SQL("(found.support, found.confidence, found.strength, found.lift)"),
        }
        return (
            SQL(
                """DELETE FROM retention_affinity pair WHERE pair.company_id = %(company)s
                   AND NOT EXISTS (SELECT FROM retention_pairs found WHERE %(key)s)""",
                **values,
            ),
            SQL(
                """UPDATE retention_affinity pair
                   SET (support, confidence, strength, lift) = %(values)s,
                       write_date = %(now)s, write_uid = %(uid)s
                   FROM retention_pairs found WHERE pair.company_id = %(company)s AND %(key)s
                   AND (pair.support, pair.confidence, pair.strength, pair.lift)
                       IS DISTINCT FROM %(values)s""",
                **values,
            ),
            SQL(
                """INSERT INTO retention_affinity
                       (company_id, product_id, other_product_id, support, confidence, strength,
                        lift, create_uid, write_uid, create_date, write_date)
                   SELECT %(company)s, product, other, support, confidence, strength, lift,
                          %(uid)s, %(uid)s, %(now)s, %(now)s
                   FROM retention_pairs ORDER BY product, other
                   ON CONFLICT (company_id, product_id, other_product_id) DO NOTHING""",
                **values,
            ),
        )

    @api.model
    def _temporary(self, name, query):
        """Keep a result in a temporary table, which the planner knows the size of."""
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s AS %s", table, query))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _create_baskets(self, company, as_of, rule):
        """Keep what each customer has bought of the window, and what of it is compared."""
        scope = self._scope(company, as_of)
        day, known = self._local_day(scope, SQL("so.date_order"))
        self._temporary(
            "retention_bought",
            SQL(
                """SELECT partner.commercial_partner_id AS customer, product.id AS product,
                          template.id AS family, COUNT(*) AS lines
                   %s AND so.company_id IN %s AND %s AND %s > %s AND %s GROUP BY 1, 2, 3""",
                self._bought_source(),
                company._retention_members(),
                known,
                day,
                purchases.window_start(as_of, WINDOW_MONTHS),
                self._offered(company),
            ),
        )
        self._temporary(
            "retention_basket",
            SQL(
                """SELECT customer, product, family
                   FROM (SELECT customer, product, family, ROW_NUMBER() OVER (
                             PARTITION BY customer ORDER BY lines DESC, product) AS place
                         FROM retention_bought WHERE product IN (
                             SELECT product FROM retention_bought
                             GROUP BY product HAVING COUNT(*) >= %s)) ranked
                   WHERE place <= %s""",
                rule.support,
                rule.basket,
            ),
        )

    @api.model
    def _pairs_query(self, rule):
        """Return SQL (product, other, support, confidence, strength, lift) of both directions.

        The arithmetic stands in the same order as in pandas, so that both rank alike.
        """
        return SQL(
            """WITH counted AS (
                   SELECT product, COUNT(*)::float8 AS customers,
                          COUNT(*) / (SELECT COUNT(DISTINCT customer)::float8
                                      FROM retention_bought) AS base
                   FROM retention_basket GROUP BY product
               ), together AS (
                   SELECT one.product, two.product AS other, COUNT(*)::int AS support
                   FROM retention_basket one
                   JOIN retention_basket two ON two.customer = one.customer
                        AND two.product > one.product AND two.family != one.family
                   GROUP BY one.product, two.product HAVING COUNT(*) >= %(support)s
               ), directed AS (
                   SELECT product, other, support FROM together
                   UNION ALL SELECT other, product, support FROM together
               ), judged AS (
                   SELECT pair.product, pair.other, pair.support, other.base,
                          pair.support / own.customers AS confidence,
                          (pair.support + %(damping)s * other.base)
                              / (own.customers + %(damping)s) AS strength
                   FROM directed pair
                   JOIN counted own ON own.product = pair.product
                   JOIN counted other ON other.product = pair.other
               )
               SELECT product, other, support, confidence, strength, lift
               FROM (SELECT judged.*, strength / base AS lift, ROW_NUMBER() OVER (
                         PARTITION BY product
                         ORDER BY strength DESC, strength / base DESC, other) AS place
                     FROM judged WHERE strength > base AND strength >= %(share)s) ranked
               WHERE place <= %(kept)s""",
            support=rule.support,
            damping=rule.damping,
            share=rule.share,
            kept=rule.per_product,
        )
