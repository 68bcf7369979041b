"""What the pool's events cost: 16 threads, 100,000 units of work, and how many lines they log.

    python -m bench.pool_events

It uses the database of the settings and changes nothing in it. The processor time of the events is
measured inside of them, on every call, and compared with that of the whole process; measuring costs
more than many of the events, so the figure is an upper bound.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import sessionmaker
from structlog.testing import capture_logs

from core.config import get_settings
from core.database import create_sync_engine
from core.pool_log import PoolLog
from repositories import UnitOfWork

UNITS = 100_000
THREADS = 16
EVENTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "log": tuple((PoolLog, name) for name in ("connected", "closed", "detached", "invalidated")),
}


def timed(method: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        start = time.thread_time()
        result = method(*arguments)
        spent.append(time.thread_time() - start)
        return result

    return call


def main() -> None:
    spent: dict[str, list[float]] = {purpose: [] for purpose in EVENTS}
    for purpose, methods in EVENTS.items():
        for holder, name in methods:
            setattr(holder, name, timed(getattr(holder, name), spent[purpose]))
    engine = create_sync_engine(get_settings())
    sessions = sessionmaker(engine)
    timed_out: list[None] = []

    def work() -> None:
        for _ in range(UNITS // THREADS):
            try:
                with UnitOfWork(sessions) as uow:
                    uow.teams.count()
                    uow.commit()
            except PoolTimeoutError:  # it waited behind faster threads
                timed_out.append(None)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    start, work_start = time.perf_counter(), time.process_time()
    with capture_logs() as lines:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    took, worked = time.perf_counter() - start, time.process_time() - work_start
    engine.dispose()
    print(f"{UNITS:,} units of work, {THREADS} threads  {took:.1f} s")
    for purpose, calls in spent.items():
        share = sum(calls) / worked
        print(
            f"{purpose:<12} {len(calls):,} calls, {sum(calls):.4f} of {worked:.1f} s: {share:.4%}"
        )
    print(f"log lines    {len(lines)}")
    print(f"timed out    {len(timed_out)}")


if __name__ == "__main__":
    main()
