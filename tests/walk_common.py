"""Rows in every table of the addon, and a walk through all of them over real remote calls."""

import json
from datetime import date, datetime
from typing import NamedTuple

import psycopg2

from odoo.models import BaseModel
from odoo.tests import JsonRpcException
from odoo.tools import SQL

OURS = "customer_retention"
MARK = "only-for-their-eyes"
SOME_DAY = date(2026, 5, 4)
# Values without which a table takes no row: its checks, and what makes a row count.
NEEDED = {
    "retention.alert.line": {"level": "high", "signal_id": None},
    "retention.segment.scheme": {"r_split": 4, "f_split": 4, "m_split": 4},
    "retention.feedback.import": {"file": b"\\x00"},
    "retention.refresh.request": {"partner_id": 1, "company_id": 1},
    "retention.alert": {"state": "open", "live": True, "action": "call"},
    "retention.enrollment": {"state": "running", "live": True},
    "retention.tier.grant": {"state": "given", "live": True},
    "retention.touch": {"state": "done", "date": datetime(2026, 5, 4, 9)},
    "retention.run": {"state": "done", "live": None},
    "retention.sop": {"state": "draft", "version": 1},
}


class Leak(NamedTuple):
    role: str
    model: str
    operation: str


class Rows:
    """Plants one row in each table of ours by SQL, past the engine and its checks."""

    def __init__(self, env, company, user, partner, mark=MARK):
        self.env, self.company, self.user, self.partner = env, company, user, partner
        self.mark = mark
        self.ids = {}
        self.fixed = {
            "res.company": company.id,
            "res.users": user.id,
            "res.partner": partner.id,
            "res.currency": company.currency_id.id,
        }
        self.left = {}

    def plant(self, models):
        """Plant what the tables ask for first; what takes no row stays in ``left``."""
        waiting = [model for model in models if model._auto and not model._abstract]
        while waiting:
            later = [model for model in waiting if not self._try(model)]
            if len(later) == len(waiting):
                break
            waiting = later
        self.env.invalidate_all()

    def _try(self, model):
        missing = [
            field.comodel_name
            for field in model._fields.values()
            if field.store
            and field.column_type
            and field.type == "many2one"
            and field.required
            and self._target(field) is None
        ]
        if missing:
            self.left[model._name] = f"needs {missing}"
            return False
        values = self._values(model)
        names = SQL(", ").join(SQL.identifier(name) for name in values)
        insert = SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            names,
            tuple(values.values()),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                [[self.ids[model._name]]] = self.env.execute_query(insert)
        except psycopg2.Error as error:
            self.left[model._name] = str(error).splitlines()[0]
            return False
        self.left.pop(model._name, None)
        return True

    def _values(self, model):
        values = {}
        for name, field in model._fields.items():
            if not (field.store and field.column_type) or name in ("id", "parent_path"):
                continue
            value = self._value(model, field)
            if value is not None:
                values[name] = value
        return values | NEEDED.get(model._name, {})

    def _target(self, field):
        if field.comodel_name in self.fixed:
            return self.fixed[field.comodel_name]
        if field.comodel_name in self.ids:
            return self.ids[field.comodel_name]
        if field.comodel_name.startswith("retention."):
            return None
        other = self.env[field.comodel_name].sudo().with_context(active_test=False)
        return other.search([], limit=1, order="id").id or None

    def _value(self, model, field):
        if field.type == "many2one":
            return (
                self._target(field) if field.required or field.comodel_name in self.fixed else None
            )
        if field.type in ("char", "text", "html") and field.name != "live":
            text = f"{self.mark}-{field.name}"
            return json.dumps({"en_US": text}) if field.translate else text
        if field.type == "boolean":
            return True if field.name == "active" else None
        if not field.required:
            return None
        if field.type == "selection":
            return field.get_values(self.env)[0]
        plain = {
            "integer": 1,
            "many2one_reference": 1,
            "float": 1.0,
            "monetary": 1.0,
            "date": SOME_DAY,
        }
        return plain.get(field.type, datetime(2026, 5, 4, 9) if field.type == "datetime" else None)


class Walk:
    """Calls every public way to a row of others, as somebody who must not get at it."""

    def __init__(self, case, rows):
        self.case, self.env, self.rows = case, case.env, rows
        self.tried, self.leaks, self.answers = 0, [], []

    # ------------------------------------------------------------ calls
    def call(self, role, model, method, *args, **kwargs):
        """Return (answered, what) of a remote call; refused calls answer nothing."""
        self.tried += 1
        params = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        url = f"/web/dataset/call_kw/{model}/{method}"
        try:
            answer = self.case.make_jsonrpc_request(url, params)
        except JsonRpcException:
            return False, None
        return True, answer

    def report(self, role, model, operation, leaking):
        if leaking:
            self.leaks.append(Leak(role, model, operation))

    def look(self, role, model, record_id):
        """Try all ways to read a row: nothing may come back, or the call be refused."""
        mine = [["id", "=", record_id]]
        ways = {
            "search_read": ((mine, ["id", "display_name"]), {}),
            "search_count": ((mine,), {}),
            "search": ((mine,), {}),
            "web_search_read": ((mine, {"id": {}}), {}),
            "name_search": ((), {"domain": mine}),
            "read": (([record_id],), {}),
            "web_read": (([record_id], {"id": {}, "display_name": {}}), {}),
            "export_data": (([record_id], [".id"]), {}),
        }
        if self.env[model]._log_access:
            ways["get_metadata"] = (([record_id],), {})
        for method, (args, kwargs) in ways.items():
            answered, what = self.call(role, model, method, *args, **kwargs)
            found = what.get("length", what.get("datas")) if isinstance(what, dict) else what
            self.report(role, model, method, answered and bool(found))
        answered, what = self.call(role, model, "formatted_read_group", mine, [], ["__count"])
        self.report(role, model, "formatted_read_group", answered and what[0]["__count"] > 0)

    def change(self, role, model, record_id, company_id=None):
        """Try to change a row, to delete it and to make one in its company."""
        name, value = self._something(model)
        for method, args in (
            ("write", ([record_id], {name: value})),
            ("copy", ([record_id],)),
            ("unlink", ([record_id],)),
        ):
            answered, _what = self.call(role, model, method, *args)
            self.report(role, model, method, answered)
        values = {name: value}
        if company_id and "company_id" in self.env[model]._fields:
            values["company_id"] = company_id
        elif company_id:
            return
        answered, _what = self.call(role, model, "create", [values])
        self.report(role, model, "create", answered)

    def _something(self, model):
        for name, field in self.env[model]._fields.items():
            if field.store and field.type in ("char", "text") and field.name != "live":
                return name, "changed"
        for name, field in self.env[model]._fields.items():
            if field.store and field.type in ("integer", "float", "boolean") and name != "id":
                return name, 1
        return "write_date", "2026-05-04 09:00:00"

    def actions(self, role, model, record_id, of_model=True, but=()):
        """Press all buttons of a row, also those that no view shows."""
        for method, function in our_methods(self.env[model]):
            if (model, method) in but:
                continue
            if getattr(function, "_api_model", False):
                if of_model:
                    answered, what = self.call(role, model, method)
                    self.report(role, model, method, answered and what not in (None, False))
                continue
            answered, what = self.call(role, model, method, [record_id])
            self.report(role, model, method, answered)


def our_methods(model):
    """Return (name, function) of the public methods that we define on a model."""
    found = []
    for name in dir(type(model)):
        function = getattr(type(model), name, None)
        if name.startswith("_") or not callable(function):
            continue
        ours = OURS in str(getattr(function, "__module__", "")) and not hasattr(BaseModel, name)
        if ours and not getattr(function, "_api_private", False):
            found.append((name, function))
    return found
