"""The predicted work of a statement on its table, compared with files and scans of a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.lint.alterations import NOT_VOLATILE
from schemaproof.lint.columns import Columns
from schemaproof.lint.lock_modes import Work
from schemaproof.lint.locks import statement_locks
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database
from schemaproof_testing.working_statements import INDEX, NEWER, NEWEST, OTHERS, SETUP, TABLE, TYPES

FILES = """
SELECT
    pg_relation_filenode(c.oid),
    ARRAY(SELECT pg_relation_filenode(indexrelid) FROM pg_index WHERE indrelid = c.oid),
    pg_stat_get_xact_numscans(c.oid)
FROM pg_class AS c WHERE relname = :table
"""
SCOPE = Scope(managed=("public",), shared=())


@dataclass(frozen=True)
class Files:
    """The files of a table, the files of its indexes, and the number of sequential scans."""

    table: int
    indexes: frozenset[int]
    scans: int

    @classmethod
    def read(cls, connection: Connection, table: str) -> Files:
        own, indexes, scans = connection.execute(text(FILES), {"table": table}).one()
        return cls(own, frozenset(indexes), scans)

    def work_until(self, later: Files) -> Work:
        if later.table != self.table:
            return Work.REWRITE
        if not later.indexes <= self.indexes:
            return Work.BUILD
        return Work.SCAN if later.scans > self.scans else Work.CATALOG


@pytest.fixture
def connection(any_database: Database) -> Iterator[Connection]:
    with unpooled_engine(any_database) as engine, engine.connect() as connected:
        connected.exec_driver_sql(SETUP)
        if (snapshot(connected).major or 0) >= max(NEWER):
            connected.exec_driver_sql(NEWEST)
        connected.commit()
        yield connected


def snapshot(connection: Connection) -> Snapshot:
    with inside_transaction(connection):
        return read_snapshot(connection, SCOPE)


def done(connection: Connection, statement: str, table: str = "t") -> Work:
    """Execute a statement, and return its effects on the files of its table."""
    files = Files.read(connection, table)
    connection.exec_driver_sql(statement)
    return files.work_until(Files.read(connection, table))


def predicted(statement: str, before: Snapshot, after: Snapshot | None) -> Work:
    return statement_locks(statement, Columns((before,), after))[0].work


@pytest.mark.slow
def test_a_new_type_makes_the_work_that_is_said(connection: Connection) -> None:
    statements = []
    for number, (old, new, _) in enumerate(TYPES):
        connection.exec_driver_sql(f"CREATE TABLE t{number} (c {old})")
        if old not in {"json", "xml"}:
            connection.exec_driver_sql(f"CREATE INDEX ON t{number} (c)")
        using = new.partition(" COLLATE")[0]
        statements.append(f"ALTER TABLE t{number} ALTER COLUMN c TYPE {new} USING c::{using}")
    before = snapshot(connection)
    works = [done(connection, one, f"t{number}") for number, one in enumerate(statements)]
    after = snapshot(connection)
    found = [
        (old, new, predicted(statement, before, after), work)
        for (old, new, _), statement, work in zip(TYPES, statements, works, strict=True)
    ]
    assert found == [(old, new, work, work) for old, new, work in TYPES]


@pytest.mark.parametrize(
    ("old", "new"), [("timestamp", "timestamptz"), ("timestamptz(3)", "timestamp")]
)
@pytest.mark.parametrize(("zone", "work"), [("UTC", INDEX), ("Europe/London", TABLE)])
def test_a_time_gets_or_loses_its_zone_without_a_rewrite_in_utc_alone(
    connection: Connection, old: str, new: str, zone: str, work: Work
) -> None:
    connection.execute(text("SELECT set_config('TimeZone', :zone, false)"), {"zone": zone})
    connection.exec_driver_sql(f"DROP TABLE t; CREATE TABLE t (c {old} UNIQUE)")
    before, statement = snapshot(connection), f"ALTER TABLE t ALTER c TYPE {new}"
    assert done(connection, statement) is work
    assert predicted(statement, before, snapshot(connection)) is Work.REWRITE_UNLESS_UTC


def test_every_statement_makes_the_work_that_is_said(connection: Connection) -> None:
    before = snapshot(connection)
    major = before.major or 0
    cases = [*OTHERS, *(one for since, some in NEWER.items() if major >= since for one in some)]
    found = []
    for statement, _ in cases:
        work = done(connection, statement)
        after = snapshot(connection) if " TYPE " in statement else None
        found.append((statement, predicted(statement, before, after), work))
        connection.rollback()
    assert found == [(statement, work, work) for statement, work in cases]


def test_functions_that_are_called_not_volatile_are_none(connection: Connection) -> None:
    query = text(
        "SELECT proname AS name, bool_or(provolatile = 'v') AS is_volatile FROM pg_proc"
        " WHERE proname = ANY (:names) AND pronamespace = 'pg_catalog'::regnamespace"
        " GROUP BY proname"
    )
    found = connection.execute(query, {"names": [*NOT_VOLATILE]})
    assert {one.name: one.is_volatile for one in found} == dict.fromkeys(NOT_VOLATILE, False)


@pytest.mark.slow
def test_without_snapshots_a_new_type_is_said_to_rewrite() -> None:
    [lock] = statement_locks("ALTER TABLE t ALTER COLUMN c TYPE varchar(200)")
    assert lock.work is Work.REWRITE
