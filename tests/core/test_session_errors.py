"""What happens to a session is a typed error with a remedy, and SQLAlchemy's error as well."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import exc, text
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.errors import (
    CommandTimeoutError,
    ConnectionFailedError,
    DataAccessError,
    LockTimeoutError,
    PoolTimeoutError,
    ReadOnlySessionError,
    StatementCancelledError,
    TransactionRolledBackError,
)
from repositories import AsyncUnitOfWork, UnitOfWork, idempotent, run_async_unit_of_work
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import create_database, create_role
from tests.support.replica_sides import configure
from tests.support.repository_rows import Store, team

pytestmark = pytest.mark.slow


Step = Callable[[Any], Awaitable[None]]
UPDATE: Final = "UPDATE quantum.team_quantum_dna SET league = 'Serie B'"


@asynccontextmanager
async def terminated(store: Store, uow: Any) -> AsyncIterator[None]:
    pid = await result(uow.session.scalar(text("SELECT pg_backend_pid()")))
    store.ask("SELECT pg_terminate_backend(%s, 10000)", pid)
    yield


@asynccontextmanager
async def idle(store: Store, uow: Any) -> AsyncIterator[None]:
    pid = await result(uow.session.scalar(text("SELECT pg_backend_pid()")))
    while store.ask("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid) != [(0,)]:
        await asyncio.sleep(0.01)
    yield


@asynccontextmanager
async def read_only(_: Store, uow: Any) -> AsyncIterator[None]:
    await result(uow.session.execute(text("SET TRANSACTION READ ONLY")))
    yield


@asynccontextmanager
async def outdated(store: Store, uow: Any) -> AsyncIterator[None]:
    isolated = {"isolation_level": "REPEATABLE READ"}
    await result(uow.session.connection(execution_options=isolated))
    await result(uow.teams.count())
    store.ask(UPDATE)
    yield


@asynccontextmanager
async def nothing(_: Store, __: Any) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def rows_locked(store: Store, _: Any) -> AsyncIterator[None]:
    with closing(store.database.connect()) as other, other.cursor() as cursor:
        cursor.execute("SELECT FROM quantum.team_quantum_dna FOR UPDATE")
        yield


@asynccontextmanager
async def pool_in_use(_: Store, uow: Any) -> AsyncIterator[None]:
    if isinstance(uow, AsyncUnitOfWork):
        async with core.database.async_engine.connect():
            yield
    else:
        with core.database.sync_engine.connect():
            yield


async def read(uow: Any) -> None:
    await result(uow.teams.count())


async def stream(uow: Any) -> None:
    found = uow.teams.stream()
    _ = [row async for row in found] if hasattr(found, "__aiter__") else list(found)


async def create(uow: Any) -> None:
    await result(uow.teams.create(team("Roma")))


async def upsert(uow: Any) -> None:
    await result(uow.teams.upsert_many([{"team_name": "Lazio", "league": "Serie B"}]))


async def flush(uow: Any) -> None:
    uow.session.add(team("Roma"))
    await result(uow.flush())


async def commit(uow: Any) -> None:
    uow.session.add(team("Roma"))
    await result(uow.commit())


async def raw_update(uow: Any) -> None:
    await result(uow.session.execute(text(UPDATE)))


async def raw_read(uow: Any) -> None:
    await result(uow.session.execute(text("SELECT 1")))


READS: Final = (read, stream, raw_read)
WRITES: Final = (create, upsert, flush, commit)


@dataclass(frozen=True)
class Case:
    """One thing that can happen.

    Attributes:
        error: What is raised.
        remedy: A part of its remedy.
        steps: What meets it.
        replaced: SQLAlchemy's class, by the driver that says most.
        meanwhile: What is done in the session before, or by others.
        settings: Of the application.
    """

    error: type[DataAccessError]
    remedy: str
    steps: tuple[Step, ...]
    replaced: type[SQLAlchemyError] = exc.OperationalError
    meanwhile: Callable[[Store, Any], AbstractAsyncContextManager[None]] = nothing
    settings: dict[str, str] = field(default_factory=dict)


ONE: Final = {"DB_POOL_SIZE": "1", "DB_MAX_OVERFLOW": "0", "DB_POOL_TIMEOUT": "100ms"}
CASES: Final = {
    "all connections in use": Case(
        PoolTimeoutError,
        "raise DB_POOL_SIZE",
        (*READS, *WRITES),
        exc.TimeoutError,
        meanwhile=pool_in_use,
        settings=ONE,
    ),
    "terminated": Case(
        ConnectionFailedError,
        "the server ended the session",
        (*READS, *WRITES),
        meanwhile=terminated,
    ),
    "idle": Case(
        ConnectionFailedError,
        "DB_IDLE_IN_TRANSACTION_TIMEOUT",
        (*READS, *WRITES),
        exc.InternalError,
        meanwhile=idle,
        settings={"DB_IDLE_IN_TRANSACTION_TIMEOUT": "50ms"},
    ),
    "read-only": Case(
        ReadOnlySessionError,
        "connect to the primary",
        (*WRITES, raw_update),
        exc.InternalError,
        meanwhile=read_only,
    ),
    "statement": Case(
        StatementCancelledError,
        "raise the statement time-out",
        (upsert, raw_update),
        meanwhile=rows_locked,
        settings={"DB_STATEMENT_TIMEOUT": "300ms"},
    ),
    "lock": Case(
        LockTimeoutError,
        "another session holds the lock",
        (upsert, raw_update),
        meanwhile=rows_locked,
        settings={"DB_LOCK_TIMEOUT": "50ms"},
    ),
    "outdated": Case(
        TransactionRolledBackError,
        "another session was in the way",
        (raw_update,),
        meanwhile=outdated,
    ),
    "password": Case(
        ConnectionFailedError,
        "DB_PASSWORD",
        (read, create, raw_read),
        settings={"DB_PASSWORD": "x"},
    ),
    "database": Case(
        ConnectionFailedError, "DB_", (read, create, raw_read), settings={"DB_NAME": "absent"}
    ),
    "server": Case(
        ConnectionFailedError, "start the server", (read, create), settings={"DB_PORT": "1"}
    ),
}


async def result(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


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
    """Run it, and return the error that it ends with."""

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
def test_what_happens_to_a_session(
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
    # Whoever caught what there was before catches this, and finds the same there.
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
    # Whoever caught what there was before catches this.
    assert isinstance(error, TimeoutError)
    assert "DB_COMMAND_TIMEOUT" in error.remedy
    assert isinstance(error.orig, TimeoutError)
    assert error.connection_invalidated


def test_what_took_too_long_is_not_tried_again(
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
