"""Measure 1,000 concurrent readers on a pool of 15 connections: throughput and waiting times.

    python -m bench.async_readers

Each reader opens a unit of work, reads a row and closes it, three times. For comparison the same
reads run through asyncpg's own pool, without SQLAlchemy and without objects: this is the time of
the driver and the server. The benchmark reads the database of the settings.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg

from core import database
from core.config import get_settings
from repositories import AsyncUnitOfWork

READERS = 1_000
READS = 3
POOL = 15
SQL = """
    SELECT * FROM quantum.team_quantum_dna WHERE total_pnl IS NOT NULL
    ORDER BY total_pnl DESC, team_id LIMIT 1
"""


async def measure(name: str, read: Callable[[], Awaitable[None]]) -> float:
    """Let all readers begin at the same time; return the number of reads per second."""
    waits: list[float] = []

    async def reader() -> None:
        for _ in range(READS):
            begun = time.perf_counter()
            await read()
            waits.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    # If one reader raises an error, the benchmark ends.
    await asyncio.gather(*(reader() for _ in range(READERS)))
    throughput = len(waits) / (time.perf_counter() - begun)
    cuts = statistics.quantiles(waits, n=100)
    print(
        f"{name:<28} {len(waits)} reads, no error: {throughput:6.0f}/s,"
        f" p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms"
    )
    return throughput


async def through_repository() -> None:
    async with AsyncUnitOfWork(database.AsyncSessionLocal) as uow:
        await uow.teams.get_top_performers(limit=1)


async def main() -> None:
    settings = get_settings()
    pool = await asyncpg.create_pool(
        host=settings.DB_HOST,
        port=settings.DB_PORT,
        user=settings.DB_USER,
        password=settings.DB_PASSWORD.get_secret_value(),
        database=settings.DB_NAME,
        min_size=POOL,
        max_size=POOL,
    )

    async def through_driver() -> None:
        async with pool.acquire() as connection:
            await connection.fetch(SQL)

    assert settings.DB_POOL_SIZE + settings.DB_MAX_OVERFLOW == POOL
    for _ in range(2):
        ours = await measure("repository, unit of work", through_repository)
        bare = await measure("asyncpg, its own pool", through_driver)
        print(f"{'ratio':<28} {bare / ours:.1f}")
    await pool.close()
    await database.reset_async()


if __name__ == "__main__":
    asyncio.run(main())
