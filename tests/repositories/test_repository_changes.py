"""Update and delete rows: of this session, of another, deleted ones, and never stored ones."""

import pytest

from core.errors import ConflictError, InvalidArgumentError, NotFoundError
from models import TeamQuantumDNA
from tests.support.either_side import either_side
from tests.support.repository_rows import Store, odds, strategy, team


@either_side
def test_a_row_of_a_closed_session_is_updated(store: Store) -> None:
    store.add(team(team_id=1))
    with store.unit_of_work() as uow:
        detached = uow.teams.get_by_id(1)
    assert detached is not None
    detached.tier = "ELITE"
    with store.unit_of_work() as uow:
        ours = uow.teams.update(detached)
        assert ours is not detached
        assert ours is uow.teams.get_by_id(1)
        uow.commit()
    assert store.ask("SELECT tier FROM quantum.team_quantum_dna") == [("ELITE",)]


def test_a_relationship_of_a_row_of_a_closed_session_is_changed(store: Store) -> None:
    store.add(team("One"), team("Two"))
    store.add(strategy(1, strategy_id=1))
    with store.unit_of_work() as uow:
        row, two = uow.strategies.get_by_id(1), uow.teams.get_by_name("Two")
    assert row is not None
    assert two is not None
    row.team = two
    with store.unit_of_work() as uow:
        ours = uow.teams.get_by_id(two.team_id)
        assert ours is not two
        assert uow.strategies.update(row).team is ours
        uow.commit()
    assert store.ask("SELECT team_id FROM quantum.quantum_strategies") == [(two.team_id,)]


def test_a_row_of_a_closed_session_is_deleted(store: Store) -> None:
    row = team()
    store.add(row)
    with store.unit_of_work() as uow:
        uow.teams.delete(row)
        uow.commit()
    assert store.count("quantum.team_quantum_dna") == 0


@pytest.mark.parametrize("method", ["update", "delete"])
@pytest.mark.parametrize("detached", [True, False], ids=["detached", "of the session"])
def test_a_row_that_somebody_deleted_meanwhile_is_not_found(
    store: Store, method: str, *, detached: bool
) -> None:
    store.add(odds(id=1))
    with store.unit_of_work() as uow:
        row = uow.odds.get_by_id(1)
        assert row is not None
        if detached:
            uow.session.expunge(row)
        store.ask("DELETE FROM odds")
        row.home_odds = 7.0
        with pytest.raises(NotFoundError, match="odds: the row no longer exists"):
            getattr(uow.odds, method)(row)


@pytest.mark.parametrize("method", ["update", "delete"])
@pytest.mark.parametrize("detached", [True, False], ids=["detached", "of the session"])
def test_a_row_with_a_version_that_somebody_deleted_meanwhile_is_a_conflict(
    store: Store, method: str, *, detached: bool
) -> None:
    store.add(team(team_id=1))
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_id(1)
        assert row is not None
        if detached:
            uow.session.expunge(row)
        store.ask("DELETE FROM quantum.team_quantum_dna")
        row.tier = "ELITE"
        with pytest.raises(ConflictError, match="was changed or deleted since it was read"):
            getattr(uow.teams, method)(row)


def test_a_row_is_deleted_once(store: Store) -> None:
    store.add(team(team_id=1))
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_id(1)
        assert row is not None
        uow.teams.delete(row)
        for again in (uow.teams.delete, uow.teams.update):
            with pytest.raises(NotFoundError):
                again(row)


def test_a_row_that_was_added_by_hand_can_be_deleted(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = odds()
        uow.session.add(row)
        uow.odds.delete(row)
        uow.commit()
    assert store.count("odds") == 0


@pytest.mark.parametrize("method", ["update", "delete"])
def test_a_row_that_was_never_stored_is_refused(store: Store, method: str) -> None:
    with store.unit_of_work() as uow, pytest.raises(InvalidArgumentError, match="create it first"):
        getattr(uow.odds, method)(odds())


@pytest.mark.parametrize("method", ["create", "update", "delete"])
@pytest.mark.parametrize("thing", [odds(), None, "Lazio", {"team_name": "x"}, TeamQuantumDNA])
def test_what_is_no_team_is_refused(store: Store, method: str, thing: object) -> None:
    with store.unit_of_work() as uow, pytest.raises(InvalidArgumentError, match="is not a Team"):
        getattr(uow.teams, method)(thing)
