"""Asynchronous engines: one per event loop, with few connections, and errors of the server."""

import asyncio
import threading
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from structlog.testing import capture_logs

import core.config
import core.database
from core.errors import DatabaseRefusedError, DatabaseUnavailableError
from schemaproof.connection.driver_errors import translate_driver_error
from schemaproof_testing.servers import Database
from tests.support.async_pool import checked_out
from tests.support.async_store import pooled_async_engine
from tests.support.database_settings import settings_for

pytestmark = pytest.mark.anyio


async def backend(connection: AsyncConnection) -> int:
    return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


@pytest.mark.usefixtures("notes")
async def test_fifteen_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_POOL_TIMEOUT", "200ms")
    core.config.get_settings.cache_clear()
    async with AsyncExitStack() as stack:
        engine = core.database.async_engine
        connections = [await stack.enter_async_context(engine.connect()) for _ in range(15)]
        assert len({await backend(connection) for connection in connections}) == 15
        assert core.database.get_async_pool_status() == {
            "pool_size": 5,
            "checked_in": 0,
            "checked_out": 15,
            "overflow": 10,
        }
        with pytest.raises(PoolTimeoutError) as caught:
            await engine.connect()
        translated = translate_driver_error(caught.value, core.config.get_settings())
        assert "all connections of the pool are in use" in translated.message
    assert core.database.get_async_pool_status()["overflow"] == 0


@pytest.mark.usefixtures("notes")
async def test_the_pool_logs_its_changes_of_state() -> None:
    with capture_logs() as lines:
        async with AsyncExitStack() as stack:
            for _ in range(7):
                await stack.enter_async_context(core.database.async_engine.connect())
    assert [(line["event"], line["overflow"]) for line in lines] == [
        ("pool.overflow_entered", 1),
        ("pool.overflow_maximum", 2),
        ("pool.overflow_left", 0),
    ]


async def test_time_outs_and_name_hold_in_the_session(database: Database) -> None:
    expected = {
        "statement_timeout": "1234ms",
        "lock_timeout": "5min",
        "idle_in_transaction_session_timeout": "7s",
        "application_name": "it's a \\ name",
    }
    async with (
        pooled_async_engine(
            database,
            DB_STATEMENT_TIMEOUT="1234ms",
            DB_LOCK_TIMEOUT="5min",
            DB_IDLE_IN_TRANSACTION_TIMEOUT=7,
            DB_APPLICATION_NAME="it's a \\ name",
        ) as engine,
        engine.connect() as connection,
    ):
        for name, value in expected.items():
            assert (await connection.execute(text(f"SHOW {name}"))).scalar_one() == value


@pytest.mark.usefixtures("notes")
async def test_each_loop_has_an_engine_of_its_own() -> None:
    """Two loops open their own connections, because one cannot use those of the other."""

    async def use() -> AsyncEngine:
        async with core.database.get_async_db() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        engine = core.database.async_engine
        assert engine is core.database.async_engine
        await core.database.reset_async()
        return engine

    engines: list[AsyncEngine] = [await use()]
    thread = threading.Thread(target=lambda: engines.append(asyncio.run(use())))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert engines[0] is not engines[1]


def test_loops_in_sixteen_threads(configured: Database) -> None:
    barrier = threading.Barrier(16)
    counts: list[int] = []

    async def work() -> None:
        async def one() -> None:
            async with core.database.get_async_db() as session:
                await session.execute(text("SELECT 1"))

        barrier.wait()
        await asyncio.gather(*(one() for _ in range(20)))
        counts.append(20)
        assert checked_out() == 0
        await core.database.reset_async()

    environment = settings_for(configured, DB_POOL_SIZE=2, DB_MAX_OVERFLOW=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.config, "get_settings", lambda: environment)
        threads = [threading.Thread(target=lambda: asyncio.run(work())) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(counts) == 320


def test_an_engine_that_was_asked_for_without_a_loop_belongs_to_the_first_that_uses_it(
    configured: Database,
) -> None:
    early, factory = core.database.async_engine, core.database.AsyncSessionLocal

    async def use() -> AsyncEngine:
        async with factory() as session:
            assert await session.scalar(text("SELECT current_database()")) == configured.name
        engine = core.database.async_engine
        await core.database.reset_async()
        return engine

    assert core.database.async_engine is early
    assert asyncio.run(use()) is early
    assert asyncio.run(use()) is not early


async def test_reset_forgets_and_closes(notes: Database) -> None:
    before = core.database.async_engine
    async with before.connect() as connection:
        pid = await backend(connection)
    await core.database.reset_async()
    assert core.database.async_engine is not before
    assert notes.query("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])[0] == (0,)


@pytest.mark.usefixtures("notes")
async def test_health_of_a_server_that_answers() -> None:
    assert await core.database.check_async_connection() is True
    assert checked_out() == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DB_PASSWORD": "wrong"}, "password authentication failed"),
        ({"DB_NAME": "nowhere"}, "does not exist"),
        ({"DB_HOST": "/nonexistent"}, "No such file"),
        ({"DB_HOST": "127.0.0.1", "DB_PORT": "1"}, "Connect call failed"),
        ({"DB_HOST": "name.invalid"}, "known"),
    ],
)
@pytest.mark.usefixtures("notes")
async def test_health_of_a_server_that_does_not(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], reason: str
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    core.config.get_settings.cache_clear()
    core.database.reset()
    with capture_logs() as lines:
        assert await core.database.check_async_connection() is False
    (line,) = lines
    assert line["event"] == "database.unavailable"
    assert reason in line["reason"]
    assert line["remedy"]
    assert "wrong" not in str(line)


async def test_errors_of_the_server_are_told_by_their_sqlstate(database: Database) -> None:
    settings = settings_for(database, DB_STATEMENT_TIMEOUT="50ms")
    async with pooled_async_engine(database, DB_STATEMENT_TIMEOUT="50ms") as engine:
        with pytest.raises(Exception, match="statement timeout") as caught:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT pg_sleep(5)"))
    error = translate_driver_error(caught.value, settings)
    assert isinstance(error, DatabaseRefusedError)
    assert (error.sqlstate, "DB_STATEMENT_TIMEOUT" in error.remedy) == ("57014", True)


async def test_a_connection_that_breaks_is_told_as_such(database: Database) -> None:
    async with pooled_async_engine(database) as engine:
        with pytest.raises(Exception, match="terminating") as caught:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    error = translate_driver_error(caught.value, settings_for(database))
    assert isinstance(error, DatabaseUnavailableError)
    assert error.remedy
