"""Behaviour of asynchronous units of work only: cancelled tasks, asynchronous sessions."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import UnitOfWorkError
from repositories import AsyncUnitOfWork
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import team

pytestmark = pytest.mark.anyio

TEAMS = "SELECT team_name FROM quantum.team_quantum_dna ORDER BY team_id"


def checked_out(store: AsyncStore) -> int:
    return int(store.engine.sync_engine.pool.checkedout())  # type: ignore[attr-defined]


async def write_and_fail(store: AsyncStore, failure: BaseException) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.create(team("lost"))
        raise failure


async def test_an_error_rolls_back_and_goes_on_to_the_caller(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        await uow.flush()
    assert checked_out(store) == 0
    with pytest.raises(ValueError, match="on purpose"):
        await write_and_fail(store, ValueError("on purpose"))
    assert store.sync.ask(TEAMS) == []
    assert checked_out(store) == 0


async def test_a_task_that_is_cancelled_in_a_statement_leaves_nothing(store: AsyncStore) -> None:
    async def work() -> None:
        async with store.unit_of_work() as uow:
            await uow.teams.create(team("lost"))
            started.set()
            await uow.session.execute(text("SELECT pg_sleep(60)"))

    started = asyncio.Event()
    task = asyncio.create_task(work())
    await started.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.sync.ask(TEAMS) == []
    assert checked_out(store) == 0
    async with store.unit_of_work() as uow:
        assert await uow.teams.count() == 0


async def test_a_task_that_is_cancelled_again_while_it_leaves_gives_its_connection_back(
    store: AsyncStore,
) -> None:
    backend = text("SELECT pg_backend_pid()")
    pids: list[int] = []

    async def work() -> None:
        async with store.unit_of_work() as uow:
            await uow.teams.create(team("lost"))
            pids.append(await uow.session.scalar(backend) or 0)
            leaving.set()
            # The task is cancelled where it waits next, which is in __aexit__.

    leaving = asyncio.Event()
    task = asyncio.create_task(work())
    await leaving.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(30):
        while checked_out(store):
            await asyncio.sleep(0.01)
    assert store.sync.ask(TEAMS) == []
    async with store.sessions() as session:  # The connection still works.
        assert await session.scalar(backend) == pids[0]


async def test_nothing_is_opened_before_it_is_needed() -> None:
    def refuse() -> AsyncSession:
        raise AssertionError

    async with AsyncUnitOfWork(refuse):
        pass


async def test_a_session_that_is_given_stays_open_and_is_rolled_back(store: AsyncStore) -> None:
    async with store.sessions() as session:
        async with AsyncUnitOfWork(session) as uow:
            assert uow.session is session
            await uow.teams.create(team("lost"))
        assert not session.in_transaction()
        await uow.teams.create(team("kept"))  # A given session needs no with block.
        await uow.commit()
    assert store.sync.ask(TEAMS) == [("kept",)]


async def test_rows_that_were_read_or_committed_stay_readable(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        written = await uow.teams.create(team("kept"))
        await uow.commit()
    async with store.unit_of_work() as uow:
        read = await uow.teams.get_by_name("kept")
    assert read is not None
    assert (written.team_name, read.team_name) == ("kept", "kept")


@pytest.mark.parametrize("thing", [None, "postgresql://", 1])
async def test_what_is_no_session_and_makes_none_is_refused(thing: Any) -> None:
    with pytest.raises(UnitOfWorkError, match="neither an asynchronous session nor a factory"):
        AsyncUnitOfWork(thing)


async def test_a_factory_of_the_other_side_is_refused(store: AsyncStore) -> None:
    async with AsyncUnitOfWork(store.sync.sessions) as uow:  # type: ignore[arg-type]
        with pytest.raises(UnitOfWorkError, match="gives a Session"):
            await uow.teams.count()
