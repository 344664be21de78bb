"""The phase of dev/bench that fits the purchase model and forecasts everybody."""

import bench

from odoo.tools import SQL


def purchase_model(env):
    """Measure, in turn: yardstick, reading purchases, fitting and forecasting, a month's forecast.

    Wants the profiles and runs that :func:`bench.full` leaves. Every round begins without
    forecasts, so each profile is written.
    """
    figures, company = {}, env.company
    metrics, fits = env["retention.metrics"], env["retention.purchase.model"]
    as_of = env["retention.run"]._last_done(company).as_of
    days = SQL.identifier("retention_purchase_days")
    for _round in range(bench.option("runs")):
        env.cr.execute("DELETE FROM retention_purchase_forecast")
        env.cr.execute("DELETE FROM retention_purchase_model")
        metrics._clear_forecasts(company)
        env.cr.commit()
        env.invalidate_all()
        with bench.timed(figures, "yardstick"):
            bench.yardstick(env)
        with bench.timed(figures, "reading"):
            metrics._create_days(metrics._scope(company, as_of), days, temporary=True)
        before = env.cr.sql_log_count
        with bench.timed(figures, "fit"):
            fit = fits._fit(company, as_of, days)
            env.cr.commit()
        figures["queries"] = env.cr.sql_log_count - before
        if bench.option("quick"):
            continue
        company.retention_forecast_month = False
        with bench.timed(figures, "months"):
            months = 0
            while env["retention.purchase.forecast"]._advance(company):
                env.cr.commit()
                months += 1
        figures["months_made"] = months
    figures["customers"], figures["state"] = fit.customers, fit.state
    env.cr.execute("SELECT COUNT(*) FROM retention_profile WHERE forecast_on IS NOT NULL")
    figures["forecasts"] = env.cr.fetchone()[0]
    figures["peak_memory_mb"] = bench.peak_memory()
    bench.write_figures(figures)
