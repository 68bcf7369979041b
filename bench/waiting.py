"""Measure how long statements of the application wait while a migration waits for its locks.

    python -m bench.waiting

An idle transaction, and then a long query, locks a table that the next revision alters; meanwhile
the application reads and writes. The benchmark starts a server.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.filled import FILLED_FROM, fill
from schemaproof_testing.project import Alembic, Programs, make_workspace
from schemaproof_testing.servers import Database, create_database, started_server
from schemaproof_testing.writers import HOLDERS, OURS, busy, writing

LOCK_TIMEOUT: Final = 1.0
ATTEMPTS: Final = 4


def longest_revision(database: Database) -> float:
    """Return the seconds of the longest revision when no other session blocks it."""
    ((seconds,),) = database.query(
        "SELECT extract(epoch FROM max(duration)) FROM public.monps_migration_ledger"
        " WHERE outcome = 'done'"
    )
    return float(seconds)


def measure(server: LocalServer, folder: Path, name: str, statement: str) -> None:
    """Print the longest wait behind one kind of blocking session."""
    with create_database(server) as database:
        Alembic(database).upgrade(FILLED_FROM)
        fill(database)
        programs = Programs(folder, database.environ())
        environ = programs.environment(MIGRATION_LOCK_TIMEOUT=f"{LOCK_TIMEOUT}s")
        with writing(database, OURS) as writers:
            quiet, writers.longest = writers.longest, 0.0
            with busy(database, statement):
                process = subprocess.Popen(
                    programs.command("monps-db", "upgrade"),
                    cwd=folder,
                    env=environ,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                assert process.stdout is not None
                for line in process.stdout:
                    if f"attempt {ATTEMPTS} of" in line:
                        break
            process.communicate(timeout=300)
        assert process.returncode == 0
        assert not writers.failed, writers.failed
        print(
            f"{name}: longest statement {writers.longest:.2f} s of {sum(writers.done)}"
            f" (before the migration {quiet:.2f} s); lock time-out {LOCK_TIMEOUT:.1f} s,"
            f" longest revision {longest_revision(database):.2f} s"
        )


def main() -> None:
    with started_server() as server, tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(Path(folder))
        for name, statement in HOLDERS.items():
            measure(server, workspace, name, statement)


if __name__ == "__main__":
    main()
