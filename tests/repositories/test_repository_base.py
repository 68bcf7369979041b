"""The methods of every repository; a second session reads the rows."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import InvalidArgumentError, UnknownFieldError
from models import Base, Odds
from repositories import BaseRepository, UnitOfWork
from tests.support.either_side import either_side
from tests.support.repository_rows import (
    Store,
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)

ROWS: dict[str, Callable[[], Base]] = {
    "odds": odds,
    "tracking": pick,
    "teams": lambda: team("Roma"),
    "friction": lambda: friction(1, 2),
    "strategies": lambda: strategy(1),
    "goalscorers": goalscorer,
    "classifications": lambda: classification(1),
}
every_repository = pytest.mark.parametrize("name", ROWS)


def find_repository(uow: UnitOfWork, name: str) -> BaseRepository[Base]:
    found: BaseRepository[Base] = getattr(uow, name)
    return found


@pytest.fixture
def with_teams(store: Store) -> Store:
    store.add(team("One"), team("Two"))
    return store


@either_side
@every_repository
def test_a_row_is_created_read_by_id_changed_and_deleted(with_teams: Store, name: str) -> None:
    with with_teams.unit_of_work() as uow:
        created = find_repository(uow, name).create(ROWS[name]())
        uow.commit()
    (id_,) = created.__mapper__.primary_key_from_instance(created)
    field = "season" if hasattr(created, "season") else "league"
    field = "profile_name" if name == "classifications" else field
    new = "BALANCED" if name == "classifications" else "2031-32"
    with with_teams.unit_of_work() as uow:
        found = find_repository(uow, name).get_by_id(id_)
        assert found is not None
        assert found.to_dict() == created.to_dict()
        setattr(found, field, new)
        assert find_repository(uow, name).update(found) is found
        uow.commit()
    with with_teams.unit_of_work() as uow:
        repository = find_repository(uow, name)
        assert repository.get_first_by_field(field, new) is repository.get_by_id(id_)
        before = repository.count()
        found = repository.get_by_id(id_)
        assert found is not None
        repository.delete(found)
        uow.commit()
    with with_teams.unit_of_work() as uow:
        repository = find_repository(uow, name)
        assert repository.get_by_id(id_) is None
        assert repository.count() == before - 1


@either_side
def test_a_write_is_sent_at_once_and_not_committed(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.odds.create(odds())
        assert (row.id, row.price_type, row.is_live) == (1, "current", False)
        assert row.created_at is not None
        assert store.count("odds") == 0
        uow.commit()
        assert store.count("odds") == 1


@pytest.fixture
def five(store: Store) -> Store:
    """Five rows, stored in an order that differs from that of their ids."""
    store.add(*(odds(f"m{id_}", id=id_, league="B" if id_ % 2 else "A") for id_ in (3, 1, 5, 2, 4)))
    return store


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"limit": 2}, [1, 2]),
        ({"skip": 2}, [3, 4, 5]),
        ({"skip": 1, "limit": 3}, [2, 3, 4]),
        ({"skip": 5}, []),
        ({"limit": 2**63 - 1}, [1, 2, 3, 4, 5]),
    ],
    ids=str,
)
def test_pages_go_by_primary_key(five: Store, page: Any, expected: list[int]) -> None:
    with five.unit_of_work() as uow:
        assert [row.id for row in uow.odds.get_all(**page)] == expected


def test_a_page_has_a_hundred_rows_when_nothing_is_said(store: Store) -> None:
    store.add(*(odds(f"m{number}") for number in range(101)))
    with store.unit_of_work() as uow:
        assert len(uow.odds.get_all()) == 100
        assert uow.odds.count() == 101


def test_rows_are_found_by_a_field_and_by_a_null(five: Store) -> None:
    with five.unit_of_work() as uow:
        assert [row.id for row in uow.odds.get_by_field("league", "B")] == [1, 3, 5]
        assert [row.id for row in uow.odds.get_by_field("line", None)] == [1, 2, 3, 4, 5]
        assert uow.odds.get_by_field("league", "C") == []
        first = uow.odds.get_first_by_field("league", "A")
        assert first is not None
        assert first.id == 2
        assert uow.odds.get_first_by_field("league", "C") is None


def test_the_first_of_many_is_one_row_of_traffic(five: Store) -> None:
    with five.unit_of_work() as uow, five.statements() as sent:
        uow.odds.get_first_by_field("league", "B")
    assert len(sent) == 1
    assert "LIMIT" in sent[0]


def test_json_and_booleans_are_fields_like_others(store: Store) -> None:
    store.add(team("A", market_dna={"over": True}), team("B", market_dna={"over": False}))
    with store.unit_of_work() as uow:
        (found,) = uow.teams.get_by_field("market_dna", {"over": True})
        assert found.team_name == "A"
        assert uow.odds.get_by_field("is_live", value=True) == []


@pytest.mark.parametrize("field", ["leage", "home_team", "metadata", "", None, 1, [], Odds.league])
def test_an_unknown_field_is_refused_with_the_fields_that_exist(store: Store, field: str) -> None:
    with store.unit_of_work() as uow:
        for search in (uow.friction.get_by_field, uow.friction.get_first_by_field):
            with pytest.raises(UnknownFieldError, match="fields are friction_id, team_home_id"):
                search(field, 1)


@either_side
def test_many_rows_take_few_statements_and_are_all_or_nothing(store: Store) -> None:
    with store.unit_of_work() as uow:
        with store.statements() as sent:
            uow.odds.create_many(odds(f"m{number}") for number in range(300))
        assert len(sent) < 10
        uow.commit()
    with store.unit_of_work() as uow:
        with pytest.raises(InvalidArgumentError, match="league"):
            uow.odds.create_many([odds("new"), odds("bad", league=5)])
        uow.commit()
    assert store.count("odds") == 300


def test_what_was_created_before_is_not_created_again(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.teams.create(team())
        with pytest.raises(InvalidArgumentError, match="created before"):
            uow.teams.create(row)
        with store.unit_of_work() as other, pytest.raises(InvalidArgumentError, match="before"):
            other.teams.create(row)
        uow.commit()
    with store.unit_of_work() as uow, pytest.raises(InvalidArgumentError, match="before"):
        uow.teams.create(row)
    assert store.count("quantum.team_quantum_dna") == 1


def test_what_another_session_is_about_to_create_is_refused(store: Store) -> None:
    with store.sessions() as other, store.unit_of_work() as uow:
        row = team()
        other.add(row)
        with pytest.raises(InvalidArgumentError, match="before"):
            uow.teams.create(row)


def test_the_same_new_row_given_twice_is_one_row(store: Store) -> None:
    row = odds()
    with store.unit_of_work() as uow:
        uow.odds.create_many([row, row])
        uow.commit()
    assert store.count("odds") == 1
