"""Audit, lazy loading and time-outs apply to every session of a unit of work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from core.errors import AuditError, LazyLoadError
from models import TeamQuantumDNA
from repositories import BaseRepository, Timeouts, UnitOfWork, audit_context
from repositories.audit import REQUIRED
from tests.support.repository_rows import Store, strategy, team

SAID = "SELECT created_by, updated_by, change_reason FROM quantum.team_quantum_dna"
TIMEOUT = text("SHOW statement_timeout")
Opening = Callable[[Store], Any]


class OwnSession(Session):
    """A session class of an application."""


@contextmanager
def a_block_on_a_factory(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with UnitOfWork(store.sessions, **options) as uow:
        yield uow


@contextmanager
def a_block_on_a_function(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with UnitOfWork(lambda: OwnSession(store.engine), **options) as uow:
        yield uow


@contextmanager
def a_block_on_a_session(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with Session(store.engine) as session, UnitOfWork(session, **options) as uow:
        yield uow


@contextmanager
def no_block(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with Session(store.engine) as session:
        yield UnitOfWork(session, **options)


@contextmanager
def no_block_on_a_session_of_a_factory(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with sessionmaker(store.engine, class_=OwnSession)() as session:
        yield UnitOfWork(session, **options)


@contextmanager
def a_session_that_was_used_before(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with Session(store.engine) as session:
        session.execute(text("SELECT 1"))
        session.commit()
        yield UnitOfWork(session, **options)


@contextmanager
def a_thread_local_session(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    sessions: Any = scoped_session(store.sessions)
    yield UnitOfWork(sessions, **options)
    sessions.remove()


@contextmanager
def a_block_after_another(store: Store, **options: Any) -> Iterator[UnitOfWork]:
    with Session(store.engine) as session:
        with UnitOfWork(session, lazy_loading=True):
            pass
        with UnitOfWork(session, **options) as uow:
            yield uow


WAYS: Final = (
    a_block_on_a_factory,
    a_block_on_a_function,
    a_block_on_a_session,
    no_block,
    no_block_on_a_session_of_a_factory,
    a_session_that_was_used_before,
    a_thread_local_session,
    a_block_after_another,
)
every_way = pytest.mark.parametrize("opened", WAYS, ids=lambda way: way.__name__)


@every_way
def test_the_actor_of_a_write_is_recorded(store: Store, opened: Any) -> None:
    with audit_context("me", "a reason"), opened(store) as uow:
        uow.teams.create(team())
        uow.commit()
    assert store.ask(SAID) == [("me", "me", "a reason")]


@every_way
@pytest.mark.parametrize("write", ["create", "add", "change", "delete", "upsert"])
def test_who_writes_is_asked_for(store: Store, opened: Any, write: str) -> None:
    store.add(team())
    with opened(store) as uow:
        row = uow.teams.get_by_name("Lazio")
        uow.session.info[REQUIRED] = True
        with pytest.raises(AuditError, match="audit_context"):  # noqa: PT012 - any of them
            if write == "create":
                uow.teams.create(team("x"))
            elif write == "add":
                uow.session.add(team("x"))
                uow.commit()
            elif write == "change":
                row.tier = "ELITE"
                uow.commit()
            elif write == "delete":
                uow.teams.delete(row)
            else:
                uow.teams.upsert_many([{"team_name": "x", "league": "x"}])
        uow.rollback()


@every_way
def test_a_relationship_is_not_loaded_on_first_access(store: Store, opened: Any) -> None:
    owner = team()
    store.add(owner)
    store.add(strategy(owner.team_id))
    with opened(store) as uow:
        (row,) = uow.strategies.get_team_strategies(owner.team_id, eager_load=False)
        with pytest.raises(LazyLoadError, match="team"):
            _ = row.team


@every_way
def test_the_time_outs_are_set(store: Store, opened: Any) -> None:
    with opened(store, timeouts=Timeouts(statement=timedelta(seconds=7))) as uow:
        assert uow.session.scalar(TIMEOUT) == "7s"
        uow.rollback()
        assert uow.session.scalar(TIMEOUT) == "7s"


def test_a_repository_alone_is_audited_and_so_is_a_session_within_a_context(store: Store) -> None:
    with audit_context("me"), store.sessions() as session:
        BaseRepository(TeamQuantumDNA, session).create(team())
        session.add(team("Roma"))
        session.commit()
    assert store.ask(SAID) == [("me", "me", None)] * 2
    with store.sessions() as session:
        session.info[REQUIRED] = True
        with pytest.raises(AuditError):
            BaseRepository(TeamQuantumDNA, session).create(team("x"))
