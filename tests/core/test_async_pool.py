"""The asynchronous pool under load, and without free connections."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.health import pool_status
from schemaproof_testing.servers import Database
from tests.support.async_store import pooled_async_engine

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_a_thousand_readers_are_all_served(database: Database) -> None:
    async with pooled_async_engine(database, DB_POOL_SIZE=5, DB_MAX_OVERFLOW=10) as engine:

        async def read(number: int) -> int:
            async with engine.connect() as connection:
                question = text("SELECT CAST(:n AS int)")
                return int((await connection.execute(question, {"n": number})).scalar_one())

        assert await asyncio.gather(*map(read, range(1000))) == list(range(1000))
        assert pool_status(engine.sync_engine)["checked_out"] == 0


async def test_waiting_ends_with_the_error_that_says_so(database: Database) -> None:
    async with pooled_async_engine(
        database, DB_POOL_SIZE=1, DB_MAX_OVERFLOW=0, DB_POOL_TIMEOUT="50ms"
    ) as engine:
        async with engine.connect():
            with pytest.raises(PoolTimeoutError, match=r"size 1 overflow 0 reached.*timeout 0\.05"):
                await engine.connect()
        async with engine.connect():
            pass
