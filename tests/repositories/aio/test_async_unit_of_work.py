"""One asynchronous transaction over all repositories, proved through other sessions."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import UniqueViolationError, UnitOfWorkError
from repositories import AsyncUnitOfWork
from tests.support.async_store import AsyncStore
from tests.support.repository_rows import NAMES, odds, team

pytestmark = pytest.mark.anyio

TEAMS = "SELECT team_name FROM quantum.team_quantum_dna ORDER BY team_id"


def checked_out(store: AsyncStore) -> int:
    return int(store.engine.sync_engine.pool.checkedout())  # type: ignore[attr-defined]


async def test_what_is_committed_stays_and_the_rest_is_rolled_back(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.create(team("kept"))
        await uow.odds.create(odds())
        assert store.sync.ask(TEAMS) == []
        await uow.commit()
        await uow.teams.create(team("lost"))
        await uow.flush()
    assert store.sync.ask(TEAMS) == [("kept",)]
    assert store.sync.count("odds") == 1
    assert checked_out(store) == 0


async def test_rollback_takes_back_and_the_work_goes_on(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.create(team("lost"))
        await uow.rollback()
        await uow.teams.create(team("kept"))
        await uow.commit()
    assert store.sync.ask(TEAMS) == [("kept",)]


async def write_and_fail(store: AsyncStore, failure: BaseException) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.create(team("lost"))
        raise failure


async def test_an_error_rolls_back_and_goes_on_to_the_caller(store: AsyncStore) -> None:
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
            # Cancelled at the first thing that it waits for: in __aexit__.

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
    async with store.sessions() as session:  # and it is whole
        assert await session.scalar(backend) == pids[0]


async def test_flush_and_commit_speak_of_violations(store: AsyncStore) -> None:
    for end in ("flush", "commit"):
        async with store.unit_of_work() as uow:
            uow.session.add_all([team(), team()])
            with pytest.raises(UniqueViolationError, match="team_name"):
                await getattr(uow, end)()


async def test_a_repository_is_made_on_first_use_and_kept(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        for name in NAMES:
            assert getattr(uow, f"_{name}") is None
            repository = getattr(uow, name)
            assert repository.session is uow.session
            assert getattr(uow, name) is repository is getattr(uow, f"_{name}")
    assert all(getattr(uow, f"_{name}") is None for name in NAMES)


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
        await uow.teams.create(team("kept"))  # needs no block
        await uow.commit()
    assert store.sync.ask(TEAMS) == [("kept",)]


async def test_a_factory_is_used_within_its_block_only_and_again_in_the_next(
    store: AsyncStore,
) -> None:
    uow = store.unit_of_work()
    sessions = []
    for _ in range(2):
        with pytest.raises(UnitOfWorkError, match="with block"):
            _ = uow.teams
        with pytest.raises(UnitOfWorkError, match="with block"):
            await uow.commit()
        async with uow:
            assert await uow.teams.count() == 0
            sessions.append(uow.session)
    assert sessions[0] is not sessions[1]


async def test_a_block_within_its_own_block_is_refused(store: AsyncStore) -> None:
    async with store.unit_of_work() as uow:
        await uow.teams.create(team("kept"))
        with pytest.raises(UnitOfWorkError, match="begin_nested"):
            await uow.__aenter__()
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
