"""One transaction over all repositories, verified by other sessions."""

from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from core.errors import UniqueViolationError, UnitOfWorkError
from repositories import BaseRepository, UnitOfWork
from tests.support.either_side import either_side
from tests.support.repository_rows import (
    NAMES,
    Store,
    classification,
    friction,
    goalscorer,
    odds,
    pick,
    strategy,
    team,
)

TABLES = (
    "odds",
    "tracking_clv_picks",
    "quantum.team_quantum_dna",
    "quantum.quantum_friction_matrix",
    "quantum.quantum_strategies",
    "quantum.goalscorer_profiles",
    "quantum.chess_classifications",
)


def write_everywhere(uow: UnitOfWork) -> None:
    one, two = uow.teams.create(team("One")), uow.teams.create(team("Two"))
    uow.odds.create(odds())
    uow.tracking.create(pick())
    uow.friction.create(friction(one.team_id, two.team_id))
    uow.strategies.create(strategy(one.team_id))
    uow.goalscorers.create(goalscorer())
    uow.classifications.create(classification(two.team_id))


def rows(store: Store) -> int:
    return sum(store.count(table) for table in TABLES)


class Spy(Session):
    """A session that only records whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


def spy_on(store: Store) -> Spy:
    return Spy(store.engine, expire_on_commit=False)


@either_side
def test_a_commit_keeps_the_rows_of_every_table(store: Store) -> None:
    with store.unit_of_work() as uow:
        write_everywhere(uow)
        assert rows(store) == 0
        uow.commit()
        assert rows(store) == 8
    assert rows(store) == 8


@either_side
def test_without_a_commit_every_table_is_rolled_back(store: Store) -> None:
    with store.unit_of_work() as uow:
        write_everywhere(uow)
        uow.flush()
    assert rows(store) == 0


def write_and_fail(uow: UnitOfWork, failure: type[BaseException]) -> None:
    with uow:
        write_everywhere(uow)
        raise failure


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_any_error_rolls_back_and_goes_on_to_the_caller(
    store: Store, failure: type[BaseException]
) -> None:
    session = spy_on(store)
    with pytest.raises(failure):
        write_and_fail(UnitOfWork(lambda: session), failure)
    assert rows(store) == 0
    assert session.closed


@either_side
def test_statements_after_a_commit_are_rolled_back(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.teams.create(team("kept"))
        uow.commit()
        uow.teams.create(team("lost"))
    assert store.ask("SELECT team_name FROM quantum.team_quantum_dna") == [("kept",)]


@either_side
def test_rollback_takes_back_and_the_work_goes_on(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.teams.create(team("lost"))
        uow.rollback()
        assert uow.teams.count() == 0
        uow.teams.create(team("kept"))
        uow.commit()
    assert store.ask("SELECT team_name FROM quantum.team_quantum_dna") == [("kept",)]


def test_a_violation_in_one_repository_takes_back_the_others(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.odds.create(odds())
        uow.teams.create(team())
        with pytest.raises(UniqueViolationError):
            uow.teams.create(team())
    assert rows(store) == 0


@either_side
def test_flush_and_commit_speak_of_violations_in_the_same_way(store: Store) -> None:
    for end in ("flush", "commit"):
        with store.unit_of_work() as uow:
            uow.session.add_all([team(), team()])
            with pytest.raises(UniqueViolationError, match="team_name"):
                getattr(uow, end)()


def test_flush_makes_rows_visible_within_the_transaction_only(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = team()
        uow.session.add(row)
        assert inspect(row).pending
        uow.flush()
        assert inspect(row).persistent
        assert rows(store) == 0


@either_side
def test_a_repository_is_made_on_first_use_and_kept(store: Store) -> None:
    with store.unit_of_work() as uow:
        for name in NAMES:
            assert getattr(uow, f"_{name}") is None
            repository: BaseRepository[Any] = getattr(uow, name)
            assert repository.session == uow.session
            assert getattr(uow, name) == repository == getattr(uow, f"_{name}")
    assert all(getattr(uow, f"_{name}") is None for name in NAMES)


def test_nothing_is_opened_before_it_is_needed() -> None:
    def refuse() -> Session:
        raise AssertionError

    with UnitOfWork(refuse):
        pass


def test_a_session_that_is_given_stays_open_and_is_rolled_back(store: Store) -> None:
    session = spy_on(store)
    with UnitOfWork(session) as uow:
        assert uow.session is session
        uow.teams.create(team())
    assert not session.closed
    assert not session.in_transaction()
    with UnitOfWork(session) as uow:
        uow.teams.create(team())
        uow.commit()
    assert not session.closed
    assert rows(store) == 1
    session.close()


def test_a_given_session_needs_no_with_block(store: Store) -> None:
    with store.sessions() as session:
        uow = UnitOfWork(session)
        uow.teams.create(team("lost"))
        uow.rollback()
        uow.teams.create(team("kept"))
        uow.commit()
    assert store.ask("SELECT team_name FROM quantum.team_quantum_dna") == [("kept",)]


def test_a_session_of_a_factory_is_closed_and_the_next_block_has_a_new_one(store: Store) -> None:
    made: list[Spy] = []

    def make() -> Spy:
        made.append(spy_on(store))
        return made[-1]

    uow = UnitOfWork(make)
    for number in (1, 2):
        with uow:
            repository = uow.teams
            assert repository.session is made[-1]
            assert not made[-1].closed
        assert [session.closed for session in made] == [True] * number
        assert vars(uow)["_teams"] is None


@either_side
def test_a_factory_is_used_within_its_block_only(store: Store) -> None:
    uow = store.unit_of_work()
    uses = (lambda: uow.teams, lambda: uow.session, uow.commit, uow.flush, uow.rollback)
    for use in uses:
        with pytest.raises(UnitOfWorkError, match="with block"):
            use()
    sessions = []
    for _ in range(2):
        with uow:
            assert uow.teams.count() == 0
            sessions.append(uow.session)
        for use in uses:
            with pytest.raises(UnitOfWorkError, match="with block"):
                use()
    assert sessions[0] != sessions[1]


@either_side
def test_a_block_within_its_own_block_is_refused_and_the_work_goes_on(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.teams.create(team())
        with pytest.raises(UnitOfWorkError, match="begin_nested"), uow:
            raise AssertionError
        uow.commit()
    assert rows(store) == 1


@pytest.mark.parametrize("thing", [None, "postgresql://", 1])
def test_what_is_no_session_and_makes_none_is_refused(thing: Any) -> None:
    with pytest.raises(UnitOfWorkError, match="neither a session nor a factory"):
        UnitOfWork(thing)
