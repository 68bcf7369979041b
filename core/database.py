"""Sessions, engines, health checks and pool figures: synchronous and, with ``async``, asynchronous.

``sync_engine``, ``SessionLocal``, ``async_engine`` and ``AsyncSessionLocal`` are attributes of this
module that are made once, on first use, also with several threads; the import makes nothing. Each
event loop has an ``async_engine`` of its own, because a connection cannot be used in another loop.
If a test replaces one of them, every function here uses the replacement, and so does other code
that imports the module instead of the name.
"""

from __future__ import annotations

import threading
from contextlib import aclosing, asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final

from core import config, health, sessions
from core.engines import create_async_engine as create_async_engine
from core.engines import create_migration_engine as create_migration_engine
from core.engines import create_sync_engine as create_sync_engine
from core.health import PoolStatus as PoolStatus
from core.lazy import Lazy
from core.loop_local import LoopLocal
from core.replicas import Replicas
from core.wal_lsn import async_wal_position as async_wal_position
from core.wal_lsn import wal_position as wal_position

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
    from sqlalchemy.orm import Session, sessionmaker


@contextmanager
def get_db() -> Iterator[Session]:
    """Open a session: commit on success, roll back on any error, always close.

    Yields:
        The session. Loaded rows stay readable after the commit and after the end of the block
        (``expire_on_commit`` is off); ``session.expire_all()`` asks the database again.

    Raises:
        SchemaMismatchError: ``DB_REQUIRE_SCHEMA`` is set and :func:`require_schema` refuses.
    """
    if _has_to_check("SessionLocal"):
        require_schema()
    with sessions.transaction(_current("SessionLocal")()) as session:
        yield session


@asynccontextmanager
async def get_async_db() -> AsyncIterator[AsyncSession]:
    """Open an asynchronous session, as :func:`get_db` does; cancelling its task rolls it back."""
    if _has_to_check("AsyncSessionLocal"):
        await require_schema_async()
    async with sessions.transaction_async(_current("AsyncSessionLocal")()) as session:
        yield session


@contextmanager
def get_read_db(wait_for: str | None = None) -> Iterator[Session]:
    """Open a read-only session on a replica of ``DB_REPLICA_HOSTS``, else on the primary.

    The session is read-only on the primary as well. If ``SessionLocal`` was replaced, the
    replacement is used unchanged.

    Args:
        wait_for: A position of :func:`wal_position`: the session reads no older state. A replica
            that has not reached it within ``DB_REPLICA_WAIT`` is passed over.

    Raises:
        InvalidArgumentError: ``wait_for`` is no position.
        SchemaMismatchError: ``DB_REQUIRE_SCHEMA`` is set and :func:`require_schema` refuses.
    """
    if "SessionLocal" in globals():
        with get_db() as session:
            yield session
        return
    if _has_to_check("SessionLocal"):
        require_schema()
    replicas = _replicas()
    replica = replicas.connect(replicas.requirement(wait_for))
    session = _current("SessionLocal")(**({"bind": replica} if replica else {}))
    with replica or nullcontext(), sessions.transaction(session):
        if replica is None:
            sessions.forbid_writing(session)
        yield session


@asynccontextmanager
async def get_async_read_db(wait_for: str | None = None) -> AsyncIterator[AsyncSession]:
    """Open an asynchronous read-only session, as :func:`get_read_db` does."""
    if "AsyncSessionLocal" in globals():
        async with get_async_db() as session:
            yield session
        return
    if _has_to_check("AsyncSessionLocal"):
        await require_schema_async()
    replicas = _replicas()
    replica = await replicas.connect_async(replicas.requirement(wait_for))
    session = _current("AsyncSessionLocal")(**({"bind": replica} if replica else {}))
    async with aclosing(replica) if replica else nullcontext(), sessions.transaction_async(session):
        if replica is None:
            sessions.forbid_writing(session.sync_session)
        yield session


def get_db_dependency() -> Iterator[Session]:
    """Open a session for one request, as a FastAPI dependency; see :func:`get_db`."""
    with get_db() as session:
        yield session


async def get_async_db_dependency() -> AsyncIterator[AsyncSession]:
    """Open a session for one request, as a FastAPI dependency; see :func:`get_async_db`."""
    async with get_async_db() as session:
        yield session


def require_schema() -> None:
    """Check that the database has the schema of the installed models.

    It executes one query. Call it at start-up; with ``DB_REQUIRE_SCHEMA`` the first session does.

    Raises:
        SchemaMismatchError: The database is at another revision; the remedy says what to do.
        DatabaseUnavailableError: There is no connection.
        DatabaseRefusedError: The role may not read ``alembic_version``.
        HistoryError: No contract of the models was recorded.
    """
    from core import schema_contract

    schema_contract.require(_current("sync_engine"), config.get_settings())
    _schema_is_right.set()


async def require_schema_async() -> None:
    """Check the schema on the asynchronous engine, as :func:`require_schema` does."""
    from core import schema_contract

    await schema_contract.require_async(_current("async_engine"), config.get_settings())
    _schema_is_right.set()


def check_sync_connection() -> bool:
    """Return whether the database answers; if not, the reason is logged as a warning."""
    return health.answers(_current("sync_engine"), config.get_settings())


async def check_async_connection() -> bool:
    """Return whether the database answers, as :func:`check_sync_connection` does."""
    return await health.answers_async(_current("async_engine"), config.get_settings())


def get_pool_status() -> PoolStatus:
    """Count the connections of the synchronous engine's pool at this moment."""
    return health.pool_status(_current("sync_engine"))


def get_async_pool_status() -> PoolStatus:
    """Count the connections in the pool of the running loop's engine at this moment."""
    return health.pool_status(_current("async_engine").sync_engine)


def has_engines() -> bool:
    """Whether an engine exists already, in this module or for the running event loop."""
    return _engine.peek() is not None or _async_engine.peek() is not None


def reset() -> None:
    """Close the engines' idle connections and forget engines and session factories.

    The next use makes new ones from the settings of that moment. Only the event loop of an
    asynchronous engine can close its connections: ``await reset_async()`` there first.
    """
    replicas = _replicas.peek()
    engines = (_engine.peek(), *((replicas.engines.peek() or ()) if replicas else ()))
    for lazy in (_session_factory, _async_session_factory, _replicas, _engine, _async_engine):
        lazy.cache_clear()
    _schema_is_right.clear()
    for engine in filter(None, engines):
        engine.dispose()


async def reset_async() -> None:
    """Close the idle connections of the running loop's engines, and forget these engines."""
    replicas = _replicas.peek()
    replica_engines = (replicas.async_engines.forget() if replicas else None) or ()
    globals().pop("async_engine", None)
    for engine in filter(None, (_async_engine.forget(), *replica_engines)):
        await engine.dispose()


def _has_to_check(factory: str) -> bool:
    """Whether the schema still has to be checked."""
    # If a program has replaced the session factory, the factory may connect to any database, so the
    # schema is not checked.
    if factory in globals() or _schema_is_right.is_set():
        return False
    return config.get_settings().DB_REQUIRE_SCHEMA


def _make_session_factory() -> sessionmaker[Session]:
    from core.sync_sessions import Sessions

    return Sessions(lambda: _current("sync_engine"), expire_on_commit=False)


def _make_async_session_factory() -> async_sessionmaker[AsyncSession]:
    from core.async_sessions import AsyncSessions

    return AsyncSessions(lambda: _current("async_engine"), expire_on_commit=False)


def _forget_attributes() -> None:
    # A test that replaced an attribute and restored it has stored the old object there.
    for name in _ATTRIBUTES:
        globals().pop(name, None)


_engine = Lazy(lambda: create_sync_engine(config.get_settings()), on_clear=_forget_attributes)
_async_engine = LoopLocal(lambda: create_async_engine(config.get_settings()))
_session_factory = Lazy(_make_session_factory)
_async_session_factory = Lazy(_make_async_session_factory)
_replicas = Lazy(lambda: Replicas(config.get_settings()))
_schema_is_right = threading.Event()

_ATTRIBUTES: Final[Mapping[str, Callable[[], object]]] = {
    "sync_engine": _engine,
    "async_engine": _async_engine,
    "SessionLocal": _session_factory,
    "AsyncSessionLocal": _async_session_factory,
}
sync_engine: Engine
async_engine: AsyncEngine
SessionLocal: sessionmaker[Session]
AsyncSessionLocal: async_sessionmaker[AsyncSession]


def _current(name: str) -> Any:
    """Return a module attribute: its replacement if there is one, else the value of first use."""
    return globals()[name] if name in globals() else __getattr__(name)


def __getattr__(name: str) -> Any:
    if name in _ATTRIBUTES:
        return _ATTRIBUTES[name]()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
