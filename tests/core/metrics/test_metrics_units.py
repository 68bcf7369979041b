"""Metrics of units of work and bulk writes: each counts once, however it was begun."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import core.config
import core.database
from repositories import AsyncUnitOfWork, RetryPolicy, UnitOfWork, run_unit_of_work
from repositories.aio.retry import run_async_unit_of_work
from schemaproof_testing.project import Alembic
from schemaproof_testing.servers import Database
from tests.support.database_settings import configure
from tests.support.metrics import Scraped, measured

OUTCOMES = ("committed", "rolled_back", "closed")
ROW = {"team_name": "Roma", "league": "Serie A"}
BULK = "monps_bulk_rows_total"


@pytest.fixture
def scrape(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scraped]:
    Alembic(database).upgrade()
    configure(monkeypatch, **database.environ())
    with measured() as made:
        yield made
        core.database.reset()


def ended(scrape: Scraped) -> dict[str, float]:
    return {
        outcome: found
        for outcome in OUTCOMES
        if (found := scrape("monps_unit_of_work_seconds_count", outcome=outcome))
    }


def commit() -> None:
    with UnitOfWork(core.database.SessionLocal) as uow:
        uow.teams.count()
        uow.commit()


def fail() -> None:
    with pytest.raises(DBAPIError), core.database.get_db() as session:
        session.execute(text("SELECT 1/0"))


def only_read() -> None:
    with UnitOfWork(core.database.SessionLocal) as uow:
        uow.teams.count()


def within_get_db() -> None:
    with core.database.get_db() as session:
        uow = UnitOfWork(session)
        uow.teams.count()
        uow.commit()


def savepoint_rolled_back() -> None:
    with core.database.get_db() as session:
        session.execute(text("SELECT 1"))
        session.begin_nested().rollback()


def savepoint_kept_and_all_rolled_back() -> None:
    with UnitOfWork(core.database.SessionLocal) as uow:
        uow.session.execute(text("SELECT 1"))
        uow.session.begin_nested().commit()
        uow.rollback()


def nothing_asked() -> None:
    with UnitOfWork(core.database.SessionLocal):
        pass


@pytest.mark.parametrize(
    ("work", "outcome"),
    [
        (commit, "committed"),
        (within_get_db, "committed"),
        (savepoint_rolled_back, "committed"),
        (fail, "rolled_back"),
        (savepoint_kept_and_all_rolled_back, "rolled_back"),
        (only_read, "closed"),
        (nothing_asked, None),
    ],
)
def test_each_unit_counts_once(scrape: Scraped, work: Any, outcome: str | None) -> None:
    for _ in range(3):
        work()
    assert ended(scrape) == ({outcome: 3} if outcome else {})


def test_several_transactions_of_one_session_are_several_units(scrape: Scraped) -> None:
    with UnitOfWork(core.database.SessionLocal) as uow:
        for _ in range(3):
            uow.teams.count()
            uow.commit()
    assert ended(scrape) == {"committed": 3}


def test_a_session_on_another_engine_is_not_ours_to_count(
    scrape: Scraped, database: Database
) -> None:
    from sqlalchemy.orm import Session

    from schemaproof_testing.project import unpooled_engine

    with unpooled_engine(database) as engine, Session(engine) as session:
        session.execute(text("SELECT 1"))
        session.commit()
    assert ended(scrape) == {}


def test_asynchronous_units_count_alike(scrape: Scraped) -> None:
    async def work() -> None:
        async with AsyncUnitOfWork(core.database.AsyncSessionLocal) as uow:
            await uow.teams.upsert_many([ROW])
            await uow.commit()
        async with AsyncUnitOfWork(core.database.AsyncSessionLocal) as uow:
            await uow.teams.count()
        await core.database.reset_async()

    asyncio.run(work())
    assert ended(scrape) == {"committed": 1, "closed": 1}
    assert scrape(BULK, table="quantum.team_quantum_dna", change="inserted") == 1


def test_rows_of_bulk_writes(scrape: Scraped) -> None:
    def write(pnl: float) -> None:
        with UnitOfWork(core.database.SessionLocal) as uow:
            uow.teams.upsert_many(
                [{**ROW, "total_pnl": pnl}, {**ROW, "team_name": "Lazio", "total_pnl": 1}]
            )
            uow.commit()

    for pnl in (0, 0, 2):
        write(pnl)
    changes = ("inserted", "updated", "unchanged")
    assert [scrape(BULK, change=change) for change in changes] == [2, 1, 3]


@pytest.mark.parametrize("is_async", [False, True])
def test_an_attempt_that_is_made_again_is_counted(scrape: Scraped, *, is_async: bool) -> None:
    attempts: list[None] = []
    at_once = RetryPolicy(first_wait=0)

    def conflict_twice() -> str:
        attempts.append(None)
        # The server reports the SQLSTATE 40001.
        raise_it = "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"
        return raise_it if len(attempts) < 3 else "SELECT 1"

    if is_async:

        async def work(uow: AsyncUnitOfWork) -> None:
            await uow.session.execute(text(conflict_twice()))

        async def run() -> None:
            await run_async_unit_of_work(core.database.AsyncSessionLocal, work, policy=at_once)
            await core.database.reset_async()

        asyncio.run(run())
    else:
        run_unit_of_work(
            core.database.SessionLocal,
            lambda uow: uow.session.execute(text(conflict_twice())),
            policy=at_once,
        )
    assert scrape("monps_unit_of_work_retries_total") == 2
    assert ended(scrape)["committed"] == 1
    assert sum(ended(scrape).values()) == 3
