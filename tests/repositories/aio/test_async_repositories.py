"""The asynchronous repositories on a real server, compared with the synchronous ones."""

import asyncio
import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

from core.errors import (
    InvalidArgumentError,
    UnitOfWorkError,
)
from models import Base, TeamQuantumDNA
from repositories import AsyncBaseRepository, AsyncUnitOfWork, aio
from tests.support import value_strategies
from tests.support.async_rows import fill
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import (
    KICK_OFF,
    odds,
    team,
)

pytestmark = pytest.mark.anyio
# Each function works with both kinds of repositories; the result of an asynchronous one is awaited.
IN_THEIR_OWN_TESTS = {"get_match_day", "get_page"}
READS: dict[str, Callable[[Any], Any]] = {
    "get_by_id": lambda u: u.teams.get_by_id(2),
    "get_by_id of none": lambda u: u.teams.get_by_id(424242),
    "get_all": lambda u: u.odds.get_all(),
    "a page": lambda u: u.teams.get_all(skip=1, limit=1),
    "the largest page": lambda u: u.teams.get_all(skip=1, limit=2**63 - 1),
    "get_by_field": lambda u: u.odds.get_by_field("home_odds", 2),
    "get_by_field null": lambda u: u.odds.get_by_field("line", None),
    "get_by_field JSON": lambda u: u.teams.get_by_field("market_dna", {"a": [1, None]}),
    "get_by_field time": lambda u: u.odds.get_by_field("commence_time", KICK_OFF),
    "get_first_by_field": lambda u: u.teams.get_first_by_field("league", "Serie A"),
    "count": lambda u: u.odds.count(),
    "get_clv_summary": lambda u: u.tracking.get_clv_summary(),
    "get_by_match": lambda u: u.odds.get_by_match("m1"),
    "count_by_match": lambda u: u.odds.count_by_match(["m1", "m2", "absent"]),
    "get_by_league": lambda u: u.odds.get_by_league("Serie A", limit=1),
    "get_by_agent": lambda u: u.tracking.get_by_agent("a"),
    "get_recent_picks": lambda u: u.tracking.get_recent_picks(days=3),
    "get_by_name": lambda u: u.teams.get_by_name("azi"),
    "teams of league": lambda u: u.teams.get_by_league("Serie A"),
    "get_top_performers": lambda u: u.teams.get_top_performers(limit=1),
    "get_friction": lambda u: u.friction.get_friction(2, 1),
    "get_friction of season": lambda u: u.friction.get_friction(1, 2, season="1999-00"),
    "get_friction alone": lambda u: u.friction.get_friction(1, 2, eager_load=False),
    "get_high_friction_matches": lambda u: u.friction.get_high_friction_matches(min_score=50),
    "get_team_strategies": lambda u: u.strategies.get_team_strategies(1),
    "get_best_by_market": lambda u: u.strategies.get_best_by_market("h2h"),
    "get_current": lambda u: u.classifications.get_current(1),
    "get_by_team": lambda u: u.classifications.get_by_team(1),
    "get_by_profile": lambda u: u.classifications.get_by_profile("LOW_BLOCK"),
    "get_by_team of goalscorers": lambda u: u.goalscorers.get_by_team("Lazio"),
    "get_top_scorers": lambda u: u.goalscorers.get_top_scorers(league="Serie A"),
}


def plain(result: Any) -> Any:
    """Return rows as plain values, because each side has its own objects."""
    if isinstance(result, list):
        return [plain(row) for row in result]
    return result.to_dict() if isinstance(result, Base) else result


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_a_read_gives_what_the_synchronous_one_gives(
    store: AsyncStore, read: Callable[[Any], Any]
) -> None:
    fill(store)
    with store.sync.unit_of_work() as uow:
        expected = plain(read(uow))
    async with store.unit_of_work() as async_uow:
        assert plain(await read(async_uow)) == expected


def test_every_method_that_reads_is_among_them() -> None:
    called = {name for read in READS.values() for name in read.__code__.co_names}
    names = {
        name
        for cls in map(aio.__dict__.get, aio.__all__)
        for name, _ in inspect.getmembers(cls, inspect.iscoroutinefunction)
        if name.startswith(("get_", "count"))
    }
    assert names - called == IN_THEIR_OWN_TESTS


async def test_both_teams_of_a_pair_come_in_the_same_statement(store: AsyncStore) -> None:
    fill(store)
    async with store.unit_of_work() as uow:
        row = await uow.friction.get_friction(2, 1)
        assert row is not None
        # Nothing can be loaded lazily outside of a greenlet, so both teams are already loaded.
        assert (row.home_team.team_name, row.away_team.team_name) == ("Lazio", "Leeds")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    vector=value_strategies.vectors,
    facts=value_strategies.values,
    number=value_strategies.numbers,
    name=value_strategies.names,
)
async def test_whatever_is_accepted_comes_back(
    store: AsyncStore, vector: dict[str, Any], facts: Any, number: float, name: str
) -> None:
    given_values = {
        "market_dna": vector,
        "legacy_facts": facts,
        "total_pnl": number,
        "team_name": name,
    }
    async with store.unit_of_work() as uow:
        id_ = (await uow.teams.create(team(**given_values))).team_id
        uow.session.expire_all()
        found = await uow.teams.get_by_id(id_)
        assert found is not None
        assert {key: found.to_dict()[key] for key in given_values} == given_values


@pytest.mark.parametrize(
    "moment",
    [
        KICK_OFF,
        datetime(2, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    ],
)
async def test_a_moment_comes_back(store: AsyncStore, moment: datetime) -> None:
    async with store.unit_of_work() as uow:
        row = await uow.odds.create(odds(commence_time=moment))
        uow.session.expire_all()
        found = await uow.odds.get_by_id((await uow.odds.get_all())[0].id)
        assert found is row
        assert found.commence_time == moment


async def test_only_an_asynchronous_session_is_taken(store: AsyncStore) -> None:
    with store.sync.sessions() as session, pytest.raises(InvalidArgumentError, match="Session"):
        AsyncBaseRepository(TeamQuantumDNA, session)  # type: ignore[arg-type]


async def test_two_tasks_on_one_session_are_told_apart(store: AsyncStore) -> None:
    async with store.sessions() as session:
        uow = AsyncUnitOfWork(session)
        results = await asyncio.gather(
            *(uow.teams.count() for _ in range(3)), return_exceptions=True
        )
    refused = [result for result in results if isinstance(result, UnitOfWorkError)]
    assert len(refused) == 2
    assert "session of its own" in refused[0].remedy


async def test_sessions_of_several_tasks_wait_side_by_side(store: AsyncStore) -> None:
    """Five statements wait for each other on the server, so they must run concurrently."""
    together = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    async def meet() -> None:
        async with store.sessions() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock_shared(1)"))
            while await session.scalar(together) != 5:
                await session.execute(text("SELECT pg_sleep(0.01)"))
            arrived.append(1)
            while len(arrived) < 5:
                await asyncio.sleep(0.01)

    arrived: list[int] = []
    async with asyncio.timeout(30):
        await asyncio.gather(*(meet() for _ in range(5)))
