"""Two sessions that read one state: what is asked is answered once, by either, or by one alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait as wait_for
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from psycopg2.errors import DivisionByZero

from schemaproof.catalog.catalog import MANY, read, reading
from schemaproof.connection.raw_sql import AnyConnection, DriverConnection, rows
from schemaproof.connection.readers import Readers
from schemaproof.schema.shapes import Scope, Snapshot
from tests.integration.catalog_reading import SCOPE, execute, snapshot_of
from tests.servers import Database, administration

TABLES = f"""DO $$ BEGIN FOR number IN 1..{MANY} LOOP
    EXECUTE format('CREATE TABLE q.t%s (id serial PRIMARY KEY, name text UNIQUE)', number);
END LOOP; END $$"""


def at_once(_: DriverConnection) -> AbstractContextManager[None]:
    return nullcontext()


def backend(session: AnyConnection) -> int:
    """Give the session's server process, after a while in which the other one can do something."""
    return int(rows(session, "SELECT pg_backend_pid() AS pid, pg_sleep(0.05)")[0]["pid"])


@contextmanager
def readers_of(
    database: Database, open_another: Callable[[], Any] | None = None
) -> Iterator[Readers]:
    with closing(database.connect()) as session, Readers(session, open_another) as readers:
        yield readers


def sessions_of(database: Database) -> int:
    with administration(database.server) as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (database.name,))
        return int(cursor.fetchall()[0][0])


def everything(readers: Readers) -> set[int]:
    """Call another session, and return the server processes that did ten things."""
    readers.call_another(lambda: at_once)
    asked = [readers.ask(backend) for _ in range(10)]
    return {readers.get(answer) for answer in asked}


def test_two_sessions_share_the_work(database: Database) -> None:
    with readers_of(database, database.connect) as readers:
        assert len(everything(readers)) == 2


def test_one_session_does_all_where_there_is_no_other(database: Database) -> None:
    with readers_of(database) as readers:
        assert everything(readers) == {backend(readers.session)}


def test_one_session_does_all_where_another_is_refused(database: Database) -> None:
    def refused() -> Any:
        return psycopg2.connect(host=database.host, port=database.port, user="nobody")

    with readers_of(database, refused) as readers:
        assert everything(readers) == {backend(readers.session)}


def test_what_takes_longest_is_done_before_what_waits(database: Database) -> None:
    done: list[str] = []
    with readers_of(database) as readers:
        usual = readers.ask(lambda _: done.append("usual"))
        readers.ask(lambda _: done.append("long"), first=True)
        readers.get(usual)
    assert done == ["long", "usual"]


@pytest.mark.parametrize("has_another", [True, False])
def test_what_needs_no_one_state_is_done_outside_of_the_first_transaction(
    database: Database, *, has_another: bool
) -> None:
    with readers_of(database, database.connect if has_another else None) as readers:
        apart = readers.ask_apart(backend)
        readers.call_another(lambda: at_once)
        with reading(readers.session):
            first = backend(readers.session)
            assert readers.get(readers.ask(lambda _: "within")) == "within"
            assert bool(wait_for([apart], timeout=30 if has_another else 0).done) is has_another
        assert (readers.get_apart(apart) != first) is has_another


def test_error_reaches_who_asked(database: Database) -> None:
    with readers_of(database) as readers:
        wrong = readers.ask(lambda session: rows(session, "SELECT 1 / 0"))
        with pytest.raises(DivisionByZero):
            readers.get(wrong)


def test_session_whose_transaction_failed_does_nothing_more(database: Database) -> None:
    with readers_of(database, database.connect) as readers:
        wrong = readers.ask(lambda session: rows(session, "SELECT 1 / 0"))
        later = [readers.ask(backend) for _ in range(5)]
        readers.call_another(lambda: at_once)
        wait_for([wrong], timeout=30)
        assert {readers.get(answer) for answer in later} == {backend(readers.session)}
        with pytest.raises(DivisionByZero):
            readers.get(wrong)


def test_who_leaves_early_leaves_no_statement_behind(database: Database) -> None:
    at_work = threading.Event()

    def long(session: AnyConnection) -> None:
        at_work.set()
        rows(session, "SELECT pg_sleep(60)")

    with readers_of(database, database.connect) as readers:
        readers.ask(long)
        readers.call_another(lambda: at_once)
        assert at_work.wait(30)
    deadline = time.monotonic() + 30
    while sessions_of(database):
        assert time.monotonic() < deadline, "the statement goes on"


@pytest.fixture
def many(any_database: Database) -> Database:
    execute(any_database, "CREATE SCHEMA q", TABLES)
    return any_database


def scope_of(database: Database) -> Scope:
    """Expect all that is there now."""
    return replace(SCOPE, own=frozenset(snapshot_of(database).object_names()))


def read_by_two(database: Database, scope: Scope) -> tuple[Snapshot, list[Any]]:
    """Read, and return the second sessions that were opened for it, too."""
    opened: list[Any] = []

    def another() -> Any:
        opened.append(database.connect())
        return opened[-1]

    with readers_of(database, another) as readers, reading(readers.session):
        found = read(readers, scope)
    return found, opened


def test_many_tables_are_read_by_two_sessions_as_by_one(many: Database) -> None:
    found, opened = read_by_two(many, scope_of(many))
    assert found == snapshot_of(many)
    assert [session.closed for session in opened] == [1]


def test_second_session_sees_what_the_first_one_sees(many: Database) -> None:
    before, scope = snapshot_of(many), scope_of(many)

    def another() -> Any:
        execute(many, "CREATE INDEX later ON q.t1 (name)", "ALTER TABLE q.t2 ADD later int")
        return many.connect()

    with readers_of(many, another) as readers, reading(readers.session):
        rows(readers.session, "SELECT count(*) FROM pg_class")
        assert read(readers, scope) == before
    assert snapshot_of(many) != before


def test_few_tables_are_not_worth_a_second_session(database: Database) -> None:
    execute(database, "CREATE SCHEMA q", "CREATE TABLE q.t (id int)")
    opened: list[None] = []
    scope = scope_of(database)
    with readers_of(database, lambda: opened.append(None)) as readers, reading(readers.session):
        read(readers, scope)
    assert opened == []
