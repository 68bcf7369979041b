"""Reading does not change the session, and settings of the session do not change what is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, InternalError

from schemaproof.catalog.catalog import (
    ATTEMPTS,
    inside_transaction,
    read_snapshot,
    reading,
    retried,
)
from schemaproof.catalog.catalog_queries import SchemaChangedError
from schemaproof.schema.database_objects import Snapshot
from schemaproof_testing.catalog_reading import SCOPE, connected, live_snapshot, show
from schemaproof_testing.servers import Database

SETTINGS = {
    "search_path": "q, public",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "quote_all_identifiers": "on",
    "TimeZone": "Asia/Tokyo",
    "extra_float_digits": "-5",
    "bytea_output": "escape",
    "xmloption": "document",
    "standard_conforming_strings": "off",
}
SCHEMA = r"""
CREATE SCHEMA q;
CREATE TYPE q.mood AS ENUM ('good', 'bad');
CREATE TYPE q.size AS ENUM ('big', 'small');
CREATE TABLE q.t (
    id serial PRIMARY KEY,
    day date DEFAULT '2024-02-01',
    moment timestamptz DEFAULT '2024-02-01 12:00+02',
    span interval DEFAULT '1 day 2 hours',
    number double precision DEFAULT '0.12345678901234567',
    bytes bytea DEFAULT '\x00ff',
    mood q.mood DEFAULT 'good',
    path text DEFAULT 'a\b',
    CHECK (moment > '2020-01-01 00:00+00'),
    CHECK (span < interval '3 years')
);
CREATE TABLE q.u (id int REFERENCES q.t, "Odd Name" q.size);
CREATE INDEX ON q.t (day) WHERE moment > '2021-06-01 00:00+00'
"""


@pytest.fixture
def filled(any_database: Database) -> Database:
    any_database.execute_each(SCHEMA)
    return any_database


@pytest.mark.parametrize("setting", SETTINGS)
def test_setting_of_the_session_changes_nothing_that_is_read(
    filled: Database, setting: str
) -> None:
    with connected(filled) as connection:
        connection.execute(
            text("SELECT set_config(:name, :value, false)"),
            {"name": setting, "value": SETTINGS[setting]},
        )
        connection.commit()
        with reading(connection):
            found = read_snapshot(connection, SCOPE)
    assert found == live_snapshot(filled)


@pytest.mark.parametrize("way", [reading, inside_transaction])
def test_settings_are_afterwards_what_they_were(filled: Database, way: Any) -> None:
    with connected(filled) as connection:
        for name, value in SETTINGS.items():
            connection.execute(
                text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value}
            )
        before = [show(connection, name) for name in SETTINGS]
        connection.commit()
        with way(connection):
            read_snapshot(connection, SCOPE)
        assert [show(connection, name) for name in SETTINGS] == before


def test_transaction_that_was_looked_into_goes_on(filled: Database) -> None:
    with connected(filled) as connection, connection.begin():
        connection.execute(text("CREATE TABLE q.made (id int)"))
        with inside_transaction(connection):
            found = read_snapshot(connection, SCOPE)
        connection.execute(text("INSERT INTO q.made VALUES (1)"))
    assert "made" in {name for _, name in found.object_names()}
    assert found == live_snapshot(filled)


def test_failed_look_leaves_the_transaction_usable(filled: Database) -> None:
    with connected(filled) as connection, connection.begin():
        with pytest.raises(DBAPIError), inside_transaction(connection):
            connection.execute(text("SELECT 1 / 0"))
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_reading_cannot_write(filled: Database) -> None:
    with connected(filled) as connection, pytest.raises(InternalError) as refused:  # noqa: SIM117
        with reading(connection):
            connection.execute(text("CREATE TABLE q.made (id int)"))
    assert getattr(refused.value.orig, "pgcode", None) == "25006"


def test_connection_can_write_after_reading(filled: Database) -> None:
    with connected(filled) as connection:
        with reading(connection):
            read_snapshot(connection, SCOPE)
        connection.execute(text("CREATE TABLE q.made (id int)"))
        connection.commit()
        assert show(connection, "transaction_isolation") == "read committed"


def test_every_query_sees_the_state_at_the_first(filled: Database) -> None:
    before = live_snapshot(filled)
    with connected(filled) as connection, reading(connection):
        connection.execute(text("SELECT count(*) FROM pg_class"))
        filled.execute_each("CREATE TABLE q.later (id serial PRIMARY KEY)")
        found = read_snapshot(connection, SCOPE)
    assert found == before


@contextmanager
def counting(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    yield statements
    event.remove(connection, "before_cursor_execute", count)


def test_sixty_tables_take_as_many_statements_as_one(filled: Database) -> None:
    counts = []
    for more in (0, 60):
        filled.execute_each(*(f"CREATE TABLE q.t{number} (id serial)" for number in range(more)))
        with connected(filled) as connection, reading(connection), counting(connection) as done:
            assert len(list(read_snapshot(connection, SCOPE).object_names())) > 2 * more
        counts.append(len(done))
    assert counts[0] == counts[1] < 20


VANISHING = [
    "DROP TABLE q.t CASCADE",
    "DROP SCHEMA q CASCADE",
    "DROP TYPE q.mood CASCADE",  # This type has a default, whose text is read.
    "DROP TYPE q.size CASCADE",  # This type has no default.
    "DROP INDEX q.t_day_idx",
    "ALTER TABLE q.t ALTER day TYPE timestamp",
]


@pytest.mark.parametrize("statement", VANISHING)
def test_object_that_vanishes_while_it_is_read_is_told(filled: Database, statement: str) -> None:
    with connected(filled) as connection, reading(connection):
        connection.execute(text("SELECT count(*) FROM pg_class"))
        filled.execute_each(statement)
        with pytest.raises(SchemaChangedError):
            read_snapshot(connection, SCOPE)


@pytest.mark.parametrize("statement", VANISHING)
def test_reading_again_sees_what_is_left(filled: Database, statement: str) -> None:
    pending = [statement]

    def read() -> Snapshot:
        with reading(connection):
            connection.execute(text("SELECT count(*) FROM pg_class"))
            while pending:
                filled.execute_each(pending.pop())
            return read_snapshot(connection, SCOPE)

    with connected(filled) as connection:
        found = retried(read)
    assert found == live_snapshot(filled)


@pytest.mark.slow
def test_schema_that_never_rests_is_not_read_forever() -> None:
    attempts = []

    def read() -> None:
        attempts.append(1)
        raise SchemaChangedError

    with pytest.raises(SchemaChangedError, match="try again"):
        retried(read)
    assert len(attempts) == ATTEMPTS
