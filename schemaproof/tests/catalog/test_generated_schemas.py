"""A generated schema equals its copy; one changed attribute is one difference, and is repaired."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from schemaproof.catalog.catalog import VERBATIM, inside_transaction, read_snapshot
from schemaproof.compare import compare
from schemaproof.history.snapshot_file import RecordedRevision, dumps, loads
from schemaproof.repair.plan import repair
from schemaproof.schema.database_objects import Snapshot
from schemaproof.schema.scope import Scope
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.schema_strategies import Change, Table, changes, schemas, statements
from schemaproof_testing.servers import create_database

SCOPE = Scope(managed=("q",), shared=())
ON_A_SERVER = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def connection(any_server: LocalServer) -> Iterator[Connection]:
    with create_database(any_server) as database, connected(database) as connection:
        yield connection


def run(connection: Connection, *made: str) -> None:
    for statement in made:
        connection.exec_driver_sql(statement, execution_options=VERBATIM)


def read(connection: Connection) -> Snapshot:
    with inside_transaction(connection):
        return read_snapshot(connection, SCOPE)


def made(connection: Connection, schema: tuple[Table, ...]) -> Snapshot:
    run(connection, *statements(schema))
    return read(connection)


def recorded(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot after writing and reading its file."""
    revision = RecordedRevision(revision="r", file_checksum="c", models=None, snapshot=snapshot)
    return loads(dumps(revision)).snapshot


@pytest.mark.slow
@ON_A_SERVER
@given(schema=schemas())
def test_a_schema_made_twice_is_the_same(connection: Connection, schema: tuple[Table, ...]) -> None:
    with connection.begin() as transaction:
        first = recorded(made(connection, schema))
        transaction.rollback()
    with connection.begin() as transaction:
        second = made(connection, schema)
        transaction.rollback()
    assert compare(first, second).differences == ()
    assert first == second


@pytest.mark.slow
@ON_A_SERVER
@given(schema=schemas(), data=st.data())
def test_one_changed_attribute_is_one_difference_and_its_repair_takes_it_back(
    connection: Connection, schema: tuple[Table, ...], data: st.DataObject
) -> None:
    change: Change = data.draw(st.sampled_from(changes(data.draw(st.sampled_from(schema)))))
    with connection.begin() as transaction:
        before = made(connection, schema)
        run(connection, change.statement)
        after = read(connection)
        found = [(one.code, one.path) for one in compare(before, after).differences]
        run(connection, *(step.sql for step in repair(before, after)))
        repaired = compare(before, read(connection)).differences
        transaction.rollback()
    assert found == [(change.code, change.path)]
    assert repaired == ()
