"""Clients of a pooler, synchronous and asynchronous."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

import core.database
from repositories import (
    AsyncUnitOfWork,
    UnitOfWork,
    Upserted,
)
from schemaproof_testing.pooler import pooled
from tests.support.database_settings import configure
from tests.support.repository_rows import Store, odds, team

T = TypeVar("T")
CLIENTS: Final = 30


@contextmanager
def through_pooler(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, sessions: int, **settings: str
) -> Iterator[None]:
    lines = ("pool_mode = transaction", f"default_pool_size = {sessions}")
    with pooled(store.database, folder, *lines) as environ:
        configure(monkeypatch, **environ, DB_POOLER="transaction", **settings)
        yield
        core.database.reset()


def in_a_loop(work: Coroutine[Any, Any, T]) -> T:
    async def and_close() -> T:
        try:
            return await work
        finally:
            await core.database.reset_async()

    return asyncio.run(and_close())


def prices(client: int) -> list[dict[str, Any]]:
    given = ("match_id", "home_team", "away_team", "league", "bookmaker", "market", "commence_time")
    rows = (odds(f"m{client}-{number}") for number in range(50))
    return [{**{name: getattr(row, name) for name in given}, "home_odds": 2.0} for row in rows]


def work(client: int) -> None:
    """Run each repository method that keeps state between two statements."""
    with UnitOfWork(core.database.SessionLocal) as uow:
        uow.teams.create(team(f"Team {client}", market_dna={"a": 1}))
        uow.commit()
        assert uow.odds.upsert_many(prices(client)) == Upserted(inserted=50)
        assert uow.odds.upsert_many(prices(client)) == Upserted(unchanged=50)
        uow.commit()
    with UnitOfWork(core.database.SessionLocal) as uow:
        mine = uow.teams.get_by_field("team_name", f"Team {client}")[0]
        mine.market_dna = {"a": 2}
        uow.teams.update(mine)
        uow.commit()
        assert sum(1 for _ in uow.odds.stream({"league": "Serie A"}, batch_size=20)) >= 50


async def work_async(client: int) -> None:
    async with AsyncUnitOfWork(core.database.AsyncSessionLocal) as uow:
        await uow.teams.create(team(f"Team {client}", market_dna={"a": 1}))
        await uow.commit()
        assert await uow.odds.upsert_many(prices(client)) == Upserted(inserted=50)
        assert await uow.odds.upsert_many(prices(client)) == Upserted(unchanged=50)
        await uow.commit()
    async with AsyncUnitOfWork(core.database.AsyncSessionLocal) as uow:
        mine = (await uow.teams.get_by_field("team_name", f"Team {client}"))[0]
        mine.market_dna = {"a": 2}
        await uow.teams.update(mine)
        await uow.commit()
        rows = [row async for row in uow.odds.stream({"league": "Serie A"}, batch_size=20)]
        assert len(rows) >= 50


def run_sync() -> None:
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(work, range(CLIENTS)))


def run_async() -> None:
    async def everybody() -> None:
        await asyncio.gather(*map(work_async, range(CLIENTS)))

    in_a_loop(everybody())
