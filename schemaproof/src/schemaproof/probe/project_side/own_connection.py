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

    if drivers.first().endswith("asyncpg"):
        import asyncio

        return asyncio.run(_awaited(environment, worked))
    from sqlalchemy import create_engine

    with create_engine(environment.url(), future=True).connect() as connection:
        return worked(connection)


def connect_before(environment: Environment, place: dict[str, str]) -> None:
    """Connect once by each imported driver, before other processes are forked.

    This initialises the drivers' libraries (mainly OpenSSL) once for all processes.
    """
    from sqlalchemy import create_engine, inspect

    for name in drivers.imported() - environment.connected_by:
        environment.connected_by.add(name)
        with logged(), environment.connections.while_at(place):
            engine = create_engine(environment.url("postgresql+" + name))
            with engine.connect() as connection:
                inspect(connection).has_table("alembic_version")
            engine.dispose()


async def _awaited(environment: Environment, work: Callable[[Any], _T]) -> _T:
    from sqlalchemy.ext.asyncio import create_async_engine

    async with create_async_engine(environment.url()).connect() as connection:
        made: _T = await connection.run_sync(work)
        return made
