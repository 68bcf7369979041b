"""Rows after the end of their unit of work, and the application's own sessions."""

from collections.abc import Callable
from typing import Any

import pytest

import core.database
from repositories import UnitOfWork
from tests.support.repository_rows import Store, odds, pick, team


def rows(store: Store) -> int:
    return store.count("quantum.team_quantum_dna")


@pytest.mark.parametrize("end", ["read", "commit", "commit, read"])
def test_rows_stay_readable_after_the_block(store: Store, end: str) -> None:
    store.add(team("One"), team("Two"))
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_name("One")
        assert row is not None
        if "commit" in end:
            row.tier = "ELITE"
            uow.teams.update(row)
            uow.commit()
        if "read" in end:
            assert uow.teams.count() == 2
    assert row.team_name == "One"
    assert row.to_dict()["tier"] == ("ELITE" if "commit" in end else None)


@pytest.mark.parametrize(
    ("repository", "make"), [("teams", team), ("tracking", pick), ("odds", odds)]
)
def test_a_row_whose_creation_was_rolled_back_is_new_again(
    store: Store, repository: str, make: Callable[[], Any]
) -> None:
    row = make()
    with store.unit_of_work() as uow:
        getattr(uow, repository).create(row)
    with store.unit_of_work() as uow:
        getattr(uow, repository).create(row)
        uow.commit()
        assert getattr(uow, repository).count() == 1


def test_with_get_db_the_unit_of_work_decides(configured_store: Store) -> None:
    with core.database.get_db() as session, UnitOfWork(session) as uow:
        uow.teams.create(team("kept"))
        uow.commit()
        uow.teams.create(team("lost"))
    assert configured_store.ask("SELECT team_name FROM quantum.team_quantum_dna") == [("kept",)]
    assert core.database.get_pool_status()["checked_out"] == 0


def test_without_a_block_get_db_commits(configured_store: Store) -> None:
    with core.database.get_db() as session:
        UnitOfWork(session).teams.create(team())
    assert rows(configured_store) == 1


def test_the_applications_own_factory_gives_its_connection_back(configured_store: Store) -> None:
    with UnitOfWork(core.database.SessionLocal) as uow:
        uow.teams.create(team())
        assert core.database.get_pool_status()["checked_out"] == 1
        uow.commit()
    assert core.database.get_pool_status()["checked_out"] == 0
    assert rows(configured_store) == 1
