"""Engines, made from settings: for the application (sync, async) and for migrations."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, create_engine, event

from core import json_text, observers
from core.errors import ConfigurationError, DataAccessError
from core.failover import leave_read_only_servers
from core.fork_hooks import after_fork_in_child
from core.pool_log import log_pool
from core.session_errors import command_timeout
from schemaproof import ends_session, engine_for_migrations, look_after, set_up_safely

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.pool import ConnectionPoolEntry

    from core.config import DatabaseSettings
    from core.measured_pool import PoolMeter
    from core.observers import PoolKind

# A named prepared statement belongs to one session of the server, and a pooler may assign another
# session to the next transaction. An unnamed statement is parsed where it is executed, does not
# collide with the names of other clients, and does not accumulate in sessions that stay open.
_WITHOUT_NAMES: Final[dict[str, Any]] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": str,
}


def create_sync_engine(settings: DatabaseSettings) -> Engine:
    """Make an engine for the application; it connects when it is first used.

    It may be used in parent and child after a fork: the child leaves the parent's connections alone
    and opens its own. A connection that is in use at the moment of the fork remains the parent's.

    Args:
        settings: The database and the pool.

    Returns:
        An engine whose pool logs its changes of state.
    """
    # This import is here so that importing this module does not load psycopg2.
    from core import watched_connection

    engine = create_engine(
        settings.sync_database_url,
        connect_args={
            **settings.connect_args,
            "connection_factory": watched_connection.WatchedConnection,
            "cursor_factory": watched_connection.WatchedCursor,
        },
        **_pool_options(settings, "sync"),
    )
    _use_what_is_valid(engine, settings)
    _watch(engine, settings, "sync")
    watched_connection.look_after(engine)
    look_after(engine, settings.limits, is_lent=settings.DB_POOLER is not None)
    return engine


def create_async_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Make an asynchronous engine for the application, as :func:`create_sync_engine` does.

    Its connections belong to the event loop in which they are opened.

    Args:
        settings: The database and the pool.

    Raises:
        ConfigurationError: The extra ``async`` is not installed.
    """
    # This is checked first, because the error of SQLAlchemy does not say what to install.
    for name in ("asyncpg", "greenlet"):
        if importlib.util.find_spec(name) is None:
            raise ConfigurationError(f"{name} is not installed", remedy="pip install '.[async]'")
    from sqlalchemy.ext import asyncio

    engine = asyncio.create_async_engine(
        settings.async_database_url,
        connect_args=_asyncpg_connect_args(settings),
        **_pool_options(settings, "async"),
    )
    _use_what_is_valid(engine.sync_engine, settings)
    _watch(engine.sync_engine, settings, "async")
    look_after(engine.sync_engine, settings.limits, is_lent=settings.DB_POOLER is not None)
    event.listen(engine.sync_engine, "checkin", _keep_out_of_the_pool)
    event.listen(engine.sync_engine, "handle_error", _name_the_time_out)
    return engine


def create_migration_engine(settings: DatabaseSettings) -> Engine:
    """Make an engine for migrations: no pool, and the time-outs of migrations.

    The time-outs belong to the session, so they also hold in Alembic's ``autocommit_block``.

    Args:
        settings: The database and the time-outs.

    Returns:
        An engine that opens a connection for each use and closes it afterwards.
    """
    from core.copy_cursor import CopyCursor

    engine = engine_for_migrations(
        settings.sync_database_url,
        {**settings.migration_connect_args, "cursor_factory": CopyCursor},
        settings.migration_limits,
        echo=settings.DB_ECHO,
    )
    _use_what_is_valid(engine, settings)
    return engine


def _use_what_is_valid(engine: Engine, settings: DatabaseSettings) -> None:
    """Make each connection use the credentials that are current when it is opened."""
    if settings.credential_source is not None:
        from core.credentials.connecting import listen

        listen(engine, settings, settings.credential_source)


def _pool_options(settings: DatabaseSettings, kind: PoolKind) -> dict[str, Any]:
    return {
        **_pool_class(kind),
        "echo": settings.DB_ECHO,
        "json_deserializer": json_text.loads,
        # bench/pool.py measures what this check costs for each connection.
        "pool_pre_ping": True,
        "pool_size": settings.DB_POOL_SIZE,
        "max_overflow": settings.DB_MAX_OVERFLOW,
        "pool_timeout": settings.DB_POOL_TIMEOUT,
        "pool_recycle": settings.DB_POOL_RECYCLE,
    }


def _pool_class(kind: PoolKind) -> dict[str, Any]:
    """Return the class of a measured pool if there are observers, else SQLAlchemy's default."""
    if not observers.current():
        return {}
    from core.measured_pool import POOL_CLASSES

    return {"poolclass": POOL_CLASSES[kind]}


def _asyncpg_connect_args(settings: DatabaseSettings) -> dict[str, Any]:
    """Return the connection arguments for asyncpg, which has no ``options``; times in seconds."""
    from core import asyncpg_connections

    limits = {name: str(limit) for name, limit in settings.limits.items()}
    return {
        # None means no time-out for asyncpg, as 0 does for libpq.
        "timeout": settings.DB_CONNECT_TIMEOUT.total_seconds() or None,
        "ssl": settings.DB_SSLMODE,
        "command_timeout": _command_timeout(settings),
        "async_creator_fn": partial(asyncpg_connections.connect, settings),
        **(_WITHOUT_NAMES if settings.DB_POOLER else {}),
        "server_settings": {
            "application_name": settings.DB_APPLICATION_NAME,
            **({} if settings.DB_POOLER else limits),
        },
    }


def _command_timeout(settings: DatabaseSettings) -> float | None:
    """Return asyncpg's limit on a statement, which is longer than the server's own limit."""
    if not settings.DB_COMMAND_TIMEOUT:
        return None
    answered = (settings.DB_STATEMENT_TIMEOUT or timedelta()) + settings.DB_NETWORK_TIMEOUT
    return max(settings.DB_COMMAND_TIMEOUT, answered).total_seconds()


def _watch(engine: Engine, settings: DatabaseSettings, kind: PoolKind) -> None:
    # The log is attached first, so that a forked child has new locks before its pool is discarded.
    log_pool(engine, _meter(engine, settings, kind))
    set_up_safely(engine)
    after_fork_in_child(engine, _leave_to_parent)
    event.listen(engine, "handle_error", _note_end_of_session)
    if settings.needs_primary:
        leave_read_only_servers(engine)


def _meter(engine: Engine, settings: DatabaseSettings, kind: PoolKind) -> PoolMeter | None:
    if not observers.current():
        return None
    from core.measured_pool import measure

    hosts = ",".join(f"{host}:{port}" for host, port in settings.addresses)
    server = f"{hosts}/{settings.DB_NAME}"
    limit = settings.DB_POOL_SIZE + settings.DB_MAX_OVERFLOW
    return measure(engine, observers.PoolName(kind, server), limit)


def _note_end_of_session(context: ExceptionContext) -> None:
    """Discard a connection when the server announces the end of the session.

    asyncpg may pass on this message before it notices that the socket is closed. SQLAlchemy would
    then consider the connection usable, and its rollback would fail.
    """
    if ends_session(context.original_exception):
        context.is_disconnect = True


def _name_the_time_out(context: ExceptionContext) -> BaseException | None:
    """Replace asyncpg's TimeoutError, which SQLAlchemy does not wrap, by a typed error.

    The connection is discarded, because the server may still execute the statement.
    """
    error = context.original_exception
    if not isinstance(error, TimeoutError) or isinstance(error, DataAccessError):
        return None
    context.is_disconnect = True
    return command_timeout(error, context.statement)


def _keep_out_of_the_pool(_: object, record: ConnectionPoolEntry) -> None:
    """Close a connection that is returned to the pool within a transaction.

    This happens when several tasks used it at once: SQLAlchemy then does not know of the
    transaction, and the next user would be in it.
    """
    driver_connection: Any = record.driver_connection
    if driver_connection is not None and driver_connection.is_in_transaction():
        record.invalidate()


def _leave_to_parent(engine: Engine) -> None:
    engine.dispose(close=False)
