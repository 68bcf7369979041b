"""Lost updates, deadlocks, time-outs, lost connections and audits through asyncpg: really raced."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from core.errors import ConflictError
from repositories import (
    AsyncUnitOfWork,
    RetryPolicy,
    idempotent,
    run_async_unit_of_work,
)
from schemaproof.connection.diagnostics import read_sqlstate
from schemaproof.scratch.embedded.server import LocalServer
from tests.support.async_store import AsyncStore, open_async_store
from tests.support.repository_rows import odds, pick
from tests.support.upsert_rows import price
from tests.support.versioned_rows import CHANGES, VERSIONED, add_versioned

pytestmark = pytest.mark.anyio
Versioned = tuple[str, str, str]


@pytest.fixture(params=list(VERSIONED.values()), ids=list(VERSIONED))
def versioned(request: pytest.FixtureRequest, store: AsyncStore) -> Versioned:
    add_versioned(store.sync)
    found: Versioned = request.param
    return found


async def read(uow: AsyncUnitOfWork, repository: str) -> Any:
    row = await getattr(uow, repository).get_by_id(1)
    assert row is not None
    return row


async def test_of_two_tasks_that_change_what_both_have_read_the_second_is_told(
    store: AsyncStore, versioned: Versioned
) -> None:
    repository, field, table = versioned
    have_read = asyncio.Barrier(2)

    async def change() -> None:
        async with store.unit_of_work() as uow:
            row = await read(uow, repository)
            await have_read.wait()
            setattr(row, field, 5.0)
            await getattr(uow, repository).update(row)
            await uow.commit()

    async with store.unit_of_work() as uow:
        second = asyncio.create_task(change())
        row = await read(uow, repository)
        setattr(row, field, 9.0)
        await getattr(uow, repository).update(row)
        await have_read.wait()
        await asyncio.to_thread(store.sync.until_blocked)
        await uow.commit()
        with pytest.raises(ConflictError, match="since it was read"):
            await second
    assert store.sync.ask(f"SELECT {field} FROM {table}") == [(9.0,)]


@pytest.mark.parametrize("somebody", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("method", ["update", "delete", "commit"])
async def test_what_somebody_else_has_changed_is_not_overwritten(
    store: AsyncStore, versioned: Versioned, somebody: Callable[..., Any], method: str
) -> None:
    repository, field, table = versioned
    async with store.unit_of_work() as uow:
        row = await read(uow, repository)
        somebody(store.sync, table, field)
        left = store.sync.ask(f"SELECT {field} FROM {table}")
        setattr(row, field, 5.0)
        write = uow.commit if method == "commit" else getattr(getattr(uow, repository), method)
        with pytest.raises(ConflictError):
            await write(*([] if method == "commit" else [row]))
    assert store.sync.ask(f"SELECT {field} FROM {table}") == left


async def test_one_session_may_change_a_row_as_often_as_it_likes(any_server: LocalServer) -> None:
    async with open_async_store(any_server) as store:
        async with store.unit_of_work() as uow:
            row = await uow.tracking.create(pick("new"))
            for stake in (2.0, 3.0, 4.0):
                row.stake = stake
                await uow.tracking.update(row)
                await uow.commit()
            await uow.tracking.delete(row)
            await uow.commit()
        assert store.sync.count("tracking_clv_picks") == 0


async def test_sixteen_tasks_that_count_up_with_a_retry_lose_no_update(store: AsyncStore) -> None:
    store.sync.add(odds(home_odds=2.0))

    async def count_up(uow: AsyncUnitOfWork) -> None:
        row = await uow.odds.get_by_id(1)
        assert row is not None
        row.home_odds = (row.home_odds or 0) + 1
        await uow.odds.update(row)

    engine = store.engine.execution_options(isolation_level="SERIALIZABLE")
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    policy = RetryPolicy(attempts=200, first_wait=0.005, longest_wait=0.05)
    await asyncio.gather(
        *(run_async_unit_of_work(sessions, count_up, policy=policy) for _ in range(16))
    )
    assert store.sync.ask("SELECT home_odds FROM odds") == [(18.0,)]


async def test_two_tasks_that_wait_for_each_other_both_end(store: AsyncStore) -> None:
    store.sync.add(odds("a"), odds("b"))
    met = asyncio.Barrier(2)
    attempts: list[str] = []

    def update_both(first: str, second: str) -> Callable[[AsyncUnitOfWork], Awaitable[None]]:
        async def work(uow: AsyncUnitOfWork) -> None:
            attempts.append(first)
            change = text("UPDATE odds SET league = league || :x WHERE match_id = :id")
            await uow.session.execute(change, {"x": first, "id": first})
            if len(attempts) <= 2:
                await met.wait()
            await uow.session.execute(change, {"x": first, "id": second})

        return work

    await asyncio.gather(
        run_async_unit_of_work(store.sessions, update_both("a", "b")),
        run_async_unit_of_work(store.sessions, update_both("b", "a")),
    )
    assert len(attempts) == 3
    leagues = {league for (league,) in store.sync.ask("SELECT league FROM odds")}
    assert all(sorted(league.removeprefix("Serie A")) == ["a", "b"] for league in leagues)


class Failing:
    """A work that fails in its first attempts, as the server would, and then succeeds."""

    def __init__(self, sqlstate: str, failures: int) -> None:
        self.sqlstate, self.failures, self.attempts = sqlstate, failures, 0

    async def __call__(self, uow: AsyncUnitOfWork) -> str:
        self.attempts += 1
        await uow.odds.create(odds(f"m{self.attempts}"))
        if self.attempts <= self.failures:
            await uow.session.execute(
                text(f"DO $$ BEGIN RAISE 'so' USING ERRCODE = '{self.sqlstate}'; END $$")
            )
        return "done"


AT_ONCE = RetryPolicy(attempts=3, first_wait=0, longest_wait=0)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
async def test_who_was_in_the_way_is_met_again_with_nothing_kept_of_the_first_time(
    store: AsyncStore, sqlstate: str
) -> None:
    work = Failing(sqlstate, failures=2)
    assert await run_async_unit_of_work(store.sessions, work, policy=AT_ONCE) == "done"
    assert store.sync.ask("SELECT match_id FROM odds") == [("m3",)]


@pytest.mark.parametrize(("sqlstate", "attempts"), [("40001", 3), ("55000", 1), ("22012", 1)])
async def test_the_last_error_is_raised(store: AsyncStore, sqlstate: str, attempts: int) -> None:
    work = Failing(sqlstate, failures=9)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - typed or not
        await run_async_unit_of_work(store.sessions, work, policy=AT_ONCE)
    assert caught.value is not None
    assert work.attempts == attempts
    assert store.sync.count("odds") == 0


@pytest.mark.parametrize("is_idempotent", [True, False])
async def test_a_lost_connection_is_tried_again_only_where_nothing_can_be_done_twice(
    store: AsyncStore, *, is_idempotent: bool
) -> None:
    attempts: list[int] = []

    async def work(uow: AsyncUnitOfWork) -> None:
        pid = await uow.session.scalar(text("SELECT pg_backend_pid()"))
        attempts.append(pid or 0)
        await uow.odds.upsert_many([price()])
        if len(attempts) == 1:
            store.sync.ask("SELECT pg_terminate_backend(%s, 5000)", pid)

    run = run_async_unit_of_work(store.sessions, idempotent(work) if is_idempotent else work)
    if is_idempotent:
        await run
    else:
        with pytest.raises(DBAPIError):
            await run
    assert len(attempts) == (2 if is_idempotent else 1)
    assert store.sync.count("odds") == int(is_idempotent)


async def test_a_session_that_is_ended_in_a_statement_is_given_up_and_says_why(
    store: AsyncStore,
) -> None:
    async with store.unit_of_work() as uow:
        pid = await uow.session.scalar(text("SELECT pg_backend_pid()"))
        sleeping = asyncio.create_task(uow.session.execute(text("SELECT pg_sleep(60)")))
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
        while store.sync.ask(asleep, pid) != [(1,)]:
            await asyncio.sleep(0.02)
        store.sync.ask("SELECT pg_terminate_backend(%s, 5000)", pid)
        with pytest.raises(DBAPIError) as caught:
            await sleeping
    # What the server said, unless asyncpg met the closed socket first.
    assert read_sqlstate(caught.value.orig) in {"57P01", "08003"}
    assert caught.value.connection_invalidated
