"""Measure how long each command takes to end on a half-open network.

A proxy in front of a server stops answering at the n-th message of the command, and leaves the
connection open. The result is a Markdown table: the longest time over all n, and the settings that
limit it.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from schemaproof_testing.project import Alembic, Programs, make_workspace
from schemaproof_testing.servers import Database, create_database, started_server
from schemaproof_testing.silent_proxy import silent_proxy
from tests.support.season_files import season, write

COMMANDS = (
    "check",
    "check --data",
    "status",
    "plan",
    "history",
    "roles",
    "upgrade",
    "downgrade base --accept-data-loss",
    "adopt --dry-run",
    "adopt",
    "import-legacy",
    "load odds season.csv",
    "show teams",
    "report clv",
)
TOO_LONG = 300.0


def measure(programs: Programs, command: str, environ: dict[str, str], signals: int) -> float:
    """Return the seconds that a command with default settings runs after the network stops."""
    process = programs.start(
        "monps-db",
        *command.split(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **environ,
    )
    begin = time.monotonic()
    for _ in range(signals):
        time.sleep(3)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(TOO_LONG)
    except subprocess.TimeoutExpired:
        process.kill()
        return float("inf")
    return time.monotonic() - begin


def rows(database: Database, programs: Programs, places: list[int]) -> list[str]:
    found = []
    for command in COMMANDS:
        longest = [0.0, 0.0, 0.0]
        for place in places:
            for signals in range(3):
                with silent_proxy(database, silent_at=place) as (proxy, environ):
                    seconds = measure(programs, command, environ, signals)
                    if proxy.is_silent.is_set():
                        longest[signals] = max(longest[signals], seconds)
        cells = " | ".join(f"{seconds:.1f} s" for seconds in longest)
        found.append(f"| `{command}` | {cells} |")
        print(found[-1], file=sys.stderr, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    given = parser.parse_args()
    with (
        started_server() as server,
        create_database(server) as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        Alembic(database).upgrade()
        write(Path(folder) / "season.csv", *season(50))
        programs = Programs(make_workspace(Path(folder)), {})
        print("| command | by itself | after SIGTERM | after a second SIGTERM |")
        print("| --- | --- | --- | --- |")
        print("\n".join(rows(database, programs, given.places)))


if __name__ == "__main__":
    main()
