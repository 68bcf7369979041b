"""Several migrators at once: the lock between them, and their waiting sessions."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from schemaproof.migrate.migrator_lock import RUN, SPACE
from schemaproof_testing.project import ROOT, Programs
from schemaproof_testing.servers import Database

ALEMBIC = ("alembic", "-c", str(ROOT / "alembic.ini"))


@contextmanager
def lock_held(database: Database, number: int = RUN) -> Iterator[Any]:
    """Hold one of the runner's locks, as another migrator does."""
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SET application_name = 'the other one'")
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [SPACE, number])
        connection.commit()
        yield cursor


def wait_for(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sessions(database: Database, condition: str) -> list[int]:
    return [
        pid
        for (pid,) in database.superuser.query(
            "SELECT pid FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}"
        )
    ]


def released_together(
    database: Database, programs: Programs, count: int, *command: str
) -> list[tuple[int, str]]:
    """Start a program many times, and release all at once; return exit codes and outputs."""
    with lock_held(database):
        processes = [programs.start(*command, stderr=subprocess.STDOUT) for _ in range(count)]
        # All have found pending revisions and wait for the lock.
        wait_for(
            lambda: len(sessions(database, "application_name LIKE 'monps-db migrator%'")) == count
        )
    printed = [process.communicate(timeout=120)[0] for process in processes]
    return [(process.returncode, text) for process, text in zip(processes, printed, strict=True)]


def own_project_has(database: Database, tables: set[str]) -> None:
    found = {
        name
        for (name,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    assert found - {"alembic_version", "monps_migration_ledger"} == tables


def wait_until_blocked(database: Database) -> None:
    """Wait until another session of the database waits for a lock."""
    deadline = time.monotonic() + 30
    with closing(database.connect_superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits for the lock")
