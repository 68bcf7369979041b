"""The number of function calls of a unit of work, compared with a plain session of SQLAlchemy."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from core import engines
from core.config import DatabaseSettings
from models import TeamQuantumDNA
from repositories import AsyncUnitOfWork, UnitOfWork
from schemaproof_testing.servers import Database
from tests.support.calls import Calls
from tests.support.database_settings import settings_for

AT_MOST = 1.25
AT_MOST_ASYNC = 1.18


@pytest.fixture
def settings(migrated: Database) -> DatabaseSettings:
    return settings_for(migrated)


def best_team() -> Select[TeamQuantumDNA]:
    return (
        select(TeamQuantumDNA)
        .where(TeamQuantumDNA.total_pnl.is_not(None))
        .order_by(TeamQuantumDNA.total_pnl.desc(), TeamQuantumDNA.team_id)
        .limit(1)
    )


def test_a_read_in_a_unit_of_work(settings: DatabaseSettings) -> None:
    arguments = dict(settings.connect_args)
    plain = create_engine(settings.sync_database_url, connect_args=arguments, pool_pre_ping=True)
    ours = engines.create_sync_engine(settings)
    sessions, units = sessionmaker(plain), sessionmaker(ours)

    def in_session() -> None:
        with sessions() as session:
            session.scalars(best_team()).all()

    def in_unit() -> None:
        with UnitOfWork(units) as uow:
            uow.teams.get_top_performers(limit=1)

    calls = []
    for work in (in_session, in_unit):
        for _ in range(3):  # The first runs connect and fill caches.
            work()
        with Calls() as counted:
            work()
        calls.append(counted.number)
    plain.dispose()
    ours.dispose()
    assert calls[1] <= calls[0] * AT_MOST


def test_a_read_in_an_asynchronous_unit_of_work(settings: DatabaseSettings) -> None:
    async def work() -> list[int]:
        plain = create_async_engine(settings.async_database_url, pool_pre_ping=True)
        ours = engines.create_async_engine(settings)
        sessions, units = async_sessionmaker(plain), async_sessionmaker(ours)

        async def in_session() -> None:
            async with sessions() as session:
                (await session.scalars(best_team())).all()

        async def in_unit() -> None:
            async with AsyncUnitOfWork(units) as uow:
                await uow.teams.get_top_performers(limit=1)

        calls: list[int] = []
        work: Any
        for work in (in_session, in_unit):
            for _ in range(3):
                await work()
            with Calls() as counted:
                await work()
            calls.append(counted.number)
        await plain.dispose()
        await ours.dispose()
        return calls

    in_session, in_unit = asyncio.run(work())
    assert in_unit <= in_session * AT_MOST_ASYNC
