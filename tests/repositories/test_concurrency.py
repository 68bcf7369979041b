"""Concurrent sessions: lost updates, deadlocks, serialization failures, lost connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import ConflictError
from repositories import RetryPolicy, UnitOfWork
from tests.support.either_side import either_side, either_side_everywhere
from tests.support.repository_rows import Store, odds, pick
from tests.support.upsert_rows import TRACKED
from tests.support.versioned_rows import CHANGES, VERSIONED, add_versioned


@pytest.fixture(params=list(VERSIONED.values()), ids=list(VERSIONED))
def versioned(request: pytest.FixtureRequest, store: Store) -> tuple[str, str, str]:
    add_versioned(store)
    found: tuple[str, str, str] = request.param
    return found


def read(uow: UnitOfWork, repository: str) -> Any:
    row = getattr(uow, repository).get_by_id(1)
    assert row is not None
    return row


@either_side
def test_of_two_that_change_what_both_have_read_the_second_is_told(
    store: Store, versioned: tuple[str, str, str]
) -> None:
    repository, field, table = versioned

    def change() -> None:
        with store.unit_of_work() as uow:
            row = read(uow, repository)
            have_read.wait(30)
            setattr(row, field, 5.0)
            getattr(uow, repository).update(row)
            uow.commit()

    have_read = threading.Barrier(2)
    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        second = threads.submit(change)
        row = read(uow, repository)
        setattr(row, field, 9.0)
        getattr(uow, repository).update(row)
        have_read.wait(30)
        store.until_blocked()
        uow.commit()
        with pytest.raises(ConflictError, match="since it was read"):
            second.result(30)
    assert store.ask(f"SELECT {field} FROM {table}") == [(9.0,)]


@either_side
@pytest.mark.parametrize("somebody", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("method", ["update", "delete", "commit"])
def test_a_row_that_another_session_changed_is_not_overwritten(
    store: Store,
    versioned: tuple[str, str, str],
    somebody: Callable[[Store, str, str], Any],
    method: str,
) -> None:
    repository, field, table = versioned
    with store.unit_of_work() as uow:
        row = read(uow, repository)
        somebody(store, table, field)
        left = store.ask(f"SELECT {field} FROM {table}")
        setattr(row, field, 5.0)
        write = uow.commit if method == "commit" else getattr(getattr(uow, repository), method)
        with pytest.raises(ConflictError):
            write(*([] if method == "commit" else [row]))
    assert store.ask(f"SELECT {field} FROM {table}") == left


def test_a_bulk_write_is_a_change_too(store: Store) -> None:
    store.add(pick(**TRACKED))
    with store.unit_of_work() as uow:
        row = read(uow, "tracking")
        with store.unit_of_work() as other:
            other.tracking.upsert_many([{**TRACKED, "is_won": True}])
            other.commit()
        row.notes = "mine"
        with pytest.raises(ConflictError):
            uow.tracking.update(row)


def test_a_row_of_an_earlier_session_brings_its_version_along(
    store: Store, versioned: tuple[str, str, str]
) -> None:
    repository, field, table = versioned
    with store.unit_of_work() as uow:
        old = read(uow, repository)
    setattr(old, field, 5.0)
    with store.unit_of_work() as uow:
        getattr(uow, repository).update(old)
        uow.commit()
    assert store.ask(f"SELECT {field} FROM {table}") == [(5.0,)]
    with store.unit_of_work() as uow:
        old = read(uow, repository)
    store.ask(f"UPDATE {table} SET {field} = 7")
    setattr(old, field, 5.0)
    with store.unit_of_work() as uow, pytest.raises(ConflictError):
        getattr(uow, repository).update(old)


@either_side_everywhere
def test_one_session_may_change_a_row_as_often_as_it_likes(
    any_store: Store,
) -> None:
    add_versioned(any_store)
    with any_store.unit_of_work() as uow:
        row = uow.tracking.create(pick("new"))
        for stake in (2.0, 3.0, 4.0):
            row.stake = stake
            uow.tracking.update(row)
            uow.commit()
        assert "xmin" not in row.to_dict()
        uow.tracking.delete(row)
        uow.commit()
    assert any_store.count("tracking_clv_picks") == 1


@either_side
def test_sixteen_that_count_up_with_a_retry_lose_no_update(store: Store) -> None:
    store.add(odds(home_odds=2.0))

    def count_up(uow: UnitOfWork) -> None:
        row = uow.odds.get_by_id(1)
        assert row is not None
        row.home_odds = (row.home_odds or 0) + 1
        uow.odds.update(row)

    serializable = store.serializable()
    policy = RetryPolicy(attempts=200, first_wait=0.005, longest_wait=0.05)
    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(serializable.run, count_up, policy=policy) for _ in range(16)]
        for each in done:
            each.result(120)
    assert store.ask("SELECT home_odds FROM odds") == [(18.0,)]


@either_side
def test_two_that_wait_for_each_other_both_end(store: Store) -> None:
    store.add(odds("a"), odds("b"))
    met = threading.Barrier(2)
    attempts: list[str] = []

    def update_both(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def work(uow: UnitOfWork) -> None:
            attempts.append(first)
            change = text("UPDATE odds SET league = league || :x WHERE match_id = :id")
            uow.session.execute(change, {"x": first, "id": first})
            if len(attempts) <= 2:
                met.wait(30)
            uow.session.execute(change, {"x": first, "id": second})

        return work

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(store.run, update_both("a", "b"))
        other = threads.submit(store.run, update_both("b", "a"))
        one.result(60)
        other.result(60)
    assert len(attempts) == 3
    leagues = {league for (league,) in store.ask("SELECT league FROM odds")}
    assert all(sorted(league.removeprefix("Serie A")) == ["a", "b"] for league in leagues)
