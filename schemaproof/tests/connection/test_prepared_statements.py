"""Prepared queries return the same rows, and leave nothing in the session."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, text

from schemaproof.catalog.catalog import inside_transaction, read_snapshot
from schemaproof.connection import prepared_statements
from schemaproof.connection.raw_sql import rolled_back, rows
from schemaproof.schema.scope import Scope
from schemaproof.scratch.database_address import DatabaseAddress
from schemaproof_testing.probed import place
from schemaproof_testing.project import Alembic, unpooled_engine
from schemaproof_testing.servers import Database

SCOPE = Scope(managed=("quantum",), shared=("public",))
KEPT = text("SELECT count(*) FROM pg_prepared_statements")


@pytest.fixture
def connection(any_database: Database) -> Iterator[Connection]:
    Alembic(any_database).upgrade()
    with unpooled_engine(any_database) as engine, engine.connect() as connected:
        yield connected


def test_what_is_read_by_kept_plans_is_what_is_read_without(connection: Connection) -> None:
    with inside_transaction(connection):
        plain = read_snapshot(connection, SCOPE)
    with prepared_statements.kept(connection):
        for _ in range(7):  # PostgreSQL may switch to a generic plan after the fifth execution.
            with inside_transaction(connection):
                assert read_snapshot(connection, SCOPE) == plain


def test_kept_plans_see_what_changed_meanwhile(connection: Connection) -> None:
    with prepared_statements.kept(connection), inside_transaction(connection):
        before = read_snapshot(connection, SCOPE)
        connection.exec_driver_sql("CREATE SCHEMA other; SET LOCAL search_path TO quantum")
        connection.exec_driver_sql("CREATE TABLE quantum.pg_class (relname text, oid oid)")
        connection.exec_driver_sql("ALTER TABLE quantum.goalscorer_profiles ADD COLUMN mine int")
        after = read_snapshot(connection, SCOPE)
    names = {relation.name for schema in after.schemas for relation in schema.relations}
    assert "pg_class" in names
    assert before != after
    with inside_transaction(connection):
        assert read_snapshot(connection, SCOPE) == before


def test_plans_are_kept_over_a_rollback_and_for_no_longer_than_asked(
    connection: Connection,
) -> None:
    with prepared_statements.kept(connection):
        read_snapshot(connection, SCOPE)
        connection.rollback()
        kept = connection.scalar(KEPT)
        read_snapshot(connection, SCOPE)
        assert connection.scalar(KEPT) == kept
    assert (kept is not None and kept > 10, connection.scalar(KEPT)) == (True, 0)
    connection.rollback()
    read_snapshot(connection, SCOPE)
    assert connection.scalar(KEPT) == 0


def test_a_scratch_database_is_read_by_kept_plans(any_database: Database) -> None:
    """A snapshot is read after each revision, and planning takes longer than reading."""
    Alembic(any_database).upgrade()
    kept, read = [], []
    with closing(DatabaseAddress(place(any_database)).connect()) as session:
        for _ in range(2):
            with rolled_back(session):
                read.append(read_snapshot(session, SCOPE))
            kept += [row["count"] for row in rows(session, str(KEPT))]
            session.rollback()
    assert read[0] == read[1]
    assert kept[0] == kept[1] > 10
