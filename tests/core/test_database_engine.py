"""Engines and pools on a real server: sizes, first use, lost connections, fork, time-outs."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

import core.database
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for

THREADS = 16


@pytest.fixture(autouse=True)
def _fresh_module() -> Iterator[None]:
    core.database.reset()
    yield
    core.database.reset()


@pytest.fixture
def environment(database: Database, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The database of the test as the database of the settings."""
    for name, value in database.environ().items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def backend(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def show(engine: Engine, name: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def in_threads(work: Callable[[], object]) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - handed to the test's own thread
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.usefixtures("environment")
def test_first_use_by_sixteen_threads_makes_one_engine() -> None:
    barrier = threading.Barrier(THREADS)
    engines: list[Engine] = []
    factories: list[object] = []

    def use() -> None:
        barrier.wait()
        factories.append(core.database.SessionLocal)
        engines.append(core.database.sync_engine)
        with core.database.get_db() as session:
            assert session.get_bind() is engines[0]
            session.execute(text("SELECT 1"))

    in_threads(use)
    assert len({id(engine) for engine in engines}) == 1
    assert len({id(factory) for factory in factories}) == 1


@pytest.mark.usefixtures("environment")
def test_defaults_fifteen_connections_and_no_more(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DB_POOL_TIMEOUT", "200ms")
    with ExitStack() as stack:
        pids = {
            backend(stack.enter_context(core.database.sync_engine.connect())) for _ in range(15)
        }
        assert len(pids) == 15
        assert core.database.get_pool_status() == {
            "pool_size": 5,
            "checked_in": 0,
            "checked_out": 15,
            "overflow": 10,
        }
        with pytest.raises(PoolTimeoutError, match=r"timeout 0\.20"):
            core.database.sync_engine.connect()
    assert core.database.get_pool_status() == {
        "pool_size": 5,
        "checked_in": 5,
        "checked_out": 0,
        "overflow": 0,
    }


@pytest.mark.usefixtures("environment")
def test_status_before_the_first_connection_is_not_negative() -> None:
    assert core.database.get_pool_status() == {
        "pool_size": 5,
        "checked_in": 0,
        "checked_out": 0,
        "overflow": 0,
    }


def test_recycle_replaces_an_old_connection(database: Database) -> None:
    engine = core.database.create_sync_engine(settings_for(database, DB_POOL_RECYCLE=0))
    with engine.connect() as connection:
        first = backend(connection)
    with engine.connect() as connection:
        assert backend(connection) != first
    engine.dispose()


def test_application_timeouts_hold_in_the_session(database: Database) -> None:
    engine = core.database.create_sync_engine(
        settings_for(
            database,
            DB_STATEMENT_TIMEOUT="1234ms",
            DB_LOCK_TIMEOUT="5min",
            DB_IDLE_IN_TRANSACTION_TIMEOUT=7,
            DB_APPLICATION_NAME="it's a \\ name",
        )
    )
    assert show(engine, "statement_timeout") == "1234ms"
    assert show(engine, "lock_timeout") == "5min"
    assert show(engine, "idle_in_transaction_session_timeout") == "7s"
    assert show(engine, "application_name") == "it's a \\ name"
    engine.dispose()


def test_without_timeouts_the_servers_own_remain(database: Database) -> None:
    for limit in ("statement_timeout = '77s'", "lock_timeout = '66s'"):
        database.superuser.execute(f"ALTER DATABASE {database.name} SET {limit}")
    application = core.database.create_sync_engine(settings_for(database))
    assert show(application, "statement_timeout") == "77s"
    assert show(application, "lock_timeout") == "66s"
    application.dispose()
    switched_off = core.database.create_sync_engine(settings_for(database, DB_LOCK_TIMEOUT=0))
    assert show(switched_off, "lock_timeout") == "0"
    switched_off.dispose()


def test_migration_engine_has_its_own_timeouts_and_no_pool(database: Database) -> None:
    engine = core.database.create_migration_engine(
        settings_for(database, MIGRATION_STATEMENT_TIMEOUT="2min", DB_STATEMENT_TIMEOUT=1)
    )
    with engine.connect() as connection:
        first = backend(connection)
        connection.execute(text("SET LOCAL lock_timeout = '1min'"))
        connection.rollback()
        # SET LOCAL ended with its transaction, and this is the value of the session.
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "3s"
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "2min"
    with engine.connect() as connection:
        assert backend(connection) != first


@pytest.mark.usefixtures("environment")
def test_replaced_engine_is_the_one_that_is_used(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = core.database.create_sync_engine(settings_for(database, DB_POOL_SIZE=2))
    with monkeypatch.context() as patch:
        patch.setattr(core.database, "sync_engine", engine)
        assert core.database.get_pool_status()["pool_size"] == 2
        assert core.database.check_sync_connection() is True
    engine.dispose()
    core.database.reset()
    assert core.database.get_pool_status()["pool_size"] == 5


def test_unknown_module_attribute() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        core.database.__getattr__("nonsense")


FORK = """
import gc, os, sys, threading, time
from sqlalchemy import text
import core.config, core.database

def pid(connection):
    return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()

with core.database.sync_engine.connect() as connection:
    mine = pid(connection)

# The worst moment: another thread holds every lock, and does not exist in the child.
locks = [core.config.get_settings._lock, core.database._engine._lock]
held, release = threading.Event(), threading.Event()
def hold():
    for lock in locks:
        lock.acquire()
    held.set()
    release.wait()
    for lock in reversed(locks):
        lock.release()
holder = threading.Thread(target=hold)
holder.start()
held.wait()

child = os.fork()
if child == 0:
    code = 1
    try:
        gc.collect()
        core.config.get_settings.cache_clear()
        assert core.database.get_pool_status()["checked_in"] == 0
        with core.database.get_db() as session:
            assert pid(session) != mine
        core.database.reset()
        gc.collect()
        code = 0
    finally:
        os._exit(code)
_, status = os.waitpid(child, 0)
release.set()
holder.join()
assert status == 0, status
assert core.database.get_pool_status()["checked_in"] == 1
with core.database.sync_engine.connect() as connection:
    assert pid(connection) == mine
"""


def test_fork(database: Database) -> None:
    """The child opens a connection of its own, and the parent's still works afterwards."""
    environment = {**os.environ, **database.environ(), "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-c", FORK], env=environment, check=True, timeout=30)
