"""Measure a check of the daemon: processor time, memory, and duration.

    python -m bench.watch

It starts a server with Mon_PS's schema, runs `monps-db watch` without pauses, and measures the
process after the first check and after CHECKS more.
"""

import os
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from schemaproof_testing.project import Alembic, Programs, make_workspace
from schemaproof_testing.servers import Servers, create_database, default_major
from schemaproof_testing.watching import free_port

CHECKS: Final = int(os.environ.get("CHECKS", "30"))
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def used(process: int) -> tuple[float, int]:
    """Return the processor time of a process in seconds, and its memory in MiB."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    seconds = (int(fields[11]) + int(fields[12])) / _TICKS
    return seconds, pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def metric(port: int, name: str) -> float:
    """Return the value of a metric without labels; 0 if it does not exist yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return 0.0
    return next((float(one.split()[1]) for one in lines if one.startswith(f"{name} ")), 0.0)


def wait_for_check(port: int, after: float) -> float:
    """Wait for the next check, and return the time of its end."""
    while (ended := metric(port, "schemaproof_last_check_timestamp_seconds")) <= after:
        time.sleep(0.05)
    return ended


def measure(programs: Programs, port: int) -> None:
    process = programs.start(
        "monps-db", "watch", "--listen", str(port), "--every", "1", stdout=None, stderr=None
    )
    try:
        ended = wait_for_check(port, 0.0)
        first, before = used(process.pid)
        for _ in range(CHECKS):
            ended = wait_for_check(port, ended)
        total, after = used(process.pid)
        took = metric(port, "schemaproof_last_check_duration_seconds")
        print(f"until the first check: {first:.2f} s of processor time, {before} MiB")
        each = (total - first) / CHECKS * 1000
        print(f"each of {CHECKS} more: {each:.0f} ms of processor time; the last took {took:.2f} s")
        print(f"memory afterwards: {after} MiB")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    servers = Servers()
    try:
        with (
            create_database(servers.get(default_major())) as database,
            tempfile.TemporaryDirectory() as folder,
        ):
            Alembic(database).upgrade()
            measure(Programs(make_workspace(Path(folder)), database.environ()), free_port())
    finally:
        servers.close()


if __name__ == "__main__":
    main()
