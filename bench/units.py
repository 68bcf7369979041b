"""Compare the processor time of a unit of work with that of a plain session with pre-ping.

    python -m bench.units

Each makes 20,000 equal reads, synchronous and asynchronous, in turns of fifty (asynchronous ones
concurrently). The benchmark reads the database of the settings.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from sqlalchemy import Select, create_engine, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from bench import turns
from core import engines
from core.config import get_settings
from models import TeamQuantumDNA
from repositories import AsyncUnitOfWork, UnitOfWork

TURNS = 20
READS = 50
OPTIONS: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10}


def main() -> None:
    for side in ("sync", "async"):
        found = turns.in_processes("bench.units", side)
        together = READS if side == "async" else 1
        print(f"{side}: {len(found) * TURNS * READS:,} reads each")
        print(turns.microseconds(found, "plain session", together))
        print(turns.ratio_line(found, "unit of work", "plain session"))


def statement() -> Select[TeamQuantumDNA]:
    return (
        select(TeamQuantumDNA)
        .where(TeamQuantumDNA.total_pnl.is_not(None))
        .order_by(TeamQuantumDNA.total_pnl.desc(), TeamQuantumDNA.team_id)
        .limit(1)
    )


def sync_reads() -> turns.Seconds:
    settings = get_settings()
    plain = sessionmaker(
        create_engine(
            settings.sync_database_url, connect_args=dict(settings.connect_args), **OPTIONS
        )
    )
    ours = sessionmaker(engines.create_sync_engine(settings))

    def in_session() -> None:
        with plain() as session:
            session.scalars(statement()).all()

    def in_unit() -> None:
        with UnitOfWork(ours) as uow:
            uow.teams.get_top_performers(limit=1)

    return turns.take_turns({"plain session": in_session, "unit of work": in_unit}, TURNS, READS)


def async_reads() -> turns.Seconds:
    settings = get_settings()
    plain = async_sessionmaker(create_async_engine(settings.async_database_url, **OPTIONS))
    ours = async_sessionmaker(engines.create_async_engine(settings))

    async def in_session() -> None:
        async with plain() as session:
            (await session.scalars(statement())).all()

    async def in_unit() -> None:
        async with AsyncUnitOfWork(ours) as uow:
            await uow.teams.get_top_performers(limit=1)

    with asyncio.Runner() as runner:

        def together(read: Callable[[], Coroutine[None, None, None]]) -> Callable[[], object]:
            async def reads() -> None:
                await asyncio.gather(*(read() for _ in range(READS)))

            return lambda: runner.run(reads())

        work = {"plain session": together(in_session), "unit of work": together(in_unit)}
        seconds = turns.take_turns(work, TURNS)
        runner.run(plain.kw["bind"].dispose())
        runner.run(ours.kw["bind"].dispose())
    return seconds


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(async_reads() if sys.argv[1] == "async" else sync_reads()))
    else:
        main()
