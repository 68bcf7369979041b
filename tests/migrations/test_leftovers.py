"""What a CREATE INDEX CONCURRENTLY left: which index is a leftover, and which is not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Lock

import psycopg2
import pytest

from introspection.shapes import Index, Relation, Schema, Snapshot, SqlText
from migrations.runner.leftovers import drop_invalid_indexes
from tests.migrations.test_one_migrator import wait_for
from tests.project import engine_of
from tests.servers import Database

BUILD = "CREATE UNIQUE INDEX CONCURRENTLY {} ON public.one (id)"
Looking = Callable[[], list[str]]


def holding(*names: str) -> Snapshot:
    indexes = tuple(Index(name=name, definition=SqlText(("",))) for name in names)
    return Snapshot((Schema(name="public", relations=(Relation(name="one", indexes=indexes),)),))


@pytest.fixture
def look(any_database: Database) -> Iterator[Looking]:
    """Clear the way for a revision that makes the index ``wanted``; says what was said."""
    with (
        engine_of(any_database) as engine,
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        connection.exec_driver_sql("SET lock_timeout = '1s'")  # a DROP that must not be

        def clear() -> list[str]:
            said: list[str] = []
            before, after = holding("old"), holding("old", "wanted")
            drop_invalid_indexes(connection, Lock(), before, after, said.append)
            return said

        yield clear


def execute(database: Database, *statements: str) -> None:
    with closing(database.connect()) as connection:
        connection.autocommit = True
        for statement in statements:
            connection.cursor().execute(statement)


def fail(database: Database, statement: str) -> None:
    """Have a statement fail on two rows of the same key."""
    with pytest.raises(psycopg2.errors.UniqueViolation):
        execute(database, statement)


def indexes(database: Database) -> set[str]:
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'one'")
        return {name for (name,) in cursor.fetchall()}


def test_what_failed_is_named_and_dropped_and_what_another_revision_makes_is_not(
    any_database: Database, look: Looking
) -> None:
    execute(any_database, "CREATE TABLE public.one (id int)", "INSERT INTO one VALUES (1), (1)")
    for name in ("wanted", "old", "wanted_too", "wanted_ccnew", "wanted_ccnew1", "wanted_ccold"):
        fail(any_database, BUILD.format(name))
    assert look() == [
        f"dropping public.{name}: invalid, left by an attempt that failed"
        for name in ("wanted", "wanted_ccnew", "wanted_ccnew1", "wanted_ccold")
    ]
    assert indexes(any_database) == {"old", "wanted_too"}


def test_a_valid_index_is_no_leftover(any_database: Database, look: Looking) -> None:
    execute(any_database, "CREATE TABLE public.one (id int)", BUILD.format("wanted"))
    assert (look(), indexes(any_database)) == ([], {"wanted"})


def test_an_index_that_is_being_built_at_this_moment_is_no_leftover(
    any_database: Database, look: Looking
) -> None:
    execute(any_database, "CREATE TABLE public.one (id int)")
    with closing(any_database.connect()) as writer, writer.cursor() as cursor:
        cursor.execute("INSERT INTO one VALUES (1)")
        statement = BUILD.format("wanted")
        builder = threading.Thread(target=execute, args=(any_database, statement))
        builder.start()  # and waits for the writer
        wait_for(lambda: indexes(any_database) == {"wanted"})
        assert look() == []
        writer.rollback()
        builder.join(timeout=60)
    assert indexes(any_database) == {"wanted"}
