"""Change the project's schema by hand, and compare."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text

from schemaproof.check.live_diff import read_state, with_repairs
from schemaproof.findings.findings import Report
from schemaproof.schema.database_objects import Snapshot
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.catalog_reading import connected
from schemaproof_testing.project import PROJECT, Alembic, history
from schemaproof_testing.servers import Database, create_database


@pytest.fixture(scope="module")
def migrated(any_server: LocalServer) -> Iterator[Database]:
    """The project's schema on each major version, without connections, so that it can be copied."""
    with create_database(any_server) as database:
        Alembic(database).upgrade()
        yield database


@pytest.fixture(scope="module")
def expected() -> Snapshot:
    """The recorded snapshot of the head."""
    [recorded] = history().recorded_heads
    return recorded.snapshot


@contextmanager
def done_and_undone(database: Database, statements: str) -> Iterator[Connection]:
    with connected(database) as connection:
        connection.execute(text(statements.replace(":", r"\:")))
        yield connection
        connection.rollback()


def found_in(report: Report) -> list[str]:
    return sorted(f"{finding.code} {finding.path}" for finding in report.findings)


def report_on(connection: Connection, expected: Snapshot) -> Report:
    state = read_state(connection, PROJECT.scope, expected)
    return with_repairs(state, connection).report
