"""A database with an audit, and its recorded commands."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 -- as the class it is
from psycopg2.extras import RealDictCursor

from schemaproof.audit import installation
from schemaproof.audit.state import AuditState, read_state
from schemaproof.catalog.catalog import reading
from schemaproof_testing.servers import Database


def install(database: Database, *readers: str) -> bool:
    with closing(database.connect_superuser()) as connection:
        return installation.install(connection, readers)


def uninstall(database: Database) -> bool:
    with closing(database.connect_superuser()) as connection:
        return installation.uninstall(connection)


def audit_state(database: Database) -> AuditState | None:
    with closing(database.connect_superuser()) as connection, reading(connection):
        return read_state(connection)


@contextmanager
def superuser(database: Database) -> Iterator[Connection]:
    """Open a connection as the superuser, in autocommit mode."""
    with closing(database.connect_superuser()) as connection:
        connection.autocommit = True
        yield connection


def does(connection: Connection, *statements: str) -> None:
    """Send each statement as a query of its own."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def recorded(database: Database, where: str = "true") -> list[dict[str, Any]]:
    """Return the recorded commands, oldest first."""
    with (
        closing(database.connect_superuser()) as connection,
        connection.cursor(cursor_factory=RealDictCursor) as cursor,
    ):
        cursor.execute(f"SELECT * FROM schemaproof_audit.command WHERE {where} ORDER BY id")
        return [dict(row) for row in cursor.fetchall()]


def refusal(connection: Connection, statement: str) -> str:
    """Return the SQLSTATE with which a statement is refused; empty if it succeeds."""
    try:
        does(connection, statement)
    except psycopg2.Error as error:
        return str(error.pgcode)
    return ""


@pytest.fixture
def audited(any_database: Database) -> Database:
    """An empty database with an audit, on each major version in turn."""
    assert install(any_database)
    return any_database
