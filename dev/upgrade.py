"""Steps of dev/upgrade inside Odoo's shell. Each is done with the code of one version.

story               every kind of data
compute             today's figures of every company
figures FILE [NEW]  write what was computed for each customer; compare with a new installation
schema FILE [NEW]   write tables, columns, indexes …; compare with a new installation
count FILE [OLD]    write how many records people can see; none may be gone
"""

import json
import sys
from pathlib import Path

from installs import COLUMNS, CONSTRAINTS, FUNCTIONS, INDEXES, SEQUENCES, rows

# By reference and code: ids differ between databases.
FIGURES = """
SELECT partner.ref, ROW(first_order_date, last_order_date, order_count, revenue_total,
       avg_order_value, expected_gap_days, next_order_date, is_core, rfm_frequency, rfm_monetary,
       rfm_r, rfm_f, rfm_m, rfm_score, segment.name, stage, churned_on, won_back_on, is_falling,
       risk_score, risk_level, risk_coverage, value_at_stake)::text
FROM retention_profile profile
JOIN res_partner partner ON partner.id = profile.partner_id AND partner.ref LIKE 'F%'
LEFT JOIN retention_segment segment ON segment.id = profile.segment_id"""
TYPES = """SELECT 'type ' || table_name || '.' || column_name || ' ' || data_type || ' '
                  || is_nullable
           FROM information_schema.columns WHERE table_schema = 'public'"""
RECORDS = """SELECT 'xml id ' || module || '.' || name FROM ir_model_data
             WHERE module LIKE 'customer_retention%' AND module <> 'customer_retention_demo'"""
SCALAR = {"char", "text", "html", "boolean", "integer", "float", "selection", "monetary", "json"}
RANDOM = {"access_token", "session_code"}
UNTOLD = {"id", "lastcall", "nextcall", "failure_count", "parent_path", *RANDOM}
WORK = ("retention_work_", "retention_days_", "retention_talks_", "retention_ledger_days_")


def story(env):
    env["retention.demo"]._generate(size=60, months=1)
    env.cr.commit()


def compute(env):
    env["retention.run"]._cron_nightly()
    env["retention.refresh.request"]._cron_fresh()
    env.cr.commit()


def figures(env, path, other=None):
    env.cr.execute(FIGURES)
    found = dict(env.cr.fetchall())
    write(path, found)
    if other:
        new = read(other)
        differ = sorted(k for k in found.keys() | new.keys() if found.get(k) != new.get(k))
        for key in differ[:10]:
            print(f"{key}: upgraded {found.get(key)}")
            print(f"{key}: new      {new.get(key)}")
        print(f"{len(found)} customers, {len(differ)} with other figures than a new installation")
        sys.exit(bool(differ) or not found)


def schema(env, path, other=None):
    queries = (COLUMNS, TYPES, INDEXES, CONSTRAINTS, SEQUENCES, FUNCTIONS, RECORDS)
    found = set().union(*(rows(env.cr, query) for query in queries))
    found = {name for name in found if not any(word in name for word in WORK)}
    found |= contents(env)
    write(path, sorted(found))
    if other:
        new = set(read(other))
        for name in sorted(found - new):
            print(f"left of the earlier version: {name}")
        for name in sorted(new - found):
            print(f"missing or otherwise: {name}")
        data = env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=like", "customer_retention%")]
        )
        env["ir.ui.view"].browse(data.mapped("res_id"))._check_xml()  # raises
        print(f"{len(found)} names in the database, {len(found ^ new)} other than in a new one")
        sys.exit(bool(found ^ new))


def contents(env):
    """Return what stands in records that an update does not overwrite, field by field."""
    found, kept = (
        set(),
        env["ir.model.data"].search(
            [("module", "=like", "customer_retention%"), ("noupdate", "=", True)]
        ),
    )
    for data in kept.filtered(lambda d: d.module != "customer_retention_demo"):
        record = env[data.model].browse(data.res_id).exists()
        for name, field in record._fields.items():
            if field.store and field.type in SCALAR and name not in UNTOLD:
                # How a data file breaks its lines says nothing.
                text = " ".join(str(record[name]).split())
                found.add(f"content {data.complete_name}.{name} {text!r}")
    return found


def count(env, path, other=None):
    found = {}
    for name, model in sorted(env.registry.items()):
        if name.startswith("retention.") and model._auto and not model._transient:
            records = env[name].with_context(active_test=False)
            found[name] = records.search_count([])
    activities = env["mail.activity"].with_context(active_test=False)
    found["mail.activity"] = activities.search_count([("res_model", "=like", "retention.%")])
    write(path, found)
    if other:
        old = read(other)
        gone = {
            name: (was, found.get(name)) for name, was in old.items() if was > found.get(name, -1)
        }
        for name, (was, now) in gone.items():
            print(f"{name}: {was} records before the upgrade, {now} after it")
        print(f"{sum(old.values())} records in {len(old)} models, {len(gone)} models lost some")
        sys.exit(bool(gone))


def read(path):
    return json.loads(Path(path).read_text())


def write(path, value):
    Path(path).write_text(json.dumps(value, indent=1))


def main(env, what, *arguments):
    steps = {f.__name__: f for f in (story, compute, figures, schema, count)}
    steps[what](env, *arguments)
