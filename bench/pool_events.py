"""What the pool's events cost: 16 threads, 100,000 units of work, and how many lines they log.

    python -m bench.pool_events

It uses the database of the settings and changes nothing in it. The time of the events is measured
inside of them, on every call, and compared with the time of all threads together; measuring costs
more than many of the events, so the figure is an upper bound.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import sessionmaker
from structlog.testing import capture_logs

from core.config import get_settings
from core.database import create_sync_engine
from core.pool_log import PoolLog
from repositories import UnitOfWork

UNITS = 100_000
THREADS = 16
EVENTS = ("connected", "closed", "detached", "invalidated")


def timed(method: Callable[..., None], spent: list[float]) -> Callable[..., None]:
    def call(*arguments: Any) -> None:
        start = time.perf_counter()
        method(*arguments)
        spent.append(time.perf_counter() - start)

    return call


def main() -> None:
    spent: list[float] = []
    for name in EVENTS:
        setattr(PoolLog, name, timed(getattr(PoolLog, name), spent))
    engine = create_sync_engine(get_settings())
    sessions = sessionmaker(engine)

    def work() -> None:
        for _ in range(UNITS // THREADS):
            with UnitOfWork(sessions) as uow:
                uow.teams.count()
                uow.commit()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    start = time.perf_counter()
    with capture_logs() as lines:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    took = time.perf_counter() - start
    engine.dispose()
    print(f"{UNITS:,} units of work, {THREADS} threads  {took:.1f} s")
    print(f"pool events  {len(spent)} calls, {sum(spent):.4f} s, {sum(spent) / took:.4%} of it")
    print(f"log lines    {len(lines)}")


if __name__ == "__main__":
    main()
