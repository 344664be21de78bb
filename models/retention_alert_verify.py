from odoo import api, models
from odoo.tools import SQL

WINDOW = 90  # days after closing in which a purchase confirms that a customer was saved
DOUBT = 60  # from this day on a customer without a purchase is not confirmed


class RetentionAlert(models.Model):
    """Whether customers said to be saved have bought again."""

    _inherit = "retention.alert"

    @api.model
    def _verify(self, company, as_of):
        """Check saved alerts against later purchases, until the 90th day.

        Purchases count once: a customer's next saved alert ends the window of the one before.
        """
        saved = self.search(
            [
                ("company_id", "=", company.id),
                ("outcome", "=", "saved"),
                ("verification_final", "=", False),
                ("closed_on", "<=", as_of),
            ],
            order="id",
        )
        if not saved:
            return
        recovered = self.env["retention.metrics"]._recovered(company, as_of, saved)
        for alert in saved:
            amount, day = recovered[alert.id]
            confirmed = day and amount > 0
            age = (as_of - alert.closed_on).days
            verdict = "verified" if confirmed else "not_confirmed" if age >= DOUBT else "pending"
            values = {
                "verification": verdict,
                "recovered_amount": amount if confirmed else 0,
                "verified_on": day if confirmed else False,
                "verification_final": age >= WINDOW,
            }
            changed = {name: value for name, value in values.items() if alert[name] != value}
            if changed:
                alert.write(changed)


class RetentionMetrics(models.AbstractModel):
    _inherit = "retention.metrics"

    @api.model
    def _recovered(self, company, as_of, alerts):
        """Return {alert id: (net amount, first purchase day or None)} of the alerts' windows.

        The amount is in company currency, credit notes deducted, rounded to cents.
        """
        self._flush_alerts()
        scope = self._scope(company, as_of, self._alert_partners(alerts.partner_id.ids))
        rows = self.env.execute_query(
            SQL(
                """SELECT alert.id, ROUND(COALESCE(SUM(bought.amount), 0), 2),
                          MIN(bought.day) FILTER (WHERE bought.documents > 0)
                   FROM (SELECT id, partner_id, closed_on, outcome,
                                LEAD(closed_on) OVER (PARTITION BY partner_id
                                                      ORDER BY closed_on, id) AS next_on
                         FROM retention_alert
                         WHERE company_id = %(company)s AND outcome = 'saved'
                         AND partner_id = ANY(%(partners)s)) alert
                   LEFT JOIN (%(purchases)s) bought ON bought.partner_id = alert.partner_id
                        AND bought.day > alert.closed_on
                        AND bought.day <= alert.closed_on + %(window)s
                        AND (alert.next_on IS NULL OR bought.day <= alert.next_on)
                   WHERE alert.id = ANY(%(alerts)s) GROUP BY alert.id""",
                company=company.id,
                partners=alerts.partner_id.ids,
                purchases=self._purchase_rows(scope),
                window=WINDOW,
                alerts=alerts.ids,
            )
        )
        return {alert_id: (float(amount), day) for alert_id, amount, day in rows}
