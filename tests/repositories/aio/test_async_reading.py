"""Pages, streams, options, lazy loading and a match day through asyncpg; statements are counted."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, MissingGreenlet

from repositories import AsyncUnitOfWork
from schemaproof.scratch.embedded.server import LocalServer
from tests.support.async_store import AsyncStore, open_async_store
from tests.support.closing_odds import h2h
from tests.support.repository_rows import (
    friction,
    odds,
    pick,
    strategy,
    team,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def related(store: AsyncStore) -> AsyncStore:
    store.sync.add(team("One", team_id=1), team("Two", team_id=2))
    store.sync.add(friction(1, 2), strategy(1))
    return store


async def test_a_stream_that_is_left_early_leaves_the_session_usable(store: AsyncStore) -> None:
    store.sync.add(*(odds(f"m{number}") for number in range(9)))
    async with store.unit_of_work() as uow:
        async with aclosing(uow.odds.stream(batch_size=2)) as rows:  # type: ignore[type-var]
            async for _ in rows:
                break
        assert await uow.odds.count() == 9


async def test_a_backend_that_is_killed_in_a_stream_is_an_error(store: AsyncStore) -> None:
    store.sync.add(*(odds(f"m{number}") for number in range(2000)))

    async def read(uow: AsyncUnitOfWork) -> None:
        async for row in uow.odds.stream(batch_size=100):
            if row.match_id == "m50":
                pooled = await (await uow.session.connection()).get_raw_connection()
                driver: Any = pooled.driver_connection
                store.sync.ask("SELECT pg_terminate_backend(%s, 5000)", driver.get_server_pid())

    async with store.unit_of_work() as uow:
        with pytest.raises(DBAPIError) as caught:
            await read(uow)
        assert caught.value.connection_invalidated
    async with store.unit_of_work() as uow:
        assert await uow.odds.count() == 2000


async def test_lazy_loading_can_be_asked_for(related: AsyncStore) -> None:
    async with AsyncUnitOfWork(related.sessions, lazy_loading=True) as uow:
        row: Any = await uow.strategies.get_by_id(1)
        with pytest.raises(MissingGreenlet):
            _ = row.team
        loaded = await uow.session.run_sync(lambda _: row.team)
    assert loaded.team_name == "One"


async def test_on_every_server_rows_are_paged_streamed_and_put_together(
    any_server: LocalServer,
) -> None:
    async with open_async_store(any_server) as store:
        store.sync.add(team("One", team_id=1), team("Two", team_id=2))
        store.sync.add(friction(1, 2), strategy(1), *(odds(f"m{number}") for number in range(5)))
        async with store.unit_of_work() as uow:
            page = await uow.odds.get_page(3)
            rest = await uow.odds.get_page(3, page.next)
            assert [row.match_id for row in rest.rows] == ["m3", "m4"]
            assert len([row async for row in uow.odds.stream(batch_size=2)]) == 5
            ((day),) = await uow.friction.get_match_day([(2, 1)])
            assert day.home.team_name == "Two"
            assert day.friction is not None


async def test_two_sessions_stream_beside_each_other(store: AsyncStore) -> None:
    store.sync.add(*(odds(f"m{number}") for number in range(50)))

    async def read() -> list[str]:
        async with store.unit_of_work() as uow:
            return [row.match_id async for row in uow.odds.stream(batch_size=3)]

    assert (
        await asyncio.gather(*(read() for _ in range(4)))
        == [[f"m{number}" for number in range(50)]] * 4
    )


async def test_picks_are_closed_and_summed_up(store: AsyncStore) -> None:
    store.sync.add(h2h(1.8), pick(odds_at_pick=2.0))
    async with store.unit_of_work() as uow:
        closed = await uow.tracking.close_picks()
        summary = await uow.tracking.get_clv_summary()
        await uow.commit()
    assert closed.closed == 1
    assert [group.picks for group in summary.by("league")] == [1]
