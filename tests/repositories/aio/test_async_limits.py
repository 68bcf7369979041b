"""Time-outs of a task, and who writes in it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from core.errors import AuditError
from repositories import (
    AsyncUnitOfWork,
    Timeouts,
    audit,
    audit_context,
)
from schemaproof.connection.diagnostics import read_sqlstate
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import odds, strategy, team

pytestmark = pytest.mark.anyio
SHORT = timedelta(milliseconds=100)


async def test_a_statement_and_a_wait_for_a_lock_end_in_time(store: AsyncStore) -> None:
    store.sync.add(odds())

    async def wait(timeouts: Timeouts, statement: str) -> str | None:
        async with AsyncUnitOfWork(store.sessions, timeouts=timeouts) as uow:
            with pytest.raises(DBAPIError) as caught:
                await uow.session.execute(text(statement))
        return read_sqlstate(caught.value.orig)

    assert await wait(Timeouts(statement=SHORT), "SELECT pg_sleep(60)") == "57014"
    with store.sync.sessions() as other:
        other.execute(text("SELECT FROM odds FOR UPDATE"))
        assert await wait(Timeouts(lock=SHORT), "DELETE FROM odds") == "55P03"


async def test_a_transaction_that_does_nothing_for_too_long_is_ended_and_kept_out(
    store: AsyncStore,
) -> None:
    async with AsyncUnitOfWork(store.sessions, timeouts=Timeouts(idle=SHORT)) as uow:
        await uow.odds.create(odds())
        await asyncio.sleep(0.5)
        with pytest.raises(DBAPIError) as caught:
            await uow.commit()
        assert caught.value.connection_invalidated
    assert store.sync.count("odds") == 0


async def test_time_outs_hold_for_their_unit_of_work_only(store: AsyncStore) -> None:
    show = text("SHOW statement_timeout")
    async with store.unit_of_work() as uow:
        usual = await uow.session.scalar(show)
    async with AsyncUnitOfWork(store.sessions, timeouts=Timeouts(statement=SHORT)) as uow:
        assert await uow.session.scalar(show) == "100ms"
        await uow.commit()
        assert await uow.session.scalar(show) == "100ms"
    async with store.unit_of_work() as uow:
        assert await uow.session.scalar(show) == usual


FOUND = "SELECT team_name, created_by, change_reason FROM quantum.team_quantum_dna ORDER BY 1"


async def write_team(sessions: async_sessionmaker[AsyncSession], number: int) -> None:
    with audit_context(actor=f"task {number}", reason=f"reason {number}"):
        async with AsyncUnitOfWork(sessions) as uow:
            await uow.teams.create(team(f"T{number}"))
            await asyncio.sleep(0)
            await uow.teams.upsert_many([{"team_name": f"U{number}", "league": "A"}])
            await uow.commit()


async def test_each_task_writes_as_who_it_is(store: AsyncStore) -> None:
    await asyncio.gather(*(write_team(store.sessions, number) for number in range(9)))
    who = [(f"task {number}", f"reason {number}") for number in range(9)]
    assert store.sync.ask(FOUND) == [
        *((f"T{number}", *each) for number, each in enumerate(who)),
        *((f"U{number}", *each) for number, each in enumerate(who)),
    ]


async def test_a_task_inherits_who_started_it_and_changes_nothing_for_others(
    store: AsyncStore,
) -> None:
    async def write(name: str, **context: str) -> None:
        with audit_context(**context):
            async with store.unit_of_work() as uow:
                await uow.teams.create(team(name))
                await uow.commit()

    with audit_context(actor="loop", reason="whole"):
        await asyncio.gather(write("a", reason="part"), write("b", actor="other"))
        async with store.unit_of_work() as uow:
            await uow.teams.create(team("c"))
            await uow.commit()
    assert store.sync.ask(FOUND) == [
        ("a", "loop", "part"),
        ("b", "other", "whole"),
        ("c", "loop", "whole"),
    ]


async def test_a_change_is_refused_where_nobody_has_said_who_makes_it(store: AsyncStore) -> None:
    store.sync.add(team(team_id=1))
    async with store.unit_of_work() as uow:
        uow.session.info[audit.REQUIRED] = True
        with pytest.raises(AuditError):
            await uow.strategies.create(strategy(1))
    assert store.sync.count("quantum.quantum_strategies") == 0
