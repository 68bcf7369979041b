"""The audit context within tasks."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from repositories import (
    AsyncUnitOfWork,
    audit_context,
)
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import team

pytestmark = pytest.mark.anyio
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
