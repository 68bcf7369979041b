"""Units of work on sessions that the caller has opened."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text, update
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import DetachedInstanceError

from core.errors import AuditError, LazyLoadError
from models import TeamQuantumDNA
from repositories import AsyncUnitOfWork, Timeouts, UnitOfWork, audit_context
from repositories.audit import REQUIRED
from tests.support.async_store import AsyncStore, pooled_async_engine
from tests.support.repository_rows import Store, strategy, team

SAID = "SELECT created_by, updated_by, change_reason FROM quantum.team_quantum_dna"
TIMEOUT = text("SHOW statement_timeout")


def test_two_units_of_work_on_one_session_leave_each_other_alone(store: Store) -> None:
    owner = team()
    store.add(owner)
    store.add(strategy(owner.team_id))
    with audit_context("me"), Session(store.engine) as session:
        with UnitOfWork(session) as outer:
            with UnitOfWork(session, lazy_loading=True) as inner:
                (row,) = inner.strategies.get_team_strategies(owner.team_id, eager_load=False)
                assert row.team is not None
                inner.teams.create(team("inner"))
                inner.commit()
            outer.session.expire_all()
            (row,) = outer.strategies.get_team_strategies(owner.team_id, eager_load=False)
            with pytest.raises(LazyLoadError):
                _ = row.team
            outer.teams.create(team("outer"))
            outer.commit()
            outer.teams.create(team("lost"))
        assert not session.in_transaction()
    names = "SELECT team_name, created_by FROM quantum.team_quantum_dna ORDER BY 1"
    assert store.ask(names)[1:] == [("inner", "me"), ("outer", "me")]


def test_they_may_also_end_in_another_order(store: Store) -> None:
    with Session(store.engine) as session:
        one, two = UnitOfWork(session), UnitOfWork(session, lazy_loading=True)
        for uow in (one, two):
            uow.__enter__()
        for uow in (one, two):
            uow.__exit__(None, None, None)
        with audit_context("me"):
            UnitOfWork(session).teams.create(team())
            session.commit()
    assert store.ask(SAID) == [("me", "me", None)]


def test_a_session_that_was_given_is_as_it_was_after_the_block(store: Store) -> None:
    owner = team()
    store.add(owner)
    store.add(strategy(owner.team_id))
    with Session(store.engine) as session:
        with UnitOfWork(session, timeouts=Timeouts(statement=timedelta(seconds=7))):
            pass
        assert session.scalar(TIMEOUT) == "0"
        (row,) = UnitOfWork(session, lazy_loading=True).strategies.get_all()
        assert row.team is not None


@pytest.mark.parametrize("how", ["flush", "savepoint", "statement", "upsert"])
def test_rows_keep_nothing_that_was_rolled_back(store: Store, how: str) -> None:
    store.add(team(tier="old"))
    with store.unit_of_work() as uow:
        row = uow.teams.get_by_name("Lazio")
        assert row is not None
        if how == "statement":
            uow.session.execute(update(TeamQuantumDNA).values(tier="new"))
        elif how == "upsert":
            uow.teams.upsert_many([{"team_name": "Lazio", "league": "Serie A", "tier": "new"}])
        else:
            row.tier = "new"
            uow.flush()
        if how == "savepoint":
            with uow.session.begin_nested():
                pass
        assert row.tier == "new"
    with pytest.raises(DetachedInstanceError):
        _ = row.tier
    assert store.ask("SELECT tier FROM quantum.team_quantum_dna") == [("old",)]


def test_a_savepoint_that_was_released_is_still_rolled_back_with_its_unit(store: Store) -> None:
    with store.unit_of_work() as uow, uow.session.begin_nested():
        row = uow.teams.create(team())
    assert store.ask(SAID) == []
    assert inspect(row).transient


@pytest.mark.anyio
@pytest.mark.parametrize("has_block", [True, False])
async def test_asynchronous_sessions_are_the_same(store: Store, has_block: bool) -> None:  # noqa: FBT001
    async def written() -> AsyncIterator[None]:
        async with pooled_async_engine(store.database) as engine:
            opened = AsyncStore(store, engine, async_sessionmaker(engine))
            async with opened.sessions() as session:
                uow = AsyncUnitOfWork(session, timeouts=Timeouts(statement=timedelta(seconds=7)))
                if has_block:
                    await uow.__aenter__()
                with audit_context("me"):
                    await uow.teams.create(team())
                assert await session.scalar(TIMEOUT) == "7s"
                await uow.commit()
                session.info[REQUIRED] = True
                with pytest.raises(AuditError):
                    await uow.teams.create(team("x"))
                await uow.rollback()
                if has_block:
                    await uow.__aexit__(None, None, None)
        yield

    async for _ in written():
        assert store.ask(SAID) == [("me", "me", None)]
