"""Pages, streams, options, lazy loading and a match day through asyncpg, counted in statements."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlalchemy.orm import joinedload, selectinload

from core.errors import InvalidArgumentError, LazyLoadError, UnknownFieldError
from models import QuantumStrategy
from repositories import AsyncUnitOfWork
from repositories.testing import max_statements
from schemaproof.scratch.embedded.server import LocalServer
from tests.support.async_store import AsyncStore, open_async_store
from tests.support.closing_odds import h2h
from tests.support.repository_rows import (
    KICK_OFF,
    ORDERS,
    SEASON,
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


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_the_pages_together_are_all_rows_in_order(
    store: AsyncStore, order: dict[str, Any]
) -> None:
    prices = (None, 1.5, 1.5, 3.25, None)
    store.sync.add(
        *(
            odds(
                f"m{number}",
                home_odds=prices[number % 5],
                league=f"L{number % 3}",
                commence_time=KICK_OFF + timedelta(microseconds=number % 4),
                is_live=bool(number % 2),
            )
            for number in range(12)
        )
    )
    async with store.unit_of_work() as uow:
        whole = await uow.odds.get_page(1000, **order)
        ids, after, more = [], None, True
        while more:
            with max_statements(1):
                page = await uow.odds.get_page(5, after, **order)
            ids += [row.id for row in page.rows]
            after, more = page.next, page.next is not None
    assert ids == [row.id for row in whole.rows]
    assert len(set(ids)) == 12


async def test_a_stream_gives_every_row_and_keeps_few_of_them(store: AsyncStore) -> None:
    store.sync.ask(
        "INSERT INTO odds (match_id, home_team, away_team, league, commence_time, bookmaker,"
        " market) SELECT 'm' || n, 'a', 'b', 'l', now(), 'x', 'h2h' FROM generate_series(1, 3000) n"
    )
    most, ids = 0, []
    async with store.unit_of_work() as uow:
        with max_statements(1):
            async for row in uow.odds.stream(batch_size=100):
                ids.append(row.id)
                most = max(most, len(uow.session.sync_session.identity_map))
    assert ids == sorted(ids)
    assert len(ids) == 3000
    assert most <= 201


async def test_a_stream_that_is_left_early_leaves_the_session_usable(store: AsyncStore) -> None:
    store.sync.add(*(odds(f"m{number}") for number in range(9)))
    async with store.unit_of_work() as uow:
        async with aclosing(uow.odds.stream(batch_size=2)) as rows:  # type: ignore[type-var]
            async for _ in rows:
                break
        assert await uow.odds.count() == 9


async def test_a_stream_may_be_limited_and_refuses_what_cannot_be(store: AsyncStore) -> None:
    store.sync.add(odds("a"), odds("b", market="totals"), odds("c", market="totals"))
    async with store.unit_of_work() as uow:
        found = uow.odds.stream({"market": "totals", "line": None, "match_id": "b"})
        assert [row.match_id async for row in found] == ["b"]
        with pytest.raises(UnknownFieldError):
            uow.odds.stream({"nonsense": 1})
        with pytest.raises(InvalidArgumentError):
            uow.odds.stream(batch_size=0)


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


Touch = Callable[[AsyncUnitOfWork], Awaitable[Any]]


async def first(rows: Awaitable[Any]) -> Any:
    return (await rows)[0]


RELATIONSHIPS: dict[str, Touch] = {
    "by id": lambda uow: uow.strategies.get_by_id(1),
    "all": lambda uow: first(uow.strategies.get_all()),
    "not eager": lambda uow: first(uow.strategies.get_team_strategies(1, eager_load=False)),
    "stream": lambda uow: anext(uow.strategies.stream()),
    "created": lambda uow: uow.strategies.create(strategy(1, "new")),
}


@pytest.mark.parametrize("read", RELATIONSHIPS.values(), ids=RELATIONSHIPS)
async def test_what_was_not_loaded_is_refused_by_name(related: AsyncStore, read: Touch) -> None:
    async with related.unit_of_work() as uow:
        row = await read(uow)
        with pytest.raises(LazyLoadError, match=r"joinedload\(QuantumStrategy.team\)"):
            _ = row.team


async def test_lazy_loading_can_be_asked_for(related: AsyncStore) -> None:
    async with AsyncUnitOfWork(related.sessions, lazy_loading=True) as uow:
        row: Any = await uow.strategies.get_by_id(1)
        with pytest.raises(MissingGreenlet):
            _ = row.team
        loaded = await uow.session.run_sync(lambda _: row.team)
    assert loaded.team_name == "One"


async def test_each_query_may_say_what_it_loads(related: AsyncStore) -> None:
    with_team = [joinedload(QuantumStrategy.team)]
    async with related.unit_of_work() as uow:
        with max_statements(5):
            rows: list[Any] = [await uow.strategies.get_by_id(1, with_team)]
            rows += await uow.strategies.get_all(options=[selectinload(QuantumStrategy.team)])
            rows += await uow.strategies.get_by_field("season", SEASON, with_team)
            rows += (await uow.strategies.get_page(options=with_team)).rows
        assert {row.team.team_name for row in rows} == {"One"}


@pytest.mark.parametrize("count", [1, 40])
async def test_a_match_day_is_three_statements(store: AsyncStore, count: int) -> None:
    store.sync.add(*(team(f"T{number}", team_id=number) for number in range(1, 2 * count + 1)))
    fixtures = [(2 * number + 1, 2 * number + 2) for number in range(count)]
    for home, away in fixtures:
        store.sync.add(friction(away, home, 10), friction(home, away, 20, season="2024-25"))
        store.sync.add(*(strategy(home, f"S{n}", roi=n, is_active=n != 2) for n in range(4)))
    async with store.unit_of_work() as uow:
        with max_statements(3):
            day = await uow.friction.get_match_day(fixtures)
        again = await uow.friction.get_match_day(fixtures, season="2024-25")
    assert [(each.home.team_id, each.away.team_id) for each in day] == fixtures
    for each in day:
        assert each.friction is not None
        assert (each.friction.season, each.friction.friction_score) == (SEASON, 10)
        assert each.friction.home_team is each.away
        assert [row.roi for row in each.home_strategies] == [3, 1, 0]
        assert all(row.team is each.home for row in each.home_strategies)
    assert {each.friction.friction_score for each in again if each.friction} == {20}


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
