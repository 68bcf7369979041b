"""Streams, loading options, refused lazy loading, a match day; statements are counted."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload, selectinload

from core.errors import (
    InvalidArgumentError,
    LazyLoadError,
    NotFoundError,
    UnknownFieldError,
)
from models import Odds, QuantumFrictionMatrix, QuantumStrategy
from repositories import UnitOfWork
from repositories.testing import max_statements
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, friction, odds, pages, pick, strategy, team


@either_side
def test_a_stream_gives_every_row_and_keeps_few_of_them(store: Store) -> None:
    store.ask(
        "INSERT INTO odds (match_id, home_team, away_team, league, commence_time, bookmaker,"
        " market) SELECT 'm' || n, 'a', 'b', 'l', now(), 'x', 'h2h' FROM generate_series(1, 1000) n"
    )
    most, ids = 0, []
    with store.unit_of_work() as uow, max_statements(1):
        for row in uow.odds.stream(batch_size=100):
            ids.append(row.id)
            most = max(most, len(uow.session.identity_map))
    assert ids == sorted(ids)
    assert len(ids) == 1000
    assert most <= 201


def test_a_stream_is_read_through_a_cursor_of_the_server(store: Store) -> None:
    store.add(odds("a"), odds("b"), odds("c"))
    with store.unit_of_work() as uow:
        rows = uow.odds.stream(batch_size=1)
        next(rows)
        cursors = store.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()",
            "FETCH%",
        )
        assert cursors == [(1,)]
        rows.close()  # type: ignore[attr-defined]


@either_side
def test_a_stream_may_be_limited_to_some_rows(store: Store) -> None:
    store.add(odds("a"), odds("b", market="totals", line=None), odds("c", market="totals"))
    with store.unit_of_work() as uow:
        found = uow.odds.stream({"market": "totals", "line": None, "match_id": "b"})
        assert [row.match_id for row in found] == ["b"]
        with pytest.raises(UnknownFieldError):
            uow.odds.stream({"nonsense": 1})
        with pytest.raises(InvalidArgumentError):
            uow.odds.stream(batch_size=0)


def test_a_stream_may_feed_a_bulk_write_of_the_same_transaction(store: Store) -> None:
    store.add(*(odds(f"m{number}", home_odds=2.0) for number in range(2500)))
    with store.unit_of_work() as uow:
        rows = (
            {
                "match_id": row.match_id,
                "bookmaker": row.bookmaker,
                "market": row.market,
                "home_odds": 3.0,
            }
            for row in list(uow.odds.stream(batch_size=100))
        )
        assert uow.odds.upsert_many(rows).updated == 2500


RELATIONSHIPS: dict[str, Callable[[UnitOfWork], Any]] = {
    "home team": lambda uow: uow.friction.get_friction(1, 2, eager_load=False).home_team,  # type: ignore[union-attr]
    "away team": lambda uow: uow.friction.get_all()[0].away_team,
    "strategy": lambda uow: uow.strategies.get_team_strategies(1, eager_load=False)[0].team,
    "by id": lambda uow: uow.strategies.get_by_id(1).team,  # type: ignore[union-attr]
    "page": lambda uow: uow.strategies.get_page().rows[0].team,
    "created": lambda uow: uow.strategies.create(strategy(1, "new")).team,
    "stream": lambda uow: next(uow.strategies.stream()).team,
}


@pytest.fixture
def related(store: Store) -> Store:
    store.add(team("One", team_id=1), team("Two", team_id=2))
    store.add(friction(1, 2), strategy(1))
    return store


@either_side
@pytest.mark.parametrize("touch", RELATIONSHIPS.values(), ids=RELATIONSHIPS)
def test_an_attribute_that_was_not_loaded_is_not_loaded_implicitly(
    related: Store, touch: Callable[[UnitOfWork], Any]
) -> None:
    with related.unit_of_work() as uow, pytest.raises(LazyLoadError, match=r"joinedload") as caught:
        touch(uow)
    assert "was not loaded" in caught.value.message


@pytest.mark.parametrize("touch", RELATIONSHIPS.values(), ids=RELATIONSHIPS)
def test_lazy_loading_can_be_asked_for(related: Store, touch: Callable[[UnitOfWork], Any]) -> None:
    with UnitOfWork(related.sessions, lazy_loading=True) as uow:
        assert touch(uow).team_name in {"One", "Two"}


def test_a_session_that_was_given_is_as_before_when_the_unit_of_work_ends(related: Store) -> None:
    with related.sessions() as session:
        with UnitOfWork(session) as uow:
            row = uow.strategies.get_by_id(1)
            assert row is not None
            with pytest.raises(LazyLoadError):
                _ = row.team
        assert row.team.team_name == "One"


def test_an_object_of_the_session_is_returned_again(related: Store) -> None:
    with related.unit_of_work() as uow:
        kept = uow.teams.get_by_id(1)
        row = uow.strategies.get_by_id(1)
        assert row is not None
        with max_statements(0):
            assert row.team is kept


@either_side
def test_each_query_may_say_what_it_loads(related: Store) -> None:
    one, other = QuantumFrictionMatrix.home_team, QuantumFrictionMatrix.away_team
    with related.unit_of_work() as uow:
        with max_statements(1):
            row = uow.friction.get_by_id(1, options=[joinedload(one), joinedload(other)])
            assert row is not None
            assert row.home_team.team_name == "One"
        with max_statements(2):
            rows = uow.strategies.get_all(options=[selectinload(QuantumStrategy.team)])
            assert rows[0].team.team_name == "One"
        rows = uow.strategies.get_by_field("season", "2025-26", [joinedload(QuantumStrategy.team)])
        assert rows[0].team.team_name == "One"


def test_a_row_that_came_alone_gets_what_is_asked_for_later(related: Store) -> None:
    with related.unit_of_work() as uow:
        alone = uow.strategies.get_by_id(1)
        again = uow.strategies.get_by_id(1, options=[joinedload(QuantumStrategy.team)])
        assert again is alone
        assert again is not None
        assert not inspect(again).unloaded
        assert uow.strategies.get_by_id(99, options=[joinedload(QuantumStrategy.team)]) is None


def count_twice(uow: UnitOfWork) -> None:
    with max_statements(1):
        uow.odds.count()
        uow.teams.count()


def test_a_budget_that_is_exceeded_lists_what_was_sent(store: Store) -> None:
    with store.unit_of_work() as uow:
        with pytest.raises(AssertionError, match=r"statements: 2, allowed: 1:\n1\. SELECT"):
            count_twice(uow)
        with max_statements(3) as outer:
            with max_statements(1) as inner:
                uow.odds.count()
            uow.odds.count()
        assert (len(outer), len(inner)) == (2, 1)


def test_a_budget_counts_what_a_bulk_write_sends_by_a_thread_of_its_own(store: Store) -> None:
    with store.unit_of_work() as uow, max_statements(20) as sent:
        uow.teams.upsert_many([{"team_name": "Lazio", "league": "Serie A"}])
    assert any("INSERT INTO quantum.team_quantum_dna" in each for each in sent)


def test_a_budget_leaves_an_error_of_its_block_alone(store: Store) -> None:
    def count_and_fail(uow: UnitOfWork) -> None:
        with max_statements(0):
            uow.odds.count()
            raise ZeroDivisionError

    with store.unit_of_work() as uow, pytest.raises(ZeroDivisionError):
        count_and_fail(uow)


@either_side
@pytest.mark.parametrize("count", [1, 40])
def test_a_match_day_is_three_statements_however_many_fixtures(store: Store, count: int) -> None:
    store.add(*(team(f"T{number}", team_id=number) for number in range(1, 2 * count + 1)))
    fixtures = [(2 * number + 1, 2 * number + 2) for number in range(count)]
    for home, away in fixtures:
        store.add(friction(away, home, 10), friction(home, away, 20, season="2024-25"))
        store.add(*(strategy(home, f"S{n}", roi=n, is_active=n != 2) for n in range(4)))
    with store.unit_of_work() as uow:
        with max_statements(3):
            day = uow.friction.get_match_day(fixtures)
        before = uow.friction.get_match_day(fixtures, season="2024-25")
    assert [(each.home.team_id, each.away.team_id) for each in day] == fixtures
    for each in day:
        assert each.friction is not None
        assert (each.friction.season, each.friction.friction_score) == ("2025-26", 10)
        assert each.friction.home_team is each.away
        assert [row.roi for row in each.home_strategies] == [3, 1, 0]
        assert all(row.team is each.home for row in each.home_strategies)
        assert each.away_strategies == ()
    assert {each.friction.friction_score for each in before if each.friction} == {20}


def test_a_match_day_of_a_season_and_without_friction(related: Store) -> None:
    with related.unit_of_work() as uow:
        (there,) = uow.friction.get_match_day([(2, 1)], season="2025-26")
        (absent,) = uow.friction.get_match_day([(2, 1)], season="1999-00")
        assert there.friction is not None
        assert absent.friction is None
        assert uow.friction.get_match_day([]) == []


def test_a_match_day_with_a_team_that_does_not_exist_is_refused(related: Store) -> None:
    with related.unit_of_work() as uow:
        with pytest.raises(NotFoundError, match="77"):
            uow.friction.get_match_day([(1, 2), (2, 77)])
        for bad in ([1, 2], [(1,)], [(1, "2")], [(1, None)], 5):
            with pytest.raises(InvalidArgumentError):
                uow.friction.get_match_day(bad)  # type: ignore[arg-type]


def test_every_pick_is_paged_and_streamed_too(store: Store) -> None:
    store.add(*(pick(f"p{number}") for number in range(5)))
    with store.unit_of_work() as uow:
        assert len(pages(lambda after: uow.tracking.get_page(2, after))) == 5
        assert len(list(uow.tracking.stream())) == 5
        assert all(isinstance(row, Odds) for row in uow.odds.stream())
