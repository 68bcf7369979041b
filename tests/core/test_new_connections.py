"""The statements that are sent when an engine opens a connection."""

import pytest
from sqlalchemy import text

from core.engines import create_async_engine, create_sync_engine
from schemaproof_testing.servers import Database
from tests.support.database_settings import settings_for

LAST_STATEMENT = text("SELECT query FROM pg_stat_activity WHERE pid = :pid")


def sync_statement(database: Database, **limits: str) -> str:
    """Return the last statement of a second connection by psycopg2."""
    engine = create_sync_engine(settings_for(database, **limits))
    try:
        with engine.connect() as asking, engine.connect() as opened:
            pid = opened.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
            return str(asking.scalar(LAST_STATEMENT, {"pid": pid}))
    finally:
        engine.dispose()


async def async_statement(database: Database, **limits: str) -> str:
    """Return the last statement of a second connection by asyncpg."""
    engine = create_async_engine(settings_for(database, **limits))
    try:
        async with engine.connect() as asking, engine.connect() as opened:
            driver_connection = (await opened.get_raw_connection()).driver_connection
            pid = driver_connection.get_server_pid()  # type: ignore[union-attr]
            return str(await asking.scalar(LAST_STATEMENT, {"pid": pid}))
    finally:
        await engine.dispose()


@pytest.mark.anyio
async def test_without_time_outs_nothing_is_sent(database: Database) -> None:
    assert (sync_statement(database), await async_statement(database)) == ("", "")


@pytest.mark.anyio
async def test_the_time_outs_are_read_without_a_transaction(database: Database) -> None:
    limits = {"DB_LOCK_TIMEOUT": "5s"}
    for sent in (sync_statement(database, **limits), await async_statement(database, **limits)):
        assert "pg_catalog.pg_settings" in sent
