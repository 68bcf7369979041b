"""upsert_many through asyncpg: killed, cancelled, and concurrent with others."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from core.errors import (
    UnitOfWorkError,
)
from models import Odds
from repositories.aio import AsyncBaseRepository
from repositories.bulk.result import Upserted
from tests.support import async_store
from tests.support.async_store import AsyncStore, write
from tests.support.upsert_rows import Row, price

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
store, small = async_store.store, async_store.small


async def until_blocked(store: AsyncStore) -> None:
    await asyncio.to_thread(store.sync.until_blocked)


@pytest.mark.usefixtures("small")
async def test_a_task_that_is_cancelled_while_it_waits_for_a_lock_keeps_nothing(
    store: AsyncStore,
) -> None:
    await write(store, [price()])
    rows = [price(home_odds=3.0), *(price(f"n{number}") for number in range(40))]
    with store.sync.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        task = asyncio.create_task(write(store, rows))
        await until_blocked(store)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert store.sync.ask("SELECT match_id, home_odds FROM odds") == [("m1", 2.0)]
    assert store.engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert await write(store, rows) == Upserted(inserted=40, updated=1)


@pytest.mark.usefixtures("small")
async def test_a_source_that_fails_waits_until_the_connection_is_free(store: AsyncStore) -> None:
    def rows() -> Iterator[Row]:
        for number in range(25):
            yield price(f"m{number}")
        raise KeyError("mine")

    async with store.unit_of_work() as uow:
        await uow.odds.upsert_many([price("kept")])
        with pytest.raises(KeyError, match="mine"):
            await uow.odds.upsert_many(rows())
        assert await uow.odds.count() == 1
        await uow.commit()
    assert store.sync.count("odds") == 1


async def test_a_second_task_on_the_same_session_is_told_so(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        repository = AsyncBaseRepository(Odds, uow.session)
        writing = [asyncio.create_task(repository.upsert_many([price()])) for _ in range(2)]
        first, second = await asyncio.gather(*writing, return_exceptions=True)
        assert first == Upserted(inserted=1)
        assert isinstance(second, UnitOfWorkError)


async def test_loops_in_two_threads_write_beside_each_other(store: AsyncStore) -> None:
    def in_a_loop_of_its_own(name: str) -> None:
        async def main() -> None:
            async with async_store.pooled_async_engine(store.sync.database) as engine:
                mine = AsyncStore(store.sync, engine, async_sessionmaker(engine))
                await write(mine, [price(f"{name}{number}") for number in range(50)])

        asyncio.run(main())

    threads = [threading.Thread(target=in_a_loop_of_its_own, args=[name]) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join, 60)
    assert store.sync.count("odds") == 100
