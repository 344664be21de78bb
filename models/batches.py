"""Working on many records at once without letting one of them spoil it for the others."""

import logging
import random
import time

from psycopg2 import OperationalError

from odoo.exceptions import UserError
from odoo.service.model import (
    MAX_TRIES_ON_CONCURRENCY_FAILURE,
    PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)

from .joining import paragraph_text

_logger = logging.getLogger(__name__)
MOST = 5000  # records of one action while its user waits


def check_many(records, most=MOST, hint=""):
    """Refuse what would keep a user waiting and others locked out.

    :param hint: a sentence that says what to do instead
    :raises UserError: for more than ``most`` records
    """
    if len(records) > most:
        words = records.env._(
            "%(count)s are chosen; at most %(most)s can be done at once.",
            count=len(records),
            most=most,
        )
        raise UserError(paragraph_text(records.env, [words, hint]))


def each_company(env, work, what):
    """Do ``work(company)`` for all companies of a scheduled action, one commit each.

    Nothing stays of what could not be done in a company; the others have their turn all the same.
    When somebody else wrote the same rows, the company's work is done again, as Odoo does requests.

    :param what: for the log
    :raises Exception: the last error, at the end
    """
    cron, failed = env["ir.cron"], None
    companies = env["res.company"]._retention_companies()
    if not cron._commit_progress(remaining=len(companies)):
        return
    for company in companies:
        try:
            _try_again(env, lambda company=company: work(company))
        except Exception as error:
            _logger.exception("%s of company %s failed", what, company.id)
            failed = error
        if not cron._commit_progress(1):
            break
    if failed:
        raise failed


def _try_again(env, work):
    """Do ``work()`` in a savepoint, a few times while others write the same rows.

    A transaction sees for all its life what it saw at first: each try is one of its own.
    """
    for number in range(1, MAX_TRIES_ON_CONCURRENCY_FAILURE):
        try:
            with env.cr.savepoint():
                work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
            time.sleep(random.uniform(0, 2**number))
        else:
            return
    with env.cr.savepoint():
        work()


def together_or_apart(records, work, failed):
    """Do ``work(records)`` in a savepoint; on an error find those at fault, do the others.

    :param failed: called with (record, error) for each record at fault, nothing of whose work
        stays
    :raises psycopg2.OperationalError: when another transaction wrote the same rows, the disk is
        full or the database goes down: no record is at fault, and nothing of it stays
    """
    try:
        with records.env.cr.savepoint():
            work(records)
    except OperationalError:
        raise
    except Exception as error:
        if len(records) == 1:
            _logger.info("%s failed", records, exc_info=True)
            failed(records, error)
            return
        half = len(records) // 2
        together_or_apart(records[:half], work, failed)
        together_or_apart(records[half:], work, failed)
