"""docs/growth.md: odds become partitioned while others write, and the migrator is killed."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Queue
from typing import Final

import pytest

from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.project import Programs
from schemaproof_testing.proxy import Proxy, proxied
from schemaproof_testing.servers import (
    CHOICE,
    Database,
    create_database,
    default_major,
    short_folder,
)
from schemaproof_testing.writers import writing
from tests.support import partitioned_odds
from tests.support.many_rows import fill_odds
from tests.support.repository_rows import open_store

pytestmark = pytest.mark.slow

MATCHES: Final = 280
"""Of 180 odds each."""
LIMITS: Final = {"MIGRATION_LOCK_TIMEOUT": "1s", "MIGRATION_LOCK_ATTEMPTS": "30"}
KILLED_AT: Final = (
    r"CREATE TABLE public\.odds_7 ",
    r"CREATE INDEX",
    r"CREATE OR REPLACE TRIGGER",
    r"UPDATE .*odds",
    r"ALTER SEQUENCE .* RENAME",
    r"ALTER TABLE \S+ RENAME TO odds$",
    r"INSERT INTO .*monps_migration_ledger",
    r"DROP TABLE odds__old",
)
"""Statements, one after the other; each migrator comes further than the one before."""
LONGEST: Final = "10s"
PAUSE: Final = 0.005
PARTITIONS: Final = "SELECT count(DISTINCT tableoid) FROM public.odds"
SECONDS: Final = 600
REPOSITORIES: Final = (
    "tests/repositories/test_repository_odds.py",
    "tests/repositories/test_repository_base.py",
    "tests/repositories/test_pages.py",
    "tests/repositories/test_close_picks.py",
    "tests/repositories/bulk/test_upsert.py",
    "tests/repositories/bulk/test_upsert_ids.py",
    "tests/repositories/bulk/test_async_upsert.py",
    "tests/loading/football_data/test_load_odds.py",
)


@dataclass
class CutAt(Proxy):
    """Cuts the connection at the first statement that matches a pattern.

    Attributes:
        pattern: The pattern.
    """

    pattern: str = ""

    def is_here(self, statement: str) -> bool:
        return re.search(self.pattern, statement, re.DOTALL) is not None


@pytest.fixture(scope="module")
def project(server: LocalServer) -> Iterator[Programs]:
    """The project with the changes of docs/growth.md, and the revisions written for them."""
    with short_folder() as folder, create_database(server) as database:
        programs = partitioned_odds.make_project(folder, database)
        succeed(programs, "revision", "-m", "odds partitioned", "--rev-id", "parts")
        yield programs


@pytest.fixture
def odds(server: LocalServer) -> Iterator[Database]:
    """A database at head with odds, and a second table with the same rows, for comparison."""
    with open_store(server) as store:
        fill_odds(store.engine, MATCHES)
        store.database.execute_each(*partitioned_odds.MIRRORED)
        yield store.database


def succeed(programs: Programs, *arguments: str) -> None:
    done = programs.start("monps-db", *arguments, **LIMITS)
    _, told = done.communicate(timeout=SECONDS)
    assert done.returncode == 0, told


def test_nothing_is_lost_whenever_the_migrator_is_killed(project: Programs, odds: Database) -> None:
    programs = replace(project, environ={**project.environ, **odds.environ()})
    different = []
    with writing(odds, partitioned_odds.WRITERS, longest=LONGEST, pause=PAUSE) as writers:
        for pattern in KILLED_AT:
            assert is_killed_at(pattern, programs, odds), pattern
            different += odds.query(partitioned_odds.DIFFERENT)
        succeed(programs, "upgrade")
    assert (writers.failed, {*different}) == ([], {(0,)})
    assert odds.query(partitioned_odds.DIFFERENT) == [(0,)]
    assert odds.query(PARTITIONS) == [(16,)]
    succeed(programs, "check")


def is_killed_at(pattern: str, programs: Programs, database: Database) -> bool:
    """Run a migrator, and kill it at a statement."""
    started: Queue[int] = Queue()

    def kill(_: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(started.get(timeout=60), signal.SIGKILL)

    def cutting(target: str) -> CutAt:
        return CutAt(target, pattern=pattern, at_cut=kill, counts_all=True)

    with proxied(database, cutting) as (proxy, socket_folder):
        process = programs.start("monps-db", "upgrade", DB_HOST=socket_folder, **LIMITS)
        started.put(process.pid)
        process.communicate(timeout=SECONDS)
        return proxy.is_cut.is_set()


def test_repositories_do_on_partitions_what_they_do_on_one_table(project: Programs) -> None:
    """The tests of the repositories pass in the project with the changes of docs/growth.md."""
    root = "import schemaproof_testing.project as one; print(one.ROOT, end='')"
    # The tests must use the copy, and not this checkout.
    assert project.run("python", "-c", root).out == str(project.folder)
    arguments = ("-q", "-n", "0", "-p", "no:cacheprovider", "--basetemp", "pytest", *REPOSITORIES)
    majors = {CHOICE: str(default_major())}
    tests = project.start("pytest", *arguments, **majors)
    told, _ = tests.communicate(timeout=SECONDS)
    assert tests.returncode == 0, told
