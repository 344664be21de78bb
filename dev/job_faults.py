"""Kills every scheduled job again and again at random moments, and compares what is left."""

import random
import sys
import time

from faults import check
from faults_due import DUE, prepare
from faults_server import OFF, Copy, load


def undisturbed(copy, job):
    """Let the job do all its work; return the seconds of its first call."""
    copy.renew()
    copy.only(job)
    start = time.monotonic()
    copy.turn().wait()
    seconds = time.monotonic() - start
    copy.finish(job)
    return seconds


def killed(copy, job, seconds, kills, pick):
    """Kill the job's process so many times, anew when it was through; then let it end.

    :return: how often it was at work when it was killed
    """
    copy.renew()
    copy.only(job)
    met = 0
    for _kill in range(kills):
        process = copy.turn()
        time.sleep(pick.uniform(0, seconds))
        if process.kill():
            met += 1
        else:
            copy.renew()
            copy.only(job)
    copy.finish(job)
    return met


def try_job(copy, base, job, name, kills, pick):
    seconds = undisturbed(copy, job)
    expected, wrong = copy.read(base), copy.audit()
    tables = expected.changed(base)
    told = wrong or f"{seconds:.1f} s, {len(tables)} tables changed"
    results = [check(f"{name}: undisturbed", tables and not wrong, told)]
    met = killed(copy, job, seconds, kills, pick)
    left, wrong = copy.read(base), copy.audit()
    right = left == expected and not wrong and met >= kills // 2
    results.append(check(f"{name}: killed {met} times, the same", right, wrong or "audit clean"))
    if left != expected:
        print(*expected.difference(left), sep="\n", flush=True)
    return all(results)


def run(name, source, kills, *chosen):
    copy = Copy(name, source)
    copy.renew()
    copy.execute(OFF)
    load(name)
    jobs = [(job, xmlid) for job, xmlid in copy.jobs() if not chosen or xmlid in chosen]
    missing = sorted({xmlid for _job, xmlid in copy.jobs()} ^ DUE.keys())
    results = [
        check("every scheduled job has something to do here", not missing, missing or len(DUE))
    ]
    base = Copy(source, None).read()
    pick = random.Random(3)
    for job, xmlid in jobs:
        results.append(try_job(copy, base, job, xmlid, int(kills), pick))
    return all(results)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        load(sys.argv[2])
        Copy(sys.argv[2], None).ask(prepare)
    elif not run(*sys.argv[2:]):
        sys.exit(1)
