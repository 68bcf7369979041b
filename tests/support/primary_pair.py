"""A primary and its standby, in the settings of an application."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

import core.database
import core.errors
import core.replicas
from core.config import DatabaseSettings
from schemaproof_testing.replication import Cluster
from schemaproof_testing.servers import Database, ask

WHO = "SELECT current_setting('monps.server')"


@dataclass(frozen=True)
class Pair:
    """A primary and a standby, with a database on both."""

    cluster: Cluster
    database: Database

    def environ(self, *, standby_first: bool = False) -> dict[str, str]:
        both = [self.cluster.primary, *self.cluster.replicas]
        both = both[::-1] if standby_first else both
        return {
            **self.database.environ(),
            "DB_HOST": ",".join(str(server.socket_directory) for server in both),
            "DB_PORT": ",".join(str(server.port) for server in both),
        }

    def settings(self, *, standby_first: bool = False, **changes: object) -> DatabaseSettings:
        given = {**self.environ(standby_first=standby_first), **changes}
        return DatabaseSettings(_env_file=None, **given)

    def promote(self) -> None:
        ask(self.cluster.replicas[0], "SELECT pg_promote()")


def by_psycopg2(settings: DatabaseSettings) -> Any:
    engine = core.database.create_sync_engine(settings)
    try:
        with engine.connect() as connection:
            return connection.scalar(text(WHO))
    finally:
        engine.dispose()


def by_asyncpg(settings: DatabaseSettings) -> Any:
    async def ask_it() -> Any:
        engine = core.database.create_async_engine(settings)
        try:
            async with engine.connect() as connection:
                return await connection.scalar(text(WHO))
        finally:
            await engine.dispose()

    return asyncio.run(ask_it())


def migrating(settings: DatabaseSettings) -> Any:
    with core.database.create_migration_engine(settings).connect() as connection:
        return connection.scalar(text(WHO))
