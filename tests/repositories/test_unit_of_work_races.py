"""Two sessions change one row at the same time, in threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import (
    ForeignKeyViolationError,
    NotFoundError,
    UniqueViolationError,
)
from tests.support.repository_rows import Store, strategy, team


def test_of_two_that_create_the_same_team_the_second_is_told(store: Store) -> None:
    def create_the_same() -> None:
        with store.unit_of_work() as uow:
            uow.teams.create(team())
            uow.commit()

    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        uow.teams.create(team())
        second = threads.submit(create_the_same)
        store.until_blocked()
        uow.commit()
        with pytest.raises(UniqueViolationError, match="team_name"):
            second.result(timeout=30)
    assert store.count("quantum.team_quantum_dna") == 1


def test_when_the_first_rolls_back_the_second_has_the_name(store: Store) -> None:
    def create_the_same() -> None:
        with store.unit_of_work() as uow:
            uow.teams.create(team(league="second"))
            uow.commit()

    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        uow.teams.create(team(league="first"))
        second = threads.submit(create_the_same)
        store.until_blocked()
        uow.rollback()
        second.result(timeout=30)
    assert store.ask("SELECT league FROM quantum.team_quantum_dna") == [("second",)]


@pytest.mark.parametrize("method", ["update", "delete"])
def test_who_comes_after_a_deletion_is_told_that_the_row_is_gone(store: Store, method: str) -> None:
    store.add(team(team_id=1))

    def come_after() -> None:
        with store.unit_of_work() as uow:
            row = uow.teams.get_by_id(1)
            assert row is not None
            read.set()
            assert deleted.wait(30)
            row.tier = "ELITE"
            getattr(uow.teams, method)(row)
            uow.commit()

    read, deleted = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        after = threads.submit(come_after)
        assert read.wait(30)
        row = uow.teams.get_by_id(1)
        assert row is not None
        uow.teams.delete(row)
        deleted.set()
        store.until_blocked()
        uow.commit()
        with pytest.raises(NotFoundError):
            after.result(timeout=30)
    assert store.count("quantum.team_quantum_dna") == 0


def test_a_strategy_for_a_team_that_is_being_deleted_is_refused(store: Store) -> None:
    store.add(team(team_id=1))

    def create_strategy() -> None:
        with store.unit_of_work() as uow:
            uow.strategies.create(strategy(1))
            uow.commit()

    with ThreadPoolExecutor(1) as threads, store.unit_of_work() as uow:
        row = uow.teams.get_by_id(1)
        assert row is not None
        uow.teams.delete(row)
        other = threads.submit(create_strategy)
        store.until_blocked()
        uow.commit()
        with pytest.raises(ForeignKeyViolationError):
            other.result(timeout=30)
    assert store.count("quantum.quantum_strategies") == 0


def test_sixteen_threads_that_create_the_same_make_one_row_and_fifteen_typed_errors(
    store: Store,
) -> None:
    together = threading.Barrier(16)

    def create() -> bool:
        with store.unit_of_work() as uow:
            together.wait(30)
            try:
                uow.teams.create(team())
                uow.commit()
            except UniqueViolationError:
                return False
            return True

    with ThreadPoolExecutor(16) as threads:
        made = [future.result(60) for future in [threads.submit(create) for _ in range(16)]]
    assert sorted(made) == [False] * 15 + [True]
    assert store.count("quantum.team_quantum_dna") == 1
