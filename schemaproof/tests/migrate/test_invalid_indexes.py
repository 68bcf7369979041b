"""Invalid indexes: those that a failed CREATE INDEX CONCURRENTLY left, and others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from alembic.runtime.migration import MigrationContext

from schemaproof.migrate.invalid_indexes import drop_invalid_indexes
from schemaproof.schema.database_objects import Index, Relation, Schema, Snapshot
from schemaproof.schema.values import SqlText
from schemaproof_testing.gate_runs import allowing
from schemaproof_testing.ledger_rows import rows
from schemaproof_testing.migrators import wait_for
from schemaproof_testing.own_project import OwnProject
from schemaproof_testing.project import unpooled_engine
from schemaproof_testing.servers import Database

CREATE = 'op.execute("CREATE TABLE public.one (id int)")'
BUILD = "CREATE UNIQUE INDEX CONCURRENTLY {} ON public.one (id)"
Looking = Callable[[], list[str]]


def holding(*names: str) -> Snapshot:
    indexes = tuple(Index(name=name, definition=SqlText(("",))) for name in names)
    return Snapshot((Schema(name="public", relations=(Relation(name="one", indexes=indexes),)),))


@pytest.fixture
def look(any_database: Database) -> Iterator[Looking]:
    """A function that drops leftovers of ``wanted`` before a revision, and returns the messages."""
    with (
        unpooled_engine(any_database) as engine,
        engine.connect() as connection,
    ):
        # A DROP that should not happen would fail soon.
        connection.exec_driver_sql("SET lock_timeout = '1s'")
        connection.commit()

        def clear() -> list[str]:
            printed: list[str] = []
            before, after = holding("old"), holding("old", "wanted")
            drop_invalid_indexes(
                MigrationContext.configure(connection), before, after, printed.append
            )
            return printed

        yield clear


def fail(database: Database, statement: str) -> None:
    """Expect a statement to fail because two rows have the same key."""
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.execute_each(statement)


def indexes(database: Database) -> set[str]:
    return {
        name
        for (name,) in database.query("SELECT indexname FROM pg_indexes WHERE tablename = 'one'")
    }


def test_what_failed_is_named_and_dropped_and_what_another_revision_makes_is_not(
    any_database: Database, look: Looking
) -> None:
    any_database.execute_each("CREATE TABLE public.one (id int)", "INSERT INTO one VALUES (1), (1)")
    for name in ("wanted", "old", "wanted_too", "wanted_ccnew", "wanted_ccnew1", "wanted_ccold"):
        fail(any_database, BUILD.format(name))
    assert look() == [
        f"dropping public.{name}: invalid, left by an attempt that failed"
        for name in ("wanted", "wanted_ccnew", "wanted_ccnew1", "wanted_ccold")
    ]
    assert indexes(any_database) == {"old", "wanted_too"}


def test_a_valid_index_is_no_leftover(any_database: Database, look: Looking) -> None:
    any_database.execute_each("CREATE TABLE public.one (id int)", BUILD.format("wanted"))
    assert (look(), indexes(any_database)) == ([], {"wanted"})


def test_an_index_that_is_being_built_at_this_moment_is_no_leftover(
    any_database: Database, look: Looking
) -> None:
    any_database.execute_each("CREATE TABLE public.one (id int)")
    with closing(any_database.connect()) as writer, writer.cursor() as cursor:
        cursor.execute("INSERT INTO one VALUES (1)")
        statement = BUILD.format("wanted")
        builder = threading.Thread(target=any_database.execute_each, args=(statement,))
        builder.start()  # The builder waits for the writer.
        wait_for(lambda: indexes(any_database) == {"wanted"})
        assert look() == []
        writer.rollback()
        builder.join(timeout=60)
    assert indexes(any_database) == {"wanted"}


def test_an_index_that_a_failed_attempt_left_invalid_is_dropped_and_named(
    own_project: OwnProject, database: Database
) -> None:
    own_project.add(CREATE)
    own_project.add(
        "with op.get_context().autocommit_block():\n"
        '        op.create_index("ix_one_id", "one", ["id"], schema="public", unique=True,\n'
        "            postgresql_concurrently=True, if_not_exists=True)",
        "with op.get_context().autocommit_block():\n"
        '        op.drop_index("ix_one_id", schema="public", postgresql_concurrently=True)',
    )
    own_project.record()
    own_project.upgrade(database, "r1")
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO public.one VALUES (1), (1)")
        connection.commit()
        with pytest.raises(Exception, match="could not create unique index"):
            own_project.upgrade(database, **allowing("lint", "to see it fail"))
        cursor.execute("DELETE FROM public.one")
        connection.commit()
    own_project.upgrade(database)
    assert (
        "dropping public.ix_one_id: invalid, left by an attempt that failed" in own_project.printed
    )
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")
    own_project.downgrade(database, "r1")


def before_an_index(own_project: OwnProject, database: Database) -> None:
    """A database at the revision before one that creates an index concurrently."""
    own_project.add(CREATE)
    own_project.add(
        "with op.get_context().autocommit_block():\n"
        '        op.create_index("ix_one_id", "one", ["id"], schema="public",\n'
        "            postgresql_concurrently=True, if_not_exists=True)"
    )
    own_project.record()
    own_project.upgrade(database, "r1")


def test_an_index_that_an_attempt_left_invalid_is_dropped_before_the_next_one(
    own_project: OwnProject, database: Database
) -> None:
    before_an_index(own_project, database)
    with closing(database.connect()) as writer, writer.cursor() as cursor:
        # The builder waits for this row until its time-out.
        cursor.execute("INSERT INTO public.one VALUES (1)")
        thread = threading.Thread(target=own_project.upgrade, args=(database,))
        thread.start()
        wait_for(lambda: "dropping public.ix_one_id: invalid" in own_project.printed)
        writer.rollback()
        thread.join(timeout=60)
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")


def test_an_index_that_was_finished_after_its_migrator_was_killed_is_kept(
    own_project: OwnProject, database: Database
) -> None:
    before_an_index(own_project, database)
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ix_one_id ON public.one (id)")
        cursor.execute("SELECT 'public.ix_one_id'::regclass::oid")
        before = cursor.fetchone()
        connection.commit()
        own_project.upgrade(database)
        cursor.execute("SELECT 'public.ix_one_id'::regclass::oid")
        assert cursor.fetchone() == before
    assert rows(database, "revision, outcome")[-1] == ("r2", "done")


def test_an_index_of_a_partitioned_table_that_waits_for_its_partitions_is_none(
    any_database: Database, look: Looking
) -> None:
    any_database.execute_each(
        "CREATE TABLE public.one (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE public.part PARTITION OF one DEFAULT",
        "CREATE INDEX wanted ON ONLY public.one (id)",
    )
    assert look() == []
    assert indexes(any_database) == {"wanted"}
