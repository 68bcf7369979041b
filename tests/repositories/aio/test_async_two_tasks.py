"""Two tasks in one asynchronous unit of work: the second gets an error before anything is sent."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import UnitOfWorkError
from repositories import AsyncUnitOfWork
from tests.support.async_store import AsyncStore, pooled_async_engine
from tests.support.repository_rows import team

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROUNDS = 1_000
IN_USE = "another task is using the session"


async def yield_rows(number: int) -> AsyncIterator[dict[str, Any]]:
    for each in range(number):
        await asyncio.sleep(0)
        yield {"team_name": f"U{each}", "league": "A"}


CALLS: dict[str, Any] = {
    "count": lambda uow: uow.teams.count(),
    "create": lambda uow: uow.teams.create(team("second")),
    "upsert": lambda uow: uow.teams.upsert_many([{"team_name": "second", "league": "A"}]),
    "stream": lambda uow: anext(uow.teams.stream(), None),
    "flush": lambda uow: uow.flush(),
    "commit": lambda uow: uow.commit(),
    "rollback": lambda uow: uow.rollback(),
}
FIRST: dict[str, Any] = {
    "create": lambda uow: uow.teams.create(team("first")),
    "upsert": lambda uow: uow.teams.upsert_many(yield_rows(5)),
    "commit": lambda uow: uow.commit(),
}


@pytest.mark.parametrize("second", CALLS)
@pytest.mark.parametrize("first", FIRST)
async def test_the_second_is_refused_and_the_first_goes_on(
    store: AsyncStore, first: str, second: str
) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.count()
        running = asyncio.create_task(FIRST[first](uow))
        await asyncio.sleep(0)
        with store.sync.statements() as _, pytest.raises(UnitOfWorkError, match=IN_USE):
            await CALLS[second](uow)
        await running
        await uow.teams.create(team("third"))  # The unit of work can still be used.
        await uow.commit()
    names = store.sync.ask("SELECT team_name FROM quantum.team_quantum_dna")
    assert ("third",) in names
    assert ("second",) not in names


async def test_the_end_of_the_block_waits_and_what_comes_after_is_refused(
    store: AsyncStore,
) -> None:
    pid = text("SELECT pg_backend_pid()")
    async with store.unit_of_work() as uow:
        teams = uow.teams
        before = await uow.session.scalar(pid)
        left_over = asyncio.create_task(teams.upsert_many(yield_rows(20)))
        await asyncio.sleep(0)
    await left_over
    assert await committed(store) == []
    with pytest.raises(UnitOfWorkError, match="has ended"):
        await teams.create(team())
    async with store.unit_of_work() as uow:
        assert await uow.session.scalar(pid) == before
        assert await uow.teams.count() == 0


async def test_a_task_may_take_over_from_another(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        for number in range(3):
            await asyncio.wait_for(uow.teams.create(team(f"T{number}")), 30)
            await asyncio.create_task(uow.flush())
        await uow.commit()
    assert len(await committed(store)) == 3


async def test_within_a_stream_the_same_task_may_write(store: AsyncStore) -> None:
    store.sync.add(*(team(f"T{number}") for number in range(5)))
    async with store.unit_of_work() as uow:
        async for row in uow.teams.stream(batch_size=2):
            row.tier = "ELITE"
            await uow.teams.update(row)
        await uow.commit()
    assert await committed(store, "tier") == [("ELITE",)] * 5


async def committed(store: AsyncStore, column: str = "team_name") -> list[tuple[Any, ...]]:
    return store.sync.ask(f"SELECT {column} FROM quantum.team_quantum_dna ORDER BY team_id")


async def race(uow: AsyncUnitOfWork, seed: int, tasks: list[asyncio.Task[None]]) -> None:
    """Let several tasks use one unit of work, and end its block while they run."""
    drawn = random.Random(seed)  # noqa: S311 - no secret

    async def use(name: str, after: int) -> None:
        for _ in range(after):
            await asyncio.sleep(0)
        await CALLS[name](uow)

    names = [drawn.choice([name for name in CALLS if name != "commit"]) for _ in range(3)]
    tasks += [asyncio.create_task(use(name, drawn.randint(0, 3))) for name in names]
    for _ in range(drawn.randint(0, 6)):
        await asyncio.sleep(0)
    if drawn.random() < 0.3:
        tasks[0].cancel()
    if drawn.random() < 0.5:
        await asyncio.wait(tasks)
    raise ZeroDivisionError


@pytest.mark.slow
async def test_connections_return_clean_to_the_pool_whatever_tasks_do(store: AsyncStore) -> None:
    one = {"DB_POOL_SIZE": 1, "DB_MAX_OVERFLOW": 0}
    async with pooled_async_engine(store.sync.database, **one) as engine:
        store.sessions.configure(bind=engine)
        for seed in range(ROUNDS):
            tasks: list[asyncio.Task[None]] = []
            with pytest.raises(ZeroDivisionError):
                async with store.unit_of_work() as uow:
                    await race(uow, seed, tasks)
            async with engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                assert not driver.is_in_transaction(), seed
                seen = await connection.scalar(
                    text("SELECT count(*) FROM quantum.team_quantum_dna")
                )
                assert seen == 0, seed
            for end in await asyncio.gather(*tasks, return_exceptions=True):
                if end is not None and not isinstance(end, asyncio.CancelledError):
                    assert isinstance(end, UnitOfWorkError), (seed, end)
        assert engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_connection_that_comes_back_in_a_transaction_is_closed(store: AsyncStore) -> None:
    """SQLAlchemy does not know of a transaction that was begun without it."""
    pid = text("SELECT pg_backend_pid()")
    async with store.engine.connect() as connection:
        before = await connection.scalar(pid)
        await connection.rollback()
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("BEGIN")
        await driver.execute("CREATE TABLE left_over ()")
    async with store.engine.connect() as connection:
        assert await connection.scalar(pid) != before
        assert await connection.scalar(text("SELECT to_regclass('left_over') IS NULL"))
