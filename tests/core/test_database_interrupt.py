"""Ctrl-C while a program waits: for a statement, a lock, or a server that does not answer."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest
from psycopg2 import extensions
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import core.database
from schemaproof.connection.interrupt import interruptible
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for

pytestmark = pytest.mark.slow

AT_ONCE = 2.0


@contextmanager
def interrupted(ready: Callable[[], object]) -> Iterator[None]:
    """Send SIGINT soon after ``ready`` has returned; the program must end at once."""
    pressed: list[float] = []

    def press() -> None:
        ready()
        time.sleep(0.1)
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
        heard = time.monotonic()
    finally:
        thread.join()
    assert heard - pressed[0] < AT_ONCE


def active_statements(database: Database) -> list[str]:
    return [
        query
        for (query,) in database.query(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
            " AND state <> 'idle' AND pid <> pg_backend_pid()"
        )
    ]


def until(database: Database, expected: list[str]) -> None:
    """Wait until the server executes exactly these statements."""
    deadline = time.monotonic() + 2 * AT_ONCE
    while active_statements(database) != expected:
        assert time.monotonic() < deadline, active_statements(database)
        time.sleep(0.02)


def test_statement(database: Database) -> None:
    engine = core.database.create_sync_engine(settings_for(database))
    asleep = partial(until, database, ["SELECT pg_sleep(8)"])
    with interrupted(asleep), interruptible(), engine.begin() as connection:
        connection.execute(text("CREATE TABLE t ()"))
        connection.execute(text("SELECT pg_sleep(8)"))
    # The statement was cancelled on the server as well.
    until(database, [])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT to_regclass('t')")).scalar_one() is None
    engine.dispose()


def test_lock(database: Database) -> None:
    engine = core.database.create_migration_engine(
        settings_for(database, MIGRATION_LOCK_TIMEOUT="8s")
    )
    with closing(database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        other.commit()
        waiting = partial(until, database, ["SELECT pg_advisory_lock(1)"])
        with interrupted(waiting), interruptible(), engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_lock(1)"))
        until(database, [])


def test_connecting_to_a_silent_server(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        engine = core.database.create_migration_engine(
            settings_for(database, DB_HOST="127.0.0.1", DB_PORT=port, DB_CONNECT_TIMEOUT=8)
        )
        clients: list[socket.socket] = []
        with interrupted(lambda: clients.append(silent.accept()[0])), interruptible():
            engine.connect()
        clients[0].close()


def test_connect_timeout_still_holds(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        engine = core.database.create_migration_engine(
            settings_for(database, DB_HOST="127.0.0.1", DB_PORT=port, DB_CONNECT_TIMEOUT=1)
        )
        started = time.monotonic()
        with interruptible(), pytest.raises(OperationalError, match="timeout expired"):
            engine.connect()
    assert time.monotonic() - started < AT_ONCE + 1


def test_usual_work_and_the_former_state(database: Database) -> None:
    engine = core.database.create_migration_engine(settings_for(database, DB_CONNECT_TIMEOUT=1))
    assert extensions.get_wait_callback() is None
    with interruptible():
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE t AS SELECT generate_series(1, 50000) AS n"))
            # The time-out is for connecting, and not for statements.
            connection.execute(text("SELECT pg_sleep(1.2)"))
            rows = connection.execute(text("SELECT n FROM t")).all()
        with interruptible():
            assert extensions.get_wait_callback() is not None
        assert extensions.get_wait_callback() is not None
    assert len(rows) == 50000
    assert extensions.get_wait_callback() is None
