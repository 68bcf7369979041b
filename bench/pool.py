"""Measure SQLAlchemy's own pool: the cost of pre-ping, and how fairly waiting threads are served.

    python -m bench.pool

Threads (64 and 16) and tasks (1,000) share 15 connections; each use is one short statement. It
prints the uses per second, the waiting time for a connection, and how far the slowest thread or
task was behind the fastest when the fastest had finished. It reads the database of the settings.
"""

import asyncio
import statistics
import threading
import time
from collections import Counter

from sqlalchemy import create_engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from core.config import get_settings
from core.engines import create_sync_engine

USES = 12_000
STATEMENT = text("SELECT 1")


class Waits:
    """The measurements of one round."""

    def __init__(self, name: str, workers: int) -> None:
        self.name, self.workers, self.share = name, workers, USES // workers
        self.waits: list[float] = []
        self.done: Counter[int] = Counter(dict.fromkeys(range(workers), 0))
        self.behind: int | None = None
        self.timed_out = 0
        self.begun = time.perf_counter()

    def note(self, number: int, waited: float) -> None:
        self.waits.append(waited)
        self.done[number] += 1
        if self.behind is None and self.done[number] == self.share:
            self.behind = self.share - min(self.done.values())

    def show(self) -> None:
        took = time.perf_counter() - self.begun
        cuts = statistics.quantiles(self.waits, n=100)
        print(
            f"{self.name:<28} {self.workers:>5} {len(self.waits) / took:7.0f}/s"
            f"  p50 {cuts[49] * 1000:8.2f} ms  p99 {cuts[98] * 1000:8.2f} ms"
            f"  longest {max(self.waits):6.2f} s  {self.behind} of {self.share} uses behind"
            f"  {self.timed_out} timed out"
        )


def in_threads(workers: int, *, asks: bool) -> None:
    settings = get_settings()
    ours = create_sync_engine(settings)
    engine = (
        ours
        if asks
        else create_engine(
            settings.sync_database_url,
            connect_args=settings.connect_args,
            pool_size=settings.DB_POOL_SIZE,
            max_overflow=settings.DB_MAX_OVERFLOW,
        )
    )
    measured = Waits(f"threads, {'asked' if asks else 'not asked'} before", workers)

    def use(number: int) -> None:
        for _ in range(measured.share):
            begun = time.perf_counter()
            try:
                with engine.connect() as connection:
                    measured.note(number, time.perf_counter() - begun)
                    connection.execute(STATEMENT)
            except PoolTimeoutError:
                measured.timed_out += 1

    threads = [threading.Thread(target=use, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.show()
    engine.dispose()
    ours.dispose()


async def in_tasks(workers: int, *, asks: bool) -> None:
    settings = get_settings()
    engine = create_async_engine(
        settings.async_database_url,
        pool_pre_ping=asks,
        pool_size=settings.DB_POOL_SIZE,
        max_overflow=settings.DB_MAX_OVERFLOW,
    )
    measured = Waits(f"tasks, {'asked' if asks else 'not asked'} before", workers)

    async def use(number: int) -> None:
        for _ in range(measured.share):
            begun = time.perf_counter()
            try:
                async with engine.connect() as connection:
                    measured.note(number, time.perf_counter() - begun)
                    await connection.execute(STATEMENT)
            except PoolTimeoutError:
                measured.timed_out += 1

    await asyncio.gather(*map(use, range(workers)))
    measured.show()
    await engine.dispose()


def main() -> None:
    with capture_logs():
        for asks in (False, True):
            for workers in (5, 16, 64):
                in_threads(workers, asks=asks)
            asyncio.run(in_tasks(1_000, asks=asks))


if __name__ == "__main__":
    main()
