"""What metrics cost: processor time of 10,000 units of work with them and without, in pairs.

    python -m bench.metrics

It uses the database of the settings and changes nothing in it. Both engines work in turn, a hundred
units of work at a time, in one process, so that a change in the machine's speed meets both. The
second line measures the metrics' own calls alone, which is less noisy: as often as such a unit of
work makes them, without a database.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

UNITS = 10_000
ROUND = 100


def main() -> None:
    from core.config import get_settings
    from core.engines import create_sync_engine
    from core.metrics import PrometheusMetrics

    settings = get_settings()
    plain = sessionmaker(create_sync_engine(settings))
    with PrometheusMetrics() as metrics:
        measured = sessionmaker(create_sync_engine(settings))
        for sessions in (plain, measured):
            work(sessions)
        gc.disable()
        pairs = []
        for number in range(UNITS // ROUND):
            turn = (plain, measured) if number % 2 else (measured, plain)
            taken = {id(sessions): spent(sessions) for sessions in turn}
            pairs.append((taken[id(plain)], taken[id(measured)]))
        ratios = sorted(with_them / without for without, with_them in pairs)
        quartiles = statistics.quantiles(ratios)
        without = sum(each for each, _ in pairs) / UNITS
        own = calls(metrics)
    mode = "several processes" if "PROMETHEUS_MULTIPROC_DIR" in os.environ else "one process"
    print(f"{mode}: {UNITS:,} units of work, {without * 1e6:.0f} us each of processor time")
    print(
        f"with metrics / without: {statistics.median(ratios):.4f}"
        f" (half of the pairs {quartiles[0]:.4f}-{quartiles[2]:.4f})"
    )
    print(f"the metrics' own calls: {own * 1e6:.1f} us, {own / without:.2%}")


def work(sessions: sessionmaker[Session]) -> None:
    from repositories import UnitOfWork

    for _ in range(ROUND):
        with UnitOfWork(sessions) as uow:
            uow.teams.count()
            uow.commit()


def spent(sessions: sessionmaker[Session]) -> float:
    gc.collect()
    start = time.process_time()
    work(sessions)
    return time.process_time() - start


def calls(metrics: Any) -> float:
    """Return the seconds that the observer needs for one unit of work."""
    from core.observers import PoolName

    pool = PoolName("sync", "bench")
    metrics.pool_changed(pool, size=5, limit=15, connections=0, overflow=0)
    start = time.process_time()
    for _ in range(UNITS):
        metrics.connection_asked(pool)
        metrics.connection_given(pool, 0.001)
        metrics.unit_ended("committed", 0.003)
        metrics.connection_returned(pool, 0.003)
    return (time.process_time() - start) / UNITS


if __name__ == "__main__":
    if os.environ.get("MODE") == "several":
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp()
    main()
