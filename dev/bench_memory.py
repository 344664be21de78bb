"""Watch the memory of a process and of all that PostgreSQL runs for one database.

    python bench_memory.py PID DATABASE POSTMASTER SHARED_MB FILE

Until the process ends; then {"python_mb", "all_mb"}, the peaks, are written to FILE. "All" is the
process, every server process of that database (parallel workers, autovacuum) and of no database
(checkpointer, writer …), and the server's shared memory as a whole, counted once. PSS, so that
pages that processes share count once.
"""

import json
import re
import sys
import time
from pathlib import Path

EVERY = 0.5  # seconds, and at least 20 times what looking takes, not to disturb what is measured
WORKER = re.compile(r"parallel worker for PID (\d+)")


def sizes(pid):
    """Return (PSS, PSS without shared memory) of a process in KiB; zeros when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0, 0
    found = dict(re.findall(r"^(\w+): +(\d+) kB$", text, re.MULTILINE))
    whole = int(found.get("Pss", 0))
    return whole, whole - int(found.get("Pss_Shmem", 0))


def title(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


def children(pid):
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []


def servers(postmaster, database):
    """Return the ids of the server's processes that work for the database or for none."""
    titles = {pid: title(pid) for pid in children(postmaster)}
    mine = {pid for pid, text in titles.items() if f" {database} " in f"{text} "}
    for pid, text in titles.items():
        worker = WORKER.search(text)  # of no database: their titles end with what they are
        if worker and worker[1] in mine or re.match(r"postgres: [a-z ]+er *$", text):
            mine.add(pid)
    return [postmaster, *mine]


def main(pid, database, postmaster, shared_mb, target):
    python = both = 0
    began = time.perf_counter()
    while Path(f"/proc/{pid}/stat").exists() and (own := sizes(pid)[0]):
        python = max(python, own)
        server = sum(sizes(process)[1] for process in servers(postmaster, database))
        both = max(both, own + server)
        time.sleep(max(EVERY, 20 * (time.perf_counter() - began)))
        began = time.perf_counter()
    figures = {"python_mb": python // 1024, "all_mb": both // 1024 + int(shared_mb)}
    Path(target).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
