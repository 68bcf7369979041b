"""A failure of a session is a typed error with a remedy, and also SQLAlchemy's error."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import exc
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.errors import (
    CommandTimeoutError,
    ConnectionFailedError,
    DataAccessError,
    ReadOnlySessionError,
    StatementCancelledError,
)
from repositories import AsyncUnitOfWork, UnitOfWork, idempotent, run_async_unit_of_work
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import create_database, create_role
from tests.support.database_settings import configure
from tests.support.repository_rows import Store, team
from tests.support.session_failures import (
    CASES,
    Case,
    Step,
    raw_read,
    raw_update,
    rows_locked,
    upsert,
)

pytestmark = pytest.mark.slow


async def meet_sync(store: Store, case: Case, step: Step) -> None:
    with core.database.get_db() as session:
        uow = UnitOfWork(session)
        async with case.meanwhile(store, uow):
            await step(uow)


async def meet_async(store: Store, case: Case, step: Step) -> None:
    async with core.database.get_async_db() as session:
        uow = AsyncUnitOfWork(session)
        async with case.meanwhile(store, uow):
            await step(uow)


def raised_error(work: Awaitable[None]) -> DataAccessError:
    """Run a function, and return the error that it raises."""

    async def run() -> DataAccessError:
        try:
            with pytest.raises(DataAccessError) as caught:
                await work
        finally:
            await core.database.reset_async()
        return caught.value

    return asyncio.run(run())


@pytest.mark.parametrize("meet", [meet_sync, meet_async])
@pytest.mark.parametrize(
    ("case", "step"),
    [
        pytest.param(case, step, id=f"{name}-{step.__name__}")
        for name, case in CASES.items()
        for step in case.steps
    ],
)
def test_each_failure_leaves_a_session_in_the_stated_way(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    step: Step,
    meet: Any,
) -> None:
    store.add(team())
    configure(monkeypatch, **{**store.database.environ(), **case.settings})
    error = raised_error(meet(store, case, step))
    core.database.reset()
    assert isinstance(error, case.error)
    assert isinstance(error, case.replaced)
    assert case.remedy in error.remedy
    assert "\n" not in str(error)
    cause: Any = error.__cause__
    assert cause is not None
    # A program that catches the former error catches this one, too, and finds the same attributes.
    assert isinstance(error, type(cause) if isinstance(cause, SQLAlchemyError) else OSError)
    if isinstance(cause, exc.DBAPIError):
        for name in ("orig", "statement", "params", "connection_invalidated"):
            assert getattr(error, name) is getattr(cause, name)


@pytest.mark.parametrize("meet", [meet_sync, meet_async])
def test_a_server_that_stops_and_is_not_there(
    new_server: LocalServer, monkeypatch: pytest.MonkeyPatch, meet: Any
) -> None:
    @asynccontextmanager
    async def stopped(_: object, uow: Any) -> AsyncIterator[None]:
        await raw_read(uow)
        new_server.stop()
        yield

    new_server.create()
    new_server.start()
    create_role(new_server)
    with create_database(new_server) as database:
        configure(monkeypatch, **database.environ())
        lost = Case(ConnectionFailedError, "", (), meanwhile=stopped)
        assert "the server ended the session" in raised_error(meet(None, lost, raw_read)).remedy
        absent = raised_error(meet(None, Case(ConnectionFailedError, "", ()), raw_read))
        assert isinstance(absent, ConnectionFailedError)
        assert isinstance(absent, OSError) == (meet is meet_async)
        assert absent.remedy.startswith("start the server")
        core.database.reset()
        new_server.start()


@pytest.mark.parametrize("side", ["sync", "async"])
def test_a_session_that_only_reads(
    store: Store, monkeypatch: pytest.MonkeyPatch, side: str
) -> None:
    async def write() -> None:
        async with core.database.get_async_read_db() as session:
            await AsyncUnitOfWork(session).teams.create(team())

    async def write_sync() -> None:
        with core.database.get_read_db() as session:
            UnitOfWork(session).teams.create(team())

    configure(monkeypatch, **store.database.environ())
    error = raised_error(write() if side == "async" else write_sync())
    core.database.reset()
    assert isinstance(error, ReadOnlySessionError)
    assert "connect to the primary" in error.remedy


@pytest.mark.parametrize("step", [upsert, raw_update])
def test_a_statement_that_asyncpg_no_longer_waits_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    store.add(team())
    soon = {"DB_COMMAND_TIMEOUT": "300ms", "DB_NETWORK_TIMEOUT": "100ms"}
    configure(monkeypatch, **{**store.database.environ(), **soon})
    error = raised_error(
        meet_async(store, Case(CommandTimeoutError, "", (), meanwhile=rows_locked), step)
    )
    assert isinstance(error, CommandTimeoutError)
    assert isinstance(error, StatementCancelledError)
    # A program that catches the former error catches this one, too.
    assert isinstance(error, TimeoutError)
    assert "DB_COMMAND_TIMEOUT" in error.remedy
    assert isinstance(error.orig, TimeoutError)
    assert error.connection_invalidated


def test_a_call_that_took_too_long_is_not_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[None] = []

    @idempotent
    async def write(uow: AsyncUnitOfWork) -> None:
        attempts.append(None)
        await raw_update(uow)

    async def run() -> None:
        async with rows_locked(store, None):
            await run_async_unit_of_work(core.database.AsyncSessionLocal, write)

    store.add(team())
    soon = {"DB_COMMAND_TIMEOUT": "300ms", "DB_NETWORK_TIMEOUT": "100ms"}
    configure(monkeypatch, **{**store.database.environ(), **soon})
    assert isinstance(raised_error(run()), CommandTimeoutError)
    assert len(attempts) == 1
