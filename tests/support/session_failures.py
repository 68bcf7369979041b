"""Failures of a session, and the steps in which they occur."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import exc, text
from sqlalchemy.exc import SQLAlchemyError

import core.database
from core.errors import (
    ConnectionFailedError,
    DataAccessError,
    LockTimeoutError,
    PoolTimeoutError,
    ReadOnlySessionError,
    StatementCancelledError,
    TransactionRolledBackError,
)
from repositories import AsyncUnitOfWork
from tests.support.repository_rows import Store, team

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
    """One failure.

    Attributes:
        error: The raised error.
        remedy: A part of its remedy.
        steps: The steps in which it occurs.
        replaced: The class of SQLAlchemy's error that is replaced.
        meanwhile: The context that causes the failure.
        settings: The settings of the application.
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
        "it conflicted with another session",
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
