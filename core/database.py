"""Engines, sessions, health and pool figures, synchronous.

``sync_engine`` and ``SessionLocal`` are attributes of this module that are made on first use, once,
also when several threads ask at the same time; nothing is made when the module is imported.
Replacing one of them (in a test) takes effect in every function here. Import the module, not the
name, wherever that matters.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict, cast

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core import config
from core.driver_errors import translate_driver_error
from core.forks import after_fork_in_child
from core.once import Once
from core.pool_log import log_pool_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session, sessionmaker


class PoolStatus(TypedDict):
    """How many connections the pool keeps, and where they are."""

    pool_size: int
    checked_in: int
    checked_out: int
    overflow: int


def create_sync_engine(settings: config.DatabaseSettings) -> Engine:
    """Make an engine for the application; it connects when it is first used.

    It may be used on both sides of a fork: the child leaves the parent's connections alone and
    opens its own. A connection that is in use at the moment of the fork remains the parent's.

    Args:
        settings: The database and the pool.

    Returns:
        An engine whose pool logs its changes of state.
    """
    engine = create_engine(
        settings.url,
        connect_args=settings.connect_args,
        echo=settings.DB_ECHO,
        poolclass=QueuePool,
        pool_size=settings.DB_POOL_SIZE,
        max_overflow=settings.DB_MAX_OVERFLOW,
        pool_timeout=settings.DB_POOL_TIMEOUT,
        pool_recycle=settings.DB_POOL_RECYCLE,
        pool_pre_ping=True,
    )
    # First the log, so that a forked child has its new locks before the pool is thrown away.
    log_pool_of(engine)
    after_fork_in_child(engine, _leave_to_parent)
    return engine


def create_migration_engine(settings: config.DatabaseSettings) -> Engine:
    """Make an engine for migrations: no pool, and the time-outs of migrations.

    The time-outs belong to the session, so they also hold in Alembic's ``autocommit_block``.

    Args:
        settings: The database and the time-outs.

    Returns:
        An engine that opens a connection for each use and closes it afterwards.
    """
    return create_engine(
        settings.url,
        connect_args=settings.migration_connect_args,
        echo=settings.DB_ECHO,
        poolclass=NullPool,
    )


@contextmanager
def get_db() -> Iterator[Session]:
    """Open a session: commit on success, roll back on any error, always close.

    Yields:
        The session. What it loaded stays readable after the commit and after the end of the
        block (``expire_on_commit`` is off); ``session.expire_all()`` asks the database again.
    """
    session: Session = _current("SessionLocal")()
    try:
        yield session
        session.commit()
    except BaseException:
        # Also for Ctrl-C, and for a generator that is closed half-way.
        session.rollback()
        raise
    finally:
        session.close()


def get_db_dependency() -> Iterator[Session]:
    """Open a session for one request, as a FastAPI dependency.

    Yields:
        A session of ``get_db``.
    """
    with get_db() as session:
        yield session


def check_sync_connection() -> bool:
    """Ask the database for an answer.

    Returns:
        Whether it answered; if not, the reason has been logged as a warning.
    """
    engine: Engine = _current("sync_engine")
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
    except SQLAlchemyError as error:
        import structlog

        failure = translate_driver_error(error, config.get_settings())
        structlog.get_logger("core.database").warning(
            "database.unavailable", reason=failure.message, remedy=failure.remedy
        )
        return False


def get_pool_status() -> PoolStatus:
    """Count the pool's connections.

    Returns:
        The figures at this moment; none is negative.
    """
    engine: Engine = _current("sync_engine")
    pool = cast("QueuePool", engine.pool)
    # SQLAlchemy counts overflow from -pool_size, and reads its figures one after the other.
    return PoolStatus(
        pool_size=pool.size(),
        checked_in=pool.checkedin(),
        checked_out=max(0, pool.checkedout()),
        overflow=max(0, pool.overflow()),
    )


def reset() -> None:
    """Close the engine's idle connections and forget engine and session factory.

    The next use makes new ones from the settings of that moment.
    """
    engine = _engine.peek()
    _session_factory.cache_clear()
    _engine.cache_clear()
    if engine is not None:
        engine.dispose()


def _leave_to_parent(engine: Engine) -> None:
    engine.dispose(close=False)


def _make_engine() -> Engine:
    return create_sync_engine(config.get_settings())


def _make_session_factory() -> sessionmaker[Session]:
    from sqlalchemy.orm import sessionmaker

    return sessionmaker(_current("sync_engine"), expire_on_commit=False)


def _forget_attributes() -> None:
    # A test that replaced an attribute and put it back has left the old object there.
    globals().pop("sync_engine", None)
    globals().pop("SessionLocal", None)


_engine = Once(_make_engine, forget=_forget_attributes)
_session_factory = Once(_make_session_factory)

sync_engine: Engine
SessionLocal: sessionmaker[Session]


def _current(name: str) -> Any:
    """Give a module attribute as others see it: replaced, or made on first use."""
    return globals()[name] if name in globals() else __getattr__(name)


def __getattr__(name: str) -> Any:
    if name == "sync_engine":
        return _engine()
    if name == "SessionLocal":
        return _session_factory()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
