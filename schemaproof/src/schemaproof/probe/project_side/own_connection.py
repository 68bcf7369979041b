"""Connect to the scratch database by a driver of the project, without env.py."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from . import drivers
from .environment import Environment, logged

_T = TypeVar("_T")


def connected(environment: Environment, work: Callable[[Any], _T]) -> _T:
    """Call a function with a connection of SQLAlchemy, and commit its open transaction."""

    def worked(connection: Any) -> _T:
        made = work(connection)
        if connection.in_transaction():
            connection.commit()
        return made

    return _connected_by(drivers.first(), environment, worked)


def connect_before(environment: Environment, place: dict[str, str]) -> None:
    """Connect once by each imported driver, before other processes are forked.

    This initialises the drivers' libraries (mainly OpenSSL) once for all processes, and fills the
    caches of SQLAlchemy and Alembic.
    """
    for name in drivers.imported() - environment.connected_by:
        environment.connected_by.add(name)
        with logged(), environment.connections.while_at(place):
            _connected_by("postgresql+" + name, environment, _look_up_revision)


def _look_up_revision(connection: Any) -> None:
    from alembic.migration import MigrationContext

    MigrationContext.configure(connection).get_current_heads()


def _connected_by(drivername: str, environment: Environment, work: Callable[[Any], _T]) -> _T:
    if drivername.endswith("asyncpg"):
        import asyncio

        return asyncio.run(_awaited(drivername, environment, work))
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url = environment.url(drivername)
    with create_engine(url, future=True, poolclass=NullPool).connect() as connection:
        return work(connection)


async def _awaited(drivername: str, environment: Environment, work: Callable[[Any], _T]) -> _T:
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    url = environment.url(drivername)
    async with create_async_engine(url, poolclass=NullPool).connect() as connection:
        made: _T = await connection.run_sync(work)
        return made
