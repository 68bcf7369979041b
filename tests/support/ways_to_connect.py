"""Every way in which the application connects, each used twice."""

import asyncio
from collections.abc import Callable

import psycopg2
from sqlalchemy import Engine, text

import core.database
from core.config import DatabaseSettings


def current_user(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT current_user")))


def users_of_two_connections(engine: Engine, between: Callable[[], None]) -> list[str]:
    """Return the roles of two connections, with an action between them."""
    first = current_user(engine)
    between()
    engine.dispose()
    second = current_user(engine)
    engine.dispose()
    return [first, second]


def sync(settings: DatabaseSettings, between: Callable[[], None]) -> list[str]:
    return users_of_two_connections(core.database.create_sync_engine(settings), between)


def migrating(settings: DatabaseSettings, between: Callable[[], None]) -> list[str]:
    return users_of_two_connections(core.database.create_migration_engine(settings), between)


def by_asyncpg(settings: DatabaseSettings, between: Callable[[], None]) -> list[str]:
    async def ask() -> list[str]:
        engine = core.database.create_async_engine(settings)
        users = []
        for number in range(2):
            if number:
                between()
                await engine.dispose()
            async with engine.connect() as connection:
                users.append(await connection.scalar(text("SELECT current_user")))
        await engine.dispose()
        return users

    return asyncio.run(ask())


def by_the_driver_alone(settings: DatabaseSettings, between: Callable[[], None]) -> list[str]:
    users = []
    for number in range(2):
        if number:
            between()
        connection = settings.opened(
            lambda user, password: psycopg2.connect(
                **settings.driver_args, user=user, password=password
            )
        )
        users.append(connection.info.user)
        connection.close()
    return users


Way = Callable[[DatabaseSettings, Callable[[], None]], list[str]]
