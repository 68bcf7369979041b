"""Relationships that are loaded with a row, by counted statements, are readable after closing."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm.exc import DetachedInstanceError

from models import Base
from repositories import UnitOfWork
from tests.support.repository_rows import Store, classification, friction, strategy, team

PAIR = ("home_team", "away_team")
LISTS: dict[str, tuple[Callable[[UnitOfWork], Sequence[Base]], tuple[str, ...]]] = {
    "high friction": (lambda uow: uow.friction.get_high_friction_matches(0), PAIR),
    "strategies of a team": (lambda uow: uow.strategies.get_team_strategies(1), ("team",)),
    "strategies of a market": (lambda uow: uow.strategies.get_best_by_market("o", 100), ("team",)),
    "profile": (lambda uow: uow.classifications.get_by_profile("LOW_BLOCK"), ("team",)),
}


def add_rows(store: Store, count: int) -> None:
    store.add(*(team(f"T{number}", team_id=number) for number in range(1, count + 2)))
    store.add(*(friction(number, number + 1) for number in range(1, count + 1)))
    store.add(*(strategy(1, f"S{number}", market="o") for number in range(1, count + 1)))
    store.add(*(classification(number) for number in range(1, count + 1)))


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize(("search", "teams"), LISTS.values(), ids=LISTS)
def test_a_list_with_its_teams_is_one_statement_for_one_row_and_for_a_hundred(
    store: Store, search: Callable[[UnitOfWork], Sequence[Base]], teams: tuple[str, ...], count: int
) -> None:
    add_rows(store, count)
    with store.statements() as sent:
        with store.unit_of_work() as uow:
            rows = search(uow)
        # The session is closed, so nothing can be loaded any more.
        names = [getattr(row, name).team_name for row in rows for name in teams]
    assert len(rows) == count
    assert len(names) == count * len(teams)
    assert len(sent) == 1


def test_a_pair_with_both_teams_is_one_statement(store: Store) -> None:
    add_rows(store, 1)
    with store.statements() as sent:
        with store.unit_of_work() as uow:
            row = uow.friction.get_friction(2, 1)
        assert row is not None
        assert (row.home_team.team_name, row.away_team.team_name) == ("T1", "T2")
    assert len(sent) == 1


def test_without_eager_load_a_pair_comes_alone(store: Store) -> None:
    add_rows(store, 1)
    with store.statements() as sent:
        with store.unit_of_work() as uow:
            row = uow.friction.get_friction(1, 2, eager_load=False)
        assert row is not None
        assert row.friction_score == 50
        assert inspect(row).unloaded == {"home_team", "away_team"}
        with pytest.raises(DetachedInstanceError):
            _ = row.home_team
    assert len(sent) == 1
    assert "JOIN" not in sent[0]


def test_without_eager_load_strategies_come_alone(store: Store) -> None:
    add_rows(store, 3)
    with store.statements() as sent:
        with store.unit_of_work() as uow:
            rows = uow.strategies.get_team_strategies(1, eager_load=False)
        assert [inspect(row).unloaded for row in rows] == [{"team"}] * 3
    assert len(sent) == 1
    assert "JOIN" not in sent[0]


def test_rows_that_came_alone_get_their_teams_when_they_are_asked_for_again(store: Store) -> None:
    add_rows(store, 1)
    with store.unit_of_work() as uow:
        alone = uow.friction.get_friction(1, 2, eager_load=False)
        again = uow.friction.get_friction(1, 2)
    assert again is alone
    assert again is not None
    assert again.home_team.team_name == "T1"


@pytest.mark.parametrize("count", [1, 100])
def test_a_name_is_found_in_the_same_number_of_statements(store: Store, count: int) -> None:
    add_rows(store, count)
    with store.unit_of_work() as uow, store.statements() as sent:
        assert uow.teams.get_by_name("T1") is not None
    assert len(sent) == 2
