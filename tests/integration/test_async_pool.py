"""The asynchronous pool serves those who wait in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from core.health import pool_status
from tests.integration import async_store
from tests.integration.async_store import async_engine_of
from tests.servers import Database, administration

pytestmark = pytest.mark.anyio
anyio_backend = async_store.anyio_backend

ONE = {"DB_POOL_SIZE": 1, "DB_MAX_OVERFLOW": 0}


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    async with async_engine_of(database, **ONE, DB_POOL_TIMEOUT="10min") as made:
        yield made


async def test_nobody_is_served_again_and_again_while_others_wait(database: Database) -> None:
    served = Counter(dict.fromkeys(range(60), 0))
    ahead: list[int] = []
    async with async_engine_of(database, DB_POOL_SIZE=3, DB_MAX_OVERFLOW=0) as engine:

        async def use(number: int) -> None:
            for _ in range(20):
                async with engine.connect() as connection:
                    served[number] += 1
                    ahead.append(max(served.values()) - min(served.values()))
                    await connection.execute(text("SELECT 1"))

        await asyncio.gather(*map(use, served))
    # A round, and who is on the way back to the line.
    assert max(ahead) <= 2


async def test_a_thousand_readers_are_all_served(database: Database) -> None:
    async with async_engine_of(database, DB_POOL_SIZE=5, DB_MAX_OVERFLOW=10) as engine:

        async def read(number: int) -> int:
            async with engine.connect() as connection:
                question = text("SELECT CAST(:n AS int)")
                return int((await connection.execute(question, {"n": number})).scalar_one())

        assert await asyncio.gather(*map(read, range(1000))) == list(range(1000))
        assert pool_status(engine.sync_engine)["checked_out"] == 0


async def works(engine: AsyncEngine) -> bool:
    """Whether the one turn that there is was given back."""
    async with asyncio.timeout(20), engine.connect() as connection:
        return bool((await connection.execute(text("SELECT true"))).scalar_one())


@pytest.mark.parametrize("way_out", ["close", "invalidate", "detach"])
async def test_every_way_out_gives_the_turn_back(engine: AsyncEngine, way_out: str) -> None:
    for _ in range(3):
        connection = await engine.connect()
        if way_out == "invalidate":
            await connection.invalidate()
        elif way_out == "detach":
            raw = await connection.get_raw_connection()
            raw.detach()
        await connection.close()
    assert await works(engine)


async def test_a_connection_that_cannot_be_opened_gives_the_turn_back(
    engine: AsyncEngine, database: Database
) -> None:
    with administration(database.server) as cursor:
        cursor.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        for _ in range(3):
            with pytest.raises(Exception, match="not currently accepting"):
                await engine.connect()
        cursor.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")
    assert await works(engine)


async def test_who_gives_up_waiting_leaves_the_line(engine: AsyncEngine) -> None:
    async with engine.connect():
        waiting = [asyncio.create_task(works(engine)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[1].cancel()
        await asyncio.sleep(0.01)
    assert await waiting[2]
    assert [task.cancelled() for task in waiting] == [True, True, False]


async def test_waiting_ends_with_the_error_that_says_so(database: Database) -> None:
    async with async_engine_of(database, **ONE, DB_POOL_TIMEOUT="50ms") as engine:
        async with engine.connect():
            with pytest.raises(PoolTimeoutError, match=r"size 1 overflow 0 reached.*timeout 0\.05"):
                await engine.connect()
        assert await works(engine)


async def test_a_disposed_engine_has_all_its_turns(engine: AsyncEngine) -> None:
    held = await engine.connect()
    await engine.dispose()
    assert await works(engine)
    # It goes back to the old pool, which nobody would close any more.
    await held.invalidate()
    await held.close()
    assert await works(engine)
