"""Written revisions are applied while others write, and after the migrator was killed."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from queue import Queue
from typing import Final

import pytest

from schemaproof_testing.other_project import OtherProject, make_project
from schemaproof_testing.project import Outcome
from schemaproof_testing.proxy import Proxy, proxied
from schemaproof_testing.servers import Database
from schemaproof_testing.writers import writing

pytestmark = pytest.mark.slow

HEAD: Final = """
from sqlalchemy import *
from sqlalchemy.orm import declarative_base

Base = declarative_base()
"""
OLD: Final = f"""{HEAD}
Table('other', Base.metadata, Column('id', Integer, primary_key=True))
Table('item', Base.metadata, Column('id', Integer, primary_key=True),
    Column('n', Integer, nullable=False), Column('other', Integer), Column('w', Text),
    Column('gone', Integer), Index('item_gone', 'gone'),
    Column('loose', Integer, nullable=False, server_default='1'),
    CheckConstraint("w <> ''", name='item_old'), UniqueConstraint('n', 'id', name='item_old_key'),
    ForeignKeyConstraint(['loose'], ['other.id'], name='item_old_other'))
"""
NEW: Final = f"""{HEAD}
Table('other', Base.metadata, Column('id', Integer, primary_key=True))
Table('item', Base.metadata, Column('id', BigInteger, primary_key=True),
    Column('n', BigInteger, nullable=False), Column('other', Integer, ForeignKey('other.id')),
    Column('w', Text, nullable=False), Column('u', Uuid, server_default=text('gen_random_uuid()')),
    Column('loose', Integer, server_default='1'),
    CheckConstraint('n >= 0', name='item_n'), UniqueConstraint('n', name='item_key'),
    Index('item_w', 'w'))
"""
ROWS: Final = int(os.environ.get("MONPS_TEST_ROWS", "5_000"))
LIMITS: Final = {"SCHEMAPROOF_LOCK_TIMEOUT": "1s", "SCHEMAPROOF_LOCK_ATTEMPTS": "30"}
LONGEST: Final = "1500ms"
"""The lock time-out and half a second: the server ends what a writer waits longer for."""
PAUSE: Final = 0.005
"""Without a pause, eight writers leave a server with two processors to nobody else."""
STATEMENTS: Final = (
    f"INSERT INTO item (n, other, w) VALUES ({ROWS} + 10 + %(n)s, 1, 'new')",
    f"UPDATE item SET w = w || 'x' WHERE id = 1 + %(n)s %% {ROWS}",
    "SELECT sum(n) FROM item WHERE id < 100 + %(n)s",
)
EIGHT_WRITERS: Final = (*STATEMENTS, *STATEMENTS[1:] * 2, STATEMENTS[1])
UPDATES: Final = slice(1, None, 2)
"""The places of the statements that make a text longer by one character."""
READER: Final = "SELECT count(*), pg_sleep(0.7), %(n)s FROM (SELECT FROM item LIMIT 1) AS one"


def _run(project: OtherProject, database: Database, *arguments: str) -> Outcome:
    url = database.url.render_as_string(hide_password=False)
    return project.programs.run("schemaproof", *arguments, DATABASE_URL=url, **LIMITS)


def _succeed(project: OtherProject, database: Database, *arguments: str) -> None:
    _run(project, database, *arguments).succeeded()


def _prepared(folder: Path, database: Database) -> OtherProject:
    """Make a project with rows, changed models and the revisions written for them."""
    project = make_project(folder, database, options={"transaction_per_migration": "True"})
    project.configure(metadata='"models:Base.metadata"', script_location='"alembic"')
    project.write("models.py", OLD)
    _succeed(project, database, "revision", "-m", "first", "--rev-id", "first")
    _succeed(project, database, "upgrade")
    database.execute_each(
        "INSERT INTO other DEFAULT VALUES",
        f"INSERT INTO item (n, other, w) SELECT n, 1, 'w' FROM generate_series(1, {ROWS}) AS n",
    )
    project.write("models.py", NEW)
    _succeed(project, database, "revision", "-m", "more", "--rev-id", "more")
    return project


def _migrate(project: OtherProject, database: Database, *arguments: str) -> None:
    """Migrate for as long as it takes: with millions of rows, longer than other commands may."""
    url = database.url.render_as_string(hide_password=False)
    process = project.programs.start("schemaproof", *arguments, DATABASE_URL=url, **LIMITS)
    _, error = process.communicate(timeout=3600)
    assert process.returncode == 0, error


def test_nobody_waits_for_long_and_nothing_is_lost(folder: Path, any_database: Database) -> None:
    project = _prepared(folder, any_database)
    with (
        writing(any_database, EIGHT_WRITERS, longest=LONGEST, pause=PAUSE) as writers,
        writing(any_database, [READER]) as readers,
    ):
        _migrate(project, any_database, "upgrade")
    assert (writers.failed, readers.failed) == ([], [])
    _succeed(project, any_database, "check")
    rows = ROWS + writers.done[0]
    length = ROWS + 3 * writers.done[0] + sum(writers.done[UPDATES])
    counted = any_database.query("SELECT count(*), count(u), sum(length(w)) FROM item")
    assert counted == [(rows, rows, length)]
    with writing(any_database, EIGHT_WRITERS[1:], longest=LONGEST, pause=PAUSE) as writers:
        _migrate(project, any_database, "downgrade", "first")
    assert writers.failed == []


def test_a_killed_migrator_is_followed_by_one_that_completes(
    folder: Path, database: Database
) -> None:
    """Each migrator is killed one statement later than the one before, and continues from there."""
    project = _prepared(folder, database)
    killed = 0
    for statement in range(25, 50):
        if not _is_killed_at(project, database, statement):
            break
        killed += 1
    assert killed > 5
    _succeed(project, database, "upgrade")
    _succeed(project, database, "check")
    assert _invalid(database) == []


def _is_killed_at(project: OtherProject, database: Database, statement: int) -> bool:
    started: Queue[int] = Queue()

    def kill(_: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(started.get(timeout=60), signal.SIGKILL)

    def cutting(target: str) -> Proxy:
        return Proxy(target, cut_at=statement, at_cut=kill, counts_all=True)

    with proxied(database, cutting) as (proxy, socket_folder):
        through = database.url.set(query={"host": str(socket_folder)})
        url = through.render_as_string(hide_password=False)
        process = project.programs.start(
            "schemaproof",
            "upgrade",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            DATABASE_URL=url,
            **LIMITS,
        )
        started.put(process.pid)
        process.wait(timeout=120)
        return proxy.is_cut.is_set()


def _invalid(database: Database) -> list[tuple[str, ...]]:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        found: list[tuple[str, ...]] = cursor.fetchall()
    return found
