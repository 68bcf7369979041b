"""Check whether the database answers, and describe the state of a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, cast

from sqlalchemy import Engine, QueuePool, text
from sqlalchemy.exc import SQLAlchemyError

from schemaproof import translate_driver_error

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from core.config import DatabaseSettings


class PoolStatus(TypedDict):
    """The numbers of connections of a pool."""

    pool_size: int
    checked_in: int
    checked_out: int
    overflow: int


def pool_status(engine: Engine) -> PoolStatus:
    """Count the connections of an engine's pool; no number is negative."""
    pool = cast("QueuePool", engine.pool)
    # The figures of SQLAlchemy can be negative: it counts overflow from -pool_size, and reads the
    # figures one after the other while other threads change them.
    return PoolStatus(
        pool_size=pool.size(),
        checked_in=pool.checkedin(),
        checked_out=max(0, pool.checkedout()),
        overflow=max(0, pool.overflow()),
    )


def answers(engine: Engine, settings: DatabaseSettings) -> bool:
    """Return whether the database answers; if not, log the reason as a warning."""
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
    except SQLAlchemyError as error:
        _warn(error, settings)
        return False


async def answers_async(engine: AsyncEngine, settings: DatabaseSettings) -> bool:
    """Return whether the database answers; if not, log the reason as a warning."""
    try:
        async with engine.connect() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one() == 1)
    except (SQLAlchemyError, OSError) as error:  # asyncpg raises OSError when it reaches no server.
        _warn(error, settings)
        return False


def _warn(error: SQLAlchemyError | OSError, settings: DatabaseSettings) -> None:
    import structlog

    failure = translate_driver_error(error, settings)
    structlog.get_logger("core.database").warning(
        "database.unavailable", reason=failure.message, remedy=failure.remedy
    )
