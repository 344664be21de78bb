"""Factories for stage and risk: buyers, talks, invoices, portal users, closures."""

from datetime import datetime, timedelta
from math import isnan

from odoo.fields import Command

from .common import AS_OF, RetentionCase


class HealthCase(RetentionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leaving = cls.env["retention.intent.tag"].create({"name": "Leaves", "leaving": True})
        cls.signals = cls.env["retention.signal"]

    @classmethod
    def buyer(cls, *days_ago, amount=100.0):
        """Make a customer named by the days ago of its purchases."""
        partner = cls.customer(", ".join(str(days) for days in days_ago))
        cls.orders(partner, *days_ago, amount=amount)
        return partner

    @classmethod
    def talk(cls, partner, days_ago, as_of=AS_OF, **values):
        moment = datetime.combine(as_of - timedelta(days=days_ago), datetime.min.time())
        return cls.env["retention.interaction"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "date": moment + timedelta(hours=10),
                "kind": "call",
                **values,
            }
        )

    @classmethod
    def portal_buyer(cls, login_days_ago, amount=100.0):
        """Make a customer who bought five days ago and whose portal user logged in then."""
        partner = cls.buyer(5, amount=amount)
        user = cls.env["res.users"].create(
            {
                "name": partner.name,
                "login": f"portal{partner.id}",
                "partner_id": partner.id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )
        log = cls.env["res.users.log"].with_user(user).sudo().create({})
        cls.env.flush_all()
        moment = datetime.combine(AS_OF - timedelta(days=login_days_ago), datetime.min.time())
        cls.env.cr.execute(
            "UPDATE res_users_log SET create_date = %s, create_uid = %s WHERE id = %s",
            (moment + timedelta(hours=9), user.id, log.id),
        )
        return partner

    @classmethod
    def invoice(cls, partner, overdue_days, amount=100.0):
        """Make a posted customer invoice that has been due for some days."""
        due = AS_OF - timedelta(days=overdue_days)
        if not cls.env["account.journal"].search([("company_id", "=", cls.company.id)], limit=1):
            account = cls.env["account.account"].with_company(cls.company)
            for code, kind in (("400", "income"), ("100", "asset_receivable")):
                account.create({"name": kind, "code": f"R{code}", "account_type": kind})
            cls.env["account.journal"].create(
                {"name": "Sales", "code": "RET", "type": "sale", "company_id": cls.company.id}
            )
        accounts = {
            account.account_type: account
            for account in cls.env["account.account"].search(
                [("company_ids", "in", cls.company.ids)]
            )
        }
        partner.with_company(cls.company).property_account_receivable_id = accounts[
            "asset_receivable"
        ]
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Thing",
                            "price_unit": amount,
                            "account_id": accounts["income"].id,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def closure(cls, first_days_ago, last_days_ago):
        return cls.env["retention.closure"].create(
            {
                "name": "Closed",
                "company_id": cls.company.id,
                "date_from": AS_OF - timedelta(days=first_days_ago),
                "date_to": AS_OF - timedelta(days=last_days_ago),
            }
        )

    @classmethod
    def refresh_all(cls, as_of=AS_OF):
        cls.refresh(as_of)

    @classmethod
    def earned(cls, code, as_of=AS_OF):
        """Return {partner id: points earned, None for no data} of one signal."""
        cls.env.flush_all()
        signals = cls.signals._of_company(cls.company).filtered(lambda s: s.type == code)
        if not signals:
            return {}
        scope, table = cls.profiles._rfm_as_of(cls.company, as_of)
        chunk, _old = cls.profiles._past_chunk(scope, table)
        points, _fires, _measure = signals._weigh(chunk)
        return {
            partner: None if isnan(value) else int(value)
            for partner, value in zip(chunk.snap.index, points, strict=True)
        }

    @classmethod
    def fires(cls, code, partner):
        reasons = cls.profile(partner).reason_ids
        return bool(reasons.filtered(lambda r: r.signal_id.type == code and r.fires))
